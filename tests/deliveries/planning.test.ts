import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import {
  countsOf,
  endSend,
  isDrained,
  listDeliveries,
  planAudience,
  planDeliveries,
  reviseSend,
  setSendState,
} from '../../src/modules/deliveries/index.ts'
import { long, sized } from '../support/index.ts'
import type { Bound } from '../support/sending.ts'
import { createDeliveryWorld, type DeliveryWorld, textContent } from './world.ts'

let world: DeliveryWorld
let account: Bound

beforeAll(async () => {
  world = await createDeliveryWorld()
  account = await world.bind({ fans: 20 })
})
afterAll(() => world?.close())

/** A person with fans of the account: whether each follows, and when they last did something. */
async function person(...fans: { following: boolean; acted: string | null }[]): Promise<string> {
  const { pool } = world.ctx
  const contact = await pool.query<{ id: string }>(
    'insert into contacts (created_at) values (now()) returning id',
  )
  const contactId = contact.rows[0]?.id as string
  for (const { following, acted } of fans)
    await pool.query(
      `insert into fans (account_id, contact_id, following, openid, last_interaction_at)
       values ($1, $2, $3, 'o' || gen_random_uuid(), $4)`,
      [account.id, contactId, following, acted],
    )
  return contactId
}

const freeze = (
  sendId: string,
  contactIds: readonly string[],
  rest: { includeUnfollowed?: boolean; occurrence?: string } = {},
) =>
  inTransaction(world.ctx.db, (trx) =>
    planAudience(trx, sendId, {
      people: sql`select unnest(${[...contactIds]}::bigint[]) as contact_id`,
      occurrence: '0',
      runId: null,
      dueAt: world.ctx.clock.now(),
      version: 1,
      includeUnfollowed: false,
      now: world.ctx.clock.now(),
      ...rest,
    }),
  )

async function plannedFan(sendId: string, contactId: string) {
  const { items } = await listDeliveries(world.ctx.db, { sendId, contactIds: [contactId], limit: 10 })
  const fans = await world.ctx.pool.query<{ id: string; following: boolean; acted: Date | null }>(
    'select id, following, last_interaction_at as acted from fans where id = any($1::bigint[])',
    [items.map(({ fanId }) => fanId)],
  )
  return fans.rows
}

test('G1: a person with several fans of the account gets one message, to the fan who follows and acted last', async () => {
  const sendId = await world.send(account)
  const away = { following: false, acted: '2026-11-20T00:00:00Z' }
  const quiet = { following: true, acted: null }
  const early = { following: true, acted: '2026-11-01T00:00:00Z' }
  const late = { following: true, acted: '2026-11-02T00:00:00Z' }
  const everything = await person(away, quiet, early, late)
  const never = await person(away, quiet)
  expect(await freeze(sendId, [everything, never])).toEqual({ planned: 2, skipped: 0, unreachable: 0 })
  expect(await plannedFan(sendId, everything)).toMatchObject([
    { following: true, acted: new Date('2026-11-02T00:00:00Z') },
  ])
  expect(await plannedFan(sendId, never)).toMatchObject([{ following: true, acted: null }])
})

test('G1: who left is skipped with the reason where followers are meant, and planned where they need not follow', async () => {
  const gone = await person({ following: false, acted: null })
  const nobody = await person()
  const strict = await world.send(account)
  expect(await freeze(strict, [gone, nobody])).toEqual({ planned: 0, skipped: 1, unreachable: 1 })
  expect(await world.states(strict)).toEqual({ 'skipped:not_following': 1 })
  expect(await world.tallies(strict)).toEqual({ 'skipped:not_following': 1 })
  const open = await world.send(account, { channel: 'subscription' })
  expect(await freeze(open, [gone], { includeUnfollowed: true })).toMatchObject({ planned: 1, skipped: 0 })
})

test('G3: nobody is planned twice in a send and occurrence, however often and however many at once', async () => {
  const sendId = await world.send(account)
  const people = await Promise.all(Array.from({ length: 5 }, () => person({ following: true, acted: null })))
  const planned = await Promise.all(Array.from({ length: 8 }, () => freeze(sendId, people)))
  expect(planned.reduce((sum, one) => sum + one.planned, 0)).toBe(5)
  expect(await freeze(sendId, [...people, ...people])).toMatchObject({ planned: 0 })
  expect(await freeze(sendId, people, { occurrence: '7' })).toMatchObject({ planned: 5 })
  expect(await world.states(sendId)).toEqual({ planned: 10 })
  expect(await countsOf(world.ctx.db, sendId)).toEqual([{ state: 'planned', reason: null, n: 10 }])
})

