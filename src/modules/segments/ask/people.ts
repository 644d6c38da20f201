import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import {
  type Catalogue,
  everybodyAt,
  type Frame,
  fansOf,
  intersection,
  members,
  peopleSet,
  questions,
  readCatalogue,
  type When,
} from '../compiler/index.ts'
import type { Rule } from '../schema/rule.ts'

/**
 * An instant longer ago than this is answered with what was known then. Until then late events count: whoever is
 * editing a rule asks about the instant at which they began.
 */
const EARLIER_MS = 10 * 60_000

/** The instant asked about: now if none is named. The future is refused (`at_in_future`). */
export function instantOf(ctx: Ctx, at: string | Date | undefined): { at: Date; when: When } {
  const now = ctx.clock.now()
  if (at === undefined) return { at: now, when: 'now' }
  const asked = new Date(at)
  if (asked.getTime() > now.getTime())
    throw invalid('at_in_future', 'the instant asked about has not come yet')
  return { at: asked, when: now.getTime() - asked.getTime() > EARLIER_MS ? 'earlier' : 'moments-ago' }
}

export type Asked = {
  rule: Rule
  /** Only fans of this account. */
  accountId?: string | null | undefined
  /** Accounts whose people the caller may see; null: all. */
  scope?: readonly string[] | null | undefined
  at?: Date | undefined
}

/**
 * A SELECT with one column `contact_id` of everyone of whom the rule is true, each canonical person once: the relation
 * that snapshots, sends and downloads are written from. Everything in it is a bound parameter. Run it in a transaction
 * prepared with {@link forAudience}.
 */
export async function peopleOf(
  ctx: Ctx,
  asked: Asked,
  db: Executor = ctx.db,
): Promise<RawBuilder<{ contact_id: string }>> {
  const { at, when } = instantOf(ctx, asked.at)
  const catalogue = await readCatalogue(db, asked.rule, at)
  const frame = everybodyAt(at, when)
  const keys = members(scopedSet(asked, frame, catalogue), frame.everyone)
  return sql<{ contact_id: string }>`select p.k as contact_id from (${keys}) p`
}

function scopedSet({ rule, accountId, scope }: Asked, frame: Frame, catalogue: Catalogue) {
  const limits = [accountId ? [accountId] : null, scope ?? null].flatMap((accounts) =>
    accounts === null ? [] : [fansOf(accounts, frame)],
  )
  return intersection([...limits, peopleSet(rule, frame, catalogue)])
}

/** One question put to a rule: is it true of this person at that instant? `n` is the asker's own number for it. */
export type Question = { n: number; contactId: string; at: Date }

/**
 * Of some thousands of questions, the numbers of those whose answer is yes. One statement; each condition goes from the
 * people to their rows. Facts later than a question's instant don't count in it.
 */
export async function decide(
  db: Executor,
  rule: Rule,
  asked: readonly Question[],
  { catalogue, history = false }: { catalogue: Catalogue; history?: boolean },
): Promise<Set<number>> {
  if (asked.length === 0) return new Set()
  const relation = sql`select u.n, u.contact_id, u.at from unnest(${asked.map(({ n }) => n)}::int[],
    ${asked.map(({ contactId }) => contactId)}::bigint[], ${asked.map(({ at }) => at.toISOString())}::timestamptz[])
    as u (n, contact_id, at)`
  const frame = questions(relation, history)
  const { rows } = await sql<{
    k: number
  }>`${members(peopleSet(rule, frame, catalogue), frame.everyone)}`.execute(db)
  return new Set(rows.map(({ k }) => Number(k)))
}

/** Memory for the hash tables of a million people, and an end to what takes too long. Real time. */
export async function forAudience(trx: Executor, { timeoutMs = 120_000 } = {}): Promise<void> {
  await sql`select set_config('work_mem', '128MB', true), set_config('statement_timeout', ${String(timeoutMs)}::text, true)`.execute(
    trx,
  )
}
