import fc from 'fast-check'
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, seed, sized, type TestDatabase } from '../../../tests/support/index.ts'
import { createPool } from '../../infra/postgres/connect.ts'
import { createDb, type Db, type Executor, inTransaction } from '../../infra/transaction.ts'
import { batchOf, planBatches } from '../../wechat/rules/broadcast-batches.ts'
import { monthsToReserve } from '../../wechat/rules/broadcast-quota.ts'
import type { Account } from '../accounts/index.ts'
import { audienceRelation } from '../contacts/index.ts'
import type { Audience } from '../contacts/schema.ts'
import { lockMassLedger, releaseMass, reserveMass, usedByFan } from '../deliveries/index.ts'
import { decidedFor, type Plan, planGroups } from './groups/plan.ts'
import { armedRelation } from './groups/relation.ts'
import { freezeRecipients } from './store/recipients.ts'

let database: TestDatabase
let pool: Pool
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool({ databaseUrl: database.url, max: 4 })
  db = createDb(pool)
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

type Fan = { following: boolean; used: number; usedNext: number; tagged: boolean; listed: boolean }
const TAG = 100
const MIDDLE = new Date('2026-11-15T04:00:00Z')
/** 23:45 in Beijing on the last day: a job reserves in both months. */
const EDGE = new Date('2026-11-30T15:45:00Z')

// most can be reached, so that there are batches to speak of
const mostly = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.boolean())
const used = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 6 }))
const fan: fc.Arbitrary<Fan> = fc.record({
  following: mostly,
  used,
  usedNext: used,
  tagged: mostly,
  listed: mostly,
})
const situation = fc.record({
  fans: fc.array(fan, { maxLength: 30, size: 'max' }),
  kind: fc.constantFrom('all', 'tag', 'list', 'fans'),
  account: fc.constantFrom('service', 'subscription'),
  limit: fc.integer({ min: 1, max: 5 }),
  now: fc.constantFrom(MIDDLE, EDGE),
  largest: fc.option(fc.integer({ min: 3, max: 7 })),
})
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never

test('G1, D4: what SQL counts and freezes is what anyone would work out person by person', async () => {
  await fc.assert(
    fc.asyncProperty(situation, async (given) => {
      const { account, broadcastId, audience, fanIds } = await make(given)
      const plan = await planOne(account, audience, given.now)
      const expected = byHand(given, fanIds)
      const reached = expected.filter((row) => row.reason === null)
      expect(plan.total).toBe(expected.length)
      expect(plan.reached).toBe(reached.length)
      expect(Object.fromEntries(plan.notReached.map(({ reason, count }) => [reason, count]))).toEqual(
        tally(expected.flatMap((row) => row.reason ?? [])),
      )
      const sizes = planBatches(reached.length)
      expect([plan.sizes, plan.refusal]).toEqual(sizes.ok ? [sizes.sizes, null] : [[], sizes.reason])
      expect(Object.fromEntries(plan.monthLeftAfter.map(({ left, fans }) => [left, fans]))).toEqual(
        account.kind === 'service' ? tally(reached.map((row) => given.limit - row.used - 1)) : {},
      )

      await freezeRecipients(db, {
        broadcastId,
        decided: decidedFor(account, armed(account, audience), monthsByArm(given.now)),
        largest: given.largest,
      })
      expect(await frozen(broadcastId)).toEqual(withBatches(expected, given.largest))
    }),
    { numRuns: sized(120, 2_000), seed },
  )
})

test('D4: a fan’s month is taken and given back in every month of the job, and never falls below zero', async () => {
  const fans = Array.from({ length: 3 }, () => ({
    following: true,
    used: 0,
    usedNext: 0,
    tagged: false,
    listed: false,
  }))
  const { account, fanIds } = await make({ ...PLAIN, fans })
  const first = sql`select unnest(${fanIds.slice(0, 2)}::bigint[]) as fan_id`
  const months = monthsToReserve(EDGE)
  await reserveMass(db, { accountId: account.id, months, fans: first })
  await reserveMass(db, { accountId: account.id, months, fans: first })
  const used = (at: Date) => Promise.all(fanIds.map((id) => usedByFan(db, account.id, id, at)))
  expect([await used(MIDDLE), await used(new Date('2026-12-02T00:00:00Z'))]).toEqual([
    [2, 2, 0],
    [2, 2, 0],
  ])
  for (let times = 0; times < 3; times += 1)
    await releaseMass(db, { accountId: account.id, months, fans: first })
  expect(await used(MIDDLE)).toEqual([0, 0, 0])
})

test('D4, G3: two sends that both count a fan’s last place do so one after the other', async () => {
  const { account, fanIds } = await make({
    ...PLAIN,
    fans: [{ following: true, used: 3, usedNext: 0, tagged: false, listed: false }],
  })
  const take = () =>
    db.transaction().execute(async (trx) => {
      await lockMassLedger(trx, account.id)
      const { reached } = await planOne(account, { kind: 'all' }, MIDDLE, trx)
      if (reached === 1)
        await reserveMass(trx, {
          accountId: account.id,
          months: monthsToReserve(MIDDLE),
          fans: sql`select ${fanIds[0]}::bigint as fan_id`,
        })
      return reached
    })
  const reached = await Promise.all(Array.from({ length: 4 }, take))
  expect(reached.toSorted()).toEqual([0, 0, 0, 1])
  expect(await usedByFan(db, account.id, fanIds[0] as string, MIDDLE)).toBe(4)
})

const ONE_ARM = { arms: [{ number: 0, share: null }], holdout: 0, key: null }
const armed = (account: Account, audience: Audience) =>
  armedRelation(account.id, [{ ...ONE_ARM, named: audienceRelation(account.id, audience) }])