test('an event that comes a hundred times at once plans one message', async () => {
  const sendId = await world.send(account, { lane: 'immediate' })
  const contactId = await person({ following: true, acted: null })
  const fans = await world.ctx.pool.query<{ id: string }>('select id from fans where contact_id = $1', [
    contactId,
  ])
  const now = world.ctx.clock.now()
  const row = { contactId, fanId: fans.rows[0]?.id as string, occurrence: '4711', dueAt: now, version: 1 }
  const made = await Promise.all(
    Array.from({ length: 100 }, () =>
      inTransaction(world.ctx.db, (trx) => planDeliveries(trx, sendId, [row], now)),
    ),
  )
  expect(made.reduce((sum, one) => sum + one, 0)).toBe(1)
  expect(await world.tallies(sendId)).toEqual({ planned: 1 })
})

test('G3: an ended send plans nobody, and tells off who still waited', async () => {
  const sendId = await world.send(account)
  await world.plan(sendId, account)
  const waiting = account.fanIds.length
  expect(await isDrained(world.ctx.db, sendId)).toBe(false)
  await inTransaction(world.ctx.db, (trx) => endSend(world.ctx, trx, sendId))
  await world.pump([sendId])
  expect(await world.states(sendId)).toEqual({ 'skipped:ended_early': waiting })
  expect(await world.tallies(sendId)).toEqual({ 'skipped:ended_early': waiting })
  expect(await isDrained(world.ctx.db, sendId)).toBe(true)
  expect(await freeze(sendId, [await person({ following: true, acted: null })])).toMatchObject({ planned: 0 })
  // and nothing brings it back
  expect(await inTransaction(world.ctx.db, (trx) => setSendState(world.ctx, trx, sendId, 'running'))).toBe(
    false,
  )
})

test('B8: people keep the version they entered under', async () => {
  const sendId = await world.send(account)
  const before = await person({ following: true, acted: null })
  const after = await person({ following: true, acted: null })
  await freeze(sendId, [before])
  const version = await inTransaction(world.ctx.db, (trx) =>
    reviseSend(world.ctx, trx, sendId, {
      content: textContent('新的'),
      template: null,
      limits: { caps: 'none', quiet: 'none', notAfter: null },
      tracked: false,
    }),
  )
  expect(version).toBe(2)
  await inTransaction(world.ctx.db, (trx) =>
    planAudience(trx, sendId, {
      people: sql`select unnest(${[before, after]}::bigint[]) as contact_id`,
      occurrence: '0',
      runId: null,
      dueAt: world.ctx.clock.now(),
      version,
      includeUnfollowed: false,
      now: world.ctx.clock.now(),
    }),
  )
  const { items } = await listDeliveries(world.ctx.db, { sendId, limit: 10 })
  expect(Object.fromEntries(items.map((row) => [row.contactId, row.version]))).toEqual({
    [before]: 1,
    [after]: 2,
  })
})

test('G1: a freeze keeps its pace with the size of the audience', async () => {
  const many = sized(20_000, 1_000_000)
  await world.ctx.pool.query(
    `with made as (insert into contacts (created_at) select now() from generate_series(1, $2::int) returning id)
     insert into fans (account_id, contact_id, following, openid, last_interaction_at)
     select $1, id, true, 'many' || id, now() from made`,
    [account.id, many],
  )
  await world.ctx.pool.query('analyze fans')
  const sendId = await world.send(account)
  const began = performance.now()
  const planned = await inTransaction(world.ctx.db, (trx) =>
    planAudience(trx, sendId, {
      people: sql`select contact_id from fans where account_id = ${account.id}::bigint and openid like 'many%'`,
      occurrence: '0',
      runId: null,
      dueAt: world.ctx.clock.now(),
      version: 1,
      includeUnfollowed: false,
      now: world.ctx.clock.now(),
    }),
  )
  expect(planned).toEqual({ planned: many, skipped: 0, unreachable: 0 })
  expect(await world.tallies(sendId)).toEqual({ planned: many })
  const seconds = (performance.now() - began) / 1_000
  if (long) console.info(`froze ${many} in ${seconds.toFixed(1)} s`)
  expect(seconds).toBeLessThan(sized(5, 60))
}, 300_000)
