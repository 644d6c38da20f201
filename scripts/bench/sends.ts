import { sql } from 'kysely'
import { inTransaction } from '../../src/infra/transaction.ts'
import {
  countsOf,
  createSend,
  type NewSend,
  planAudience,
  setSendState,
  wakeDeliveries,
} from '../../src/modules/deliveries/index.ts'
import type { BenchAccount } from './accounts.ts'
import { run, type World } from './bench.ts'
import { settle } from './population.ts'

export const TEXT = '你好，你预约的新品今天下午三点到店，凭会员码领取试饮一杯 😀'
export const textContent: NewSend['content'] = {
  kind: 'text',
  channel: 'customer-service',
  variables: {},
  message: { msgtype: 'text', text: { content: TEXT } },
}

/** Every fan wrote just now: their 48 hours are open on both sides, with more left than a run takes. */
export async function openWindows(world: World, account: BenchAccount): Promise<void> {
  const now = world.ctx.clock.now()
  await run(
    world.databaseUrl,
    `insert into simulator.fan_window (fan_id, kind, opened_at, expires_at, remaining)
     select f.id, 'message', $2::timestamptz, $2::timestamptz + interval '48 hours', null
     from simulator.fan f join simulator.account a on a.id = f.account_id where a.appid = $1 on conflict do nothing`,
    [account.appid, now],
  )
  await run(
    world.databaseUrl,
    `insert into service_windows (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
     select id, 'message', account_id, id, $2::timestamptz, $2::timestamptz + interval '48 hours', 1000 from fans where account_id = $1
     on conflict do nothing`,
    [account.id, now],
  )
}

/** A frozen send to so many followers that has not begun. Limits of ours count: that is part of the work. */
export async function frozenSend(world: World, account: BenchAccount, people: number): Promise<string> {
  const { ctx } = world
  const now = ctx.clock.now()
  const sendId = await inTransaction(ctx.db, async (trx) => {
    const made = await createSend(ctx, trx, {
      accountId: account.id,
      ownerKind: 'campaign',
      ownerId: '1',
      name: '基准 Bench',
      channel: 'customer-service',
      purpose: 'marketing',
      lane: 'bulk',
      state: 'paused',
      content: textContent,
      template: null,
      limits: { caps: 'inherit', quiet: 'inherit', notAfter: null },
      tracked: false,
    })
    await planAudience(trx, made.sendId, {
      people: sql`select contact_id from fans where account_id = ${account.id}::bigint and following order by id limit ${people}`,
      occurrence: '0',
      runId: null,
      dueAt: now,
      version: 1,
      includeUnfollowed: false,
      now,
    })
    return made.sendId
  })
  await settle(world)
  return sendId
}

export async function release(world: World, sendId: string): Promise<void> {
  const { ctx } = world
  await inTransaction(ctx.db, (trx) => setSendState(ctx, trx, sendId, 'running'))
  await wakeDeliveries(ctx, 'bulk')
}

/** How many of a send are in which state. */
export async function stateOf(world: World, sendId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { state, n } of await countsOf(world.ctx.db, sendId)) counts[state] = (counts[state] ?? 0) + n
  return counts
}
