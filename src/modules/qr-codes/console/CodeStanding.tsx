import { useTranslation } from 'react-i18next'
import { useSandboxClock } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { QrCode } from '../schema.ts'
import { useProblemText } from './use-problem-text.ts'

const DAY_MS = 86_400_000
const SOON_MS = 3 * DAY_MS

/** Whether a code can be scanned, and for how long yet. */
export function CodeStanding({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const offset = useSandboxClock().data?.offsetSeconds ?? 0
  const problem = useProblemText()(code.problem)
  if (code.archivedAt !== null) return <StateTag tone="idle">{t('qrCodes.state.archived')}</StateTag>
  if (code.state === 'waiting')
    return (
      <StateTag tone="busy" pulse hint={problem ?? t('qrCodes.stateHint.waiting')}>
        {t('qrCodes.state.waiting')}
      </StateTag>
    )
  if (code.state === 'failed')
    return (
      <StateTag tone="bad" hint={problem}>
        {t('qrCodes.state.failed')}
      </StateTag>
    )
  if (code.expiresAt === null) return <StateTag tone="good">{t(`qrCodes.good.${code.life}`)}</StateTag>
  const left = new Date(code.expiresAt).getTime() - Date.now() - offset * 1_000
  const until = t('qrCodes.until', { at: format.instant(code.expiresAt) })
  if (left <= 0)
    return (
      <StateTag tone="bad" hint={t('qrCodes.stateHint.over')}>
        {t('qrCodes.state.over')}
      </StateTag>
    )
  return (
    <StateTag tone={left < SOON_MS || problem !== undefined ? 'warn' : 'good'} hint={problem ?? until}>
      {left < DAY_MS ? t('qrCodes.endsToday') : t('qrCodes.daysLeft', { count: Math.floor(left / DAY_MS) })}
    </StateTag>
  )
}
