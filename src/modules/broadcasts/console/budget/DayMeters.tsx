import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { DayLimits, DayLoad } from '../../schema.ts'

/** What a day is asked to do against what it may: people and calls, and sends where these are limited. */
export function DayMeters({ load, limits }: { load: DayLoad; limits: DayLimits }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { done, planned, moved } = load
  const meters = [
    ...(limits.sendsPerDay === null
      ? []
      : [{ key: 'sends' as const, done: done.sends, planned: planned.sends, limit: limits.sendsPerDay }]),
    {
      key: 'recipients' as const,
      done: done.recipients,
      planned: planned.recipients,
      limit: limits.recipientsPerDay,
    },
    { key: 'calls' as const, done: done.calls, planned: planned.calls, limit: limits.callsPerDay },
  ]
  return (
    <div className="w-day-meters">
      {meters.map(({ key, done: gone, planned: waits, limit }) => {
        const said = t(`massBudget.${key}`, {
          number: format.compact(gone + waits),
          limit: format.compact(limit),
        })
        const share = (count: number) => `${Math.min(100, (count / Math.max(1, limit)) * 100)}%`
        return (
          <Tooltip key={key} title={said}>
            <div className="w-day-meter">
              <span className="w-small w-soft">{said}</span>
              <i aria-hidden="true">
                <i className="w-meter-done" style={{ width: share(gone) }} />
                <i className="w-meter-planned" style={{ width: share(waits) }} />
              </i>
            </div>
          </Tooltip>
        )
      })}
      {moved > 0 && (
        <Tooltip title={t('massBudget.movedHint')}>
          <span className="w-small w-day-moved">
            {t('massBudget.moved', { number: format.compact(moved) })}
          </span>
        </Tooltip>
      )}
    </div>
  )
}
