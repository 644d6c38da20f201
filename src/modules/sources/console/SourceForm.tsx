import { Form, type FormInstance, Input, Modal, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf, ResponseOf } from '../../../kernel/endpoint.ts'
import {
  createSourceEndpoint,
  getSourceEndpoint,
  listSourcesEndpoint,
  SOURCE_KINDS,
  type Source,
  updateSourceEndpoint,
} from '../schema.ts'

type Fields = BodyInputOf<typeof createSourceEndpoint>
const fields = createSourceEndpoint.body!.shape

export function CreateSourceModal({
  open,
  onClose,
  onCreated,
}: {
  open: boolean
  onClose: () => void
  onCreated: (made: ResponseOf<typeof createSourceEndpoint>) => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const create = useEndpointMutation(createSourceEndpoint, {
    invalidates: [listSourcesEndpoint],
    success: t('sources.created'),
    onSuccess: onCreated,
  })
  return (
    <Modal
      open={open}
      title={t('sources.create')}
      okText={t('sources.createGo')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={create.isPending}
      destroyOnHidden
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ kind: 'public', accountId: null, allowedOrigins: [] }}
        onFinish={(body) => create.mutate({ body: { ...body, accountId: body.accountId ?? null } })}
      >
        <NameField />
        <Form.Item name="kind" label={t('sources.kindTitle')}>
          <Radio.Group className="w-stack" style={{ gap: 8 }}>
            {[...SOURCE_KINDS].reverse().map((kind) => (
              <Radio key={kind} value={kind}>
                {t(`sources.kind.${kind}`)}
                <div className="w-faint w-small" style={{ whiteSpace: 'normal' }}>
                  {t(`sources.kindHint.${kind}`)}
                </div>
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        <AccountField />
        <Form.Item noStyle shouldUpdate={(before, after) => before.kind !== after.kind}>
          {(current: FormInstance) => current.getFieldValue('kind') === 'public' && <OriginsField />}
        </Form.Item>
      </Form>
    </Modal>
  )
}

export function EditSourceModal({
  source,
  open,
  onClose,
}: {
  source: Source
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Omit<Fields, 'kind'>>()
  const update = useEndpointMutation(updateSourceEndpoint, {
    invalidates: [listSourcesEndpoint, getSourceEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open={open}
      title={t('sources.edit')}
      okText={t('common.save')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={update.isPending}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{
          name: source.name,
          accountId: source.accountId,
          allowedOrigins: source.allowedOrigins,
        }}
        onFinish={(body) =>
          update.mutate({
            params: { sourceId: source.id },
            body: { ...body, accountId: body.accountId ?? null },
          })
        }
      >
        <NameField />
        <AccountField />
        {source.kind === 'public' && <OriginsField />}
      </Form>
    </Modal>
  )
}

function NameField() {
  const { t } = useTranslation()
  return (
    <Form.Item
      name="name"
      label={t('common.name')}
      required
      rules={[schemaRule(fields.name, t('operators.nameInvalid'))]}
    >
      <Input autoFocus maxLength={60} />
    </Form.Item>
  )
}

function AccountField() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  return (
    <Form.Item name="accountId" label={t('sources.account')} extra={t('sources.accountHint')}>
      <Select
        allowClear
        placeholder={t('sources.noAccount')}
        options={accounts.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
    </Form.Item>
  )
}

function OriginsField() {
  const { t } = useTranslation()
  return (
    <Form.Item
      name="allowedOrigins"
      label={t('sources.origins')}
      extra={t('sources.originsHint')}
      rules={[schemaRule(fields.allowedOrigins, t('sources.originsInvalid'))]}
    >
      <Select
        mode="tags"
        open={false}
        tokenSeparators={[',', ' ', '\n']}
        placeholder="https://shop.example.com"
      />
    </Form.Item>
  )
}
