import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Form, Input, Select, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { datasetKey, FIELD_TYPES, type FieldType } from '../schema.ts'

export type FieldDraft = {
  key: string
  name: string
  type: FieldType
  options?: string[]
  personal?: boolean
}

/** Fields of a form that is being filled in: key, name, type, options of an enumeration, personal or not. */
export function FieldsEditor({ name }: { name: 'fields' | 'lineFields' }) {
  const { t } = useTranslation()
  return (
    <Form.List name={name}>
      {(items, { add, remove }) => (
        <div className="w-stack" style={{ gap: 8 }}>
          {items.map((item) => (
            <div key={item.key} className="w-row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
              <FieldInputs list={name} at={item.name} />
              <Button
                type="text"
                aria-label={t('common.delete')}
                icon={<DeleteOutlined />}
                disabled={items.length === 1}
                onClick={() => remove(item.name)}
              />
            </div>
          ))}
          <div>
            <Button
              type="dashed"
              size="small"
              icon={<PlusOutlined />}
              onClick={() => add({ key: '', name: '', type: 'text' })}
            >
              {t('datasets.addField')}
            </Button>
          </div>
        </div>
      )}
    </Form.List>
  )
}

function FieldInputs({ list, at }: { list: 'fields' | 'lineFields'; at: number }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const type = Form.useWatch([list, at, 'type'], form) as FieldType | undefined
  const item = { style: { marginBottom: 0, flex: 1, minWidth: 0 } }
  return (
    <>
      <Form.Item
        {...item}
        name={[at, 'name']}
        rules={[{ required: true, whitespace: true, message: t('datasets.nameInvalid') }]}
      >
        <Input maxLength={60} placeholder={t('datasets.fieldName')} aria-label={t('datasets.fieldName')} />
      </Form.Item>
      <Form.Item {...item} name={[at, 'key']} rules={[schemaRule(datasetKey, t('datasets.keyInvalid'))]}>
        <Input
          className="w-mono"
          maxLength={40}
          placeholder={t('datasets.fieldKey')}
          aria-label={t('datasets.fieldKey')}
        />
      </Form.Item>
      <Form.Item name={[at, 'type']} style={{ marginBottom: 0, width: 104 }}>
        <TypeSelect />
      </Form.Item>
      {type === 'enumeration' && (
        <Form.Item {...item} name={[at, 'options']}>
          <Select
            mode="tags"
            open={false}
            suffixIcon={null}
            maxTagCount="responsive"
            placeholder={t('datasets.options')}
            aria-label={t('datasets.options')}
          />
        </Form.Item>
      )}
      <Tooltip title={t('datasets.personalHint')}>
        <Form.Item name={[at, 'personal']} valuePropName="checked" style={{ marginBottom: 0 }}>
          <Checkbox>{t('datasets.personal')}</Checkbox>
        </Form.Item>
      </Tooltip>
    </>
  )
}

export function TypeSelect(props: {
  value?: FieldType
  onChange?: (type: FieldType) => void
  disabled?: boolean
}) {
  const { t } = useTranslation()
  return (
    <Select<FieldType>
      {...props}
      aria-label={t('datasets.type')}
      options={FIELD_TYPES.map((type) => ({ value: type, label: t(`datasets.types.${type}`) }))}
    />
  )
}
