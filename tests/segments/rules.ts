import fc from 'fast-check'
import {
  type Comparison,
  type Condition,
  type EventMatch,
  OPS_OF,
  type Rule,
  type ValueTest,
  type ValueType,
  type Window,
} from '../../src/modules/segments/schema/rule.ts'
import { ATTRIBUTES, CATEGORIES, CITIES, NAMES, type Population } from './population.ts'

/** Random rules about a population, so drawn that they often say something about somebody. */
export function anyRule(world: Population): fc.Arbitrary<Rule> {
  const condition = anyCondition(world)
  const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      condition as fc.Arbitrary<Rule>,
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        of: fc.array(tie('rule') as fc.Arbitrary<Rule>, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant('not' as const), of: tie('rule') as fc.Arbitrary<Rule> }),
    ),
  }))
  return rule
}

const day = fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-01', '2026-10-31', '2000-02-29')
const length = fc.oneof(
  fc.record({ amount: fc.constantFrom(1, 2, 3, 5, 10, 20, 30, 40), unit: fc.constant('day' as const) }),
  fc.record({ amount: fc.constantFrom(1, 2, 3, 10, 20, 72), unit: fc.constant('hour' as const) }),
  fc.record({ amount: fc.constantFrom(1, 2, 5, 30, 90), unit: fc.constant('minute' as const) }),
)
const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constant<Window>({ kind: 'ever' }),
  fc.record({ kind: fc.constant('last' as const), length }),
  fc.record({ kind: fc.constant('before' as const), length }),
  fc.constantFrom<Window>(
    { kind: 'between', from: '2026-11-01', to: '2026-11-20' },
    { kind: 'between', from: '2026-11-21', to: '2026-11-21' },
    { kind: 'this', unit: 'day' },
    { kind: 'this', unit: 'week' },
    { kind: 'this', unit: 'month' },
  ),
)
const number = fc.constantFrom(-1, 0, 0.25, 1, 2, 3, 80.5, 100, 120, 200, 500, 1000)
const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({
    op: fc.constantFrom('gte' as const, 'lte' as const, 'eq' as const, 'gt' as const, 'lt' as const),
    value: number,
  }),
  fc
    .tuple(number, number)
    .map(([a, b]): Comparison => ({ op: 'between', from: Math.min(a, b), to: Math.max(a, b) })),
)
const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 })

function valueTest(type: ValueType, texts: readonly string[]): fc.Arbitrary<ValueTest> {
  return fc.constantFrom(...OPS_OF[type]).chain((op): fc.Arbitrary<ValueTest> => {
    switch (op) {
      case 'is':
      case 'is_not':
        return type === 'number'
          ? some([0, 100, 100.5, '120', 80.5]).map((values) => ({ op, values }))
          : some(texts).map((values) => ({ op, values }))
      case 'contains':
      case 'not_contains':
      case 'starts_with':
      case 'ends_with':
        return fc.constantFrom('上', '海', '😀', "'", '1', 'drop').map((value) => ({ op, value }))
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return number.map((value) => ({ op, value }))
      case 'between':
        return fc.tuple(number, number).map(([a, b]) => ({ op, from: Math.min(a, b), to: Math.max(a, b) }))
      case 'on':
      case 'on_or_before':
      case 'on_or_after':
        return day.map((on) => ({ op, day: on }))
      case 'within':
        return window.map((w) => ({ op, window: w }))
      case 'anniversary_in':
        return fc.constantFrom(0, 1, 7, 40, 100, 366).map((days) => ({ op, days }))
      case 'has_any':
      case 'has_all':
      case 'has_none':
        return some(['读书', '跑步', '咖啡', '没有']).map((values) => ({ op, values }))
      default:
        return fc.constant({ op } as ValueTest)
    }
  })
}

const filter = fc.oneof(
  valueTest('text', [...CATEGORIES, '', '120']).map((test) => ({
    property: 'category',
    type: 'text' as const,
    test,
  })),
  valueTest('number', []).map((test) => ({ property: 'price', type: 'number' as const, test })),
  valueTest('boolean', []).map((test) => ({ property: 'gift', type: 'boolean' as const, test })),
  valueTest('instant', []).map((test) => ({ property: 'when', type: 'instant' as const, test })),
  valueTest('text', CITIES).map((test) => ({ property: "'; drop", type: 'text' as const, test })),
  valueTest('text', ['x']).map((test) => ({ property: 'missing', type: 'text' as const, test })),
)

