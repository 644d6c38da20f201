import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { scopeOf } from '../contacts/index.ts'
import { executeRun, startRun } from '../runs/index.ts'
import { holdTags } from './holding.ts'
import { selectKnownTags } from './own-store.ts'
import { countPeopleOf, pageOfPeople, type Scope } from './people.ts'
import type { People } from './schema.ts'

export const CHANGE_PEOPLE = 'tags.change-people'
type Change = { people: People; give: string[]; take: string[] }

/** Named people at once, in one transaction with its audit entry; others by a run that can be left. */
export async function tagPeople(
  ctx: Ctx,
  { people, give, take }: Change,
): Promise<{ runId: string | null; changed: number | null }> {
  const scope = scopeOf(ctx)
  const count = await countPeopleOf(ctx, people)
  return inTransaction(ctx.db, async (trx) => {
    await requireTags(trx, [...give, ...take])
    const detail = { people: count.people, give, take, kind: people.kind }
    if (people.kind === 'contacts') {
      const { ids } = await pageOfPeople(trx, { people, scope }, null)
      const { given, taken } = await holdTags(trx, { contactIds: ids, give, take }, ctx.clock.now())
      await audit(ctx, trx, { action: 'contacts.tagged', detail: { ...detail, given, taken } })
      return { runId: null, changed: given + taken }
    }
    const payload = { people, give, take, scope, total: count.exact ? count.people : null }
    const run = await startRun(ctx, { accountId: null, kind: CHANGE_PEOPLE, payload }, trx)
    await audit(ctx, trx, { action: 'contacts.tagged', subject: { kind: 'run', id: run.id }, detail })
    return { runId: run.id, changed: null }
  })
}

/** A thousand people a transaction, each with how far it is; after a kill it goes on behind the last of them. */
export const runChangePeople = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const { people, give, take, scope, total } = run.payload as unknown as Change & {
      scope: Scope
      total: number | null
    }
    let after = (run.place['after'] as string | undefined) ?? null
    let { done } = run
    for (;;) {
      report.signal.throwIfAborted()
      const { ids, next } = await pageOfPeople(ctx.db, { people, scope }, after)
      done += ids.length
      await inTransaction(ctx.db, async (trx) => {
        const known = await selectKnownTags(trx, [...give, ...take])
        const still = (tagIds: string[]) => tagIds.filter((id) => known.has(id))
        const held = await holdTags(
          trx,
          { contactIds: ids, give: still(give), take: still(take) },
          ctx.clock.now(),
        )
        const changes = held.people * (give.length + take.length)
        await addResults(trx, run.id, {
          given: held.given,
          taken: held.taken,
          unchanged: changes - held.given - held.taken,
        })
        await report.progress({ done, total, place: { after: next ?? ids.at(-1) ?? after } }, trx)
      })
      if (next === null) return
      after = next
    }
  })

/** Adds to what a run came to; nothing is written for nought. */
export async function addResults(
  trx: Executor,
  runId: string,
  results: Readonly<Record<string, number>>,
): Promise<void> {
  const some = Object.entries(results).filter(([, people]) => people > 0)
  if (some.length === 0) return
  await sql`
    insert into tag_run_results as r (run_id, outcome, people)
    select ${runId}::bigint, i.outcome, i.people
    from unnest(${some.map(([outcome]) => outcome)}::text[], ${some.map(([, people]) => people)}::bigint[])
      as i (outcome, people)
    order by 2
    on conflict (run_id, outcome) do update set people = r.people + excluded.people`.execute(trx)
}

async function requireTags(trx: Executor, ids: readonly string[]): Promise<void> {
  const known = await selectKnownTags(trx, ids)
  const [missing] = ids.filter((id) => !known.has(id))
  if (missing !== undefined) throw notFound('tag', { tagId: missing })
}
