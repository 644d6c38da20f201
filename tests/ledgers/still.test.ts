import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OwnedCtx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { getAccount } from '../../src/modules/accounts/index.ts'
import { gatherFacts, policyKey } from '../../src/modules/deliveries/facts/index.ts'
import type { SendLimits, SendRow, Trx } from '../../src/modules/deliveries/model.ts'
import { decideDelivery } from '../../src/modules/deliveries/rules/index.ts'
import { findSend, selectVersions } from '../../src/modules/deliveries/store/sends.ts'
import { ingestOccurrences } from '../../src/modules/ingest/index.ts'
import { makePartitions } from '../../src/modules/ingest/partitions.ts'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import type { Rule } from '../../src/modules/segments/schema.ts'
import { giveTags } from '../../src/modules/tags/index.ts'
import { until } from '../support/until.ts'
import { createLedgerWorld, type Fan, HOUR, type LedgerWorld, MINUTE, after as plus } from './world.ts'

let world: LedgerWorld
let other: OwnedCtx
let accountId: string
let start: Date

beforeAll(async () => {
  world = await createLedgerWorld()
  other = await world.another()
  accountId = await world.account()
  start = new Date(Math.floor(Date.now() / 1_000) * 1_000 - HOUR)
  await makePartitions(world.ctx)
})
afterAll(() => world?.close())

const recall = (still: SendLimits['still']) =>
  world.send(accountId, {
    ownerKind: 'recall',
    limits: { caps: 'none', quiet: 'none', notAfter: null, still },
  })

/** What a fan does, stored as a callback's is. */
const acts = (who: readonly Fan[], at: Date, where = world.ctx) =>
  ingestOccurrences(
    where,
    accountId,
    who.map(({ openid }) => ({
      key: randomUUID(),
      name: EVENTS.message,
      at,
      properties: { type: 'text', content: '在' },
      person: { openid, effect: 'interaction' as const },
    })),
  )

/** Fans who wrote at `start` and have been silent since. */
async function silent(count: number): Promise<Fan[]> {
  const fans: Fan[] = []
  for (let n = 0; n < count; n += 1) {
    const fan = await world.fan(accountId)
    await world.writes(fan, start)
    fans.push(fan)
  }
  await acts(fans, start)
  return fans
}

const occurrence = () => String(start.getTime())
const now = () => plus(start, HOUR)

/** The facts and decisions about these fans as an intent reads them; `trx` stays open for the test. */
async function ask(trx: Trx, where: OwnedCtx, sendId: string, fans: readonly Fan[]) {
  const send = (await findSend(trx, sendId)) as SendRow
  const rows = fans.map((fan, n) => ({
    ...fan,
    id: `asked-${n}`,
    sendId,
    version: 1,
    occurrence: occurrence(),
    context: { silentSince: start.toISOString() },
  }))
  const versions = new Map((await selectVersions(trx, rows.slice(0, 1))).map((one) => [policyKey(one), one]))
  const { facts, policies } = await gatherFacts(where, trx, {
    account: await getAccount(where, accountId, trx),
    channel: 'customer-service',
    now: now(),
    rows,
    sends: new Map([[sendId, send]]),
    versions,
  })
  return rows.map((row) => {
    const known = facts.get(row.id)
    const policy = policies.get(policyKey(row))
    if (known === undefined || policy === undefined) throw new Error('every row has facts')
    const decision = decideDelivery(known, policy, now(), () => ({ ok: true }))
    return decision.kind === 'send' ? 'send' : decision.reason
  })
}

const decided = (sendId: string, fans: readonly Fan[]) =>
  inTransaction(world.ctx.db, (trx) => ask(trx, world.ctx, sendId, fans))

