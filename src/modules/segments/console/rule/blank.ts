import type {
  Condition,
  ConditionKind,
  FanTest,
  ValueOp,
  ValueTest,
  ValueType,
  Window,
} from '../../schema/rule.ts'

export const MONTH: Window = { kind: 'last', length: { amount: 30, unit: 'day' } }
const ANY_TIME: Window = { kind: 'ever' }

/** A condition as it is added: what can be guessed is filled in, the rest is to be chosen. */
export function blankCondition(kind: ConditionKind): Condition {
  switch (kind) {
    case 'attribute':
      return { kind, attribute: '', test: { op: 'is', values: [] } }
    case 'tag':
      return { kind, match: 'any', tags: [] }
    case 'behaviour':
      return {
        kind,
        event: '',
        where: [],
        window: MONTH,
        measure: { of: 'count' },
        compare: { op: 'gte', value: 1 },
      }
    case 'occurrence':
      return { kind, which: 'first', event: '', where: [], window: MONTH }
    case 'sequence':
      return {
        kind,
        first: { event: '', where: [] },
        second: { event: '', where: [] },
        within: { amount: 1, unit: 'day' },
        happened: true,
        window: MONTH,
      }
    case 'detail':
      return {
        kind,
        dataset: '',
        over: 'rows',
        where: [],
        window: MONTH,
        measure: { of: 'count' },
        compare: { op: 'gte', value: 1 },
      }
    case 'fan':
      return { kind, test: { fact: 'follows' } }
    case 'segment':
      return { kind, segmentId: '' }
    case 'send':
      return { kind, what: 'received', broadcast: 'last', window: ANY_TIME }
    case 'campaign':
      return { kind, what: 'received', campaign: 'any', window: MONTH }
    case 'identity':
      return { kind, has: 'phone' }
  }
}

export function blankFanTest(fact: FanTest['fact']): FanTest {
  switch (fact) {
    case 'follows':
    case 'window_open':
      return { fact }
    case 'followed':
    case 'unfollowed':
    case 'last_interaction':
      return { fact, window: MONTH }
    case 'scene':
      return { fact, values: [] }
    case 'qr_scene':
      return { fact, test: { op: 'is', values: [] } }
  }
}

/** A test of another kind, keeping the value where it still makes sense. NaN is a number not given yet. */
export function changeOp(test: ValueTest, op: ValueOp): ValueTest {
  const text = 'value' in test ? test.value : 'values' in test ? test.values[0] : undefined
  const number = typeof text === 'number' ? text : Number.parseFloat(String(text))
  switch (op) {
    case 'is':
    case 'is_not':
      return { op, values: 'values' in test ? test.values : text === undefined || text === '' ? [] : [text] }
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return { op, values: 'values' in test ? test.values.map(String) : [] }
    case 'contains':
    case 'not_contains':
    case 'starts_with':
    case 'ends_with':
      return { op, value: text === undefined ? '' : String(text) }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { op, value: 'from' in test ? test.from : number }
    case 'between':
      return { op, from: number, to: Number.NaN }
    case 'on':
    case 'on_or_before':
    case 'on_or_after':
      return { op, day: 'day' in test ? test.day : '' }
    case 'within':
      return { op, window: MONTH }
    case 'anniversary_in':
      return { op, days: 7 }
    default:
      return { op }
  }
}

/** The first test offered for a type. */
export const firstTest = (type: ValueType): ValueTest => changeOp({ op: 'empty' }, FIRST_OP[type])
const FIRST_OP: Record<ValueType, ValueOp> = {
  text: 'is',
  enumeration: 'is',
  number: 'gte',
  boolean: 'true',
  date: 'within',
  instant: 'within',
  list: 'has_any',
}
