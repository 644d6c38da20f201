import { MessageComposer } from '../../../messages/console/index.ts'
import type { MessageContent } from '../../../messages/schema.ts'
import type { EventMatch } from '../../../segments/schema.ts'
import type { CampaignKind, Plan } from '../../schema.ts'
import type { StepProps } from './BasicsStep.tsx'
import { lintFactsOf } from './lint-facts.ts'

/** Step 4: what it says, with the phone beside it. */
export function ContentStep({ draft, changePlan }: StepProps) {
  return <ContentFields kind={draft.kind} plan={draft.plan} onChange={(content) => changePlan({ content })} />
}

export function ContentFields({
  kind,
  plan,
  onChange,
}: {
  kind: CampaignKind
  plan: Plan
  onChange: (content: MessageContent | null) => void
}) {
  return (
    <MessageComposer
      channel={kind}
      value={plan.content}
      onChange={onChange}
      event={eventOf(plan)}
      facts={lintFactsOf(plan)}
    />
  )
}

/** The event whose properties a message can name. */
export const eventOf = ({ trigger }: Plan): EventMatch | null => ('event' in trigger ? trigger.event : null)
