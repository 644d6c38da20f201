import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import { resetSandboxEndpoint } from '../schema.ts'

/** Back to a fresh sandbox and to real time. */
export function ResetPanel() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const allowed = useCan('sandbox:control')
  const [asking, setAsking] = useState(false)
  const reset = useEndpointMutation(resetSandboxEndpoint, {
    success: t('sandbox.resetStarted'),
    onSuccess: () => {
      setAsking(false)
      // the accounts come back under new numbers
      void navigate('/')
      void client.resetQueries()
    },
  })
  return (
    <>
      <p className="w-faint w-small" style={{ marginTop: 0 }}>
        {t('sandbox.resetHint')}
      </p>
      <Button danger disabled={!allowed} onClick={() => setAsking(true)}>
        {t('sandbox.reset')}
      </Button>
      <ConfirmWithNumbers
        open={asking}
        title={t('sandbox.resetTitle')}
        numbers={[
          { label: t('sandbox.resetGone'), value: t('sandbox.resetGoneWhat') },
          { label: t('sandbox.resetKept'), value: t('sandbox.resetKeptWhat') },
          { label: t('sandbox.clock'), value: t('sandbox.resetClock') },
        ]}
        consent={t('sandbox.resetConsent')}
        okText={t('sandbox.reset')}
        danger
        busy={reset.isPending}
        onConfirm={() => reset.mutate({})}
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
