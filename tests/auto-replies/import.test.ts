import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportProposal, ImportResult, ReplyRule } from '../../src/modules/auto-replies/schema.ts'
import type { Bound } from '../support/sending.ts'
import { answer, createReplyWorld, type ReplyWorld, words } from './world.ts'

let world: ReplyWorld
beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const keyword = (content: string, match_mode = 'contain') => ({ type: 'text', match_mode, content })
const rule = (
  rule_name: string,
  create_time: number,
  words: object[],
  replies: object[],
  mode = 'random_one',
) => ({
  rule_name,
  create_time,
  reply_mode: mode,
  keyword_list_info: words,
  reply_list_info: replies,
})
const article = (title: string) => ({
  title,
  author: 'jim',
  digest: "it's digest",
  show_cover: 1,
  cover_url:
    'http://mmbiz.qpic.cn/mmbiz/GE7et87vE9vicuCibqXsX9GPPLuEtBfXfKbE8sWdt2DDcL0dMfQWJWTVn1N8DxI0gcRmrtqBOuwQH/0',
  content_url:
    'http://mp.weixin.qq.com/s?__biz=MjM5ODUwNTM3Ng==&mid=203929886&idx=1&sn=628f964cf0c6d84c026881b6959aea8b#rd',
  source_url: 'http://www.url.com',
})

/** The answer in WeChat's own description of the call (获取自动回复规则), and a picture. */
const sample = (pictureId: string) => ({
  is_add_friend_reply_open: 1,
  is_autoreply_open: 1,
  add_friend_autoreply_info: { type: 'text', content: 'Thanks for your attention!' },
  message_default_autoreply_info: { type: 'text', content: 'Hello, this is autoreply!' },
  keyword_autoreply_info: {
    list: [
      rule(
        'autoreply-news',
        1_423_028_166,
        [keyword('news测试')],
        [
          { type: 'news', news_info: { list: [article("it's news")] } },
          { type: 'news', news_info: { list: [article("it's second")] } },
          { type: 'text', content: 'and a text' },
        ],
        'reply_all',
      ),
      rule(
        'autoreply-image',
        1_423_027_971,
        [keyword('image测试', 'equal')],
        [{ type: 'img', content: pictureId }],
      ),
      rule(
        'autoreply-text',
        1_423_027_926,
        [keyword('text测试')],
        [{ type: 'text', content: 'hello!text!' }],
      ),
      rule(
        'autoreply-video',
        1_423_027_801,
        [keyword('video测试')],
        [
          {
            type: 'video',
            content: 'http://61.182.133.153/vweixinp.tc.qq.com/1007.f10.mp4?vkey=7183E5C952B16C3A',
          },
        ],
      ),
    ],
  },
})

async function withSample(settings?: object, known?: Bound): Promise<Bound> {
  const account = known ?? (await world.bind({ fans: 3, drafts: 1 }))
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `select media_id as id from simulator.media m join simulator.account a on a.id = m.account_id
     where appid = $1 and m.kind = 'image' and permanent limit 1`,
    [account.appid],
  )
  await world.control('PATCH', `/accounts/${account.appid}`, {
    settings: { autoReplies: settings ?? sample(rows[0]?.id ?? '') },
  })
  return account
}

async function propose({ id }: Bound): Promise<ImportProposal[]> {
  const { status, body } = await world.api<{ proposals: ImportProposal[] }>(
    'POST',
    `/api/accounts/${id}/reply-imports`,
    {},
  )
  expect(status).toBe(200)
  return body.proposals
}
async function accept({ id }: Bound, keys: string[], on = true): Promise<ImportResult[]> {
  const { status, body } = await world.api<{ results: ImportResult[] }>(
    'POST',
    `/api/accounts/${id}/reply-imports/accept`,
    { keys, on },
  )
  expect(status, JSON.stringify(body)).toBe(200)
  return body.results
}
const rulesOf = async ({ id }: Bound) =>
  (await world.api<{ items: ReplyRule[] }>('GET', `/api/accounts/${id}/reply-rules`)).body.items
const assets = async ({ id }: Bound) => {
  const { rows } = await world.ctx.pool.query('select from media_assets where account_id = $1', [id])
  return rows.length
}

test('C4: WeChat’s own example is shown as the rules it would be, with what can’t be taken over; nothing is kept for looking', async () => {
  const account = await withSample()
  const proposals = await propose(account)
  expect(proposals.map(({ kind, name, mode, replies, notes }) => [kind, name, mode, replies, notes])).toEqual(
    [
      ['follow', '关注后回复', 'all', [{ kind: 'text', text: 'Thanks for your attention!' }], []],
      ['default', '默认回复', 'all', [{ kind: 'text', text: 'Hello, this is autoreply!' }], []],
      [
        'keyword',
        'autoreply-news',
        'all',
        [
          { kind: 'news', text: "it's news" },
          { kind: 'news', text: "it's second" },
          { kind: 'text', text: 'and a text' },
        ],
        [],
      ],
      ['keyword', 'autoreply-image', 'random', [{ kind: 'image', text: '' }], []],
      ['keyword', 'autoreply-text', 'random', [{ kind: 'text', text: 'hello!text!' }], []],
      ['keyword', 'autoreply-video', 'random', [], ['video']],
    ],
  )
  expect(proposals.map(({ keywords }) => keywords.map(({ text, match }) => `${match} ${text}`))).toEqual([
    [],
    [],
    ['contains news测试'],
    ['exact image测试'],
    ['contains text测试'],
    ['contains video测试'],
  ])
  expect((await world.api('PATCH', '/api/me', { locale: 'en' })).status).toBe(200)
  expect(
    (await propose(account)).slice(0, 2).map(({ name }) => name),
    'in the operator’s language',
  ).toEqual(['Reply to new followers', 'Default reply'])
  await world.api('PATCH', '/api/me', { locale: 'zh-CN' })
  expect(await rulesOf(account)).toEqual([])
  expect(await assets(account)).toBe(0)
})

