import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { ArticleInput } from '../../../wechat/payloads/drafts.ts'
import type { MassContent } from '../../../wechat/payloads/mass.ts'
import { type BatchTally, labelOf } from '../rules.ts'
import {
  type AudienceBasis,
  audienceBasis,
  type BroadcastAudience,
  type BroadcastState,
  broadcastAudience,
  type Content,
  content,
  type Label,
  type Path,
  type Preflight,
  preflight,
  type Totals,
} from '../schema.ts'

/** Content as it was when the send was confirmed; later edits of materials don't reach it. */
export type FrozenContent =
  | { kind: 'articles'; articles: ArticleInput[] }
  | { kind: 'ready'; message: MassContent }
  | { kind: 'video'; mediaId: string; title: string; description: string }

export type BroadcastRow = {
  id: string
  accountId: string
  name: string
  state: BroadcastState
  step: 'selecting' | 'copying' | null
  audience: BroadcastAudience
  audienceBasis: AudienceBasis | null
  content: Content
  path: Path
  ignoreReprint: boolean
  activity: { id: string; name: string } | null
  version: number
  preflight: Preflight | null
  frozenContent: FrozenContent | null
  planned: number | null
  skipped: Record<string, number>
  pauseReason: string | null
  pauseDetail: Record<string, unknown> | null
  failureReason: string | null
  createdByName: string | null
  confirmedByName: string | null
  createdAt: Date
  confirmedAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  fence: string
  tally: BatchTally
  totals: Totals
}

type RawRow = Record<string, unknown> & { id: string }

const TALLY = sql`(select jsonb_build_object(
    'planned', count(*) filter (where state = 'planned'), 'held', count(*) filter (where state = 'held'),
    'skipped', count(*) filter (where state = 'skipped'), 'sending', count(*) filter (where state = 'sending'),
    'accepted', count(*) filter (where state = 'accepted'), 'delivered', count(*) filter (where state = 'delivered'),
    'failed', count(*) filter (where state = 'failed'), 'unknown', count(*) filter (where state = 'unknown'),
    'peopleWaiting', coalesce(sum(size) filter (where state in ('planned', 'held', 'sending')), 0),
    'peopleSubmitted', coalesce(sum(size) filter (where state in ('accepted', 'delivered')), 0),
    'peopleDelivered', coalesce(sum(sent_count) filter (where state = 'delivered'), 0),
    'peopleUncounted', coalesce(sum(size) filter (where state = 'delivered' and sent_count is null), 0),
    'peopleErred', coalesce(sum(size - sent_count) filter (where state = 'delivered' and sent_count is not null), 0),
    'peopleFailed', coalesce(sum(size) filter (where state = 'failed'), 0),
    'peopleUnknown', coalesce(sum(size) filter (where state = 'unknown'), 0))
  from broadcast_batches x where x.broadcast_id = b.id)`

const COLUMNS = sql`b.id, b.account_id, b.name, b.state, b.step, b.audience, b.audience_basis, b.content, b.path, b.ignore_reprint, b.version,
  b.preflight, b.planned, b.skipped, b.pause_reason, b.pause_detail, b.failure_reason, b.created_at, b.confirmed_at,
  b.started_at, b.ended_at, b.fence, c.name as created_by_name, s.name as confirmed_by_name, 
  ac.id as activity_id, ac.name as activity_name, ${TALLY} as tally`
const SOURCE = sql`from broadcasts b left join operators c on c.id = b.created_by left join operators s on s.id = b.confirmed_by
  left join activities ac on ac.id = b.activity_id`

