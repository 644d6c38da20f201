import { useAccountId } from '../../../../console/session.ts'
import { EstimatePanel, emptyRule, RuleBuilder, useEstimate } from '../../../segments/console/index.ts'
import type { Draft } from './draft.ts'

const NOTHING = emptyRule()

/** 圈选: a rule of this send's own, over the fans of the account, with its estimate. */
export function RuleChoice({ draft, onChange }: { draft: Draft; onChange: (part: Partial<Draft>) => void }) {
  const accountId = useAccountId()
  const rule = draft.rule ?? NOTHING
  const asked = useEstimate(rule, accountId)
  return (
    <div className="w-stack">
      <RuleBuilder
        value={rule}
        onChange={(next) => onChange({ rule: next })}
        accountId={accountId}
        clauses={asked.estimate?.clauses ?? []}
        {...(asked.estimate && { total: asked.estimate.total })}
      />
      <EstimatePanel rule={rule} asked={asked} />
    </div>
  )
}
