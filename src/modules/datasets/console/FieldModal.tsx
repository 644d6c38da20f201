import { Alert, Checkbox, Form, Input, Modal, Select } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import {
  addFieldEndpoint,
  checkFieldTypeEndpoint,
  type Dataset,
  datasetKey,
  type Field,
  type FieldType,
  getDatasetEndpoint,
  type Level,
  listDatasetsEndpoint,
  updateFieldEndpoint,
} from '../schema.ts'
import { type FieldDraft, TypeSelect } from './FieldsEditor.tsx'

const CHANGED = { invalidates: [getDatasetEndpoint, listDatasetsEndpoint] }

/** Adds a field, or changes one; before its type changes it is said how many values would convert. */
export function FieldModal({
  dataset,
  edited,
  onClose,
}: {
  dataset: Dataset
  edited: { field: Field | undefined; level: Level } | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<FieldDraft>()
  const type = Form.useWatch('type', form)
  const field = edited?.field
  const done = { ...CHANGED, success: t('common.saved'), onSuccess: onClose }
  const add = useEndpointMutation(addFieldEndpoint, done)
  const update = useEndpointMutation(updateFieldEndpoint, done)
  useEffect(() => {
    if (edited !== undefined)
      form.setFieldsValue(edited.field ?? { key: '', name: '', type: 'text', options: [], personal: false })
  }, [edited, form])
  const save = ({ key, ...draft }: FieldDraft) => {
    if (edited === undefined) return
    const { level } = edited
    if (field === undefined) add.mutate({ params: { key: dataset.key }, body: { ...draft, key, level } })
    else update.mutate({ params: { key: dataset.key, field: field.key }, query: { level }, body: draft })
  }
  return (
    <Modal
      open={edited !== undefined}
      title={t(field === undefined ? 'datasets.addField' : 'datasets.editField')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={add.isPending || update.isPending}
      forceRender
    >
      <Form<FieldDraft> form={form} layout="vertical" onFinish={save} requiredMark={false}>
        <Form.Item
          name="name"
          label={t('datasets.fieldName')}
          rules={[{ required: true, whitespace: true, message: t('datasets.nameInvalid') }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="key"
          label={t('datasets.fieldKey')}
          rules={[schemaRule(datasetKey, t('datasets.keyInvalid'))]}
        >
          <Input className="w-mono" maxLength={40} disabled={field !== undefined} />
        </Form.Item>
        <Form.Item name="type" label={t('datasets.type')}>
          <TypeSelect />
        </Form.Item>
        {field !== undefined && type !== undefined && type !== field.type && (
          <Conversion dataset={dataset} field={field} type={type} />
        )}
        <Form.Item name="options" label={t('datasets.options')} hidden={type !== 'enumeration'}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="personal" valuePropName="checked" extra={t('datasets.personalHint')}>
          <Checkbox>{t('datasets.personal')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  )
}

function Conversion({ dataset, field, type }: { dataset: Dataset; field: Field; type: FieldType }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const { data, error } = useEndpoint(checkFieldTypeEndpoint, {
    params: { key: dataset.key, field: field.key },
    query: { level: field.level, type },
  })
  const style = { marginBottom: 16 }
  if (error) return <Alert type="error" showIcon style={style} title={describe(error).title} />
  if (data === undefined) return <Alert type="info" showIcon style={style} title={t('datasets.checking')} />
  const lost = data.values - data.convertible
  return (
    <Alert
      type={lost === 0 ? 'success' : 'error'}
      showIcon
      style={style}
      title={t(lost === 0 ? 'datasets.allConvert' : 'datasets.someDoNot', {
        values: format.number(data.values),
        lost: format.number(lost),
      })}
      {...(lost > 0 && { description: data.examples.join(t('datasets.comma')) })}
    />
  )
}