function present(row: RawRow): BroadcastRow {
  const tally = row['tally'] as BatchTally & Record<string, number>
  const skipped = row['skipped'] as Record<string, number>
  return {
    id: row.id,
    accountId: row['account_id'] as string,
    name: row['name'] as string,
    state: row['state'] as BroadcastState,
    step: row['step'] as BroadcastRow['step'],
    audience: broadcastAudience.parse(row['audience']),
    audienceBasis: row['audience_basis'] === null ? null : audienceBasis.parse(row['audience_basis']),
    content: content.parse(row['content']),
    path: row['path'] as Path,
    ignoreReprint: row['ignore_reprint'] as boolean,
    activity:
      row['activity_id'] === null
        ? null
        : { id: row['activity_id'] as string, name: row['activity_name'] as string },
    version: row['version'] as number,
    preflight: row['preflight'] === null ? null : preflight.parse(row['preflight']),
    frozenContent: (row['frozen_content'] as FrozenContent | undefined) ?? null,
    planned: row['planned'] as number | null,
    skipped,
    pauseReason: row['pause_reason'] as string | null,
    pauseDetail: row['pause_detail'] as Record<string, unknown> | null,
    failureReason: row['failure_reason'] as string | null,
    createdByName: row['created_by_name'] as string | null,
    confirmedByName: row['confirmed_by_name'] as string | null,
    createdAt: row['created_at'] as Date,
    confirmedAt: row['confirmed_at'] as Date | null,
    startedAt: row['started_at'] as Date | null,
    endedAt: row['ended_at'] as Date | null,
    fence: row['fence'] as string,
    tally,
    totals: {
      planned: (row['planned'] as number | null) ?? 0,
      skipped: Object.values(skipped).reduce((sum, count) => sum + count, 0),
      waiting: tally['peopleWaiting'] ?? 0,
      submitted: tally['peopleSubmitted'] ?? 0,
      delivered: tally['peopleDelivered'] ?? 0,
      uncounted: tally['peopleUncounted'] ?? 0,
      platformFailed: tally['peopleErred'] ?? 0,
      failed: tally['peopleFailed'] ?? 0,
      unknown: tally['peopleUnknown'] ?? 0,
    },
  }
}

type Find = { accountId: string; broadcastId: string; lock?: boolean }

export async function findBroadcast(
  db: Executor,
  { accountId, broadcastId, lock = false }: Find,
): Promise<BroadcastRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS}, b.frozen_content ${SOURCE}
    where b.account_id = ${accountId}::bigint and b.id = ${broadcastId}::bigint ${lock ? sql`for update of b` : sql``}`.execute(
    db,
  )
  return rows[0] && present(rows[0])
}

/** By id alone, for work that was claimed and so needs no scope. */
export async function findClaimed(
  db: Executor,
  broadcastId: string,
  lock = false,
): Promise<BroadcastRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS}, b.frozen_content ${SOURCE}
    where b.id = ${broadcastId}::bigint ${lock ? sql`for update of b` : sql``}`.execute(db)
  return rows[0] && present(rows[0])
}

type ListFilter = {
  accountId: string
  view: 'all' | 'queue' | 'records'
  label?: Label | undefined
  q?: string | undefined
  from?: string | undefined
  to?: string | undefined
  activityId?: string | undefined
  cursor?: string | undefined
  limit: number
}

const VIEWS: Record<ListFilter['view'], RawBuilder<unknown>> = {
  all: sql`true`,
  queue: sql`b.state in ('scheduled', 'preparing', 'running', 'paused')`,
  records: sql`b.state in ('running', 'paused', 'ended', 'failed', 'cancelled') and b.confirmed_at is not null`,
}

