import { Alert, Button, Popconfirm, Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useMe } from '../../../console/session.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import {
  type CallbackInfo,
  dropPreviousCallbackEndpoint,
  getAccountEndpoint,
  getCallbackEndpoint,
  rotateCallbackEndpoint,
  updateAccountEndpoint,
} from '../schema.ts'
import './accounts.css'

/** What to paste at WeChat under 服务器配置; it watches until WeChat has verified the address. */
export function CallbackPanel({ accountId }: { accountId: string }) {
  const { t } = useTranslation()
  const params = { accountId }
  const query = useEndpoint(
    getCallbackEndpoint,
    { params },
    { every: (info) => (info?.verifiedAt == null ? 3_000 : 30_000) },
  )
  return (
    <section className="w-panel">
      <h2>{t('accounts.callbackTitle')}</h2>
      <Loaded query={query} rows={4}>
        {(info) => <CallbackFields info={info} accountId={accountId} />}
      </Loaded>
    </section>
  )
}

function CallbackFields({ info, accountId }: { info: CallbackInfo; accountId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sandbox = useMe().mode === 'sandbox'
  const update = useEndpointMutation(updateAccountEndpoint, {
    invalidates: [getCallbackEndpoint, getAccountEndpoint],
    success: t('common.saved'),
  })
  return (
    <>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t(sandbox && info.verifiedAt !== null ? 'accounts.callbackSandbox' : 'accounts.callbackHint')}
      </p>
      <div className="w-fields">
        <Field label={t('accounts.callbackUrl')}>
          <Copyable value={info.url} />
        </Field>
        <Field
          label={t('accounts.callbackToken')}
          note={info.previousTokenKept && t('accounts.previousKept')}
        >
          <Copyable value={info.token} />
        </Field>
        <Field label={t('accounts.callbackKey')} note={info.previousAesKeyKept && t('accounts.previousKept')}>
          <Copyable value={info.aesKey} />
        </Field>
        <Field label={t('accounts.callbackMode')}>
          <Select
            value={info.mode}
            style={{ width: 200 }}
            loading={update.isPending}
            onChange={(callbackMode) => update.mutate({ params: { accountId }, body: { callbackMode } })}
            options={(['safe', 'compat', 'plain'] as const).map((mode) => ({
              value: mode,
              label: t(`accounts.mode.${mode}`),
            }))}
          />
        </Field>
        <Field label={t('accounts.callbackState')}>
          {info.verifiedAt === null ? (
            <StateTag tone="warn" pulse>
              {t('accounts.callbackWaiting')}
            </StateTag>
          ) : (
            <StateTag tone="good">
              {t('accounts.callbackVerifiedAt', { at: format.instant(info.verifiedAt) })}
            </StateTag>
          )}
          <span className="w-soft w-small">
            {info.lastReceivedAt === null
              ? t('accounts.callbackNever')
              : t('accounts.callbackLast', { at: format.instant(info.lastReceivedAt) })}
          </span>
        </Field>
      </div>
      <Rotation info={info} accountId={accountId} />
    </>
  )
}

function Rotation({ info, accountId }: { info: CallbackInfo; accountId: string }) {
  const { t } = useTranslation()
  const params = { accountId }
  const rotate = useEndpointMutation(rotateCallbackEndpoint, {
    invalidates: [getCallbackEndpoint],
    success: t('accounts.rotated'),
  })
  const drop = useEndpointMutation(dropPreviousCallbackEndpoint, {
    invalidates: [getCallbackEndpoint],
    success: t('accounts.previousDropped'),
  })
  const ask = (what: 'token' | 'aesKey', label: string) => (
    <Popconfirm
      title={label}
      description={t('accounts.rotateHint')}
      onConfirm={() => rotate.mutate({ params, body: { [what]: true } })}
    >
      <Button size="small" loading={rotate.isPending}>
        {label}
      </Button>
    </Popconfirm>
  )
  return (
    <>
      {(info.previousTokenKept || info.previousAesKeyKept) && (
        <Alert
          type="info"
          showIcon
          style={{ marginTop: 12 }}
          title={t('accounts.previousTitle')}
          description={t('accounts.previousHint')}
          action={
            <Button size="small" loading={drop.isPending} onClick={() => drop.mutate({ params })}>
              {t('accounts.dropPrevious')}
            </Button>
          }
        />
      )}
      <div className="w-row" style={{ marginTop: 14 }}>
        {ask('token', t('accounts.rotateToken'))}
        {ask('aesKey', t('accounts.rotateKey'))}
      </div>
    </>
  )
}

function Field({ label, note, children }: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="w-field">
      <span className="w-soft">{label}</span>
      <div className="w-row">
        {children}
        {note && <span className="w-faint w-small">{note}</span>}
      </div>
    </div>
  )
}