function anyCondition(world: Population): fc.Arbitrary<Condition> {
  const account = fc.option(fc.constantFrom(...world.accounts), { nil: undefined, freq: 3 })
  const event: fc.Arbitrary<EventMatch> = fc
    .record({
      event: fc.constantFrom(...NAMES, 'weida.click', 'never'),
      accountId: account,
      where: fc.array(filter, { maxLength: 2 }),
    })
    .map(({ accountId, ...rest }) => (accountId === undefined ? rest : { ...rest, accountId }))
  const withAccount = <T extends object>(value: T, accountId: string | undefined) =>
    accountId === undefined ? value : { ...value, accountId }
  const tag = fc.oneof(
    fc.constantFrom(...world.tags).map((tagId) => ({ of: 'own' as const, tagId })),
    fc.record({
      of: fc.constant('wechat' as const),
      accountId: fc.constantFrom(...world.accounts),
      tagId: fc.constantFrom(100, 101, 7),
    }),
  )
  const send = fc.oneof(
    fc.record({ broadcast: fc.constantFrom('any', 'last', ...world.sendsMade.map(({ id }) => id)) }),
    fc.record({
      broadcast: fc.constant('any'),
      activityId: fc.constantFrom(...world.activities),
    }),
    fc.record({
      broadcast: fc.constantFrom(...world.sendsMade.map(({ id }) => id)),
      arm: fc.constantFrom(0, 1, 2),
    }),
  )
  return fc.oneof(
    fc
      .constantFrom(...(Object.keys(ATTRIBUTES) as (keyof typeof ATTRIBUTES)[]))
      .chain((attribute) =>
        valueTest(ATTRIBUTES[attribute], [...CITIES, '男', '女']).map(
          (test): Condition => ({ kind: 'attribute', attribute, test }),
        ),
      ),
    fc.record({
      kind: fc.constant('tag' as const),
      match: fc.constantFrom('any' as const, 'all' as const, 'none' as const),
      tags: fc.array(tag, { minLength: 1, maxLength: 3 }),
    }),
    fc
      .tuple(
        event,
        window,
        comparison,
        fc.oneof(
          fc.constant({ of: 'count' as const }),
          fc.constant({ of: 'days' as const }),
          fc.record({
            of: fc.constantFrom('sum' as const, 'average' as const, 'smallest' as const, 'largest' as const),
            property: fc.constant('price'),
          }),
          fc.record({
            of: fc.constant('distinct' as const),
            property: fc.constantFrom('category', 'price', 'gift'),
          }),
        ),
      )
      .map(
        ([match, w, compare, measure]): Condition => ({
          kind: 'behaviour',
          ...match,
          window: w,
          compare,
          measure,
        }),
      ),
    fc
      .tuple(event, window, fc.constantFrom('first' as const, 'last' as const))
      .map(([match, w, which]): Condition => ({ kind: 'occurrence', ...match, window: w, which })),
    fc
      .record({ first: event, second: event, within: length, happened: fc.boolean(), window })
      .map((rest): Condition => ({ kind: 'sequence', ...rest })),
    anyDetail(world),
    fc
      .tuple(
        account,
        fc.oneof(
          fc.constantFrom({ fact: 'follows' as const }, { fact: 'window_open' as const }),
          fc.record({
            fact: fc.constantFrom('followed' as const, 'unfollowed' as const, 'last_interaction' as const),
            window,
          }),
          fc.constant({ fact: 'scene' as const, values: ['ADD_SCENE_SEARCH'] }),
          valueTest('text', ['shop_1', '']).map((test) => ({ fact: 'qr_scene' as const, test })),
        ),
      )
      .map(([accountId, test]) => withAccount({ kind: 'fan' as const, test }, accountId) as Condition),
    fc.constantFrom<Condition>(
      { kind: 'segment', segmentId: world.stored.id },
      { kind: 'segment', segmentId: world.fresh.id },
    ),
    fc
      .tuple(
        send,
        account,
        window,
        fc.constantFrom('received' as const, 'left_out' as const, 'clicked' as const, 'converted' as const),
        event,
        length,
      )
      .map(
        ([which, accountId, w, what, goal, within]) =>
          withAccount(
            {
              kind: 'send' as const,
              what,
              ...which,
              window: w,
              ...(what === 'converted' && { goal: { ...goal, within } }),
            },
            accountId,
          ) as Condition,
      ),
    fc
      .tuple(
        fc.oneof(
          fc.record({ campaign: fc.constantFrom('any', ...world.campaigns, '999') }),
          fc.record({ campaign: fc.constant('any'), activityId: fc.constantFrom(...world.activities) }),
        ),
        account,
        window,
        fc.constantFrom('received' as const, 'clicked' as const, 'converted' as const),
      )
      .map(
        ([which, accountId, w, what]) =>
          withAccount({ kind: 'campaign' as const, what, ...which, window: w }, accountId) as Condition,
      ),
    fc
      .constantFrom(
        'phone' as const,
        'user' as const,
        'external_user' as const,
        'unionid' as const,
        'fan' as const,
        'anonymous' as const,
      )
      .map((has): Condition => ({ kind: 'identity', has })),
  )
}

function anyDetail(world: Population): fc.Arbitrary<Condition> {
  const row = fc.oneof(
    valueTest('enumeration', ['paid', 'refunded']).map((test) => ({
      level: 'row' as const,
      field: 'status',
      test,
    })),
    valueTest('date', []).map((test) => ({ level: 'row' as const, field: 'day', test })),
  )
  const line = fc.oneof(
    valueTest('text', CATEGORIES).map((test) => ({ level: 'line' as const, field: 'category', test })),
    valueTest('number', []).map((test) => ({ level: 'line' as const, field: 'price', test })),
    valueTest('boolean', []).map((test) => ({ level: 'line' as const, field: 'gift', test })),
  )
  const where = fc.array(fc.oneof(row, line), { maxLength: 2 })
  const lines = fc.oneof(
    fc.constant({ of: 'count' as const }),
    fc.record({
      of: fc.constantFrom('sum' as const, 'average' as const, 'smallest' as const, 'largest' as const),
      field: fc.constant('price'),
    }),
    fc.record({ of: fc.constant('distinct' as const), field: fc.constantFrom('category', 'price') }),
  )
  const rows = fc.oneof(
    fc.constant({ of: 'count' as const }),
    fc.constant({ of: 'distinct' as const, field: 'status' }),
  )
  const dataset = world.dataset
  return fc.oneof(
    fc.tuple(where, window, comparison, lines).map(
      ([w, win, compare, measure]): Condition => ({
        kind: 'detail',
        dataset,
        over: 'lines',
        where: w,
        window: win,
        compare,
        measure,
      }),
    ),
    fc.tuple(where, window, comparison, rows).map(
      ([w, win, compare, measure]): Condition => ({
        kind: 'detail',
        dataset,
        over: 'rows',
        where: w,
        window: win,
        compare,
        measure,
      }),
    ),
  )
}
