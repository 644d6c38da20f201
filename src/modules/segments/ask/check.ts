import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import { scopeOf } from '../../contacts/index.ts'
import { type Catalogue, readCatalogue } from '../compiler/index.ts'
import {
  type Condition,
  type EventMatch,
  isGroup,
  OPS_OF,
  type Rule,
  type ValueTest,
  type ValueType,
} from '../schema/rule.ts'
import { type Known, readKnown } from './known.ts'

export type RuleProblem = { path: number[]; reason: string; detail: Record<string, unknown> }

/** Refuses a rule that can't be asked, with every problem and the place of its condition (`rule_invalid`). */
export async function requireSound(
  ctx: Ctx,
  rule: Rule,
  accountId?: string | null,
  db: Executor = ctx.db,
): Promise<void> {
  const problems = await checkRule(ctx, rule, accountId, db)
  if (problems.length > 0) throw invalid('rule_invalid', 'the rule names what does not fit', { problems })
}

/** What is wrong with a rule: names nobody knows, tests that don't fit a type, accounts the caller may not see. */
export async function checkRule(
  ctx: Ctx,
  rule: Rule,
  accountId: string | null | undefined,
  db: Executor = ctx.db,
): Promise<RuleProblem[]> {
  const catalogue = await readCatalogue(db, rule, ctx.clock.now())
  const known = await readKnown(db, rule)
  const scope = scopeOf(ctx)
  const problems: RuleProblem[] = []
  const forbidden = (id: string | null | undefined) =>
    id !== null && id !== undefined && (!known.accounts.has(id) || (scope !== null && !scope.includes(id)))
  if (forbidden(accountId)) problems.push({ path: [], reason: 'unknown_account', detail: { accountId } })
  for (const { path, condition } of placed(rule)) {
    const say = (reason: string, detail: Record<string, unknown> = {}) =>
      problems.push({ path, reason, detail })
    for (const id of accountsIn(condition)) if (forbidden(id)) say('unknown_account', { accountId: id })
    checkCondition(condition, { catalogue, known, scope, say })
  }
  return problems
}

type Placed = { path: number[]; condition: Condition }

function placed(rule: Rule, path: number[] = []): Placed[] {
  if (isGroup(rule)) return rule.of.flatMap((child, index) => placed(child, [...path, index]))
  if (rule.kind === 'not') return placed(rule.of, [...path, 0])
  return [{ path, condition: rule }]
}

function accountsIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'tag':
      return condition.tags.flatMap((tag) => (tag.of === 'wechat' ? [tag.accountId] : []))
    case 'sequence':
      return [condition.first.accountId, condition.second.accountId].flatMap((id) => id ?? [])
    case 'behaviour':
    case 'occurrence':
    case 'fan':
    case 'campaign':
      return condition.accountId === undefined ? [] : [condition.accountId]
    case 'send':
      return [condition.accountId, condition.goal?.accountId].flatMap((id) => id ?? [])
    default:
      return []
  }
}

type Checking = {
  catalogue: Catalogue
  known: Known
  scope: readonly string[] | null
  say(reason: string, detail?: Record<string, unknown>): void
}

function checkCondition(condition: Condition, checking: Checking): void {
  const { catalogue, known, scope, say } = checking
  switch (condition.kind) {
    case 'attribute': {
      const attribute = catalogue.attributes.get(condition.attribute)
      if (attribute === undefined) say('unknown_attribute', { attribute: condition.attribute })
      else checkTest(attribute.type, condition.test, say)
      return
    }
    case 'tag':
      for (const tag of condition.tags)
        if (tag.of === 'own' && !known.ownTags.has(tag.tagId)) say('unknown_tag', { tagId: tag.tagId })
      return
    case 'behaviour':
    case 'occurrence':
      checkEvent(condition, say)
      return
    case 'sequence':
      checkEvent(condition.first, say)
      checkEvent(condition.second, say)
      return
    case 'detail':
      checkDetail(condition, checking)
      return
    case 'fan':
      if (condition.test.fact === 'qr_scene') checkTest('text', condition.test.test, say)
      return
    case 'segment': {
      const segment = catalogue.segments.get(condition.segmentId)
      const hidden = scope !== null && (segment?.accountId == null || !scope.includes(segment.accountId))
      if (segment === undefined || hidden) say('unknown_segment', { segmentId: condition.segmentId })
      return
    }
    case 'send':
      checkSend(condition, checking)
      return
    case 'campaign':
      checkActivity(condition.activityId, checking)
      return
    case 'identity':
  }
}

function checkSend(
  { what, broadcast, arm, activityId, goal }: Extract<Condition, { kind: 'send' }>,
  checking: Checking,
): void {
  const { known, scope, say } = checking
  if (what === 'converted' && goal === undefined) say('goal_missing')
  if (goal !== undefined) checkEvent(goal, say)
  checkActivity(activityId, checking)
  if (broadcast === 'any' || broadcast === 'last') return
  const send = known.sends.get(broadcast)
  if (send === undefined || (scope !== null && !scope.includes(send.accountId)))
    say('unknown_send', { broadcastId: broadcast })
  else if (arm !== undefined && !send.arms.includes(arm))
    say('unknown_record', { broadcastId: broadcast, arm })
}

function checkActivity(activityId: string | undefined, { known, say }: Checking): void {
  if (activityId !== undefined && !known.activities.has(activityId)) say('unknown_activity', { activityId })
}

function checkDetail(condition: Extract<Condition, { kind: 'detail' }>, { catalogue, say }: Checking): void {
  const dataset = catalogue.datasets.get(condition.dataset)
  if (dataset === undefined) {
    say('unknown_dataset', { dataset: condition.dataset })
    return
  }
  if (condition.over === 'lines' && !dataset.hasLines)
    say('dataset_without_lines', { dataset: condition.dataset })
  const find = (level: 'row' | 'line', key: string) =>
    dataset.fields.find((field) => field.level === level && field.key === key)
  for (const filter of condition.where) {
    const field = find(filter.level, filter.field)
    if (field === undefined) say('unknown_field', { field: filter.field })
    else checkTest(field.type, filter.test, say)
  }
  const { measure, over } = condition
  if (measure.of === 'count') return
  const field = find(over === 'lines' ? 'line' : 'row', measure.field)
  if (field === undefined) say('unknown_field', { field: measure.field })
  else if (measure.of !== 'distinct' && field.type !== 'number')
    say('field_not_a_number', { field: measure.field })
}

const checkEvent = (match: EventMatch, say: Checking['say']): void => {
  for (const filter of match.where) checkTest(filter.type, filter.test, say)
}

function checkTest(type: ValueType, test: ValueTest, say: Checking['say']): void {
  if (!OPS_OF[type].includes(test.op)) {
    say('test_not_for_type', { type, op: test.op })
    return
  }
  if (type === 'number' && (test.op === 'is' || test.op === 'is_not')) {
    const wrong = test.values.find((value) => value === '' || !Number.isFinite(Number(value)))
    if (wrong !== undefined) say('not_a_number', { value: wrong })
  }
}
