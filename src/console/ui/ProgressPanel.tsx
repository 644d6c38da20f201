import { Progress } from 'antd'
import type { ReactNode } from 'react'

type Props = {
  title: string
  /** `total` is null while nobody knows it. */
  progress: { done: number; total: number | null }
  /** How far it is, in words, with what can be done about it. */
  said: ReactNode
  hint: string
}

/** What takes longer than a second and goes on without the page. */
export function ProgressPanel({ title, progress: { done, total }, said, hint }: Props) {
  return (
    <div className="w-panel" aria-live="polite">
      <div className="w-row" style={{ justifyContent: 'space-between' }}>
        <strong>{title}</strong>
        <span className="w-row w-soft">{said}</span>
      </div>
      <Progress
        percent={total === null || total === 0 ? 100 : Math.floor((done / total) * 100)}
        status="active"
        showInfo={total !== null}
        size="small"
      />
      <div className="w-faint w-small">{hint}</div>
    </div>
  )
}
