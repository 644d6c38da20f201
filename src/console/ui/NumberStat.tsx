import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import './number-stat.css'

type Props = {
  label: ReactNode
  value: ReactNode
  /** Beside the number: a unit or "of 400". */
  unit?: ReactNode
  sub?: ReactNode
  tone?: 'good' | 'warn' | 'bad'
  hint?: ReactNode
  to?: string
}

export function NumberStat({ label, value, unit, sub, tone, hint, to }: Props) {
  const body = (
    <>
      <span className="w-stat-label">
        {hint === undefined ? (
          label
        ) : (
          <Tooltip title={hint}>
            <span className="w-stat-hinted">{label}</span>
          </Tooltip>
        )}
      </span>
      <span className={`w-stat-value${tone === undefined ? '' : ` w-stat-${tone}`}`}>
        {value}
        {unit !== undefined && <small>{unit}</small>}
      </span>
      {sub !== undefined && <span className="w-stat-sub">{sub}</span>}
    </>
  )
  if (to === undefined) return <div className="w-stat">{body}</div>
  return (
    <Link className="w-stat w-stat-link" to={to}>
      {body}
    </Link>
  )
}

/** Numbers side by side, split by hairlines. */
export const StatRow = ({ children }: { children: ReactNode }) => <div className="w-stat-row">{children}</div>
