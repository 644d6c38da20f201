import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { Catalogue } from '../../segments/index.ts'
import { type LiveRule, namedIn, readCatalogue } from '../../segments/index.ts'
import type { Rule } from '../../segments/schema.ts'
import { audienceRule } from '../audience.ts'
import { type CampaignKind, type EventTrigger, type Plan, plan as planSchema } from '../schema/plan.ts'

/** A campaign that waits for events, as people enter it now. */
export type Watcher = {
  id: string
  accountId: string
  kind: CampaignKind
  sendId: string
  segmentId: string | null
  version: number
  plan: Plan
  trigger: EventTrigger
  /** A counts from here to there. */
  startsAt: Date
  endsAt: Date | null
  /** Null: every fan of the account. By the segments' names: what their rules say is asked for each chunk. */
  audience: Rule | null
  pinned: ReadonlyMap<string, string>
}

type Row = { id: string; revision: number; version: number; starts_at: Date; ends_at: Date | null }
type Kept = { revision: number; watcher: Watcher }

/** What was read last in this process; of each campaign as long as its revision is the same. */
const kept = new WeakMap<Ctx['pool'], Map<string, Kept>>()

/**
 * Campaigns whose events count: started, not ended. A paused one goes on counting and firing, its messages wait with it.
 * Asked for each chunk of the log; plans are read again only where they changed.
 */
export async function watchers(ctx: Ctx, trx: Executor): Promise<Watcher[]> {
  const { rows } = await sql<Row>`${prepare}
    select id, revision, version, starts_at, ends_at from campaigns
    where state in ('scheduled', 'running', 'paused') and send_id is not null and starts_at is not null
      and plan #>> '{trigger,kind}' in ('event', 'event-not') order by id`.execute(trx)
  const known = kept.get(ctx.pool) ?? new Map<string, Kept>()
  const changed = rows.filter((row) => known.get(row.id)?.revision !== row.revision)
  for (const watcher of await read(ctx, trx, changed)) {
    const revision = changed.find(({ id }) => id === watcher.id)?.revision ?? 0
    known.set(watcher.id, { revision, watcher })
  }
  const live = new Set(rows.map(({ id }) => id))
  for (const id of known.keys()) if (!live.has(id)) known.delete(id)
  kept.set(ctx.pool, known)
  return rows.flatMap(({ id }) => known.get(id)?.watcher ?? [])
}

type Read = {
  id: string
  account_id: string
  kind: CampaignKind
  send_id: string
  segment_id: string | null
  version: number
  plan: unknown
  pinned: Record<string, string>
  starts_at: Date
  ends_at: Date | null
}

async function read(ctx: Ctx, trx: Executor, wanted: readonly Row[]): Promise<Watcher[]> {
  if (wanted.length === 0) return []
  const { rows } = await sql<Read>`
    select c.id, c.account_id, c.kind, c.send_id, c.segment_id, c.version, v.plan, v.pinned, c.starts_at, c.ends_at
    from campaigns c join campaign_versions v on v.campaign_id = c.id and v.version = c.version
    where c.id = any(${wanted.map(({ id }) => id)}::bigint[])`.execute(trx)
  const watchersRead: Watcher[] = []
  for (const row of rows) {
    const plan = planSchema.parse(row.plan)
    const { trigger } = plan
    if (trigger.kind !== 'event' && trigger.kind !== 'event-not') continue
    const asked = { accountId: row.account_id, plan, segmentId: row.segment_id }
    watchersRead.push({
      id: row.id,
      accountId: row.account_id,
      kind: row.kind,
      sendId: row.send_id,
      segmentId: row.segment_id,
      version: row.version,
      plan,
      trigger,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      audience: await audienceRule(ctx, trx, asked, 'stored'),
      pinned: new Map(Object.entries(row.pinned)),
    })
  }
  return watchersRead
}

/** What the names of its rule mean at this moment, crowds that are kept as they were by their snapshots. */
export async function catalogueFor(
  db: Executor,
  { audience, pinned, trigger }: Pick<Watcher, 'audience' | 'pinned' | 'trigger'>,
  at: Date,
): Promise<Catalogue> {
  if (audience === null) return EMPTY
  const catalogue = await readCatalogue(db, audience, at)
  if (trigger.check === 'live' || pinned.size === 0 || namedIn(audience).length === 0) return catalogue
  const segments = [...catalogue.segments.values()].map((segment) => {
    const snapshotId = pinned.get(segment.id)
    return snapshotId === undefined ? segment : { ...segment, snapshotId, mergedSince: true }
  })
  return { ...catalogue, segments: new Map(segments.map((segment) => [segment.id, segment])) }
}
const EMPTY: Catalogue = {
  attributes: new Map(),
  datasets: new Map(),
  segments: new Map(),
  lastSends: new Map(),
}

/** As the compiler of audiences asks it; undefined where the plan names no event. */
export async function liveRule(
  ctx: Ctx,
  db: Executor,
  watcher: Watcher,
  at: Date,
): Promise<LiveRule | undefined> {
  const { event, check } = watcher.trigger
  if (event === null) return undefined
  const named = watcher.audience !== null && namedIn(watcher.audience).length > 0
  const audience = check === 'live' && named ? await audienceRule(ctx, db, watcher, 'live') : watcher.audience
  const catalogue = await catalogueFor(db, { ...watcher, audience }, at)
  return { id: watcher.id, event, audience, catalogue }
}
