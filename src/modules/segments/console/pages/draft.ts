import i18next from 'i18next'
import type { Rule } from '../../schema/rule.ts'
import type { FailurePolicy, Segment, SegmentFields, UpdateKind } from '../../schema/segment.ts'
import { emptyRule } from '../rule/tree.ts'
import { STARTS, startingRule, valuableRule } from '../starts.ts'

/** A segment as it is being edited. */
export type Draft = {
  name: string
  description: string
  accountId: string | undefined
  rule: Rule
  updateKind: Exclude<UpdateKind, 'static'>
  dailyMinute: number
  listed: boolean
  failurePolicy: FailurePolicy
}

const BEFORE_WORK = 6 * 60

/** Empty, or filled from one of the starting points. */
export function newDraft(start?: string): Draft {
  const known = STARTS.find((one) => one === start)
  const dataset = start?.startsWith('dataset:') ? start.slice('dataset:'.length) : undefined
  return {
    name: known ? i18next.t(`segments.start.${known}`) : dataset ? i18next.t('segments.startValuable') : '',
    description: '',
    accountId: undefined,
    rule: known ? startingRule(known) : dataset ? valuableRule(dataset) : emptyRule(),
    updateKind: 'live',
    dailyMinute: BEFORE_WORK,
    listed: true,
    failurePolicy: 'last_good',
  }
}

export const draftOf = (segment: Segment): Draft => ({
  name: segment.name,
  description: segment.description,
  accountId: segment.accountId ?? undefined,
  rule: segment.rule ?? emptyRule(),
  updateKind: segment.updateKind === 'static' ? 'live' : segment.updateKind,
  dailyMinute: segment.dailyMinute ?? BEFORE_WORK,
  listed: segment.listed,
  failurePolicy: segment.failurePolicy,
})

export const fieldsOf = ({ accountId: _fixed, ...draft }: Draft): SegmentFields => ({
  ...draft,
  name: draft.name.trim(),
  description: draft.description.trim(),
})
