import { describe, expect, test } from 'vitest'
import { type Condition, condition, type Rule } from '../../schema/rule.ts'
import { blankCondition } from '../rule/blank.ts'
import { plainNames, type RuleNames } from './names.ts'
import { ruleInWords } from './rule-in-words.ts'
import { sawInWords } from './saw-in-words.ts'

const names: RuleNames = {
  ...plainNames,
  account: () => '微达服务号',
  attribute: (key) => ({ city: '城市', birthday: '生日', level: '等级', vip: '会员' })[key] ?? key,
  ownTag: (id) => ({ '1': 'VIP', '2': '新客' })[id] ?? id,
  wechatTag: (_account, id) => (id === 100 ? '会员' : `#${id}`),
  event: (name) => ({ order: '下单', view: '浏览商品' })[name] ?? name,
  property: (_event, name) => ({ category: '品类', amount: '金额' })[name] ?? name,
  dataset: () => '订单',
  field: (_dataset, level, key) => (level === 'line' ? `行.${key}` : key),
  segment: () => '老客',
  broadcast: () => '周末上新',
  record: (_id, arm) => ['会员组', '新客组 · A'][arm] ?? '',
  activity: () => '双十一',
  campaign: () => '到货提醒',
  scene: (code) => (code === 'ADD_SCENE_QR_CODE' ? '扫描二维码' : code),
}
const made = (one: unknown): Condition => condition.parse(one)
const month = { kind: 'last', length: { amount: 30, unit: 'day' } }
const shoes = { property: 'category', type: 'text', test: { op: 'is', values: ['鞋'] } }
const order = { kind: 'behaviour', event: 'order', window: month }
const rows = { kind: 'detail', dataset: 'orders', over: 'rows', window: { kind: 'this', unit: 'month' } }
const fan = (test: unknown, accountId?: string) => ({ kind: 'fan', test, ...(accountId && { accountId }) })
const attribute = (key: string, test: unknown) => ({ kind: 'attribute', attribute: key, test })

