import { Button, Form, Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { type Locale, setLocale } from '../../../console/i18n.ts'
import { useMe } from '../../../console/session.ts'
import { type ThemeChoice, useTheme } from '../../../console/theme/ThemeProvider.tsx'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { meEndpoint, PASSWORD_MIN, password, updateMeEndpoint } from '../schema.ts'
import { ApiKeysPanel } from './ApiKeysPanel.tsx'

export function ProfilePage() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <>
      <PageHeader title={t('profile.title')} sub={`${me.email} · ${t(`roles.${me.role}`)}`} />
      <div
        className="w-grid"
        style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))', alignItems: 'start' }}
      >
        <section className="w-panel">
          <h2>{t('profile.about')}</h2>
          <NameForm />
          <Preferences />
        </section>
        <section className="w-panel">
          <h2>{t('profile.password')}</h2>
          <PasswordForm />
        </section>
      </div>
      <ApiKeysPanel />
    </>
  )
}

function NameForm() {
  const { t } = useTranslation()
  const me = useMe()
  const update = useEndpointMutation(updateMeEndpoint, {
    invalidates: [meEndpoint],
    success: t('common.saved'),
  })
  return (
    <Form
      layout="vertical"
      initialValues={{ name: me.name }}
      onFinish={({ name }: { name: string }) => update.mutate({ body: { name } })}
    >
      <Form.Item label={t('operators.name')}>
        <div style={{ display: 'flex', gap: 8 }}>
          <Form.Item
            name="name"
            noStyle
            rules={[schemaRule(updateMeEndpoint.body!.shape.name.unwrap(), t('operators.nameInvalid'))]}
          >
            <Input />
          </Form.Item>
          <Button htmlType="submit" loading={update.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </Form.Item>
    </Form>
  )
}

function Preferences() {
  const { t, i18n } = useTranslation()
  const { choice, choose } = useTheme()
  const update = useEndpointMutation(updateMeEndpoint, { invalidates: [meEndpoint] })
  const switchTo = (locale: Locale) => {
    setLocale(locale)
    update.mutate({ body: { locale } })
  }
  return (
    <Form layout="vertical">
      <Form.Item label={t('shell.language')}>
        <Segmented
          value={i18n.language as Locale}
          onChange={(locale: Locale) => switchTo(locale)}
          options={[
            { value: 'zh-CN', label: '简体中文' },
            { value: 'en', label: 'English' },
          ]}
        />
      </Form.Item>
      <Form.Item label={t('shell.appearance')} style={{ marginBottom: 0 }}>
        <Segmented
          value={choice}
          onChange={(value: ThemeChoice) => choose(value)}
          options={(['light', 'dark', 'system'] as const).map((value) => ({
            value,
            label: t(`shell.theme.${value}`),
          }))}
        />
      </Form.Item>
    </Form>
  )
}

type PasswordFields = { currentPassword: string; newPassword: string; again: string }

function PasswordForm() {
  const { t } = useTranslation()
  const [form] = Form.useForm<PasswordFields>()
  const update = useEndpointMutation(updateMeEndpoint, {
    success: t('profile.passwordChanged'),
    onSuccess: () => form.resetFields(),
  })
  const rule = t('operators.passwordRule', { min: PASSWORD_MIN })
  return (
    <Form<PasswordFields>
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={({ currentPassword, newPassword }) =>
        update.mutate({ body: { currentPassword, newPassword } })
      }
    >
      <Form.Item
        name="currentPassword"
        label={t('profile.currentPassword')}
        rules={[{ required: true, message: t('operators.passwordMissing') }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="newPassword"
        label={t('profile.newPassword')}
        extra={rule}
        rules={[schemaRule(password, rule)]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('profile.again')}
        dependencies={['newPassword']}
        rules={[
          ({ getFieldValue }) => ({
            validator: async (_, value) => {
              if (value !== getFieldValue('newPassword')) throw new Error(t('profile.notTheSame'))
            },
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button htmlType="submit" loading={update.isPending}>
        {t('profile.changePassword')}
      </Button>
    </Form>
  )
}