test('C4: what is taken over answers from here at once, the picture from material that lasts; and never twice', async () => {
  const account = await withSample(undefined, world.own)
  const keys = (await propose(account)).map(({ key }) => key)
  const results = await accept(account, keys)
  expect(results.map(({ name, reason }) => [name, reason])).toEqual([
    ['关注后回复', null],
    ['默认回复', null],
    ['autoreply-news', null],
    ['autoreply-image', null],
    ['autoreply-text', null],
    ['autoreply-video', 'nothing_left'],
  ])
  expect(await assets(account)).toBe(1)
  const [fan = ''] = account.openids
  const says = async (content: string) => {
    await world.says(fan, content)
    await world.settle()
    return (await world.seen(fan)).filter(({ from }) => from === 'account')
  }
  expect((await says('看看text测试')).map(({ msgtype }) => msgtype)).toEqual(['text'])
  expect((await says('image测试')).map(({ msgtype }) => msgtype)).toEqual(['text', 'image'])
  const all = await says('news测试')
  expect(all.map(({ msgtype }) => msgtype)).toEqual(['text', 'image', 'news', 'news', 'text'])
  expect(all.filter(({ unserved }) => unserved)).toEqual([])

  expect((await propose(account)).map(({ here }) => here !== null)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ])
  const again = await accept(account, keys)
  expect(again.map(({ reason }) => reason)).toEqual([...Array(5).fill('already_here'), 'nothing_left'])
  expect(await rulesOf(account)).toHaveLength(5)
  expect(await assets(account)).toBe(1)
  const { rows } = await world.ctx.pool.query(
    `select from audit_entries where account_id = $1 and action = 'reply_rule.imported'`,
    [account.id],
  )
  expect(rows).toHaveLength(5)
})

test('C4: they may wait switched off; one that was changed at WeChat meanwhile is told, and stops no other', async () => {
  const account = await withSample()
  const [follow, , , , text] = (await propose(account)).map(({ key }) => key)
  expect(
    (await accept(account, ['keyword:1:0', text as string, follow as string], false)).map(
      ({ reason }) => reason,
    ),
  ).toEqual(['gone_at_wechat', null, null])
  expect((await rulesOf(account)).map(({ kind, state }) => [kind, state])).toEqual([
    ['keyword', 'off'],
    ['follow', 'off'],
  ])
})

test('C4: a rule that answers some of the words here is no reason to leave one out; one that answers all of them is', async () => {
  const account = await withSample({
    is_add_friend_reply_open: 0,
    is_autoreply_open: 0,
    keyword_autoreply_info: {
      list: [
        rule(
          '两个词',
          1,
          [keyword('甲', 'equal'), keyword('乙', 'equal')],
          [{ type: 'text', content: '二' }],
        ),
        rule('同一秒', 1, [keyword('丙', 'equal')], [{ type: 'text', content: '一' }]),
        rule(
          '没有封面',
          1,
          [keyword('戊')],
          [
            {
              type: 'news',
              news_info: { list: [{ title: '无图', content_url: 'https://mp.weixin.qq.com/s/x' }] },
            },
          ],
        ),
        rule(
          '七条',
          2,
          [keyword('丁')],
          Array.from({ length: 7 }, (_, n) => ({ type: 'text', content: `${n}` })),
          'reply_all',
        ),
      ],
    },
  })
  await world.rule({ kind: 'keyword', keywords: words('甲', '丙'), answer: answer('已有') }, account)
  const proposals = await propose(account)
  expect(proposals.map(({ here, on, notes }) => [here !== null, on, notes])).toEqual([
    [false, false, []],
    [true, false, []],
    [false, false, []],
    [false, false, ['too_many']],
  ])
  expect(proposals[2]?.replies, 'no card without a picture').toEqual([
    { kind: 'text', text: '<a href="https://mp.weixin.qq.com/s/x">无图</a>' },
  ])
  expect(new Set(proposals.map(({ key }) => key)).size).toBe(4)
  expect(
    (
      await accept(
        account,
        proposals.map(({ key }) => key),
      )
    ).map(({ reason }) => reason),
  ).toEqual([null, 'already_here', null, null])
})

test('C4: an account that answers nothing at WeChat has nothing to take over', async () => {
  const account = await world.bind({ fans: 1 })
  expect(await propose(account)).toEqual([])
})