describe('F3: a rule reads as one sentence', () => {
  test.each<[string, unknown]>([
    ['城市 是 上海 或 北京', attribute('city', { op: 'is', values: ['上海', '北京'] })],
    ['城市 不包含 海', attribute('city', { op: 'not_contains', value: '海' })],
    ['等级 介于 1 到 3', attribute('level', { op: 'between', from: 1, to: 3 })],
    ['等级 至少 2', attribute('level', { op: 'gte', value: 2 })],
    ['会员 为否', attribute('vip', { op: 'false' })],
    ['城市 为空', attribute('city', { op: 'empty' })],
    ['生日 的月日在今天起 7 天内（每年）', attribute('birthday', { op: 'anniversary_in', days: 7 })],
    ['生日 的月日就是今天（每年）', attribute('birthday', { op: 'anniversary_in', days: 0 })],
    ['生日 不晚于 2000-01-01', attribute('birthday', { op: 'on_or_before', day: '2000-01-01' })],
    [
      '生日 在 30 天以前',
      attribute('birthday', {
        op: 'within',
        window: { kind: 'before', length: { amount: 30, unit: 'day' } },
      }),
    ],
    ['等级 全都含有 a、b', attribute('level', { op: 'has_all', values: ['a', 'b'] })],
    [
      '有标签 VIP 或 会员',
      {
        kind: 'tag',
        match: 'any',
        tags: [
          { of: 'own', tagId: '1' },
          { of: 'wechat', accountId: '9', tagId: 100 },
        ],
      },
    ],
    [
      '同时有标签 VIP、新客',
      {
        kind: 'tag',
        match: 'all',
        tags: [
          { of: 'own', tagId: '1' },
          { of: 'own', tagId: '2' },
        ],
      },
    ],
    ['没有标签 VIP', { kind: 'tag', match: 'none', tags: [{ of: 'own', tagId: '1' }] }],
    ['最近 30 天内 做过 下单', order],
    ['最近 30 天内 没做过 下单', { ...order, compare: { op: 'eq', value: 0 } }],
    ['最近 30 天内 没做过 下单', { ...order, compare: { op: 'lt', value: 1 } }],
    ['最近 30 天内 做过 下单，至少 2 次', { ...order, compare: { op: 'gte', value: 2 } }],
    ['最近 30 天内 做过 下单，至多 2 次', { ...order, compare: { op: 'lte', value: 2 } }],
    [
      '最近 30 天内 做过 下单［品类 是 鞋］，金额 合计 ≥ 200',
      {
        ...order,
        where: [shoes],
        measure: { of: 'sum', property: 'amount' },
        compare: { op: 'gte', value: 200 },
      },
    ],
    [
      '最近 30 天内 做过 下单，有 至少 3 天做过',
      { ...order, measure: { of: 'days' }, compare: { op: 'gte', value: 3 } },
    ],
    [
      '2026-11-01 至 2026-11-11 做过 下单（微达服务号）',
      { ...order, accountId: '9', window: { kind: 'between', from: '2026-11-01', to: '2026-11-11' } },
    ],
    ['首次 下单 的时间 最近 30 天内', { ...order, kind: 'occurrence', which: 'first' }],
    [
      '最近 30 天内 做过 浏览商品，之后 2 小时内 没做 下单［品类 是 鞋］',
      {
        kind: 'sequence',
        first: { event: 'view' },
        second: { event: 'order', where: [shoes] },
        within: { amount: 2, unit: 'hour' },
        happened: false,
        window: month,
      },
    ],
    ['本月 有 订单', rows],
    ['本月 没有 订单', { ...rows, compare: { op: 'lte', value: 0 } }],
    [
      '本月 有 订单的明细行［行.category 是 鞋］，行.amount 合计 > 200',
      {
        ...rows,
        over: 'lines',
        where: [{ level: 'line', field: 'category', test: { op: 'is', values: ['鞋'] } }],
        measure: { of: 'sum', field: 'amount' },
        compare: { op: 'gt', value: 200 },
      },
    ],
    ['正关注 任一公众号', fan({ fact: 'follows' })],
    ['取关 微达服务号 的时间 最近 30 天内', fan({ fact: 'unfollowed', window: month }, '9')],
    ['关注 任一公众号 的来源是 扫描二维码', fan({ fact: 'scene', values: ['ADD_SCENE_QR_CODE'] })],
    ['在分群「老客」中', { kind: 'segment', segmentId: '3' }],
    [
      '最近 30 天内 收到过 触达活动「到货提醒」的消息',
      {
        kind: 'campaign',
        what: 'received',
        campaign: '5',
        window: { kind: 'last', length: { amount: 30, unit: 'day' } },
      },
    ],
    ['任何时候 点击过 任意触达活动 的链接', { kind: 'campaign', what: 'clicked', campaign: 'any' }],
    ['任何时候 因 触达活动「到货提醒」 转化', { kind: 'campaign', what: 'converted', campaign: '5' }],
    ['任何时候 收到过 最近一次群发', { kind: 'send', what: 'received', broadcast: 'last' }],
    [
      '任何时候 收到过 营销活动「双十一」的任意一次群发',
      { kind: 'send', what: 'received', broadcast: 'any', activityId: '3' },
    ],
    [
      '任何时候 在 群发「周末上新」的「新客组 · A」 的名单中但未发送',
      { kind: 'send', what: 'left_out', broadcast: '7', arm: 1 },
    ],
    [
      '任何时候 因 营销活动「双十一」的任意触达活动 转化',
      { kind: 'campaign', what: 'converted', campaign: 'any', activityId: '3' },
    ],
    ['任何时候 点击过 群发「周末上新」 的链接', { kind: 'send', what: 'clicked', broadcast: '7' }],
    [
      '任何时候 收到 任意一次群发 后 3 天内 做过 下单',
      {
        kind: 'send',
        what: 'converted',
        broadcast: 'any',
        goal: { event: 'order', within: { amount: 3, unit: 'day' } },
      },
    ],
    ['有手机号', { kind: 'identity', has: 'phone' }],
  ])('%s', (words, one) => {
    expect(ruleInWords(made(one), names, 'zh-CN')).toBe(words)
  })

  const city = made(attribute('city', { op: 'is', values: ['上海'] }))
  const vip = made({ kind: 'tag', match: 'any', tags: [{ of: 'own', tagId: '1' }] })
  const clicked = made({ kind: 'send', what: 'clicked', broadcast: 'last' })
  const whole: Rule = {
    kind: 'and',
    of: [
      { kind: 'or', of: [city, vip] },
      { kind: 'not', of: clicked },
    ],
  }

  test('groups stand in brackets, so a sentence can be read one way only', () => {
    expect(ruleInWords(whole, names, 'zh-CN')).toBe(
      '（城市 是 上海 或 有标签 VIP） 且 不满足（任何时候 点击过 最近一次群发 的链接）',
    )
    expect(ruleInWords({ kind: 'or', of: [whole] }, names, 'zh-CN')).toBe(ruleInWords(whole, names, 'zh-CN'))
    expect(ruleInWords({ kind: 'and', of: [] }, names, 'zh-CN')).toBe('还没有条件')
  })

  test('the same in English', () => {
    expect(ruleInWords(whole, names, 'en')).toBe(
      '(城市 is 上海 or tagged VIP) and not (clicked a link of the last mass send at any time)',
    )
    expect(ruleInWords(made({ ...order, compare: { op: 'gte', value: 2 } }), names, 'en')).toBe(
      'did 下单 in the last 30 days, at least 2 times',
    )
  })

  test.each([
    'attribute',
    'tag',
    'behaviour',
    'occurrence',
    'sequence',
    'detail',
    'fan',
    'segment',
    'send',
    'campaign',
    'identity',
  ] as const)('a %s that is not filled in yet can be read too', (kind) => {
    for (const locale of ['zh-CN', 'en'] as const)
      expect(ruleInWords(blankCondition(kind), names, locale)).not.toMatch(/undefined|NaN|\{\{/)
  })
})

describe('G2: what a condition saw of a person, in words', () => {
  const times = { count: 3, times: ['2026-11-20T01:05:00.000Z', '2026-11-01T00:00:00.000Z'] }
  const seenFan = {
    accountId: '9',
    following: true,
    followedAt: '2026-01-01T00:00:00.000Z',
    unfollowedAt: null,
    lastInteractionAt: null,
    scene: 'ADD_SCENE_QR_CODE',
    qrScene: 'shop-1',
  }
  test.each<[string, unknown, Record<string, unknown> | null]>([
    ['没有值', attribute('city', { op: 'empty' }), null],
    ['值为 北京', attribute('city', { op: 'empty' }), { value: '北京' }],
    ['值为 a、b', attribute('city', { op: 'empty' }), { value: ['a', 'b'] }],
    ['没有任何标签', { kind: 'tag', match: 'none', tags: [{ of: 'own', tagId: '1' }] }, { tags: [] }],
    [
      '现有标签：VIP、新客',
      { kind: 'tag', match: 'none', tags: [{ of: 'own', tagId: '1' }] },
      { tags: ['VIP', '新客'] },
    ],
    ['3 次，最近 2026-11-20 09:05', order, times],
    ['没有发生过', order, { count: 0, times: [] }],
    [
      '3 条，算得 420，最近 2026-11-20 09:05',
      { ...rows, measure: { of: 'sum', field: 'amount' } },
      { ...times, amount: 420 },
    ],
    ['没有符合的明细', rows, null],
    ['不是粉丝', fan({ fact: 'follows' }), { fans: [] }],
    ['微达服务号：关注中（2026-01-01 08:00 起）', fan({ fact: 'follows' }), { fans: [seenFan] }],
    [
      '微达服务号：关注中（2026-01-01 08:00 起），没有互动过',
      fan({ fact: 'window_open' }),
      { fans: [seenFan] },
    ],
    [
      '微达服务号：关注中（2026-01-01 08:00 起），来源 扫描二维码',
      fan({ fact: 'scene', values: ['x'] }),
      { fans: [seenFan] },
    ],
    ['有 手机号、用户号', { kind: 'identity', has: 'phone' }, { kinds: ['phone', 'user'] }],
    ['不在分群里', { kind: 'segment', segmentId: '3' }, { snapshotId: null }],
    ['没有点击记录', { kind: 'send', what: 'clicked', broadcast: 'any' }, { count: 0, times: [] }],
  ])('%s', (words, one, saw) => {
    expect(sawInWords(made(one), { saw, passes: false }, names, 'zh-CN')).toBe(words)
  })
})
