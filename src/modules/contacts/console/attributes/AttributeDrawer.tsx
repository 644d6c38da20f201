import { App, Button, Drawer, Form, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useCan } from '../../../../console/session.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import {
  type Attribute,
  attributeType,
  attributeValuesEndpoint,
  changeAttributeTypeEndpoint,
  declareAttributeEndpoint,
  listAttributesEndpoint,
  updateAttributeEndpoint,
} from '../../schema.ts'

type Fields = {
  key: string
  type: Attribute['type']
  displayName?: string | null
  options: string[]
  personal: boolean
  ignored: boolean
}
const NEW: Fields = { key: '', type: 'text', displayName: '', options: [], personal: false, ignored: false }

/** One attribute: declared anew, or changed. */
export function AttributeDrawer({
  open,
  attribute,
  onClose,
}: {
  open: boolean
  attribute: Attribute | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const mayManage = useCan('attributes:manage')
  const [form] = Form.useForm<Fields>()
  const type = Form.useWatch('type', form) ?? attribute?.type ?? 'text'
  const done = {
    success: t('common.saved'),
    invalidates: [listAttributesEndpoint, attributeValuesEndpoint],
    onSuccess: onClose,
  }
  const declare = useEndpointMutation(declareAttributeEndpoint, done)
  const update = useEndpointMutation(updateAttributeEndpoint, done)
  const save = ({ key, ignored, displayName, ...fields }: Fields) => {
    const named = displayName?.trim() || null
    if (attribute === undefined)
      return declare.mutate({ body: { ...fields, key: key.trim(), displayName: named } })
    const { options, personal } = fields
    return update.mutate({
      query: { key: attribute.key },
      body: { displayName: named, options, personal, ignored },
    })
  }
  return (
    <Drawer
      open={open}
      size={440}
      title={attribute === undefined ? t('attributes.declare') : (attribute.displayName ?? attribute.key)}
      onClose={onClose}
      footer={
        mayManage && (
          <Button
            type="primary"
            loading={declare.isPending || update.isPending}
            onClick={() => form.submit()}
          >
            {t('common.save')}
          </Button>
        )
      }
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        disabled={!mayManage}
        initialValues={attribute ?? NEW}
        onFinish={save}
      >
        <Form.Item
          name="key"
          label={t('attributes.key')}
          extra={attribute === undefined && t('attributes.keyHint')}
          rules={[{ required: true, max: 128, message: t('attributes.keyNeeded') }]}
        >
          <Input disabled={attribute !== undefined} className="w-mono" />
        </Form.Item>
        <Form.Item name="displayName" label={t('attributes.displayName')}>
          <Input maxLength={60} showCount />
        </Form.Item>
        <Form.Item name="type" label={t('attributes.type')}>
          <Select
            disabled={attribute !== undefined}
            options={attributeType.options.map((value) => ({ value, label: t(`attributes.types.${value}`) }))}
          />
        </Form.Item>
        {attribute !== undefined && mayManage && attribute.type !== 'list' && (
          <ChangeType attribute={attribute} onDone={onClose} />
        )}
        {type === 'enumeration' && (
          <Form.Item name="options" label={t('attributes.options')} extra={t('attributes.optionsHint')}>
            <Select mode="tags" open={false} tokenSeparators={[',', '，', '\n']} suffixIcon={null} />
          </Form.Item>
        )}
        <Form.Item
          name="personal"
          label={t('attributes.personal')}
          extra={t('attributes.personalHint')}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
        {attribute !== undefined && (
          <Form.Item
            name="ignored"
            label={t('attributes.ignored')}
            extra={t('attributes.ignoredHint')}
            valuePropName="checked"
          >
            <Switch />
          </Form.Item>
        )}
      </Form>
      {attribute !== undefined && <Values attribute={attribute} />}
    </Drawer>
  )
}

/** Counts first, and only then offers it. */
function ChangeType({ attribute, onDone }: { attribute: Attribute; onDone: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const errorText = useErrorText()
  const { modal } = App.useApp()
  const change = useEndpointMutation(changeAttributeTypeEndpoint, {
    success: t('common.saved'),
    invalidates: [listAttributesEndpoint, attributeValuesEndpoint],
    onSuccess: onDone,
  })
  const offer = async (type: Attribute['type']) => {
    const body = { key: attribute.key, type }
    const counted = await call(changeAttributeTypeEndpoint, { body }).catch((error: unknown) => {
      const { title, advice } = errorText(error)
      modal.error({ title, content: advice })
    })
    if (counted === undefined) return
    const numbers = {
      fitting: format.number(counted.fitting),
      notFitting: format.number(counted.notFitting),
      type: t(`attributes.types.${type}`),
      examples: counted.examples.join(' · '),
    }
    if (counted.notFitting > 0)
      modal.warning({ title: t('attributes.typeRefused', numbers), content: numbers.examples })
    else
      modal.confirm({
        title: t('attributes.typeConfirm', numbers),
        content: t('attributes.typeConfirmHint'),
        onOk: () => change.mutateAsync({ body: { ...body, confirm: true } }).catch(() => undefined),
      })
  }
  return (
    <Form.Item label={t('attributes.changeType')} extra={t('attributes.changeTypeHint')}>
      <Select<Attribute['type'] | null>
        value={null}
        placeholder={t('attributes.changeTypeTo')}
        options={attributeType.options
          .filter((value) => value !== attribute.type && value !== 'list')
          .map((value) => ({ value, label: t(`attributes.types.${value}`) }))}
        onChange={(type) => type !== null && void offer(type)}
      />
    </Form.Item>
  )
}

function Values({ attribute }: { attribute: Attribute }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useEndpoint(attributeValuesEndpoint, { query: { key: attribute.key, limit: 10 } })
  if (data === undefined) return null
  return (
    <section>
      <h3>{t('attributes.known', { people: format.number(data.people) })}</h3>
      {data.items.map(({ value, people }) => (
        <div key={value} className="w-row" style={{ justifyContent: 'space-between' }}>
          <span>{value}</span>
          <span className="w-soft">{format.number(people)}</span>
        </div>
      ))}
    </section>
  )
}