describe('C2: a recall and the act that makes it needless', () => {
  test('an act that is stored before the intent stops it, one of the very second of the silence does not', async () => {
    const sendId = await recall({ silent: true, audience: null })
    const [quiet, back] = (await silent(2)) as [Fan, Fan]
    await acts([back], plus(start, 1_000))
    await acts([quiet], start)
    expect(await decided(sendId, [quiet, back])).toEqual(['send', 'interacted'])
    // a send that asks for no silence asks for none
    expect(await decided(await recall(null), [back])).toEqual(['send'])
  })

  test('an act that is being stored is waited for', async () => {
    const sendId = await recall({ silent: true, audience: null })
    const fans = await silent(1)
    const client = await other.pool.connect()
    await client.query('begin')
    await client.query(`select from fans where account_id = $1 and openid = $2 for no key update`, [
      accountId,
      fans[0]?.openid,
    ])
    await client.query('update fans set last_interaction_at = $2 where id = $1', [
      fans[0]?.fanId,
      plus(start, MINUTE),
    ])
    let answer: string[] | undefined
    const asking = decided(sendId, fans).then((found) => {
      answer = found
    })
    await until(async () => {
      const { rows } = await world.ctx.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    expect(answer).toBeUndefined()
    await client.query('commit')
    client.release()
    await asking
    expect(answer).toEqual(['interacted'])
  })

  test('an act that comes while the intent is being committed waits for it', async () => {
    const sendId = await recall({ silent: true, audience: null })
    const fans = await silent(1)
    let stored = false
    let storing: Promise<void> | undefined
    await inTransaction(world.ctx.db, async (trx) => {
      expect(await ask(trx, world.ctx, sendId, fans)).toEqual(['send'])
      storing = acts(fans, plus(start, MINUTE), other).then(() => {
        stored = true
      })
      await until(async () => {
        const { rows } = await world.ctx.pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length > 0
      })
      expect(stored).toBe(false)
    })
    await storing
    expect(await decided(sendId, fans)).toEqual(['interacted'])
  })

  test('both at full speed, many fans at a time: whoever comes first is seen by the other, and nobody waits for ever', async () => {
    const sendId = await recall({ silent: true, audience: null })
    const ROUNDS = 200
    let before = 0
    for (let round = 0; round < ROUNDS / 10; round += 1) {
      const fans = await silent(10)
      const intent = inTransaction(world.ctx.db, async (trx) => {
        const found = await ask(trx, world.ctx, sendId, fans)
        // drawn while the fans are locked, as the events' own numbers are
        const { rows } = await world.ctx.pool.query<{ n: string }>(`select nextval('events_id_seq') as n`)
        return { found, n: BigInt(rows[0]?.n ?? 0) }
      })
      const acting = Promise.all(fans.toReversed().map((fan) => acts([fan], plus(start, MINUTE), other)))
      const [{ found, n }] = await Promise.all([intent, acting])
      const { rows } = await world.ctx.pool.query<{ fan_id: string; id: string }>(
        'select fan_id, max(id) as id from events where fan_id = any($1) group by fan_id',
        [fans.map(({ fanId }) => fanId)],
      )
      const eventOf = new Map(rows.map((row) => [row.fan_id, BigInt(row.id)]))
      for (const [place, fan] of fans.entries()) {
        const actedFirst = (eventOf.get(fan.fanId) ?? 0n) < n
        expect(found[place]).toBe(actedFirst ? 'interacted' : 'send')
        if (actedFirst) before += 1
      }
    }
    expect(before).toBeLessThanOrEqual(ROUNDS)
  })
})

test('C3: a tag that is given just before leaves them out, one that is taken lets them in again', async () => {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into tags (name, created_at) values ('测试', now()), ('星标', now()) returning id`,
  )
  const [excluded = '', star = ''] = rows.map(({ id }) => id)
  const any = (tagId: string): Rule => ({ kind: 'tag', match: 'any', tags: [{ of: 'own', tagId }] })
  const audience: Rule = { kind: 'and', of: [any(star), { kind: 'not', of: any(excluded) }] }
  const sendId = await recall({ silent: true, audience })
  const [plain, starred, both] = (await silent(3)) as [Fan, Fan, Fan]
  const give = (tagId: string, fan: Fan) =>
    inTransaction(world.ctx.db, (trx) =>
      giveTags(trx, { contactIds: [fan.contactId], ids: [tagId] }, plus(now(), 1_000)),
    )
  await give(star, starred)
  await give(star, both)
  expect(await decided(sendId, [plain, starred, both])).toEqual(['left_audience', 'send', 'send'])
  await give(excluded, both)
  expect(await decided(sendId, [plain, starred, both])).toEqual(['left_audience', 'send', 'left_audience'])
})
