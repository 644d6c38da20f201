import { expect } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import type { SendingWorld } from './sending.ts'

/**
 * What must hold of a frozen broadcast in every state: groups, arms, batches and rows count the same people, each in
 * one arm, and the ledger of the month holds what the account's batches hold.
 */
export async function expectBalanced({ ctx }: SendingWorld, { id, accountId }: Broadcast): Promise<void> {
  const { rows: arms } = await ctx.pool.query(
    `select a.number, g.total - g.filtered as grouped,
       (select count(*)::int from broadcast_recipients r join broadcast_arms o
          on o.broadcast_id = r.broadcast_id and o.number = r.arm
        where o.group_id = g.id and r.broadcast_id = a.broadcast_id) as of_group,
       a.planned + coalesce((select sum(v::int) from jsonb_each_text(a.skipped) as s (k, v)), 0)::int as armed,
       (select count(*)::int from broadcast_recipients r where r.broadcast_id = a.broadcast_id and r.arm = a.number) as rows,
       a.planned, (select coalesce(sum(x.size), 0)::int from broadcast_batches x
         where x.broadcast_id = a.broadcast_id and x.arm = a.number and x.state <> 'skipped') as batched,
       (select count(*)::int from broadcast_recipients r join broadcast_batches x
          on x.broadcast_id = r.broadcast_id and x.seq = r.batch_seq
        where r.broadcast_id = a.broadcast_id and x.arm <> r.arm) as astray
     from broadcast_arms a join broadcast_groups g on g.id = a.group_id where a.broadcast_id = $1 order by a.number`,
    [id],
  )
  for (const arm of arms) {
    expect([arm.number, arm.of_group, arm.rows]).toEqual([arm.number, arm.grouped, arm.armed])
    expect([arm.number, arm.batched, arm.astray]).toEqual([arm.number, arm.planned, 0])
  }
  await expectLedger(ctx, accountId)
}

/** G4: for each fan and month, `used` and `booked` are what the batches that hold the fan say of themselves. */
export async function expectLedger({ pool }: Pick<Ctx, 'pool'>, accountId: string): Promise<void> {
  const { rows } = await pool.query(
    `with held as (
       select r.fan_id, m.month, count(*) filter (where m.kind = 'used') as used, count(*) filter (where m.kind = 'booked') as booked
       from broadcast_batches x
       join broadcast_recipients r on r.broadcast_id = x.broadcast_id and r.batch_seq = x.seq
       cross join lateral (select unnest(x.reserved_months) as month, 'used' as kind
         union all select unnest(x.booked_months), 'booked') m
       where x.account_id = $1 group by 1, 2),
     ledger as (select fan_id, month, used, booked from mass_allowances where account_id = $1)
     select fan_id, month, l.used, l.booked, h.used as held, h.booked as held_booked
     from ledger l full join held h using (fan_id, month)
     where coalesce(l.used, 0) <> coalesce(h.used, 0) or coalesce(l.booked, 0) <> coalesce(h.booked, 0)`,
    [accountId],
  )
  expect(rows).toEqual([])
}

/** Ends a file of stories: whatever happened in them, every account's ledger is in balance. */
export async function closeBalanced(world: SendingWorld | undefined): Promise<void> {
  try {
    if (world === undefined) return
    const { rows } = await world.ctx.pool.query<{ id: string }>('select id from accounts')
    for (const { id } of rows) await expectLedger(world.ctx, id)
  } finally {
    await world?.close()
  }
}
