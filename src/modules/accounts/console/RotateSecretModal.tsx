import { Alert, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { getAccountEndpoint, listAccountsEndpoint, rotateSecretEndpoint } from '../schema.ts'

/** The new secret is tried at WeChat before it replaces the old one. */
export function RotateSecretModal({
  accountId,
  open,
  onClose,
}: {
  accountId: string
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ secret: string }>()
  const describe = useErrorText()
  const rotate = useEndpointMutation(rotateSecretEndpoint, {
    quiet: true,
    invalidates: [getAccountEndpoint, listAccountsEndpoint],
    success: t('accounts.secretRotated'),
    onSuccess: onClose,
  })
  const error = rotate.error === null ? undefined : describe(rotate.error)
  return (
    <Modal
      open={open}
      title={t('accounts.rotateSecret')}
      onCancel={onClose}
      onOk={form.submit}
      okText={t('accounts.checkAndSave')}
      confirmLoading={rotate.isPending}
      destroyOnHidden
      afterClose={rotate.reset}
    >
      {error && (
        <Alert
          type="error"
          showIcon
          title={error.title}
          description={error.advice}
          style={{ marginBottom: 12 }}
        />
      )}
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={(body) => rotate.mutate({ params: { accountId }, body })}
      >
        <Form.Item
          name="secret"
          label="AppSecret"
          extra={t('accounts.secretHint')}
          rules={[schemaRule(rotateSecretEndpoint.body!.shape.secret, t('accounts.secretInvalid'))]}
        >
          <Input.Password autoComplete="off" autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  )
}
