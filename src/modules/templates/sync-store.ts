import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

type Problem = { reason: string; detail: Record<string, unknown> }

/** When the account was last looked at to the end, and why the last try failed. */
export async function selectSync(
  db: Executor,
  accountId: string,
): Promise<{ lastSyncedAt: string | null; problem: Problem | null }> {
  const { rows } = await sql<{ synced_at: Date | null; problem: Problem | null }>`
    select synced_at, problem from template_syncs where account_id = ${accountId}::bigint`.execute(db)
  return { lastSyncedAt: rows[0]?.synced_at?.toISOString() ?? null, problem: rows[0]?.problem ?? null }
}

/**
 * Holds the account's place until the transaction ends, and says when the newest look that is stored began: an older one
 * must not overwrite it.
 */
export async function lockSync(trx: Executor, accountId: string, dueAt: Date): Promise<Date | null> {
  await sql`insert into template_syncs (account_id, due_at) values (${accountId}::bigint, ${dueAt})
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ synced_at: Date | null }>`
    select synced_at from template_syncs where account_id = ${accountId}::bigint for update`.execute(trx)
  return rows[0]?.synced_at ?? null
}

export const writeSync = (
  trx: Executor,
  accountId: string,
  sync: { begunAt: Date; dueAt: Date },
): Promise<unknown> =>
  sql`update template_syncs set synced_at = ${sync.begunAt}, due_at = ${sync.dueAt}, problem = null
    where account_id = ${accountId}::bigint`.execute(trx)

/** A failed look is tried again later; what was known stays. */
export const writeProblem = (
  db: Executor,
  accountId: string,
  failed: { problem: Problem; dueAt: Date },
): Promise<unknown> =>
  sql`insert into template_syncs (account_id, due_at, problem)
    values (${accountId}::bigint, ${failed.dueAt}, ${JSON.stringify(failed.problem)}::jsonb)
    on conflict (account_id) do update set due_at = excluded.due_at, problem = excluded.problem`.execute(db)

/**
 * Takes one of these accounts whose look is due and moves its due time on, so that nobody else takes it meanwhile. Those
 * never looked at come first.
 */
export async function takeDue(
  trx: Executor,
  { accountIds, now, untilAt }: { accountIds: readonly string[]; now: Date; untilAt: Date },
): Promise<string | undefined> {
  await sql`insert into template_syncs (account_id, due_at)
    select id, ${now} from unnest(${[...accountIds]}::bigint[]) as a(id)
    where not exists (select from template_syncs s where s.account_id = a.id)
    on conflict do nothing`.execute(trx)
  const { rows } = await sql<{ account_id: string }>`
    update template_syncs s set due_at = ${untilAt}
    where s.account_id = (
      select account_id from template_syncs
      where due_at <= ${now} and account_id = any(${[...accountIds]}::bigint[])
      order by due_at limit 1 for update skip locked)
    returning s.account_id`.execute(trx)
  return rows[0]?.account_id
}
