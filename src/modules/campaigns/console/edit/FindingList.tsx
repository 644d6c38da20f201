import { Alert } from 'antd'
import type { ReactNode } from 'react'
import type { Finding } from '../../schema.ts'
import { useReason } from '../reasons.ts'

/** What is missing or worth knowing, a sentence each. Nothing where there is nothing. */
export function FindingList({
  findings,
  type,
  title,
}: {
  findings: readonly Pick<Finding, 'reason' | 'detail'>[]
  type: 'error' | 'warning' | 'info'
  title?: ReactNode
}) {
  const explain = useReason()
  if (findings.length === 0) return null
  const lines = findings.map(({ reason, detail }, index) => {
    const { text, advice } = explain(reason, detail)
    return (
      <div key={index}>
        {text} {advice !== undefined && <span className="w-soft">{advice}</span>}
      </div>
    )
  })
  return title === undefined ? (
    <Alert type={type} showIcon title={lines} style={{ marginTop: 12, maxWidth: 860 }} />
  ) : (
    <Alert type={type} showIcon title={title} description={lines} />
  )
}
