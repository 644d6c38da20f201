import {
  type Condition,
  condition as conditionSchema,
  isGroup,
  type Rule,
  type ValueTest,
} from '../../schema/rule.ts'
import { childrenOf, type Path } from './tree.ts'

/** What is still missing in a condition, by what the operator has to do about it. */
export type Lack =
  | 'group'
  | 'tags'
  | 'attribute'
  | 'event'
  | 'property'
  | 'dataset'
  | 'field'
  | 'segment'
  | 'broadcast'
  | 'campaign'
  | 'goal'
  | 'value'
  | 'number'
  | 'order'
  | 'day'
  | 'length'
  | 'other'
export type RuleProblem = { path: Path; lack: Lack }

/** Everything that keeps a rule from being asked, each at its place; empty for one that can be sent. */
export function problemsOf(rule: Rule, path: Path = []): RuleProblem[] {
  if (isGroup(rule) && rule.of.length === 0) return [{ path, lack: 'group' }]
  if (isGroup(rule) || rule.kind === 'not')
    return childrenOf(rule).flatMap((child, index) => problemsOf(child, [...path, index]))
  const lack = lackOf(rule)
  return lack === undefined ? [] : [{ path, lack }]
}

function lackOf(condition: Condition): Lack | undefined {
  const parsed = conditionSchema.safeParse(condition)
  if (!parsed.success) return lackAt(parsed.error.issues[0]?.path ?? [])
  if (condition.kind === 'send' && condition.what === 'converted' && condition.goal === undefined)
    return 'goal'
  if (testsOf(condition).some((test) => test.op === 'between' && test.from > test.to)) return 'order'
  if ('compare' in condition && condition.compare.op === 'between')
    return condition.compare.from > condition.compare.to ? 'order' : undefined
  return undefined
}

function testsOf(condition: Condition): ValueTest[] {
  switch (condition.kind) {
    case 'attribute':
      return [condition.test]
    case 'behaviour':
    case 'occurrence':
    case 'detail':
      return condition.where.map(({ test }) => test)
    case 'sequence':
      return [...condition.first.where, ...condition.second.where].map(({ test }) => test)
    default:
      return []
  }
}

/** From where the schema found the fault; names of its fields say what to choose. */
function lackAt(path: readonly PropertyKey[]): Lack {
  const names = path.filter((step) => typeof step === 'string')
  const last = names.at(-1)
  if (names.includes('length') || names.includes('within') || last === 'amount') return 'length'
  return (last !== undefined && LACKS[last]) || 'other'
}
const LACKS: Record<string, Lack | undefined> = {
  tags: 'tags',
  tagId: 'tags',
  attribute: 'attribute',
  event: 'event',
  property: 'property',
  dataset: 'dataset',
  field: 'field',
  segmentId: 'segment',
  broadcast: 'broadcast',
  campaign: 'campaign',
  goal: 'goal',
  values: 'value',
  value: 'value',
  days: 'number',
  day: 'day',
  from: 'value',
  to: 'value',
  window: 'day',
}
