import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import type { OwnedCtx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { bindAccount } from '../accounts/index.ts'
import type { ReactionEvent } from '../manifest.ts'
import { adoptAnswers, bookAnswers, catchUpAnswers } from './book.ts'
import * as grants from './grants.ts'

let world: TestWorld
let ctx: OwnedCtx
let accountId: string
let fanIds: string[]
let templateId: string
let longTermId: string

beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())
beforeEach(async () => {
  accountId = await bindAccount(ctx, await world.account({ fans: 0, drafts: 0, articles: 0 }))
  fanIds = await people(8)
  templateId = await template('ONCE', 'one-time')
  longTermId = await template('LONG', 'long-term')
})

async function people(count: number): Promise<string[]> {
  const { rows } = await ctx.pool.query<{ id: string }>(
    `with made as (insert into contacts (created_at) select $2 from generate_series(1, $3::int) returning id)
     insert into fans (account_id, contact_id, following, openid) select $1, id, id % 2 = 0, 'o' || id from made returning id`,
    [accountId, ctx.clock.now(), count],
  )
  return rows.map(({ id }) => id)
}
async function template(wechatId: string, term: string): Promise<string> {
  const { rows } = await ctx.pool.query<{ id: string }>(
    `insert into message_templates (account_id, kind, wechat_id, title, content, fields, term, fingerprint, first_seen_at, synced_at)
     values ($1, 'subscription', $2, $2, '', '[]', $3, '', $4, $4) returning id`,
    [accountId, wechatId, term, ctx.clock.now()],
  )
  return rows[0]?.id ?? ''
}

type Said = { fanId: string; accepted: boolean; second?: number; wechatId?: string }
let last = 0
const START = Date.UTC(2026, 10, 1)
/** An event of the log as ingest writes it; not booked yet. */
async function event({ fanId, accepted, second = ++last, wechatId = 'ONCE' }: Said): Promise<ReactionEvent> {
  const name = accepted ? 'wechat.subscription_answered' : 'wechat.subscription_changed'
  const properties = { items: [{ templateId: wechatId, accepted, scene: 1 }] }
  const at = new Date(START + second * 1000)
  const { rows } = await ctx.pool.query<{ id: string }>(
    `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select $1, contact_id, id, $3, $4, $4, $5 from fans where id = $2 returning id`,
    [accountId, fanId, name, at, properties],
  )
  const id = rows[0]?.id ?? ''
  return { id, accountId, contactId: null, fanId, sourceId: null, name, at, receivedAt: at, properties }
}
const book = (events: ReactionEvent[]) => inTransaction(ctx.db, (trx) => bookAnswers(trx, events))
async function say(...said: Said[]): Promise<ReactionEvent[]> {
  const events: ReactionEvent[] = []
  for (const one of said) events.push(await event(one))
  await book(events)
  return events
}
const one = (): string => fanIds[0] ?? ''
const left = async (fanId = one(), of = templateId) =>
  (await grants.grantsOf(ctx.db, of, [fanId])).get(fanId)?.left
const reserve = (fans: string[], of = templateId, where = ctx) =>
  inTransaction(where.db, (trx) => grants.reserveGrants(trx, of, fans))
const giveBack = (fanId: string, epoch: number, of = templateId) =>
  inTransaction(ctx.db, (trx) => grants.giveBackGrants(trx, of, [{ fanId, epoch }]))
const deny = (fanId: string, second: number) =>
  inTransaction(ctx.db, (trx) =>
    grants.denyGrants(trx, templateId, [{ fanId, at: new Date(START + second * 1000) }]),
  )

