import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReplyFigures, ReplyRule, TestPush, TestResult } from '../../src/modules/auto-replies/schema.ts'
import { answer, createReplyWorld, type ReplyWorld, text, words } from './world.ts'

let world: ReplyWorld
beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const at = (rest: string) => `/api/accounts/${world.own.id}/${rest}`
async function tested(push: TestPush, when?: string): Promise<TestResult> {
  const { status, body } = await world.api<TestResult>('POST', at('reply-test'), { push, at: when })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body
}
const said = (one: string) => tested({ kind: 'text', text: one })

test('C4: the tester names the rule, the word it answers by and why the others don’t, and sends nothing', async () => {
  const exact = await world.rule({
    kind: 'keyword',
    name: '精确',
    keywords: words('优惠券'),
    answer: answer('一', '二'),
  })
  const contains = { text: '优惠', match: 'contains' as const, caseSensitive: false }
  await world.rule({ kind: 'keyword', name: '包含', keywords: [contains], answer: answer('包含') })
  await world.rule({
    kind: 'keyword',
    name: '更长',
    keywords: [{ ...contains, text: '优惠券' }],
    answer: answer('长'),
  })
  const off = await world.rule({
    kind: 'keyword',
    name: '关着',
    priority: 9,
    keywords: words('优惠券'),
    answer: answer('x'),
  })
  await world.api('POST', at(`reply-rules/${off}/state`), { on: false })
  const night = [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, untilMinute: 60, zone: 'Asia/Shanghai' }]
  await world.rule({
    kind: 'keyword',
    name: '夜里',
    priority: 5,
    hours: night,
    keywords: words('优惠券'),
    answer: answer('夜'),
  })
  const result = await tested({ kind: 'text', text: ' 优惠券 ' }, '2026-11-21T04:00:00.000Z')
  expect(result).toMatchObject({
    rule: { id: exact, name: '精确', kind: 'keyword' },
    because: { reason: 'keyword', keyword: { text: '优惠券', match: 'exact' } },
    first: { index: 0, content: { text: '一' } },
    rest: [{ index: 1, content: { text: '二' } }],
    warnings: [],
  })
  expect(result.passedOver.map(({ rule, reason }) => [rule.name, reason])).toEqual([
    ['关着', 'off'],
    ['夜里', 'out_of_hours'],
    ['更长', 'looser_match'],
    ['包含', 'looser_match'],
  ])
  expect((await tested({ kind: 'text', text: '优惠券' }, '2026-11-20T16:30:00.000Z')).rule?.name).toBe('夜里')
  expect((await said('有优惠券吗')).passedOver).toMatchObject([
    { rule: { name: '包含' }, reason: 'shorter_word' },
  ])
  expect(await said('别的')).toMatchObject({
    rule: null,
    because: { reason: 'nobody' },
    first: null,
    rest: [],
  })
  const { rows } = await world.ctx.pool.query('select count(*)::int as n from events')
  expect(rows).toEqual([{ n: 0 }])
})

test('C4: the tester answers as the account does, for each kind of act', async () => {
  await world.rule({ kind: 'follow', name: '关注', answer: answer('1', '2', '3', '4', '5') })
  await world.rule({ kind: 'default', name: '默认', everyMs: 60_000, answer: answer('默认') })
  const menu = {
    kind: 'msgmenu' as const,
    head: '?',
    items: [{ id: '1', content: '好' }],
    tail: '',
    variables: {},
  }
  await world.rule({
    kind: 'keyword',
    name: '随机',
    keywords: words('随机'),
    answer: { ...answer(), mode: 'random', replies: [text('a'), text('b')] },
  })
  await world.rule({
    kind: 'keyword',
    name: '菜单',
    keywords: words('菜单'),
    answer: { ...answer(), replies: [{ content: menu, weight: 1 }] },
  })
  const follow = await tested({ kind: 'follow', scene: null })
  expect(follow).toMatchObject({ rule: { name: '关注' }, because: { reason: 'follow' }, first: { index: 0 } })
  expect(follow.warnings).toEqual([{ reason: 'beyond_window', detail: { allowed: 3, replies: 4 } }])
  expect(await tested({ kind: 'other' })).toMatchObject({
    because: { reason: 'default' },
    warnings: [{ reason: 'at_most_every', detail: { ms: 60_000 } }],
  })
  expect((await said('没有这个词')).because.reason).toBe('default')
  expect((await said('随机')).warnings).toEqual([{ reason: 'one_of', detail: { count: 2 } }])
  expect(await said('菜单')).toMatchObject({
    first: null,
    rest: [{ index: 0 }],
    warnings: [{ reason: 'not_passive' }],
  })
  expect((await tested({ kind: 'voice', recognition: '随机。' })).rule?.name).toBe('随机')
  expect(await tested({ kind: 'scan', scene: 'nowhere' })).toMatchObject({ because: { reason: 'nobody' } })
})

test('C4: a rule that never gets its turn is told with the one that answers instead, as long as that one is on', async () => {
  const wide = await world.rule({
    kind: 'keyword',
    name: '发票都行',
    priority: 9,
    keywords: [{ text: '发票', match: 'contains', caseSensitive: false }],
    answer: answer('宽'),
  })
  const narrow = await world.rule({
    kind: 'keyword',
    name: '开发票',
    keywords: words('开发票'),
    answer: answer('窄'),
  })
  const problems = async () =>
    (
      await world.api<{ items: ReplyRule[] }>('GET', at('reply-rules?kind=keyword&problem=true&q=发票'))
    ).body.items.map(({ id, problems: all }) => [id, all])
  const shadowed = { rule: narrow, reply: null, reason: 'shadowed', detail: { by: wide, name: '发票都行' } }
  expect(await problems()).toEqual([[narrow, [shadowed]]])
  expect((await world.api('GET', at(`reply-rules/${narrow}`))).body).toMatchObject({ problems: [shadowed] })
  expect((await said('开发票')).rule?.name).toBe('发票都行')
  await world.api('POST', at(`reply-rules/${wide}/state`), { on: false })
  expect(await problems()).toEqual([])
  await world.api('POST', at(`reply-rules/${wide}/state`), { on: true })
  await world.api('POST', at('reply-rules/order'), { ids: [narrow, wide] })
  expect(await problems(), 'it stands first now').toEqual([])
})

test('C4: figures of a rule equal a count of what happened, and what no keyword answered is listed', async () => {
  const [a, b] = world.own.openids as [string, string]
  const ruleId = await world.rule({
    kind: 'keyword',
    keywords: [...words('甲'), ...words('乙')],
    answer: answer('一', '二'),
  })
  for (const [fan, what] of [
    [a, '甲'],
    [a, '甲'],
    [b, '乙'],
    [a, '听不懂'],
    [b, ' 听不懂 '],
    [b, '也听不懂'],
  ] as const)
    await world.says(fan, what)
  await world.settle()
  const figures = await world.api<ReplyFigures>('GET', at(`reply-rules/${ruleId}/figures`))
  expect(figures.body).toMatchObject({
    days: [{ hits: 3, passive: 3, muted: 0 }],
    keywords: [
      { keyword: 0, hits: 2 },
      { keyword: 1, hits: 1 },
    ],
    people: 2,
    replies: [{ state: 'accepted', reason: null, n: 6 }],
  })
  const misses = await world.api<{ messages: number; items: object[] }>('GET', at('reply-misses'))
  expect(misses.body.items).toMatchObject([
    { text: expect.stringContaining('听不懂'), times: 2, people: 2 },
    { text: '也听不懂', times: 1, people: 1 },
  ])
})