const monthsByArm = (now: Date) => new Map([[0, monthsToReserve(now)]])

async function planOne(account: Account, audience: Audience, now: Date, on: Executor = db): Promise<Plan> {
  const named = audienceRelation(account.id, audience)
  const groups = [{ place: 0, ...ONE_ARM, basis: null, named }]
  const resolved = { relation: armed(account, audience), groups }
  const [group] = await inTransaction(on, (trx) =>
    planGroups(trx, account, resolved, { path: 'list', months: monthsByArm(now) }),
  )
  if (group === undefined) throw new Error('one group was planned')
  expect([group.total, group.filtered]).toEqual([group.plan.total, 0])
  return group.plan
}

const PLAIN: Omit<Situation, 'fans'> = {
  kind: 'all',
  account: 'service',
  limit: 4,
  now: MIDDLE,
  largest: null,
}
type Decided = { fanId: string; used: number; reason: string | null }

/** The slow way: one fan after the other, in the order of their ids. */
function byHand({ fans, kind, account, limit, now }: Situation, fanIds: string[]): Decided[] {
  return fans.flatMap((fan, index) => {
    const named = { all: true, tag: fan.tagged, list: fan.listed, fans: fan.listed }[kind]
    if (!named) return []
    const months = now === EDGE ? [fan.used, fan.usedNext] : [fan.used]
    const used = account === 'service' ? Math.min(limit, Math.max(...months)) : 0
    const full = account === 'service' && used >= limit
    const reason = fan.following ? (full ? 'month_used_up' : null) : 'not_following'
    return [{ fanId: fanIds[index] as string, used, reason }]
  })
}

function withBatches(decided: Decided[], largest: number | null) {
  const reached = decided.filter((row) => row.reason === null)
  const isAlone = largest !== null && reached.length === 1
  return decided.map(({ fanId, reason }) => {
    if (isAlone && reason === null) return { fan_id: fanId, batch_seq: null, reason: 'below_two' }
    const place = reached.findIndex((row) => row.fanId === fanId)
    const batch = reason !== null ? null : largest === null ? 0 : batchOf(place, reached.length, largest)
    return { fan_id: fanId, batch_seq: batch, reason }
  })
}

const tally = (values: (string | number)[]) => {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const frozen = async (broadcastId: string) =>
  (
    await pool.query(
      'select fan_id, batch_seq, reason from broadcast_recipients where broadcast_id = $1 order by fan_id',
      [broadcastId],
    )
  ).rows

let made = 0

async function make({ fans, kind, account: type, limit }: Situation) {
  made += 1
  const id = await one(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at)
     values ('wx' || lpad($1::text, 16, '0'), 'A', $2, true, '', $1::text, '', '', now()) returning id`,
    [made, type],
  )
  const fanIds: string[] = []
  for (const [index, fan] of fans.entries()) {
    const contact = await one('insert into contacts (created_at) values (now()) returning id', [])
    fanIds.push(
      await one(
        `insert into fans (account_id, contact_id, openid, following, tag_ids) values ($1, $2, $3, $4, $5) returning id`,
        [id, contact, `o${made}-${index}`, fan.following, fan.tagged ? [1, TAG] : []],
      ),
    )
  }
  await pool.query(
    `insert into mass_allowances (account_id, month, fan_id, used)
     select $1, month, fan, used from unnest($2::date[], $3::bigint[], $4::int[]) as u (month, fan, used) where used > 0`,
    [
      id,
      [...fans.map(() => '2026-11-01'), ...fans.map(() => '2026-12-01')],
      [...fanIds, ...fanIds],
      [...fans.map((fan) => fan.used), ...fans.map((fan) => fan.usedNext)],
    ],
  )
  const listed = fanIds.filter((_, index) => fans[index]?.listed)
  const listId = await one(
    `insert into fan_lists (account_id, name, created_at) values ($1, 'L', now()) returning id`,
    [id],
  )
  await pool.query('insert into fan_list_members (list_id, fan_id) select $1, unnest($2::bigint[])', [
    listId,
    listed,
  ])
  const audiences: Record<string, Audience> = {
    all: { kind: 'all' },
    tag: { kind: 'tag', tagId: TAG },
    list: { kind: 'list', listId },
    fans: { kind: 'fans', fanIds: listed },
  }
  const audience = audiences[kind] as Audience
  const broadcastId = await one(
    `insert into broadcasts (account_id, name, created_at, updated_at) values ($1, 'B', now(), now()) returning id`,
    [id],
  )
  return { account: accountOf(id, type, limit), broadcastId, audience, fanIds }
}

const one = async (text: string, values: unknown[]): Promise<string> =>
  (await pool.query<{ id: string }>(text, values)).rows[0]?.id as string

const accountOf = (id: string, kind: 'service' | 'subscription', massPerFanPerMonth: number): Account => ({
  id,
  kind,
  appid: 'wx0000000000000000',
  name: 'A',
  verified: true,
  ghId: null,
  state: 'active',
  pauseReason: null,
  pauseDetail: null,
  limits: {
    massPerFanPerMonth,
    massSendsPerDay: null,
    massSendsPerMonth: 400,
    massRecipientsPerDay: 1_000_000,
    massCallsPerDay: 100,
    massPerMinuteByOpenid: 30_000,
    massPerMinuteByFilter: 300_000,
    draftAddsPerDay: 1_000,
    customerServicePerMinute: 60_000,
    templatePerMinute: 60_000,
    subscriptionPerMinute: 60_000,
    customerServicePerDay: 500_000,
    templatePerDay: 100_000,
    subscriptionPerDay: 100_000,
    paymentWindowSends: 0,
  },
})