describe('D8: the ledger of grants', () => {
  test('every acceptance is one send; who never answered has no row', async () => {
    await say({ fanId: one(), accepted: true }, { fanId: one(), accepted: true })
    expect(await left()).toBe(2)
    expect(await left(fanIds[1])).toBeUndefined()
  })

  test('an event booked again, alone or with others, changes nothing', async () => {
    const [first, second] = await say({ fanId: one(), accepted: true }, { fanId: one(), accepted: true })
    await book([first, second] as ReactionEvent[])
    await book([second] as ReactionEvent[])
    expect(await left()).toBe(2)
  })

  test('a refusal leaves none, an acceptance after it one', async () => {
    await say(
      { fanId: one(), accepted: true },
      { fanId: one(), accepted: true },
      { fanId: one(), accepted: false },
    )
    expect((await grants.grantsOf(ctx.db, templateId, [one()])).get(one())).toEqual({
      left: 0,
      term: 'one-time',
      rejected: true,
    })
    await say({ fanId: one(), accepted: true })
    expect(await left()).toBe(1)
  })

  test('out of order: an acceptance older than the refusal gives nothing, a late refusal takes only what is older', async () => {
    await say({ fanId: one(), accepted: false, second: 500 }, { fanId: one(), accepted: true, second: 499 })
    expect(await left()).toBe(0)
    const other = fanIds[1] ?? ''
    await say(
      { fanId: other, accepted: true, second: 510 },
      { fanId: other, accepted: true, second: 520 },
      { fanId: other, accepted: true, second: 530 },
    )
    await say({ fanId: other, accepted: false, second: 515 })
    expect(await left(other)).toBe(2)
  })

  test('out of order within one chunk of the log comes to the same', async () => {
    await say(
      { fanId: one(), accepted: true, second: 610 },
      { fanId: one(), accepted: true, second: 630 },
      { fanId: one(), accepted: false, second: 620 },
    )
    expect(await left()).toBe(1)
  })

  test('a long-term template is never spent and ends with a refusal', async () => {
    await say(
      { fanId: one(), accepted: true, wechatId: 'LONG' },
      { fanId: one(), accepted: true, wechatId: 'LONG' },
    )
    for (let send = 0; send < 5; send += 1) expect((await reserve([one()], longTermId)).has(one())).toBe(true)
    expect(await left(one(), longTermId)).toBe(1)
    await say({ fanId: one(), accepted: false, wechatId: 'LONG' })
    expect((await reserve([one()], longTermId)).size).toBe(0)
  })

  test('answers to a template no sync has met are kept, and booked in order once one did', async () => {
    await say(
      { fanId: one(), accepted: true, wechatId: 'NEW' },
      { fanId: one(), accepted: false, wechatId: 'NEW' },
    )
    await say({ fanId: one(), accepted: true, wechatId: 'NEW' })
    const newId = await template('NEW', 'one-time')
    expect(await left(one(), newId)).toBeUndefined()
    // a later answer must not pass those kept
    await say({ fanId: one(), accepted: true, wechatId: 'NEW' })
    expect(await left(one(), newId)).toBe(2)
    expect(await adoptAnswers(ctx)).toBe(0)
  })

  test('what is kept is booked without a further answer too', async () => {
    await say({ fanId: one(), accepted: true, wechatId: 'LATER' })
    const laterId = await template('LATER', 'one-time')
    expect(await adoptAnswers(ctx)).toBe(1)
    expect(await left(one(), laterId)).toBe(1)
  })

  test('B6: who acts on an answer before the ledger followed the log books it and those before it, once', async () => {
    const earlier = await event({ fanId: one(), accepted: true })
    const now = await event({ fanId: one(), accepted: true })
    await inTransaction(ctx.db, (trx) => catchUpAnswers(trx, [now]))
    expect(await left()).toBe(2)
    await book([earlier, now])
    expect(await left()).toBe(2)
  })
})

