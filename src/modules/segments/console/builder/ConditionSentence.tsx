import type { Condition } from '../../schema/rule.ts'
import { type Path, replaceAt } from '../rule/tree.ts'
import { useBuilder } from './context.ts'
import { AttributeFields } from './fields/AttributeFields.tsx'
import { BehaviourFields, OccurrenceFields, SequenceFields } from './fields/BehaviourFields.tsx'
import { CampaignFields } from './fields/CampaignFields.tsx'
import { DetailFields } from './fields/DetailFields.tsx'
import { FanFields } from './fields/FanFields.tsx'
import { IdentityFields, SegmentFields } from './fields/OtherFields.tsx'
import { SendFields } from './fields/SendFields.tsx'
import { TagFields } from './fields/TagFields.tsx'

/** One condition as a sentence whose parts can be changed. */
export function ConditionSentence({ condition, path }: { condition: Condition; path: Path }) {
  const { edit } = useBuilder()
  const onChange = (next: Condition) => edit((rule) => replaceAt(rule, path, () => next))
  switch (condition.kind) {
    case 'attribute':
      return <AttributeFields value={condition} onChange={onChange} />
    case 'tag':
      return <TagFields value={condition} onChange={onChange} />
    case 'behaviour':
      return <BehaviourFields value={condition} onChange={onChange} />
    case 'occurrence':
      return <OccurrenceFields value={condition} onChange={onChange} />
    case 'sequence':
      return <SequenceFields value={condition} onChange={onChange} />
    case 'detail':
      return <DetailFields value={condition} onChange={onChange} />
    case 'fan':
      return <FanFields value={condition} onChange={onChange} />
    case 'segment':
      return <SegmentFields value={condition} onChange={onChange} />
    case 'send':
      return <SendFields value={condition} onChange={onChange} />
    case 'campaign':
      return <CampaignFields value={condition} onChange={onChange} />
    case 'identity':
      return <IdentityFields value={condition} onChange={onChange} />
  }
}
