import { useTranslation } from 'react-i18next'
import { useBusinessNow } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import { useSentence } from '../../../console/ui/sentence.ts'
import type { AccountSummary } from '../schema.ts'

const STATE_TONES: Record<AccountSummary['state'], Tone> = { active: 'good', paused: 'bad', archived: 'idle' }

export function AccountStateTag({
  account,
}: {
  account: Pick<AccountSummary, 'state' | 'pauseReason' | 'pauseDetail'>
}) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const advice = account.pauseDetail?.advice
  return (
    <StateTag tone={STATE_TONES[account.state]} hint={advice && sentence(advice)}>
      {account.pauseReason === null
        ? t(`accounts.state.${account.state}`)
        : t(`accounts.pause.${account.pauseReason}`)}
    </StateTag>
  )
}

const CREDENTIAL_TONES: Record<AccountSummary['credential']['state'], Tone> = {
  ok: 'good',
  broken: 'bad',
  unchecked: 'idle',
}

export function CredentialTag({ account }: { account: Pick<AccountSummary, 'credential'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, checkedAt } = account.credential
  return (
    <StateTag
      tone={CREDENTIAL_TONES[state]}
      hint={checkedAt === null ? undefined : t('accounts.checkedAt', { at: format.instant(checkedAt) })}
    >
      {t(`accounts.credential.${state}`)}
    </StateTag>
  )
}

/** Without callbacks neither results nor new followers arrive, so silence is told. */
export function CallbackTag({ account }: { account: Pick<AccountSummary, 'callback'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useBusinessNow()
  const { verifiedAt, lastReceivedAt } = account.callback
  if (verifiedAt === null) return <StateTag tone="warn">{t('accounts.callback.unverified')}</StateTag>
  if (lastReceivedAt === null) return <StateTag tone="good">{t('accounts.callback.verified')}</StateTag>
  return (
    <StateTag tone="good" hint={format.instant(lastReceivedAt)}>
      {t('accounts.callback.last', { ago: format.ago(lastReceivedAt, now) })}
    </StateTag>
  )
}
