import { describe, expect, test } from 'vitest'
import { OPS_OF, type Rule, ruleSchema, type ValueTest } from '../../schema/rule.ts'
import { STARTS, startingRule, valuableRule } from '../starts.ts'
import { blankCondition, changeOp, firstTest } from './blank.ts'
import { type Lack, problemsOf } from './problems.ts'

const attribute = (test: ValueTest): Rule => ({ kind: 'attribute', attribute: 'city', test })
const filled = blankCondition('behaviour')
const order: Rule = filled.kind === 'behaviour' ? { ...filled, event: 'order' } : filled

describe('F3: what is half built is marked where it is, and never sent', () => {
  test.each<[Lack, Rule]>([
    ['tags', blankCondition('tag')],
    ['attribute', blankCondition('attribute')],
    ['event', blankCondition('behaviour')],
    ['event', blankCondition('occurrence')],
    ['event', blankCondition('sequence')],
    ['dataset', blankCondition('detail')],
    ['segment', blankCondition('segment')],
    ['value', attribute({ op: 'is', values: [] })],
    ['value', attribute({ op: 'gte', value: Number.NaN })],
    ['value', attribute({ op: 'contains', value: '' })],
    ['order', attribute({ op: 'between', from: 5, to: 1 })],
    ['day', attribute({ op: 'on', day: '' })],
    ['number', attribute({ op: 'anniversary_in', days: Number.NaN })],
    ['goal', { kind: 'send', what: 'converted', broadcast: 'any', window: { kind: 'ever' } }],
    ['broadcast', { kind: 'send', what: 'clicked', broadcast: '', window: { kind: 'ever' } }],
    [
      'event',
      {
        kind: 'send',
        what: 'converted',
        broadcast: 'any',
        window: { kind: 'ever' },
        goal: { event: '', where: [], within: { amount: 1, unit: 'day' } },
      },
    ],
    ['length', { ...order, window: { kind: 'last', length: { amount: Number.NaN, unit: 'day' } } } as Rule],
    ['value', { ...order, compare: { op: 'gte', value: Number.NaN } } as Rule],
    ['property', { ...order, measure: { of: 'sum', property: '' } } as Rule],
    ['property', { ...order, where: [{ property: '', type: 'text', test: { op: 'empty' } }] } as Rule],
    ['group', { kind: 'or', of: [] }],
  ])('%s', (lack, rule) => {
    expect(problemsOf({ kind: 'and', of: [order, { kind: 'not', of: rule }] })).toEqual([
      { path: [1, 0], lack },
    ])
  })

  test('a day range that ends before it begins is marked', () => {
    const rule = { ...order, window: { kind: 'between', from: '2026-02-02', to: '2026-02-01' } } as Rule
    expect(problemsOf(rule)).toHaveLength(1)
  })

  test.each(STARTS)('the starting point %s can be asked as it is', (start) => {
    expect(problemsOf(startingRule(start))).toEqual([])
    expect(ruleSchema.safeParse(startingRule(start)).success).toBe(true)
  })

  test('so can the one over a dataset', () => {
    expect(ruleSchema.safeParse(valuableRule('orders')).success).toBe(true)
  })

  test('changing a comparison keeps what was given where it fits, and gives a test the type knows', () => {
    expect(changeOp({ op: 'is', values: ['上海'] }, 'contains')).toEqual({ op: 'contains', value: '上海' })
    expect(changeOp({ op: 'contains', value: '上海' }, 'is_not')).toEqual({ op: 'is_not', values: ['上海'] })
    expect(changeOp({ op: 'gte', value: 3 }, 'between')).toMatchObject({ from: 3 })
    expect(changeOp({ op: 'between', from: 2, to: 4 }, 'lt')).toEqual({ op: 'lt', value: 2 })
    for (const type of ['text', 'number', 'boolean', 'date', 'instant', 'enumeration', 'list'] as const) {
      expect(OPS_OF[type]).toContain(firstTest(type).op)
      for (const op of OPS_OF[type]) expect(changeOp(firstTest(type), op).op).toBe(op)
    }
  })
})
