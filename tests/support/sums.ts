import { expect } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import type { SendingWorld } from './sending.ts'

/**
 * What must hold of a frozen broadcast in every state: groups, arms, batches and rows count the same people, each in
 * one arm, and the ledger of the month holds what its batches hold.
 */
export async function expectBalanced({ ctx }: SendingWorld, { id, accountId }: Broadcast): Promise<void> {
  const { rows: arms } = await ctx.pool.query(
    `select a.number, g.total - g.filtered as grouped,
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
    expect([arm.number, arm.armed, arm.rows]).toEqual([arm.number, arm.grouped, arm.grouped])
    expect([arm.number, arm.batched, arm.astray]).toEqual([arm.number, arm.planned, 0])
  }
  const { rows: months } = await ctx.pool.query(
    `select m.used, coalesce(h.held, 0)::int as held from mass_allowances m left join lateral (
       select count(*) as held from broadcast_recipients r join broadcast_batches x
         on x.broadcast_id = r.broadcast_id and x.seq = r.batch_seq
       where r.fan_id = m.fan_id and x.account_id = m.account_id and m.month = any(x.reserved_months)) h on true
     where m.account_id = $1 and m.used <> coalesce(h.held, 0)`,
    [accountId],
  )
  expect(months).toEqual([])
}
