import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../format.ts'
import { useAccountId } from '../session.ts'
import { EmptyState } from '../ui/states.tsx'

/** Fans by how many mass sends this month still has for them. */
export function MonthLeft({
  month,
  counts,
}: {
  month: string
  counts: readonly { left: number; fans: number }[]
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const sorted = counts.toSorted((a, b) => b.left - a.left)
  const most = Math.max(1, ...sorted.map(({ fans }) => fans))
  return (
    <section className="w-panel">
      <h2 className="w-row" style={{ justifyContent: 'space-between' }}>
        {t('overview.monthLeft', { month })}
        <Link className="w-small" to={`/accounts/${accountId}/budget`}>
          {t('massBudget.title')}
        </Link>
      </h2>
      {sorted.length === 0 && (
        <EmptyState compact title={t('overview.noMonthLimit')} hint={t('overview.noMonthLimitHint')} />
      )}
      {sorted.map(({ left, fans }) => (
        <div className="w-left-row" key={left}>
          <span className={left === 0 ? '' : 'w-soft'}>{t('overview.leftTimes', { left })}</span>
          <span className={`w-left-track${left === 0 ? ' w-left-none' : ''}`} aria-hidden="true">
            <span style={{ width: `${fans === 0 ? 0 : Math.max(1, (fans / most) * 100)}%` }} />
          </span>
          <span className="w-right">{format.number(fans)}</span>
        </div>
      ))}
    </section>
  )
}
