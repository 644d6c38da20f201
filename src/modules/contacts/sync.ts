import { getFans, listFollowers, type UserInfo } from '../../channels/official-account/users.ts'
import type { OfficialAccountClient } from '../../channels/port.ts'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { assert } from '../../kernel/errors.ts'
import { accountClient, getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { executeRun, patiently, type Run, type RunReport, startRun } from '../runs/index.ts'
import { type FanFact, learnFans } from './learn.ts'
import { pausing } from './pausing.ts'
import { readAhead } from './read-ahead.ts'
import { wholeSecond } from './rules.ts'
import { markUnseenFans } from './store.ts'

export const SYNC_FANS = 'contacts.sync-fans'
/** Openids in one call of user/info/batchget. */
export const FANS_PER_CALL = 100
const CALLS_AT_ONCE = 8
const CALLS_PER_COMMIT = 10

/** Starts reading all fans of an account; returns the one under way if there is one. */
export async function startFanSync(ctx: Ctx, accountId: string): Promise<string> {
  await getAccount(ctx, accountId)
  return inTransaction(ctx.db, async (trx) => {
    const run = await startRun(ctx, { accountId, kind: SYNC_FANS }, trx)
    await audit(ctx, trx, {
      action: 'contacts.sync_started',
      accountId,
      subject: { kind: 'run', id: run.id },
    })
    return run.id
  })
}

/** Where a sync is. `cursor` leads to the page in work, `after` is the last fan of it that is stored. */
type Place = { begunAt: string; cursor: string; after: string }

/**
 * Reads every follower and what is known of them, pages ahead of what is being stored, in memory that does not grow
 * with the number of fans. Whoever was not in the list, and did not follow since it was begun, no longer follows.
 */
export const runFanSync = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const { accountId } = run
    assert(accountId !== null, 'a fan sync is of an account')
    const place: Place = { begunAt: ctx.clock.now().toISOString(), cursor: '', after: '', ...run.place }
    const sync = { ctx, run, report, accountId, place, client: await accountClient(ctx, accountId) }
    await storeFollowers(sync)
    const begunAt = wholeSecond(new Date(place.begunAt))
    for (;;) {
      report.signal.throwIfAborted()
      const left = await markUnseenFans(ctx.db, { accountId, runId: run.id, begunAt, limit: 20_000 })
      if (left === 0) break
    }
  })

type Sync = {
  ctx: Ctx
  run: Run
  report: RunReport
  accountId: string
  place: Place
  client: OfficialAccountClient
}
/** Openids of one call, and the place after them. */
type Slice = { openIds: string[]; cursor: string; total: number | undefined }
type Told = Slice & { facts: FanFact[]; observedAt: Date }

async function storeFollowers(sync: Sync): Promise<void> {
  let { done } = sync.run
  let gathered: Told[] = []
  let storing: Promise<void> = Promise.resolve()
  const store = async () => {
    await storing
    const slices = gathered
    gathered = []
    done += slices.reduce((sum, slice) => sum + slice.openIds.length, 0)
    storing = storeSlices(sync, slices, done)
    storing.catch(() => undefined)
  }
  for await (const told of readAhead(slicesOf(sync), CALLS_AT_ONCE, (slice) => ask(sync, slice))) {
    gathered.push(told)
    if (gathered.length === CALLS_PER_COMMIT) await store()
  }
  if (gathered.length > 0) await store()
  await storing
}

/** The follower list cut into calls, the page after the current one already under way. */
async function* slicesOf({ ctx, report, accountId, client, place }: Sync): AsyncGenerator<Slice> {
  const load = (cursor: string) =>
    pausing(
      ctx,
      accountId,
      patiently(report.signal, () => listFollowers(client, cursor || undefined)),
    )
  let { cursor, after } = place
  let page = await load(cursor)
  for (;;) {
    const following = page.next === null ? undefined : load(page.next)
    following?.catch(() => undefined)
    // Not found: the fan left meanwhile, so the page is done again, which is harmless.
    const openIds = page.openIds.slice(page.openIds.indexOf(after) + 1)
    for (let start = 0; start < openIds.length; start += FANS_PER_CALL) {
      yield { openIds: openIds.slice(start, start + FANS_PER_CALL), cursor, total: page.total }
    }
    if (page.next === null || following === undefined) return
    cursor = page.next
    after = ''
    page = await following
  }
}

async function ask({ ctx, report, accountId, client }: Sync, slice: Slice): Promise<Told> {
  const observedAt = ctx.clock.now()
  const users = await pausing(
    ctx,
    accountId,
    patiently(report.signal, () => getFans(client, slice.openIds)),
  )
  return { ...slice, observedAt, facts: users.map(toFact) }
}

/** Fans and how far we are, in one transaction: after a kill nothing is lost and little done twice. */
async function storeSlices({ ctx, run, report, accountId, place }: Sync, slices: Told[], done: number) {
  const last = slices.at(-1)
  const observedAt = slices[0]?.observedAt
  if (last === undefined || observedAt === undefined) return
  const next = { ...place, cursor: last.cursor, after: last.openIds.at(-1) ?? '' }
  await inTransaction(ctx.db, async (trx) => {
    const facts = slices.flatMap((slice) => slice.facts)
    await learnFans(ctx, trx, { accountId, facts, observedAt, runId: run.id })
    await report.progress({ done, total: last.total ?? null, place: next }, trx)
  })
}

export const toFact = (user: UserInfo): FanFact => ({
  openid: user.openid,
  unionid: user.unionid || null,
  following: user.subscribe !== 0,
  followedAt: user.subscribe_time ? new Date(user.subscribe_time * 1000) : null,
  tagIds: user.tagid_list ?? null,
  subscribeScene: user.subscribe_scene || null,
  qrScene: user.qr_scene_str || (user.qr_scene ? String(user.qr_scene) : null),
  remark: user.remark || null,
})
