import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useNavigate } from 'react-router'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import { PASSWORD_MIN, setupEndpoint, setupStateEndpoint } from '../schema.ts'
import { EntranceFrame } from './EntranceFrame.tsx'

const fields = setupEndpoint.body!

/** In production a form would let whoever finds it first in. */
function SetupByCommandLine() {
  const { t } = useTranslation()
  return (
    <EntranceFrame title={t('entrance.setup')} hint={t('entrance.setupProduction')}>
      <Typography.Paragraph code copyable>
        {'npm run weida -- operator create --role administrator --email you@example.com --name 管理员'}
      </Typography.Paragraph>
      <Link to="/sign-in">{t('entrance.signIn')}</Link>
    </EntranceFrame>
  )
}

/** The first start: makes the first administrator. */
export function SetupPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const describe = useErrorText()
  const setup = useEndpoint(setupStateEndpoint, {})
  const create = useEndpointMutation(setupEndpoint, {
    quiet: true,
    onSuccess: () => {
      client.clear()
      void navigate('/', { replace: true })
    },
  })
  if (setup.data?.needed === false && !create.isSuccess) return <Navigate to="/sign-in" replace />
  if (setup.data?.byCommandLine) return <SetupByCommandLine />
  const error = create.error === null ? undefined : describe(create.error)
  return (
    <EntranceFrame title={t('entrance.setup')} hint={t('entrance.setupSandbox')}>
      {error && (
        <Alert
          type="error"
          showIcon
          title={error.title}
          description={error.advice}
          style={{ marginBottom: 16 }}
        />
      )}
      <Form<BodyInputOf<typeof setupEndpoint>>
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(body) => create.mutate({ body })}
      >
        <Form.Item
          name="name"
          label={t('operators.name')}
          rules={[schemaRule(fields.shape.name, t('operators.nameInvalid'))]}
        >
          <Input autoComplete="name" autoFocus />
        </Form.Item>
        <Form.Item
          name="email"
          label={t('operators.email')}
          validateTrigger="onBlur"
          rules={[schemaRule(fields.shape.email, t('operators.emailInvalid'))]}
        >
          <Input type="email" autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('operators.password')}
          rules={[schemaRule(fields.shape.password, t('operators.passwordRule', { min: PASSWORD_MIN }))]}
        >
          <Input.Password
            autoComplete="new-password"
            placeholder={t('operators.passwordRule', { min: PASSWORD_MIN })}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={create.isPending}>
          {t('entrance.setupGo')}
        </Button>
      </Form>
    </EntranceFrame>
  )
}
