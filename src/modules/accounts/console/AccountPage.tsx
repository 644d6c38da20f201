import { Alert, Button, Descriptions, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation, useInvalidate } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { useSentence } from '../../../console/ui/sentence.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import {
  type AccountDetail,
  archiveAccountEndpoint,
  checkCredentialEndpoint,
  getAccountEndpoint,
  listAccountsEndpoint,
  pauseAccountEndpoint,
  restoreAccountEndpoint,
  resumeAccountEndpoint,
} from '../schema.ts'
import { AccountStateTag, CallbackTag, CredentialTag } from './AccountTags.tsx'
import { CallbackPanel } from './CallbackPanel.tsx'
import { EditAccountModal } from './EditAccountModal.tsx'
import { LimitsPanel } from './LimitsPanel.tsx'
import { MissingAbilities } from './MissingAbilities.tsx'
import { RotateSecretModal } from './RotateSecretModal.tsx'

export function AccountPage() {
  const { accountId = '' } = useParams()
  const query = useEndpoint(getAccountEndpoint, { params: { accountId } })
  return <Loaded query={query}>{(account) => <Detail account={account} />}</Loaded>
}

function Detail({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const mayManage = useCan('accounts:manage')
  return (
    <>
      <PageHeader
        title={
          <>
            {account.name} <AccountStateTag account={account} />
          </>
        }
        sub={
          <>
            {t(`accounts.kind.${account.kind}`)} ·{' '}
            {t(account.verified ? 'accounts.verified' : 'accounts.notVerified')} ·{' '}
            <span className="w-mono">{account.appid}</span>
          </>
        }
        back={{ to: '/settings/accounts', label: t('accounts.title') }}
        actions={<Actions account={account} />}
      />
      <div className="w-stack" style={{ maxWidth: 900 }}>
        <PauseNotice account={account} />
        <Basics account={account} />
        {mayManage && account.state !== 'archived' && <CallbackPanel accountId={account.id} />}
        <LimitsPanel account={account} />
        <MissingAbilities account={account} />
        {mayManage && account.state !== 'archived' && <ArchivePanel account={account} />}
      </div>
    </>
  )
}

const CHANGED = [getAccountEndpoint, listAccountsEndpoint]

function Actions({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const mayManage = useCan('accounts:manage')
  const params = { accountId: account.id }
  const done = { invalidates: CHANGED, success: t('common.saved') }
  const check = useEndpointMutation(checkCredentialEndpoint, { success: t('accounts.credentialGood') })
  const invalidate = useInvalidate()
  // a refusal changes the account as well
  const onSettled = () => invalidate(...CHANGED)
  const pause = useEndpointMutation(pauseAccountEndpoint, done)
  const restore = useEndpointMutation(restoreAccountEndpoint, done)
  if (!mayManage) return null
  if (account.state === 'archived') {
    return (
      <Button loading={restore.isPending} onClick={() => restore.mutate({ params })}>
        {t('accounts.restore')}
      </Button>
    )
  }
  return (
    <>
      <Button loading={check.isPending} onClick={() => check.mutate({ params }, { onSettled })}>
        {t('accounts.check')}
      </Button>
      {account.state === 'active' && (
        <Popconfirm
          title={t('accounts.pauseTitle')}
          description={t('accounts.pauseHint')}
          okText={t('accounts.pauseGo')}
          onConfirm={() => pause.mutate({ params, body: {} })}
        >
          <Button danger loading={pause.isPending}>
            {t('accounts.pauseGo')}
          </Button>
        </Popconfirm>
      )}
    </>
  )
}

function PauseNotice({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const mayManage = useCan('accounts:manage')
  const resume = useEndpointMutation(resumeAccountEndpoint, {
    invalidates: CHANGED,
    success: t('accounts.resumed'),
  })
  if (account.state !== 'paused' || account.pauseReason === null) return null
  const { advice, ip, code, note } = account.pauseDetail ?? {}
  return (
    <Alert
      type="error"
      showIcon
      title={t('accounts.pausedBecause', { reason: t(`accounts.pause.${account.pauseReason}`) })}
      description={
        <>
          {advice && sentence(advice)} {ip !== undefined && <b className="w-mono">{ip}</b>} {note}
          {code !== undefined && <span className="w-faint"> (errcode {code})</span>}
        </>
      }
      action={
        mayManage && (
          <Button
            loading={resume.isPending}
            onClick={() => resume.mutate({ params: { accountId: account.id } })}
          >
            {t('accounts.resume')}
          </Button>
        )
      }
    />
  )
}

function Basics({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useCan('accounts:manage')
  const [open, setOpen] = useState<'edit' | 'secret' | undefined>()
  return (
    <section className="w-panel">
      <h2>{t('accounts.basics')}</h2>
      <Descriptions
        colon={false}
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          {
            key: 'fans',
            label: t('accounts.fansFollowing'),
            children: <Link to={`/accounts/${account.id}/fans`}>{format.number(account.fansFollowing)}</Link>,
          },
          { key: 'gh', label: t('accounts.ghId'), children: account.ghId ?? '—' },
          {
            key: 'credential',
            label: t('accounts.credentialTitle'),
            children: <CredentialTag account={account} />,
          },
          {
            key: 'callback',
            label: t('accounts.callbackTitle'),
            children: <CallbackTag account={account} />,
          },
          { key: 'created', label: t('accounts.boundAt'), children: format.instant(account.createdAt) },
        ]}
      />
      {mayManage && account.state !== 'archived' && (
        <div className="w-row" style={{ marginTop: 8 }}>
          <Button size="small" onClick={() => setOpen('edit')}>
            {t('accounts.edit')}
          </Button>
          <Button size="small" onClick={() => setOpen('secret')}>
            {t('accounts.rotateSecret')}
          </Button>
        </div>
      )}
      <EditAccountModal account={account} open={open === 'edit'} onClose={() => setOpen(undefined)} />
      <RotateSecretModal accountId={account.id} open={open === 'secret'} onClose={() => setOpen(undefined)} />
    </section>
  )
}

function ArchivePanel({ account }: { account: AccountDetail }) {
  const { t } = useTranslation()
  const archive = useEndpointMutation(archiveAccountEndpoint, {
    invalidates: CHANGED,
    success: t('accounts.archived'),
  })
  return (
    <section className="w-panel">
      <h2>{t('accounts.archive')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('accounts.archiveHint')}
      </p>
      <Popconfirm
        title={t('accounts.archiveTitle', { name: account.name })}
        okText={t('accounts.archive')}
        onConfirm={() => archive.mutate({ params: { accountId: account.id } })}
      >
        <Button danger loading={archive.isPending}>
          {t('accounts.archive')}
        </Button>
      </Popconfirm>
    </section>
  )
}
