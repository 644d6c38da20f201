import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Navigate, useNavigate, useSearchParams } from 'react-router'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import { setupStateEndpoint, signInEndpoint } from '../schema.ts'
import { EntranceFrame } from './EntranceFrame.tsx'

const fields = signInEndpoint.body!

export function SignInPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [search] = useSearchParams()
  const describe = useErrorText()
  const setup = useEndpoint(setupStateEndpoint, {})
  const signIn = useEndpointMutation(signInEndpoint, {
    quiet: true,
    onSuccess: () => {
      client.clear()
      void navigate(nextOf(search.get('next')), { replace: true })
    },
  })
  if (setup.data?.needed === true) return <Navigate to="/setup" replace />
  const error = signIn.error === null ? undefined : describe(signIn.error)
  return (
    <EntranceFrame
      title={t('entrance.signIn')}
      hint={setup.data?.mode === 'sandbox' ? t('entrance.sandboxHint') : t('entrance.signInHint')}
    >
      {error && (
        <Alert
          type="error"
          showIcon
          title={error.title}
          description={error.advice}
          style={{ marginBottom: 16 }}
        />
      )}
      <Form<BodyInputOf<typeof signInEndpoint>>
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(body) => signIn.mutate({ body })}
      >
        <Form.Item
          name="email"
          label={t('operators.email')}
          validateTrigger="onBlur"
          rules={[schemaRule(fields.shape.email, t('operators.emailInvalid'))]}
        >
          <Input type="email" autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('operators.password')}
          rules={[{ required: true, message: t('operators.passwordMissing') }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('entrance.signIn')}
        </Button>
      </Form>
      <p className="w-faint w-small" style={{ marginTop: 20 }}>
        {t('entrance.forgotten')}
      </p>
    </EntranceFrame>
  )
}

/** Only our own pages: a link must not send a person elsewhere after signing in. */
const nextOf = (next: string | null): string => (next !== null && /^\/(?![/\\])/.test(next) ? next : '/')
