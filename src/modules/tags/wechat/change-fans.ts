import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { assert, conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { executeRun, getRun, type Run, type RunReport, startRun } from '../../runs/index.ts'
import { addResults } from '../change-own.ts'
import { pageOfPeople, requireSnapshot, type Scope } from '../people.ts'
import type { People } from '../schema.ts'
import { selectTags } from '../store.ts'
import { countWaiting, takeOver, wishAway, wishForPeople } from './changes-store.ts'
import { claimNext, pushClaimed } from './push.ts'

export const CHANGE_FANS = 'tags.change-fans'
const FANS_PER_PAGE = 5_000
const IDLE_MS = 250

type Change = { people: People; give: number[]; take: number[] }
type Payload = { scope: Scope; at: string } & (
  | (Change & { replace: boolean })
  /** Goes on with what another run left waiting. */
  | { continues: string }
)

/** Gives and takes WeChat tags of the followers among these people; one such run of an account at a time. */
export async function tagFansInBulk(
  ctx: Ctx,
  accountId: string,
  change: Change & { replace?: boolean },
): Promise<string> {
  const known = new Set((await selectTags(ctx.db, accountId)).map((tag) => tag.tagId))
  for (const tagId of [...change.give, ...change.take]) {
    if (!known.has(tagId)) throw notFound('tag', { tagId })
    if (tagId === 0) throw invalid('wechat_system_tag', 'the blacklist is no tag to give', { tagId })
  }
  if (change.people.kind === 'snapshot') await requireSnapshot(ctx, change.people.snapshotId)
  const { people, give, take, replace = false } = change
  return start(ctx, accountId, { people, give, take, replace })
}

/** Goes on with what a failed run has not told WeChat yet. */
export async function continueTagRun(ctx: Ctx, accountId: string, runId: string): Promise<string> {
  const before = await getRun(ctx, runId)
  if (before.accountId !== accountId || before.kind !== CHANGE_FANS) throw notFound('run')
  if (before.state !== 'failed') throw conflict('tag_run_not_failed', 'only a failed run can go on')
  if ((await countWaiting(ctx.db, runId)) === 0) {
    throw conflict('tag_run_nothing_left', 'nothing is left to tell WeChat')
  }
  return start(ctx, accountId, { continues: runId })
}

type Task = (Change & { replace: boolean }) | { continues: string }

function start(ctx: Ctx, accountId: string, task: Task): Promise<string> {
  const payload = { ...task, scope: scopeOf(ctx), at: ctx.clock.now().toISOString() }
  return inTransaction(ctx.db, async (trx) => {
    const run = await startRun(ctx, { accountId, kind: CHANGE_FANS, payload }, trx)
    if (!run.started) throw conflict('tag_run_open', 'another such run is under way', { runId: run.id })
    await audit(ctx, trx, {
      action: 'tags.fans_tagged',
      accountId,
      subject: { kind: 'run', id: run.id },
      detail:
        'continues' in task
          ? { continues: task.continues }
          : { give: task.give, take: task.take, kind: task.people.kind, replace: task.replace },
    })
    return run.id
  })
}

type Place = { after: string | null; phase: 'people' | 'away' | 'push' }

/**
 * First writes down every change, a thousand people at a time, then tells WeChat of them fifty at a time. Each step is
 * committed with how far it is, so a run that was cut off goes on, and nothing counts here that WeChat did not accept.
 */
export const runChangeFans = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const { accountId } = run
    assert(accountId !== null, 'WeChat tags are of an account')
    const payload = run.payload as Payload
    let place: Place = { after: null, phase: 'people', ...run.place }
    if (place.phase !== 'push' && 'continues' in payload) {
      await adopt(ctx, run, report, payload.continues)
    } else if (place.phase !== 'push' && !('continues' in payload)) {
      const step = { ctx, run, report, accountId, payload }
      if (place.phase === 'people') place = await wishPeople(step, place.after)
      if (place.phase === 'away') await wishOthersAway(step, place.after ?? '0')
      await report.progress({
        done: 0,
        total: await countWaiting(ctx.db, run.id),
        place: { phase: 'push', after: null },
      })
    }
    await pushAll(ctx, run, report, accountId)
  })

async function adopt(ctx: Ctx, run: Run, report: RunReport, from: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    await sql`update wechat_tag_changes set run_id = ${run.id}::bigint, attempt = attempt + 1, free_at = clock_timestamp()
      where run_id = ${from}::bigint and state = 'waiting'`.execute(trx)
    const total = await countWaiting(trx, run.id)
    await report.progress({ done: 0, total, place: { phase: 'push', after: null } }, trx)
  })
}

type Step = {
  ctx: Ctx
  run: Run
  report: RunReport
  accountId: string
  payload: Change & { replace: boolean; scope: Scope; at: string }
}

const wishesOf = ({ run, accountId, payload }: Step) => ({
  accountId,
  runId: run.id,
  give: payload.give,
  take: payload.take,
  at: new Date(payload.at),
})

async function wishPeople(step: Step, begin: string | null): Promise<Place> {
  const { ctx, run, report, payload } = step
  let after = begin
  for (;;) {
    report.signal.throwIfAborted()
    const { ids, next } = await pageOfPeople(ctx.db, payload, after)
    const last = next === null
    const place: Place = last
      ? { phase: payload.replace ? 'away' : 'push', after: null }
      : { phase: 'people', after: next }
    await inTransaction(ctx.db, async (trx) => {
      const made = await wishForPeople(trx, wishesOf(step), ids)
      const changes = made.followers * (payload.give.length + payload.take.length)
      await addResults(trx, run.id, {
        not_following: Math.max(0, ids.length - made.followers),
        unchanged: changes - made.wishes,
      })
      // what is written down so far is not done yet: done counts what WeChat was told
      const total = last ? await countWaiting(trx, run.id) : null
      await report.progress({ done: 0, total, place }, trx)
    })
    if (last) return place
    after = next
  }
}

/** Replacing: whoever carries the tag and is not in the snapshot loses it. */
async function wishOthersAway(step: Step, begin: string): Promise<void> {
  const { ctx, report, payload } = step
  if (payload.people.kind !== 'snapshot') return
  const { snapshotId } = payload.people
  for (let after: string | null = begin; after !== null; ) {
    report.signal.throwIfAborted()
    const page = { ...wishesOf(step), give: [], take: payload.give, snapshotId, after, most: FANS_PER_PAGE }
    after = await inTransaction(ctx.db, async (trx) => {
      const { last } = await wishAway(trx, page)
      await report.progress({ done: 0, total: null, place: { phase: 'away', after: last ?? after } }, trx)
      return last
    })
  }
}

async function pushAll(ctx: Ctx, run: Run, report: RunReport, accountId: string): Promise<void> {
  await takeOver(ctx.db, run.id)
  const client = await accountClient(ctx, accountId)
  let total = await countWaiting(ctx.db, run.id)
  let done = run.place['phase'] === 'push' ? run.done : 0
  total += done
  for (;;) {
    report.signal.throwIfAborted()
    const claimed = await claimNext(ctx, run.id)
    if (claimed.length > 0) {
      await pushClaimed(ctx, client, { claimed, signal: report.signal }, async (trx, outcome) => {
        done += outcome.settled
        await addResults(trx, run.id, outcome.results)
        await report.progress({ done, total: Math.max(total, done) }, trx)
      })
    } else if ((await countWaiting(ctx.db, run.id)) === 0) {
      return
    } else {
      // busy ones rest, and those that another worker still has in hand
      await delay(IDLE_MS, undefined, { signal: report.signal })
    }
  }
}
