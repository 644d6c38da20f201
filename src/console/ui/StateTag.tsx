import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import './state-tag.css'

/** What a state means for the operator, not which state it is: colours are few and keep their meaning everywhere. */
export type Tone = 'idle' | 'busy' | 'good' | 'warn' | 'bad' | 'odd'

export function StateTag({
  tone,
  children,
  hint,
  pulse,
}: {
  tone: Tone
  children: ReactNode
  hint?: ReactNode
  pulse?: boolean
}) {
  const tag = (
    <span className={`w-state w-state-${tone}${pulse === true ? ' w-state-pulse' : ''}`}>
      <i aria-hidden="true" />
      {children}
    </span>
  )
  return hint === undefined ? tag : <Tooltip title={hint}>{tag}</Tooltip>
}