describe('D8: reserving', () => {
  test('one-time is spent by success only: reserved, given back, reserved again', async () => {
    await say({ fanId: one(), accepted: true })
    const epoch = (await reserve([one()])).get(one())
    expect(await left()).toBe(0)
    expect((await reserve([one()])).size).toBe(0)
    await giveBack(one(), epoch ?? -1)
    expect(await left()).toBe(1)
    expect((await reserve([one()])).has(one())).toBe(true)
  })

  test('giving back twice gives back once; what was not granted never comes back', async () => {
    await say({ fanId: one(), accepted: true })
    const epoch = (await reserve([one()])).get(one()) ?? -1
    await giveBack(one(), epoch)
    await giveBack(one(), epoch)
    expect(await left()).toBe(1)
    await giveBack(fanIds[3] ?? '', 0)
    expect(await left(fanIds[3])).toBeUndefined()
  })

  test('what was reserved before a refusal is not given back after it, also when accepted again', async () => {
    await say({ fanId: one(), accepted: true })
    const epoch = (await reserve([one()])).get(one()) ?? -1
    await say({ fanId: one(), accepted: false })
    await giveBack(one(), epoch)
    expect(await left()).toBe(0)
    await say({ fanId: one(), accepted: true })
    expect((await reserve([one()])).size).toBe(1)
    await giveBack(one(), epoch)
    expect(await left()).toBe(0)
  })

  test('D9: 43101 leaves nothing and counts as a cancellation, also for someone without a row', async () => {
    await say({ fanId: one(), accepted: true, second: 900 }, { fanId: one(), accepted: true, second: 901 })
    await deny(one(), 950)
    await deny(fanIds[1] ?? '', 950)
    const view = await grants.grantsOf(ctx.db, templateId, fanIds)
    expect([...view.values()].map(({ left: n, rejected }) => [n, rejected])).toEqual([
      [0, true],
      [0, true],
    ])
    await say({ fanId: one(), accepted: true, second: 949 })
    expect(await left()).toBe(0)
    await say({ fanId: one(), accepted: true, second: 950 })
    expect(await left()).toBe(1)
    last = 1000
  })

  test('a refusal heard of late leaves one send to who accepted after the message had gone out', async () => {
    await say({ fanId: one(), accepted: true, second: 1100 }, { fanId: one(), accepted: true, second: 1200 })
    await reserve([one()])
    await deny(one(), 1150)
    expect(await left()).toBe(0)
    const other = fanIds[1] ?? ''
    await say({ fanId: other, accepted: true, second: 1200 })
    await deny(other, 1150)
    expect(await left(other)).toBe(1)
    last = 1300
  })

  test('two processes reserving at once for the same people take exactly what was granted', async () => {
    const granted = [1, 2, 3, 5, 0, 4, 1, 2]
    const said = fanIds.flatMap((fanId, index) =>
      Array.from({ length: granted[index] ?? 0 }, () => ({ fanId, accepted: true })),
    )
    await say(...said)
    const other = await world.another()
    const rounds = await Promise.all(
      Array.from({ length: 16 }, (_, round) =>
        reserve(round % 2 === 0 ? fanIds : fanIds.toReversed(), templateId, round % 2 === 0 ? ctx : other),
      ),
    )
    const taken = fanIds.map((fanId) => rounds.filter((round) => round.has(fanId)).length)
    expect(taken).toEqual(granted)
    const { rows } = await ctx.pool.query<{ over: boolean }>(
      'select bool_or(used > granted) as over from subscription_grants where template_id = $1',
      [templateId],
    )
    expect(rows[0]?.over).toBe(false)
  })

  test('acceptances booked while others reserve are neither lost nor taken twice', async () => {
    const other = await world.another()
    const events: ReactionEvent[] = []
    for (let round = 0; round < 10; round += 1)
      for (const fanId of fanIds) events.push(await event({ fanId, accepted: true }))
    const take = async () => {
      let taken = 0
      for (let round = 0; round < 12; round += 1) {
        const { size } = await reserve(fanIds, templateId, other)
        taken += size
      }
      return taken
    }
    const bookAll = async () => {
      for (let start = 0; start < events.length; start += 8) await book(events.slice(start, start + 8))
    }
    const [here, there] = await Promise.all([take(), take(), bookAll()])
    const rest = (await Promise.all(fanIds.map((fanId) => left(fanId)))).reduce<number>(
      (sum, n) => sum + (n ?? 0),
      0,
    )
    expect(here + there + rest).toBe(80)
  })
})

test('D8: who can be reached now is counted by following and not, and both are in the audience', async () => {
  const [a = '', b = '', c = '', d = ''] = fanIds
  await say(
    ...[a, b, b, c].map((fanId) => ({ fanId, accepted: true })),
    { fanId: d, accepted: true },
    { fanId: d, accepted: false },
  )
  await reserve([a])
  const { rows } = await ctx.pool.query<{ id: string }>(
    'select id from fans where following and id = any($1)',
    [fanIds],
  )
  const following = new Set(rows.map(({ id }) => id))
  const reachable = [b, c]
  expect((await grants.countSubscribers(ctx.db, [templateId])).get(templateId)).toEqual({
    following: reachable.filter((id) => following.has(id)).length,
    unfollowed: reachable.filter((id) => !following.has(id)).length,
    rejected: 1,
    sendsLeft: 3,
  })
  const relation = grants.subscribersRelation(templateId).compile(ctx.db)
  const people = await ctx.pool.query<{ fan_id: string }>(relation.sql, [...relation.parameters])
  expect(people.rows.map((row) => row.fan_id).toSorted()).toEqual(reachable.toSorted())
  expect(following.size).toBe(4)
})
