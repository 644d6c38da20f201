import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { readComments } from '../../src/modules/broadcasts/comments/read.ts'
import type { BroadcastComment } from '../../src/modules/broadcasts/schema.ts'
import { estimateRule, samplePeople } from '../../src/modules/segments/ask/estimate.ts'
import { ruleSchema } from '../../src/modules/segments/schema/rule.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const NEVER = new AbortController().signal

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 20 })
})
afterAll(async () => world?.close())

const HOUR = 3_600_000
const later = (hours: number) => world.forward(new Date(world.ctx.clock.now().getTime() + hours * HOUR))
const storedComments = async () =>
  (
    await world.ctx.pool.query<{ properties: Record<string, unknown>; contact_id: string | null }>(
      `select properties, contact_id from events where name = 'wechat.comment' order by id`,
    )
  ).rows

async function sendArticle(): Promise<string> {
  const client = await accountClient(world.ctx, account.id)
  const cover = await uploadPermanent(client, 'image', { name: 'c.png', contentType: 'image/png', data: PNG })
  const wechatId = await addDraft(client, [
    { title: '秋冬新鞋', content: '<p>上架了</p>', thumb_media_id: cover.mediaId, need_open_comment: 1 },
  ])
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from article_sets where wechat_id = $1',
    [wechatId],
  )
  const articleSetId = rows[0]?.id as string
  const broadcast = await world.draft(account, {
    content: { kind: 'articles', articles: [{ articleSetId, index: 0 }] },
  })
  await world.confirm(broadcast)
  await world.drain()
  return broadcast.id
}

test('E11: a comment becomes an event of the person who wrote it, once however often it is read', async () => {
  const broadcastId = await sendArticle()
  const [openid] = account.openids
  const { rows: articles } = await world.ctx.pool.query<{ key: string }>(
    `select a.key from simulator.article a join broadcast_batches t on t.msg_data_id = a.msg_data_id::text
     where t.broadcast_id = $1`,
    [broadcastId],
  )
  const comment = (who: string | undefined, content: string) =>
    world.control('POST', '/act', {
      appid: account.appid,
      openid: who,
      action: 'comment',
      article: articles[0]?.key,
      content,
    })
  await comment(openid, '鞋很好看 😀')
  expect(await readComments(world.ctx, NEVER)).toBe(0)
  await later(1)
  expect(await readComments(world.ctx, NEVER)).toBe(1)
  await comment(account.openids[1], '什么时候到货')
  await later(2)
  expect(await readComments(world.ctx, NEVER)).toBe(1)
  const stored = await storedComments()
  expect(stored.map(({ properties }) => properties['text'])).toEqual(['鞋很好看 😀', '什么时候到货'])
  expect(stored[0]?.properties).toMatchObject({
    account: account.name,
    send: broadcastId,
    article: 1,
    title: '秋冬新鞋',
  })

  const rule = ruleSchema.parse({
    kind: 'behaviour',
    event: 'wechat.comment',
    window: { kind: 'ever' },
    where: [{ property: 'text', type: 'text', test: { op: 'contains', value: '鞋' } }],
  })
  const found = await samplePeople(world.ctx, { rule, limit: 10 })
  expect(found.map((person) => person.openid)).toEqual([openid])
  expect((await estimateRule(world.ctx, { rule, funnel: false })).count).toBe(1)
})

type Listed = {
  items: BroadcastComment[]
  nextCursor: string | null
  total: number
  nextReadAt: string | null
}
const listed = async (broadcastId: string, query = '', api = world.api) =>
  (await api<Listed>('GET', `/api/accounts/${account.id}/broadcasts/${broadcastId}/comments?${query}`)).body

test('E9, E11: the comments of a send are listed by article, text and page, with the customer as we know them', async () => {
  const { rows } = await world.ctx.pool.query<{ id: string }>('select id from broadcasts')
  const broadcastId = rows[0]?.id as string
  await world.ctx.pool.query("update fans set remark = '老客户' where openid = $1", [account.openids[0]])
  // one that WeChat doesn't name
  await world.ctx.pool.query(
    `insert into events (account_id, name, at, received_at, properties)
     select account_id, name, at - interval '5 hours', received_at, properties || '{"text": "没有名字"}'
     from events where name = 'wechat.comment' limit 1`,
  )
  const all = await listed(broadcastId)
  expect(all).toMatchObject({
    total: 3,
    nextCursor: null,
    nextReadAt: expect.any(String),
    items: [
      { text: '什么时候到货', title: '秋冬新鞋', article: 1, arm: 0, name: null },
      { text: '鞋很好看 😀', name: '老客户' },
      { text: '没有名字', contactId: null, fanId: null, name: null },
    ],
  })
  expect(all.items[1]?.contactId).toEqual(expect.any(String))
  const found = async (query: string) => (await listed(broadcastId, query)).items.map(({ text }) => text)
  expect(await found('q=好看')).toEqual(['鞋很好看 😀'])
  expect(await found('article=1&arm=0')).toHaveLength(3)
  expect(await found('article=2')).toEqual([])
  expect(await found('arm=1')).toEqual([])
  const first = await listed(broadcastId, 'limit=2')
  expect(first.items).toHaveLength(2)
  const rest = await listed(broadcastId, `limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`)
  expect(rest.items.map(({ text }) => text)).toEqual(['没有名字'])
  const other = await world.bind({ fans: 2 })
  const { status } = await world.api('GET', `/api/accounts/${other.id}/broadcasts/${broadcastId}/comments`)
  expect(status).toBe(404)
  const analyst = await world.as('analyst')
  expect((await listed(broadcastId, '', analyst)).items.map(({ name }) => name)).toEqual([null, null, null])
})

test('E11: comments are read for a week and then no more', async () => {
  for (let round = 0; round < 20; round += 1) {
    await later(24)
    await readComments(world.ctx, NEVER)
  }
  const { rows } = await world.ctx.pool.query('select 1 from comment_readings')
  expect(rows).toHaveLength(0)
})