/** Newest first. A label is derived, so pages are read until enough rows of that label are found (bounded). */
export async function listBroadcasts(db: Executor, filter: ListFilter): Promise<Page<BroadcastRow>> {
  const found: BroadcastRow[] = []
  let cursor = filter.cursor
  for (let reads = 0; reads < 20 && found.length <= filter.limit; reads += 1) {
    const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
      where b.account_id = ${filter.accountId}::bigint and ${VIEWS[filter.view]}
        and (${cursor ?? null}::bigint is null or b.id < ${cursor ?? null}::bigint)
        and (${filter.q ?? null}::text is null or strpos(lower(b.name), lower(${filter.q ?? null}::text)) > 0)
        and (${filter.from ?? null}::timestamptz is null or b.created_at >= ${filter.from ?? null}::timestamptz)
        and (${filter.to ?? null}::timestamptz is null or b.created_at < ${filter.to ?? null}::timestamptz)
        and (${filter.activityId ?? null}::bigint is null or b.activity_id = ${filter.activityId ?? null}::bigint)
      order by b.id desc limit ${filter.limit + 1}`.execute(db)
    const page = rows.map(present)
    found.push(
      ...page.filter((row) => filter.label === undefined || labelOf(row, row.tally) === filter.label),
    )
    cursor = page.at(-1)?.id
    if (page.length <= filter.limit) break
  }
  return toPage(found, filter.limit, (row) => row.id)
}

type DraftFields = {
  name: string
  audience: BroadcastAudience
  content: Content
  path: Path
  ignoreReprint: boolean
  activityId: string | null
}

export async function insertBroadcast(
  db: Executor,
  values: DraftFields & { accountId: string; createdBy: string | null; at: Date },
): Promise<string> {
  const { id } = await db
    .insertInto('broadcasts')
    .values({
      account_id: values.accountId,
      name: values.name,
      audience: JSON.stringify(values.audience),
      content: JSON.stringify(values.content),
      path: values.path,
      ignore_reprint: values.ignoreReprint,
      activity_id: values.activityId,
      created_by: values.createdBy,
      created_at: values.at,
      updated_at: values.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Compare-and-set on state and version; false when either moved on. */
export async function updateDraft(
  db: Executor,
  key: { accountId: string; broadcastId: string; version: number },
  values: DraftFields & { at: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('broadcasts')
    .set({
      name: values.name,
      audience: JSON.stringify(values.audience),
      content: JSON.stringify(values.content),
      path: values.path,
      ignore_reprint: values.ignoreReprint,
      activity_id: values.activityId,
      updated_at: values.at,
      preflight: null,
      version: key.version + 1,
    })
    .where('account_id', '=', key.accountId)
    .where('id', '=', key.broadcastId)
    .where('version', '=', key.version)
    .where('state', '=', 'draft')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteDraft(db: Executor, accountId: string, broadcastId: string): Promise<boolean> {
  const row = await db
    .deleteFrom('broadcasts')
    .where('account_id', '=', accountId)
    .where('id', '=', broadcastId)
    .where('state', '=', 'draft')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export type BroadcastChange = Partial<{
  state: BroadcastState
  step: 'selecting' | 'copying' | null
  preflight: Preflight
  frozen_content: FrozenContent
  audience_basis: AudienceBasis | null
  planned: number
  skipped: Record<string, number>
  pause_reason: string | null
  pause_detail: Record<string, unknown> | null
  failure_reason: string | null
  confirmed_by: string | null
  confirmed_at: Date
  frozen_at: Date
  started_at: Date
  ended_at: Date | null
  lease_until: null
}>

const JSON_COLUMNS = new Set(['preflight', 'frozen_content', 'audience_basis', 'skipped', 'pause_detail'])

/** Writes a change to a row the caller has locked or fenced. */
export async function changeBroadcast(
  db: Executor,
  broadcastId: string,
  at: Date,
  change: BroadcastChange,
): Promise<void> {
  const values = Object.fromEntries(
    Object.entries(change).map(([key, value]) => [
      key,
      JSON_COLUMNS.has(key) && value !== null ? JSON.stringify(value) : value,
    ]),
  )
  await db
    .updateTable('broadcasts')
    .set({ ...values, updated_at: at })
    .where('id', '=', broadcastId)
    .execute()
}

/** Claims one broadcast that is being prepared; the lease is real time, the fence outlives it. */
export async function claimPreparing(db: Executor): Promise<{ id: string; fence: string } | undefined> {
  const { rows } = await sql<{ id: string; fence: string }>`
    update broadcasts set lease_until = clock_timestamp() + interval '2 minutes', fence = fence + 1
    where id = (
      select id from broadcasts where state = 'preparing' and (lease_until is null or lease_until < clock_timestamp())
      order by id limit 1 for update skip locked)
    returning id, fence`.execute(db)
  return rows[0]
}

/** Locks a claimed broadcast if the claim still holds. */
export async function lockFenced(
  trx: Executor,
  claim: { id: string; fence: string },
): Promise<BroadcastRow | undefined> {
  const row = await findClaimed(trx, claim.id, true)
  return row !== undefined && row.fence === claim.fence ? row : undefined
}

export const releaseBroadcast = (db: Executor, claim: { id: string; fence: string }, afterMs: number) =>
  sql`update broadcasts set lease_until = clock_timestamp() + ${afterMs} * interval '1 millisecond'
    where id = ${claim.id}::bigint and fence = ${claim.fence}::bigint`.execute(db)

/** Running broadcasts none of whose batches is open any more. */
export async function listFinished(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select b.id from broadcasts b where b.state = 'running' and not exists (
      select 1 from broadcast_batches x where x.broadcast_id = b.id and x.state in ('planned', 'held', 'sending', 'accepted'))
    limit 100`.execute(db)
  return rows.map((row) => row.id)
}
