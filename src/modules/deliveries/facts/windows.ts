import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { type WindowKind, windowRule } from '../../../wechat/rules/service-window.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { tappedItems } from './menu-taps.ts'

/** 支付成功 is pushed to nobody: a brand that wants payments to count sends this event, and sets how many messages it opens. */
export const PAYMENT_EVENT = 'order_paid'

const KIND_OF: Readonly<Record<string, WindowKind>> = {
  [EVENTS.message]: 'message',
  [EVENTS.menuClick]: 'menu',
  [EVENTS.follow]: 'follow',
  [EVENTS.scan]: 'scan',
  [PAYMENT_EVENT]: 'payment',
}
/** Events that open or close interaction windows. */
export const WINDOW_EVENTS: readonly string[] = [...Object.keys(KIND_OF), EVENTS.unfollow]

/** Kinds of acts that break a fan's silence; a payment is nothing they say to the account. */
const LAST_ACTS: readonly WindowKind[] = ['message', 'menu', 'follow', 'scan']

/** Keeps 互动窗口 and 最后互动 in step with what fans do. Whoever must know at once calls {@link openWindows} as well. */
export const windowsReaction: Reaction = {
  name: 'deliveries.windows',
  events: WINDOW_EVENTS,
  prompt: true,
  react: (_ctx, events, trx) => openWindows(trx, events),
}

type Act = { event: ReactionEvent; fanId: string; accountId: string; kind: WindowKind }

/**
 * Opens windows for what fans did and closes all of those who left, and remembers each fan's latest act. An act sets its kind's record anew; told twice, or after a
 * later one of its kind, it changes nothing.
 */
export async function openWindows(trx: Executor, events: readonly ReactionEvent[]): Promise<void> {
  const ours = events
    .filter((event) => event.fanId !== null && event.accountId !== null && WINDOW_EVENTS.includes(event.name))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  if (ours.length === 0) return
  const tapped = await tappedItems(trx, ours)
  const left = new Map<string, ReactionEvent>()
  const acts = new Map<string, Act>()
  for (const event of ours) {
    const fanId = event.fanId as string
    if (event.name === EVENTS.unfollow) {
      left.set(fanId, event)
      for (const [key, act] of acts) if (act.fanId === fanId) acts.delete(key)
      continue
    }
    const kind = tapped.has(event.id) ? 'menu' : (KIND_OF[event.name] as WindowKind)
    acts.set(`${fanId}:${kind}`, { event, fanId, accountId: event.accountId as string, kind })
  }
  await keepLastActs(trx, ours, tapped)
  await close(trx, left)
  await open(trx, [...acts.values()])
}

/** Leaving takes no act back: silence is counted from the last one all the same. */
async function keepLastActs(
  trx: Executor,
  events: readonly ReactionEvent[],
  tapped: ReadonlySet<string>,
): Promise<void> {
  const last = new Map<string, Act>()
  for (const event of events) {
    const fanId = event.fanId as string
    const kind = tapped.has(event.id) ? 'menu' : KIND_OF[event.name]
    if (kind === undefined || !LAST_ACTS.includes(kind)) continue
    last.set(fanId, { event, fanId, accountId: event.accountId as string, kind })
  }
  const rows = [...last.values()].sort((a, b) => (BigInt(a.fanId) < BigInt(b.fanId) ? -1 : 1))
  if (rows.length === 0) return
  const column = <T>(pick: (row: Act) => T) => rows.map(pick)
  await sql`${prepare}insert into fan_last_acts as l (fan_id, account_id, kind, at, event_id)
    select u.fan_id, u.account_id, u.kind, u.at, u.event_id
    from unnest(${column((row) => row.fanId)}::bigint[], ${column((row) => row.accountId)}::bigint[],
      ${column((row) => row.kind)}::text[], ${column((row) => row.event.at.toISOString())}::timestamptz[],
      ${column((row) => row.event.id)}::bigint[]) as u (fan_id, account_id, kind, at, event_id)
    join fans f on f.id = u.fan_id
    order by u.fan_id
    on conflict (fan_id) do update set account_id = excluded.account_id, kind = excluded.kind, at = excluded.at,
      event_id = excluded.event_id
      where (l.at, l.event_id) < (excluded.at, excluded.event_id)`.execute(trx)
}

async function close(trx: Executor, left: ReadonlyMap<string, ReactionEvent>): Promise<void> {
  if (left.size === 0) return
  const fans = [...left.keys()]
  const events = [...left.values()]
  // everything from here on in the order in which intents lock it
  await sql`select from service_windows where fan_id = any(${fans}::bigint[]) order by fan_id, kind for update`.execute(
    trx,
  )
  await sql`delete from service_windows w
    using unnest(${fans}::bigint[], ${events.map((one) => one.at.toISOString())}::timestamptz[],
      ${events.map((one) => one.id)}::bigint[]) as u (fan_id, at, id)
    where w.fan_id = u.fan_id and (w.opened_at, w.event_id) < (u.at, u.id)`.execute(trx)
}

async function open(trx: Executor, acts: readonly Act[]): Promise<void> {
  const paying = acts.some(({ kind }) => kind === 'payment')
  const payments = paying ? await paymentSends(trx, acts) : new Map<string, number>()
  const rows = acts
    .flatMap((act) => {
      const settings = { paymentSends: payments.get(act.accountId) ?? 0 }
      const rule = windowRule(act.kind, act.event.at, settings)
      return rule === undefined ? [] : [{ ...act, rule }]
    })
    .sort((a, b) =>
      a.fanId === b.fanId ? (a.kind < b.kind ? -1 : 1) : BigInt(a.fanId) < BigInt(b.fanId) ? -1 : 1,
    )
  if (rows.length === 0) return
  const column = <T>(pick: (row: (typeof rows)[number]) => T) => rows.map(pick)
  // what is told late of somebody who has left since opens nothing; who acts can be written to again
  await sql`${prepare}with acts as materialized (
      select * from unnest(${column((row) => row.fanId)}::bigint[], ${column((row) => row.kind)}::text[],
        ${column((row) => row.accountId)}::bigint[], ${column((row) => row.event.id)}::bigint[],
        ${column((row) => row.event.at.toISOString())}::timestamptz[], ${column((row) => row.rule.lengthMs)}::bigint[],
        ${column((row) => row.rule.sends)}::smallint[])
        as u (fan_id, kind, account_id, event_id, at, length, sends)),
    unblocked as (delete from fan_blocks b using acts u where b.fan_id = u.fan_id and b.at < u.at)
    insert into service_windows as w (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
    select u.fan_id, u.kind, u.account_id, u.event_id, u.at, u.at + u.length * interval '1 millisecond', u.sends
    from acts u join fans f on f.id = u.fan_id
      and not coalesce(f.unfollowed_at > u.at or (f.unfollowed_at = u.at and not f.following), false)
    order by u.fan_id, u.kind
    on conflict (fan_id, kind) do update set account_id = excluded.account_id, event_id = excluded.event_id,
      opened_at = excluded.opened_at, expires_at = excluded.expires_at, allowance = excluded.allowance, used = 0
      where (w.opened_at, w.event_id) < (excluded.opened_at, excluded.event_id)`.execute(trx)
}

/** 支付成功 as each account has it set; off unless it is. */
async function paymentSends(trx: Executor, acts: readonly Act[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; sends: number }>`
    select id, coalesce((limits ->> 'paymentWindowSends')::int, 0) as sends from accounts
    where id = any(${acts.map(({ accountId }) => accountId)}::bigint[])`.execute(trx)
  return new Map(rows.map(({ id, sends }) => [id, sends]))
}
