import { sql } from 'kysely'
import { beijingDay } from '../../../kernel/beijing.ts'
import { errorKindOf } from '../../../wechat/error-codes.ts'
import { denyGrants, giveBackGrants } from '../../consents/index.ts'
import type { Settled, Trx } from '../model.ts'
import { exhaustDay, giveBackCalls } from './calls.ts'
import { rememberLeft } from './left.ts'

/** 43019: on the account's blacklist. 48002: refuses messages of the account. */
const BLOCKING: readonly number[] = [43019, 48002]
/** Nothing tells when somebody is off the blacklist again, so it is tried now and then. */
const BLOCK_MEMORY_MS = 7 * 86_400_000
const OUT_OF_TIME = 45015
const OUT_OF_COUNT = 45047
const NO_CONSENT = 43101

/**
 * What became of what was reserved: an acceptance or a final result spends it, a definite refusal gives it back, `unknown`
 * leaves it reserved. Where the platform's answer says that it counts differently, its word replaces ours. Rows are locked in
 * the order in which intents lock them.
 */
export async function settleLedgers(trx: Trx, settled: readonly Settled[], now: Date): Promise<void> {
  const refused = settled.filter(({ outcome }) => outcome === 'refused')
  await settleCalls(trx, refused)
  await settleWindows(trx, refused)
  await settleGrants(trx, settled)
  await rememberBlocks(trx, refused, now)
  await rememberLeft(trx, refused)
}

async function settleCalls(trx: Trx, refused: readonly Settled[]): Promise<void> {
  const ofDay = (one: Settled) => `${one.accountId}:${one.channel}:${beijingDay(one.intentAt)}`
  const days = [...Map.groupBy(refused, ofDay)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [, group] of days) {
    const [{ accountId, channel, intentAt }] = group as [Settled]
    const day = beijingDay(intentAt)
    // a call that the platform answered is one of its day, whatever it said
    const calls = group.filter(({ errcode }) => errcode === undefined).length
    if (calls > 0) await giveBackCalls(trx, [{ accountId, channel, day, calls }])
    if (group.some(({ errcode }) => errcode !== undefined && errorKindOf(errcode) === 'quota-day'))
      await exhaustDay(trx, accountId, channel, day)
  }
}

async function settleWindows(trx: Trx, refused: readonly Settled[]): Promise<void> {
  const ours = refused.filter(({ channel }) => channel === 'customer-service')
  if (ours.length === 0) return
  const fanIds = ours.map(({ fanId }) => fanId)
  await sql`select from service_windows where fan_id = any(${fanIds}::bigint[]) order by fan_id, kind for update`.execute(
    trx,
  )
  const closed = ours.filter(({ errcode }) => errcode === OUT_OF_TIME)
  const empty = ours.filter(({ errcode }) => errcode === OUT_OF_COUNT)
  const back = ours.filter(
    ({ errcode, reserved }) =>
      errcode !== OUT_OF_TIME && errcode !== OUT_OF_COUNT && reserved?.['window'] !== undefined,
  )
  const pairs = (some: readonly Settled[]) => sql`unnest(${some.map((one) => one.fanId)}::bigint[],
    ${some.map((one) => one.intentAt.toISOString())}::timestamptz[]) as u (fan_id, at)`
  if (back.length > 0)
    await sql`update service_windows w set used = greatest(0, w.used - u.n)
      from (select fan_id, kind, event_id, count(*)::int as n
        from unnest(${back.map((one) => one.fanId)}::bigint[], ${back.map((one) => String(one.reserved?.['window']))}::text[],
          ${back.map((one) => String(one.reserved?.['event']))}::bigint[]) as r (fan_id, kind, event_id)
        group by 1, 2, 3) u
      where w.fan_id = u.fan_id and w.kind = u.kind and w.event_id = u.event_id`.execute(trx)
  if (closed.length > 0)
    await sql`delete from service_windows w using ${pairs(closed)}
      where w.fan_id = u.fan_id and w.opened_at <= u.at`.execute(trx)
  if (empty.length > 0)
    await sql`update service_windows w set used = w.allowance from ${pairs(empty)}
      where w.fan_id = u.fan_id and w.opened_at <= u.at`.execute(trx)
}

async function settleGrants(trx: Trx, settled: readonly Settled[]): Promise<void> {
  const ours = settled.filter(
    ({ channel, outcome, templateId }) =>
      channel === 'subscription' && templateId !== null && (outcome === 'refused' || outcome === 'failed'),
  )
  const byTemplate = [...Map.groupBy(ours, ({ templateId }) => templateId as string)].sort(([a], [b]) =>
    BigInt(a) < BigInt(b) ? -1 : 1,
  )
  for (const [templateId, group] of byTemplate) {
    const back = group.flatMap(({ fanId, reserved, errcode }) => {
      const epoch = reserved?.['grant']
      return errcode !== NO_CONSENT && typeof epoch === 'number' ? [{ fanId, epoch }] : []
    })
    await giveBackGrants(trx, templateId, back)
    const denied = group.filter(({ errcode }) => errcode === NO_CONSENT)
    await denyGrants(
      trx,
      templateId,
      denied.map(({ fanId, intentAt }) => ({ fanId, at: intentAt })),
    )
  }
}

async function rememberBlocks(trx: Trx, refused: readonly Settled[], now: Date): Promise<void> {
  const blocked = new Map(
    refused
      .filter(({ errcode }) => errcode !== undefined && BLOCKING.includes(errcode))
      .map((one) => [one.fanId, one] as const),
  )
  if (blocked.size === 0) return
  const rows = [...blocked.values()].sort((a, b) => (BigInt(a.fanId) < BigInt(b.fanId) ? -1 : 1))
  await sql`insert into fan_blocks (fan_id, account_id, errcode, at, until)
    select fan_id, account_id, errcode, at, ${new Date(now.getTime() + BLOCK_MEMORY_MS)}
    from unnest(${rows.map((one) => one.fanId)}::bigint[], ${rows.map((one) => one.accountId)}::bigint[],
      ${rows.map((one) => one.errcode ?? 0)}::int[], ${rows.map((one) => one.intentAt.toISOString())}::timestamptz[])
      as u (fan_id, account_id, errcode, at)
    where exists (select from fans f where f.id = u.fan_id)
    on conflict (fan_id) do update set errcode = excluded.errcode, at = excluded.at, until = excluded.until`.execute(
    trx,
  )
}
