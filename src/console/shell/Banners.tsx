import { PauseCircleFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meEndpoint } from '../../modules/operators/schema.ts'
import { confirmRestoreEndpoint, installationEndpoint } from '../../modules/sandbox/schema.ts'
import { useBusinessNow } from '../clock.ts'
import { useFormat } from '../format.ts'
import { useEndpoint, useEndpointMutation } from '../hooks.ts'
import { useCan, useMe } from '../session.ts'
import { ConfirmWithNumbers } from '../ui/ConfirmWithNumbers.tsx'

/** What concerns every page: that this is a sandbox, and that nothing is sent after a restore. */
export function Banners() {
  const me = useMe()
  return (
    <>
      {me.sendingPaused && <RestoreBanner />}
      {me.mode === 'sandbox' && <SandboxBanner />}
    </>
  )
}

function SandboxBanner() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  return (
    <div className="w-banner">
      <span className="w-banner-stripe">{t('shell.sandbox')}</span>
      <span>{t('shell.sandboxHint')}</span>
      <span className="w-banner-end w-nowrap">
        {t('shell.businessTime')} <b>{format.instant(new Date(now))}</b>
      </span>
    </div>
  )
}

function RestoreBanner() {
  const { t } = useTranslation()
  const format = useFormat()
  const mayConfirm = useCan('installation:manage')
  const [asking, setAsking] = useState(false)
  const installation = useEndpoint(installationEndpoint, {})
  const confirm = useEndpointMutation(confirmRestoreEndpoint, {
    invalidates: [meEndpoint, installationEndpoint],
    success: t('shell.restoreConfirmed'),
    onSuccess: () => setAsking(false),
  })
  return (
    <div className="w-banner w-banner-warn" role="alert">
      <PauseCircleFilled />
      <span>
        <b>{t('shell.sendingPaused')}</b> {t('shell.sendingPausedHint')}
      </span>
      <span className="w-banner-end">
        {mayConfirm ? (
          <Button size="small" onClick={() => setAsking(true)}>
            {t('shell.restoreReview')}
          </Button>
        ) : (
          t('shell.restoreAsk')
        )}
      </span>
      <ConfirmWithNumbers
        open={asking}
        title={t('shell.restoreTitle')}
        numbers={[
          { label: t('shell.restoredAt'), value: format.instant(installation.data?.restoredAt) },
          { label: t('shell.heldBatches'), value: format.number(installation.data?.heldBatches) },
          {
            label: t('shell.heldRecipients'),
            value: format.number(installation.data?.heldRecipients),
            strong: true,
          },
        ]}
        note={t('shell.restoreNote')}
        consent={t('shell.restoreConsent')}
        okText={t('shell.restoreGo')}
        danger
        busy={confirm.isPending}
        onConfirm={() => confirm.mutate({ body: { understood: true } })}
        onCancel={() => setAsking(false)}
      />
    </div>
  )
}
