import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { beijingMonth, monthAfter, startOfMonth } from '../../../kernel/beijing.ts'
import type { Account } from '../../accounts/index.ts'
import { fanLimitOf } from '../groups/plan.ts'

/** `people`: how many followers the ledger may be wrong about at most; who doesn't know how many counts them all. */
export type OpenOutsideSends = { sends: number; people: number }

/** Sends of a month (`2026-11`) that went out without us and whose recipients aren't charged: nobody said or nobody knows. */
export async function openOutsideSends(
  db: Executor,
  accountId: string,
  month: string,
): Promise<OpenOutsideSends> {
  const { rows } = await sql<{ sends: number; people: string | null; uncounted: boolean }>`
    select count(*)::int as sends, sum(people) as people, coalesce(bool_or(people is null), false) as uncounted
    from outside_sends
    where account_id = ${accountId}::bigint and at >= ${startOfMonth(month)} and at < ${startOfMonth(monthAfter(month))}
      and (state in ('open', 'charging', 'undoing') or (state = 'charged' and reach ->> 'kind' = 'unknown'))`.execute(
    db,
  )
  const { sends = 0, people = null, uncounted = false } = rows[0] ?? {}
  if (sends === 0) return { sends: 0, people: 0 }
  const followers = await sql<{ count: string }>`select count(*) as count from fans
    where account_id = ${accountId}::bigint and following`.execute(db)
  const most = Number(followers.rows[0]?.count ?? 0)
  return { sends, people: uncounted ? most : Math.min(most, Number(people)) }
}

/** What pre-flight says about the months in which a send would count; nothing where fans have no month's allowance. */
export async function outsideNotes(db: Executor, account: Account, starts: readonly string[]) {
  if (fanLimitOf(account) === null) return []
  const months = [...new Set(starts.map((at) => beijingMonth(new Date(at))))].sort()
  const notes: { reason: string; detail: Record<string, unknown> }[] = []
  for (const month of months) {
    const { sends, people } = await openOutsideSends(db, account.id, month)
    if (sends > 0) notes.push({ reason: 'outside_sends_open', detail: { month, sends, people } })
  }
  return notes
}

export type OutsideEntry = { id: string; at: string; name: string; people: number | null; isOpen: boolean }

/** What went out without us in a month, and how far the month's numbers may be wrong for it. */
export async function outsideOfMonth(
  db: Executor,
  accountId: string,
  month: string,
): Promise<{ entries: OutsideEntry[]; open: OpenOutsideSends }> {
  const { rows } = await sql<Omit<OutsideEntry, 'at'> & { at: Date }>`
    select id, at, name, people, state = 'open' as "isOpen" from outside_sends
    where account_id = ${accountId}::bigint and at >= ${startOfMonth(month)} and at < ${startOfMonth(monthAfter(month))}
      and state not in ('own', 'ignored')
    order by at, id limit 200`.execute(db)
  return {
    entries: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    open: await openOutsideSends(db, accountId, month),
  }
}
