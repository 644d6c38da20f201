import { Alert, Button, Form, Input, Radio, Steps, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { rememberAccount, useCan } from '../../../console/session.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { NoPermissionState } from '../../../console/ui/states.tsx'
import type { BodyInputOf } from '../../../kernel/endpoint.ts'
import { type AccountDetail, bindAccountEndpoint, listAccountsEndpoint } from '../schema.ts'
import { CallbackPanel } from './CallbackPanel.tsx'
import { MissingAbilities } from './MissingAbilities.tsx'

/** Binds an account: its credential is checked first, then WeChat is told where to push. */
export function BindAccountPage() {
  const { t } = useTranslation()
  const [account, setAccount] = useState<AccountDetail | undefined>()
  if (!useCan('accounts:manage')) return <NoPermissionState />
  return (
    <div style={{ maxWidth: 760 }}>
      <PageHeader
        title={t('shell.bindAccount')}
        sub={t('accounts.bindSub')}
        back={{ to: '/settings/accounts', label: t('accounts.title') }}
      />
      <Steps
        size="small"
        current={account === undefined ? 0 : 1}
        style={{ marginBottom: 20 }}
        items={[
          { title: t('accounts.stepCredential') },
          { title: t('accounts.stepCallback') },
          { title: t('accounts.stepSync') },
        ]}
      />
      {account === undefined ? <CredentialForm onBound={setAccount} /> : <Bound account={account} />}
    </div>
  )
}

const fields = bindAccountEndpoint.body!.shape
type Fields = BodyInputOf<typeof bindAccountEndpoint>

function CredentialForm({ onBound }: { onBound: (account: AccountDetail) => void }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const bind = useEndpointMutation(bindAccountEndpoint, {
    quiet: true,
    invalidates: [listAccountsEndpoint],
    onSuccess: (account) => {
      rememberAccount(account.id)
      onBound(account)
    },
  })
  const error = bind.error === null ? undefined : describe(bind.error)
  return (
    <section className="w-panel">
      {error && (
        <Alert
          type="error"
          showIcon
          title={error.title}
          description={error.advice}
          style={{ marginBottom: 16 }}
        />
      )}
      <Form<Fields>
        layout="vertical"
        initialValues={{ kind: 'service', verified: true }}
        validateTrigger="onBlur"
        onFinish={(values) => bind.mutate({ body: { ...values, ghId: values.ghId || null } })}
      >
        <Form.Item
          name="name"
          label={t('accounts.name')}
          required
          extra={t('accounts.nameHint')}
          rules={[schemaRule(fields.name, t('operators.nameInvalid'))]}
        >
          <Input autoFocus />
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
          name="appid"
          label="AppID"
          required
          extra={t('accounts.appidHint')}
          rules={[schemaRule(fields.appid, t('accounts.appidInvalid'))]}
        >
          <Input className="w-mono" placeholder="wx0123456789abcdef" />
        </Form.Item>
        <Form.Item
          name="secret"
          label="AppSecret"
          required
          extra={t('accounts.secretHint')}
          rules={[schemaRule(fields.secret, t('accounts.secretInvalid'))]}
        >
          <Input.Password autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="ghId"
          label={t('accounts.ghId')}
          extra={t('accounts.ghIdHint')}
          rules={[schemaRule(fields.ghId.optional(), t('accounts.ghIdInvalid'))]}
        >
          <Input className="w-mono" placeholder="gh_…" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={bind.isPending}>
          {t('accounts.checkAndBind')}
        </Button>
      </Form>
    </section>
  )
}

function Bound({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  return (
    <div className="w-stack">
      <Alert
        type="success"
        showIcon
        title={t('accounts.bound', { name: account.name })}
        description={t('accounts.boundHint')}
      />
      <CallbackPanel accountId={account.id} />
      <MissingAbilities account={account} />
      <section className="w-panel">
        <h2>{t('accounts.stepSync')}</h2>
        <p className="w-soft" style={{ marginTop: 0 }}>
          {t('accounts.syncHint')}
        </p>
        <Link to={`/accounts/${account.id}/fans`}>
          <Button type="primary">{t('accounts.goSync')}</Button>
        </Link>
      </section>
    </div>
  )
}
