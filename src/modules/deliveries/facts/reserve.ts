import { sql } from 'kysely'
import { prepare } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import type { Account } from '../../accounts/index.ts'
import { reserveGrants } from '../../consents/index.ts'
import type { ClaimedRow, DeliveryChannel, SendVersion, Trx } from '../model.ts'
import { giveBackCalls, takeCalls } from './calls.ts'

export type Reservation = { reserved: Record<string, unknown> | null } | 'raced'
type Wanted = { row: Pick<ClaimedRow, 'id' | 'fanId'>; version: Pick<SendVersion, 'template'> }

/**
 * Takes what each message needs, in the transaction of its intent: a call of the day, one of an interaction window, one
 * send of a subscription. `raced`: somebody else took the last meanwhile; the row is decided again.
 */
export async function reserve(
  trx: Trx,
  {
    account,
    channel,
    now,
    rows,
  }: { account: Account; channel: DeliveryChannel; now: Date; rows: readonly Wanted[] },
): Promise<Map<string, Reservation>> {
  const reserved = new Map<string, Reservation>(rows.map(({ row }) => [row.id, 'raced']))
  const calls = await takeCalls(trx, { account, channel, now, wanted: rows.length })
  const able = rows.slice(0, calls)
  const taken = await takeFor(trx, channel, able, now)
  for (const [id, one] of taken) reserved.set(id, { reserved: one })
  if (taken.size < calls)
    await giveBackCalls(trx, [
      { accountId: account.id, channel, day: beijingDay(now), calls: calls - taken.size },
    ])
  return reserved
}

type Taken = Map<string, Record<string, unknown> | null>

function takeFor(
  trx: Trx,
  channel: DeliveryChannel,
  rows: readonly Wanted[],
  now: Date,
): Promise<Taken> | Taken {
  if (rows.length === 0) return new Map()
  switch (channel) {
    case 'customer-service':
      return takeWindows(trx, rows, now)
    case 'subscription':
      return takeGrants(trx, rows)
    case 'template':
      return new Map(rows.map(({ row }) => [row.id, null]))
  }
}

/** Of the open windows with something left, the one that is over first. */
async function takeWindows(trx: Trx, rows: readonly Wanted[], now: Date): Promise<Taken> {
  const { rows: taken } = await sql<{ fan_id: string; kind: string; event_id: string }>`${prepare}
    with held as materialized (
      select fan_id, kind, event_id, expires_at, used < allowance as free from service_windows
      where fan_id = any(${rows.map(({ row }) => row.fanId)}::bigint[]) and opened_at <= ${now} and expires_at > ${now}
      order by fan_id, kind for update),
    chosen as (select distinct on (fan_id) fan_id, kind from held where free order by fan_id, expires_at, kind)
    update service_windows w set used = w.used + 1
    from chosen c where w.fan_id = c.fan_id and w.kind = c.kind and w.used < w.allowance
    returning w.fan_id, w.kind, w.event_id`.execute(trx)
  const byFan = new Map(taken.map((one) => [one.fan_id, { window: one.kind, event: one.event_id }]))
  return new Map(
    rows.flatMap(({ row }) => (byFan.has(row.fanId) ? [[row.id, byFan.get(row.fanId) ?? null]] : [])),
  )
}

async function takeGrants(trx: Trx, rows: readonly Wanted[]): Promise<Taken> {
  const taken: Taken = new Map()
  const byTemplate = [...Map.groupBy(rows, ({ version }) => version.template?.id ?? '')].sort(([a], [b]) =>
    BigInt(a || 0) < BigInt(b || 0) ? -1 : 1,
  )
  for (const [templateId, some] of byTemplate) {
    if (templateId === '') continue
    const epochs = await reserveGrants(
      trx,
      templateId,
      some.map(({ row }) => row.fanId),
    )
    for (const { row } of some) {
      const epoch = epochs.get(row.fanId)
      if (epoch !== undefined) taken.set(row.id, { grant: epoch })
    }
  }
  return taken
}
