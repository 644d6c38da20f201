import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { type Quiet, quietUntil } from '../rules/quiet.ts'

const MINUTE_MS = 60_000
/** Hours of the Beijing day at which something comes due. */
const HOURS = [1, 7.5, 12, 20, 23]

/** What becomes of messages that come due at some times of today, by the rule that decides it. */
export function QuietExamples({ quiet }: { quiet: Quiet }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (quiet.fromMinute === quiet.untilMinute) return null
  const today = startOfDay(beijingDay(new Date())).getTime()
  return (
    <section className="w-panel">
      <h3 style={{ marginTop: 0 }}>{t('limits.examples')}</h3>
      {HOURS.map((hour) => {
        const due = new Date(today + hour * 60 * MINUTE_MS)
        const until = quietUntil(quiet, due)
        const at = format.instant(due)
        return (
          <div key={hour}>
            {until === null
              ? t('limits.exampleGoes', { at })
              : quiet.action === 'drop'
                ? t('limits.exampleDropped', { at })
                : t('limits.exampleWaits', { at, until: format.instant(until) })}
          </div>
        )
      })}
    </section>
  )
}
