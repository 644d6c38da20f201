import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'

export type WindowKind = 'message' | 'menu' | 'follow' | 'scan' | 'payment'
type Rule = { remaining: number | null; ms: number }

const MINUTE = 60_000
const TWO_DAYS = 48 * 3_600_000
const SHORT: Rule = { remaining: 3, ms: MINUTE }

/** 下发额度 (发送客服消息, in force since 2023-06-12; before it the table of 2021-06-01). Checked 2026-11. */
const RULES: Record<'2023' | '2021', Record<WindowKind, Rule>> = {
  2023: {
    message: { remaining: 5, ms: TWO_DAYS },
    menu: SHORT,
    follow: SHORT,
    scan: SHORT,
    // the overview of service accounts: no limit within 48 h
    payment: { remaining: null, ms: TWO_DAYS },
  },
  2021: {
    message: { remaining: 20, ms: TWO_DAYS },
    menu: SHORT,
    follow: SHORT,
    scan: SHORT,
    payment: { remaining: 20, ms: TWO_DAYS },
  },
}

/** What a fan just did opens its window anew. A payment opens one only where the account is set so. */
export async function openWindow(
  db: Queries,
  account: Account,
  { fanId, kind, at }: { fanId: string; kind: WindowKind; at: Date },
): Promise<void> {
  const { windowRules = '2023', paymentWindow = false } = account.settings
  if (kind === 'payment' && !paymentWindow) return
  const rule = RULES[windowRules][kind]
  await db.run(
    `insert into fan_window as w (fan_id, kind, opened_at, expires_at, remaining) values ($1, $2, $3, $4, $5)
     on conflict (fan_id, kind) do update
       set opened_at = excluded.opened_at, expires_at = excluded.expires_at, remaining = excluded.remaining
       where excluded.opened_at >= w.opened_at`,
    [fanId, kind, at, new Date(at.getTime() + rule.ms), rule.remaining],
  )
}

/** Leaving the account ends all of them. */
export const closeWindows = (db: Queries, fanId: string): Promise<number> =>
  db.run('delete from fan_window where fan_id = $1', [fanId])

export type OpenWindow = {
  fan_id: string
  kind: WindowKind
  expires_at: Date
  remaining: number | null
  taken: number
}

/** The windows of some fans that are open at an instant, the soonest to close first; held until the end of the transaction. */
export const lockWindows = (tx: Queries, fanIds: readonly string[], now: Date): Promise<OpenWindow[]> =>
  tx.rows<OpenWindow>(
    `select fan_id, kind, expires_at, remaining, 0 as taken from (
       select * from fan_window where fan_id = any($1::bigint[]) and expires_at > $2 order by fan_id, kind for update) w
     order by expires_at`,
    [fanIds, now],
  )

/** Takes one send: `closed` without an open window, `empty` where none of the open ones has anything left. */
export function takeOne(windows: readonly OpenWindow[]): 'taken' | 'closed' | 'empty' {
  if (windows.length === 0) return 'closed'
  const open = windows.find(({ remaining, taken }) => remaining === null || taken < remaining)
  if (!open) return 'empty'
  open.taken += 1
  return 'taken'
}

export async function keepTaken(tx: Queries, windows: readonly OpenWindow[]): Promise<void> {
  const used = windows.filter(({ taken }) => taken > 0)
  if (used.length === 0) return
  await tx.run(
    `update fan_window w set remaining = w.remaining - u.taken
     from unnest($1::bigint[], $2::text[], $3::int[]) as u (fan_id, kind, taken)
     where w.fan_id = u.fan_id and w.kind = u.kind`,
    [used.map((one) => one.fan_id), used.map((one) => one.kind), used.map((one) => one.taken)],
  )
}
