import { afterAll, beforeAll, expect, test } from 'vitest'
import { autoRepliesModule } from '../../src/modules/auto-replies/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { answer, createReplyWorld, type ReplyWorld, text, words } from './world.ts'

let world: ReplyWorld

beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const followUp = createReactionSweep(autoRepliesModule.reactions ?? [])
const states = async (openid: string) => {
  const { rows } = await world.ctx.pool.query<{ state: string; reason: string | null }>(
    `select state, reason from deliveries d where fan_id = (select id from fans where openid = $1 and account_id = $2)
     order by occurrence`,
    [openid, world.own.id],
  )
  return rows.map(({ state, reason }) => (reason === null ? state : `${state}:${reason}`))
}

test('C4: what is first and can’t be the push’s own answer comes first all the same, and the others after it', async () => {
  const menu = {
    kind: 'msgmenu' as const,
    head: '满意吗',
    items: [{ id: '1', content: '满意' }],
    tail: '',
    variables: {},
  }
  await world.rule({
    kind: 'keyword',
    keywords: words('评价'),
    answer: { ...answer(), replies: [{ content: menu, weight: 1 }, text('谢谢'), text('再见')] },
  })
  const fan = world.next()
  await world.says(fan, '评价')
  expect(await world.heard(fan)).toEqual([])
  await world.settle()
  expect(await world.heard(fan)).toEqual(['msgmenu', '谢谢', '再见'])
})

test('C4: a reply that says who the fan is goes by customer service, rendered for them', async () => {
  const named = {
    weight: 1,
    content: {
      kind: 'text' as const,
      text: '{{你说的}}，收到',
      variables: {
        你说的: {
          source: { from: 'event' as const, property: 'content' },
          format: null,
          missing: 'skip' as const,
        },
      },
    },
  }
  await world.rule({
    kind: 'keyword',
    keywords: [{ text: '^订单\\d+$', match: 'regex', caseSensitive: false }],
    answer: { ...answer(), replies: [named] },
  })
  const fan = world.next()
  await world.says(fan, '订单42')
  expect(await world.heard(fan)).toEqual([])
  await world.settle()
  expect(await world.heard(fan)).toEqual(['订单42，收到'])
})

test('C4: a rule deleted after its answer was chosen gives the rest of it all the same, and keeps its figures', async () => {
  const tag = (await world.api<{ id: string }>('POST', '/api/tags', { name: '删了也打' })).body.id
  const made = answer('一', '二', '三')
  const ruleId = await world.rule({
    kind: 'keyword',
    keywords: words('马上删'),
    answer: { ...made, effects: { ...made.effects, give: [tag] } },
  })
  const fan = world.next()
  await world.says(fan, '马上删')
  expect((await world.api('DELETE', `/api/accounts/${world.own.id}/reply-rules/${ruleId}`)).status).toBe(200)
  await world.settle()
  expect(await world.heard(fan)).toEqual(['一', '二', '三'])
  const { rows } = await world.ctx.pool.query(
    `select (select sum(hits)::int from reply_days where rule_id = $1) as hits,
       (select count(*)::int from contact_tags where tag_id = $2) as tagged`,
    [ruleId, tag],
  )
  expect(rows).toEqual([{ hits: 1, tagged: 1 }])
  await world.says(fan, '马上删')
  expect(await world.heard(fan), 'and answers nobody else').toEqual(['一', '二', '三'])
})

test('C4: a reply that would come ten minutes late stays away', async () => {
  await world.rule({ kind: 'keyword', keywords: words('很久'), answer: answer('一', '二', '三') })
  const late = world.next()
  await world.says(late, '很久')
  await followUp.run(world.ctx, new AbortController().signal)
  await world.forward(new Date(world.ctx.clock.now().getTime() + 601_000))
  await world.settle()
  expect(await world.heard(late)).toEqual(['一'])
  expect(await states(late)).toEqual(['accepted', 'skipped:too_late', 'skipped:too_late'])
})

test('A5: who allows one more message gets one more, and the rest says why not', async () => {
  await world.rule({ kind: 'follow', answer: answer('一', '二', '三', '四', '五', '六') })
  const fan = world.next()
  await world.acts(fan, 'unfollow')
  await world.acts(fan, 'follow')
  await world.settle()
  expect(await world.heard(fan), 'one in the push’s answer and three in the window of a follow').toEqual([
    '一',
    '二',
    '三',
    '四',
  ])
  expect(await states(fan)).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'accepted',
    'skipped:window_used_up',
    'skipped:window_used_up',
  ])
})

test('answers are not counted by frequency caps, and a full cap or a quiet time stops none', async () => {
  const limit = { accountId: world.own.id, purpose: 'any', action: 'drop', enabled: true }
  const cap = { ...limit, channel: null, most: 1, amount: 1, unit: 'day', calendar: false }
  expect((await world.api('POST', '/api/limits/caps', cap)).status).toBe(200)
  await world.rule({ kind: 'keyword', keywords: words('几条'), answer: answer('一', '二', '三') })
  const fan = world.next()
  await world.says(fan, '几条')
  await world.settle()
  expect(await world.heard(fan)).toEqual(['一', '二', '三'])
})
