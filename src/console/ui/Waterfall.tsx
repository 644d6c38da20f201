import type { ReactNode } from 'react'
import { useFormat } from '../format.ts'
import './waterfall.css'

export type Fall = { key: string; label: ReactNode; advice?: ReactNode; count: number }

/** From everyone in the audience down to those reached, with each reason that takes people away. */
export function Waterfall({
  total,
  totalLabel,
  falls,
  reached,
  reachedLabel,
}: {
  total: number
  totalLabel: ReactNode
  falls: readonly Fall[]
  reached: number
  reachedLabel: ReactNode
}) {
  let left = total
  return (
    <div className="w-waterfall" role="table">
      <Step kind="total" label={totalLabel} count={total} from={0} to={share(total, total)} total={total} />
      {falls.map((fall) => {
        const to = left
        left -= fall.count
        return (
          <Step
            key={fall.key}
            kind="fall"
            label={fall.label}
            advice={fall.advice}
            count={-fall.count}
            total={total}
            from={share(Math.max(left, 0), total)}
            to={share(to, total)}
          />
        )
      })}
      <Step
        kind="reached"
        label={reachedLabel}
        count={reached}
        from={0}
        to={share(reached, total)}
        total={total}
      />
    </div>
  )
}

type StepProps = {
  kind: 'total' | 'fall' | 'reached'
  label: ReactNode
  advice?: ReactNode
  count: number
  from: number
  to: number
  total: number
}

function Step({ kind, label, advice, count, from, to, total }: StepProps) {
  const format = useFormat()
  return (
    <div className={`w-fall w-fall-${kind}`} role="row">
      <div className="w-fall-label" role="cell">
        {label}
        {advice !== undefined && <div className="w-fall-advice">{advice}</div>}
      </div>
      <div className="w-fall-track" aria-hidden="true">
        <span style={{ left: `${from}%`, width: `${Math.max(to - from, 0.4)}%` }} />
      </div>
      <div className="w-fall-count" role="cell">
        {count < 0 ? `−${format.number(-count)}` : format.number(count)}
        <small>{total > 0 ? format.percent(Math.abs(count) / total) : ''}</small>
      </div>
    </div>
  )
}

const share = (part: number, whole: number): number => (whole <= 0 ? 0 : (part / whole) * 100)
