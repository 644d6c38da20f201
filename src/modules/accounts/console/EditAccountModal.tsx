import { Form, Input, Modal, Radio, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import {
  type AccountDetail,
  bindAccountEndpoint,
  getAccountEndpoint,
  listAccountsEndpoint,
  updateAccountEndpoint,
} from '../schema.ts'

type Fields = BodyInputOf<typeof updateAccountEndpoint>
const fields = bindAccountEndpoint.body!.shape

export function EditAccountModal({
  account,
  open,
  onClose,
}: {
  account: AccountDetail
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const update = useEndpointMutation(updateAccountEndpoint, {
    invalidates: [getAccountEndpoint, listAccountsEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open={open}
      title={t('accounts.edit')}
      onCancel={onClose}
      onOk={form.submit}
      okText={t('common.save')}
      confirmLoading={update.isPending}
      destroyOnHidden
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{
          name: account.name,
          kind: account.kind,
          verified: account.verified,
          confirmsMass: account.confirmsMass,
          ghId: account.ghId ?? '',
        }}
        onFinish={(body) =>
          update.mutate({ params: { accountId: account.id }, body: { ...body, ghId: body.ghId || null } })
        }
      >
        <Form.Item
          name="name"
          label={t('accounts.name')}
          rules={[schemaRule(fields.name, t('operators.nameInvalid'))]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="kind" label={t('accounts.type')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'service', label: t('accounts.kind.service') },
              { value: 'subscription', label: t('accounts.kind.subscription') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="verified"
          label={t('accounts.verifiedAtWechat')}
          valuePropName="checked"
          extra={t('accounts.verifiedHint')}
        >
          <Switch />
        </Form.Item>
        <Form.Item
          name="confirmsMass"
          label={t('accounts.confirmsMass')}
          valuePropName="checked"
          extra={t('accounts.confirmsMassHint')}
        >
          <Switch />
        </Form.Item>
        <Form.Item
          name="ghId"
          label={t('accounts.ghId')}
          rules={[schemaRule(fields.ghId.optional(), t('accounts.ghIdInvalid'))]}
        >
          <Input className="w-mono" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
