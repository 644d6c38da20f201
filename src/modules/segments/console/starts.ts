import type { Rule, Window } from '../schema/rule.ts'

const last = (days: number): Window => ({ kind: 'last', length: { amount: days, unit: 'day' } })
const before = (days: number): Window => ({ kind: 'before', length: { amount: days, unit: 'day' } })

export const STARTS = ['sleeping', 'fresh', 'reachable', 'clickers', 'silent', 'lost', 'withPhone'] as const
export type Start = (typeof STARTS)[number]

/** 起点: rules that many begin with, all of facts every installation has. They fill the builder, nothing more. */
export function startingRule(start: Start): Rule {
  switch (start) {
    case 'sleeping':
      return {
        kind: 'and',
        of: [
          { kind: 'fan', test: { fact: 'follows' } },
          { kind: 'not', of: { kind: 'fan', test: { fact: 'last_interaction', window: last(30) } } },
        ],
      }
    case 'fresh':
      return {
        kind: 'and',
        of: [
          { kind: 'fan', test: { fact: 'follows' } },
          { kind: 'fan', test: { fact: 'followed', window: last(7) } },
        ],
      }
    case 'reachable':
      return { kind: 'and', of: [{ kind: 'fan', test: { fact: 'window_open' } }] }
    case 'clickers':
      return {
        kind: 'and',
        of: [
          { kind: 'fan', test: { fact: 'follows' } },
          { kind: 'send', what: 'clicked', broadcast: 'any', window: last(30) },
        ],
      }
    case 'silent':
      return {
        kind: 'and',
        of: [
          { kind: 'send', what: 'received', broadcast: 'last', window: { kind: 'ever' } },
          { kind: 'not', of: { kind: 'send', what: 'clicked', broadcast: 'last', window: { kind: 'ever' } } },
        ],
      }
    case 'lost':
      return {
        kind: 'and',
        of: [
          { kind: 'fan', test: { fact: 'unfollowed', window: last(30) } },
          { kind: 'fan', test: { fact: 'followed', window: before(30) } },
        ],
      }
    case 'withPhone':
      return {
        kind: 'and',
        of: [
          { kind: 'identity', has: 'phone' },
          { kind: 'not', of: { kind: 'fan', test: { fact: 'follows' } } },
        ],
      }
  }
}

/** 高价值: so many rows of a dataset, where one is declared. */
export const valuableRule = (dataset: string): Rule => ({
  kind: 'and',
  of: [
    {
      kind: 'detail',
      dataset,
      over: 'rows',
      where: [],
      window: last(90),
      measure: { of: 'count' },
      compare: { op: 'gte', value: 2 },
    },
  ],
})
