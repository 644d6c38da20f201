import { afterAll, beforeAll, expect, test } from 'vitest'
import { listDrafts } from '../../src/channels/official-account/drafts.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 20_050, drafts: 1 })
})
afterAll(() => world?.close())

/** A fan may have four a month, so each case takes its people from another place. */
const sendTo = async (from: number, count: number) => {
  const audience = await world.list(account, account.fanIds.slice(from, from + count))
  const broadcast = await world.draft(account, { audience })
  const shown = await world.confirm(broadcast)
  const before = await world.received(account)
  await world.drain()
  const after = await world.received(account)
  const chosen = new Set(account.openids.slice(from, from + count))
  const wrong = account.openids.filter(
    (openid) => (after.get(openid) ?? 0) - (before.get(openid) ?? 0) !== (chosen.has(openid) ? 1 : 0),
  )
  return { shown, wrong, broadcast: await world.read(broadcast), batches: await world.batches(broadcast) }
}

test.each([
  [2, 0, [2]],
  [9_999, 0, [9_999]],
  [10_000, 10_000, [10_000]],
  [10_001, 10_000, [9_999, 2]],
])('D4, E8: %i recipients (from %i on) go in batches of %j, each person once', async (count, from, sizes) => {
  const { shown, wrong, broadcast, batches } = await sendTo(from, count)
  expect(shown).toMatchObject({
    reached: count,
    batches: sizes.length,
    batchSizes: sizes,
    calls: sizes.length,
  })
  expect(wrong).toEqual([])
  expect(broadcast).toMatchObject({
    label: 'sent',
    totals: { planned: count, submitted: count, delivered: count, skipped: 0 },
  })
  expect(batches.map((batch) => [batch.state, batch.size, batch.sentCount])).toEqual(
    sizes.map((size) => ['delivered', size, size]),
  )
})

test('D4: one recipient alone is refused before anything is sent', async () => {
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(-1) },
  })
  const shown = await world.preflight(broadcast)
  expect(shown).toMatchObject({ reached: 1, batches: 0, blockers: [{ reason: 'below_two' }] })
  const { status } = await world.act(broadcast, 'send', {
    version: broadcast.version,
    expected: [{ arm: 0, reached: 1 }],
  })
  expect(status).toBe(409)
  expect((await world.read(broadcast)).state).toBe('draft')
})

test('design 5: three batches of one article each use a draft of their own, and the original draft lives on', async () => {
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ id: string; wechat_id: string }>(
    'select id, wechat_id from article_sets where account_id = $1',
    [account.id],
  )
  expect(rows).toHaveLength(1)
  const original = rows[0] as { id: string; wechat_id: string }
  const audience = await world.list(account, account.fanIds.slice(0, 20_001))
  const broadcast = await world.draft(account, {
    audience,
    content: { kind: 'articles', articles: [{ articleSetId: original.id, index: 0 }] },
  })
  expect(await world.confirm(broadcast)).toMatchObject({ batchSizes: [10_000, 9_999, 2], draftCopies: 3 })
  await world.drain()
  const batches = await world.batches(broadcast)
  expect(batches.map((batch) => [batch.state, batch.sentCount])).toEqual([
    ['delivered', 10_000],
    ['delivered', 9_999],
    ['delivered', 2],
  ])
  const used = await world.ctx.pool.query<{ media_id: string }>(
    `select media_id from simulator.mass_job where msg_id = any($1::bigint[]) order by msg_id`,
    [batches.map((batch) => batch.msgId)],
  )
  expect(new Set(used.rows.map((row) => row.media_id)).size).toBe(3)
  const left = await listDrafts(await accountClient(world.ctx, account.id), {
    offset: 0,
    count: 20,
    withContent: false,
  })
  expect(left.items.map((item) => item.media_id)).toEqual([original.wechat_id])
  const summary = await world.control<{ total: number; duplicates: number }>(
    'GET',
    `/ledger/summary?appid=${account.appid}&msgId=${batches.map((batch) => batch.msgId).join(',')}`,
  )
  expect(summary).toMatchObject({ total: 20_001, fansReached: 20_001, duplicates: 0 })
})
