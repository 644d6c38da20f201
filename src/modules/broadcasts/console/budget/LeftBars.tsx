import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'

type LeftSeries = { key: 'now' | 'planned' | 'after'; lefts: readonly number[] }

const NAMES = {
  now: 'massBudget.leftNow',
  planned: 'massBudget.leftPlanned',
  after: 'massBudget.leftAfter',
} as const

/** Fans by how many sends are left for them, most first; several states side by side. */
export function LeftBars({ series }: { series: readonly LeftSeries[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const most = Math.max(1, ...series.flatMap(({ lefts }) => lefts))
  const rows = (series[0]?.lefts ?? []).map((_, left) => left).toReversed()
  return (
    <div className="w-lefts" style={{ gridTemplateColumns: `auto repeat(${series.length}, minmax(0, 1fr))` }}>
      <span />
      {series.map(({ key }) => (
        <span key={key} className={`w-lefts-head w-lefts-${key}`}>
          {t(NAMES[key])}
        </span>
      ))}
      {rows.map((left) => [
        <span key={left} className={left === 0 ? '' : 'w-soft'}>
          {left === 0 ? t('massBudget.leftNone') : t('massBudget.leftTimes', { left })}
        </span>,
        ...series.map(({ key, lefts }) => {
          const fans = lefts[left] ?? 0
          return (
            <span key={`${key}-${left}`} className="w-lefts-cell">
              <i aria-hidden="true" className={left === 0 ? 'w-lefts-none' : `w-lefts-${key}`}>
                <i style={{ width: `${fans === 0 ? 0 : Math.max(1, (fans / most) * 100)}%` }} />
              </i>
              <span className="w-right">{format.number(fans)}</span>
            </span>
          )
        }),
      ])}
    </div>
  )
}
