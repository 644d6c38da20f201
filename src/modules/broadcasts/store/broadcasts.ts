import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { releaseMaterials } from '../../contents/index.ts'
import { type BatchTally, labelOf } from '../rules.ts'
import {
  type BroadcastState,
  type DraftFields,
  type Label,
  type Preflight,
  preflight,
  type Timing,
  type Totals,
  timing,
} from '../schema.ts'
import { type ArmRow, deleteGroups, type GroupRow, groupsOf, insertGroups } from './groups.ts'
import { holdMaterialsOf } from './uses.ts'

export type BroadcastRow = {
  id: string
  accountId: string
  name: string
  state: BroadcastState
  step: 'selecting' | 'booking' | null
  timing: Timing
  version: number
  preflight: Preflight | null
  pauseReason: string | null
  pauseDetail: Record<string, unknown> | null
  createdByName: string | null
  confirmedByName: string | null
  createdAt: Date
  confirmedAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  fence: string
  groups: GroupRow[]
  /** Of all arms in sum. */
  tally: BatchTally
  totals: Totals
}

type RawRow = Record<string, unknown> & { id: string }

const COLUMNS = sql`b.id, b.account_id, b.name, b.state, b.step, b.timing, b.version, b.preflight, b.pause_reason, b.pause_detail,
  b.created_at, b.confirmed_at, b.started_at, b.ended_at, b.fence, c.name as created_by_name, s.name as confirmed_by_name`
const SOURCE = sql`from broadcasts b left join operators c on c.id = b.created_by left join operators s on s.id = b.confirmed_by`

async function withGroups(
  db: Executor,
  rows: readonly RawRow[],
  options: { frozen?: boolean } = {},
): Promise<BroadcastRow[]> {
  const groups = await groupsOf(
    db,
    rows.map((row) => row.id),
    options,
  )
  return rows.map((row) => present(row, groups.get(row.id) ?? []))
}

function present(row: RawRow, groups: GroupRow[]): BroadcastRow {
  const arms = groups.flatMap((group) => group.arms)
  return {
    id: row.id,
    accountId: row['account_id'] as string,
    name: row['name'] as string,
    state: row['state'] as BroadcastState,
    step: row['step'] as BroadcastRow['step'],
    timing: timing.parse(row['timing']),
    version: row['version'] as number,
    preflight: row['preflight'] === null ? null : preflight.parse(row['preflight']),
    pauseReason: row['pause_reason'] as string | null,
    pauseDetail: row['pause_detail'] as Record<string, unknown> | null,
    createdByName: row['created_by_name'] as string | null,
    confirmedByName: row['confirmed_by_name'] as string | null,
    createdAt: row['created_at'] as Date,
    confirmedAt: row['confirmed_at'] as Date | null,
    startedAt: row['started_at'] as Date | null,
    endedAt: row['ended_at'] as Date | null,
    fence: row['fence'] as string,
    groups,
    tally: sumOf(arms.map((arm) => arm.tally)),
    totals: sumOf(arms.map((arm) => arm.totals)),
  }
}

/** Adds up records of numbers under the same names. A broadcast has at least one arm. */
function sumOf<T extends Record<string, number>>([first, ...others]: readonly T[]): T {
  assert(first, 'a broadcast has an arm')
  return others.reduce(
    (sum, one) =>
      Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, value + (one[key] ?? 0)])) as T,
    first,
  )
}

export const armsOf = ({ groups }: Pick<BroadcastRow, 'groups'>): ArmRow[] =>
  groups.flatMap((group) => group.arms)

/** The group and the arm that a batch is part of. */
export function partOf({ groups }: BroadcastRow, number: number): { group: GroupRow; arm: ArmRow } {
  for (const group of groups) for (const arm of group.arms) if (arm.number === number) return { group, arm }
  throw new Error('impossible state: a batch without its arm')
}

type Find = { accountId: string; broadcastId: string; lock?: boolean }

export async function findBroadcast(
  db: Executor,
  { accountId, broadcastId, lock = false }: Find,
): Promise<BroadcastRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
    where b.account_id = ${accountId}::bigint and b.id = ${broadcastId}::bigint ${lock ? sql`for update of b` : sql``}`.execute(
    db,
  )
  return (await withGroups(db, rows, { frozen: true }))[0]
}

/** By id alone, for work that was claimed and so needs no scope. */
export async function findClaimed(
  db: Executor,
  broadcastId: string,
  lock = false,
): Promise<BroadcastRow | undefined> {
  const { rows } = await sql<RawRow>`select ${COLUMNS} ${SOURCE}
    where b.id = ${broadcastId}::bigint ${lock ? sql`for update of b` : sql``}`.execute(db)
  return (await withGroups(db, rows, { frozen: true }))[0]
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
        and (${filter.activityId ?? null}::bigint is null or exists (
          select 1 from broadcast_groups g where g.broadcast_id = b.id and g.activity_id = ${filter.activityId ?? null}::bigint))
      order by b.id desc limit ${filter.limit + 1}`.execute(db)
    const page = await withGroups(db, rows)
    found.push(...page.filter((row) => filter.label === undefined || labelOf(row) === filter.label))
    cursor = page.at(-1)?.id
    if (page.length <= filter.limit) break
  }
  return toPage(found, filter.limit, (row) => row.id)
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
      timing: JSON.stringify(values.timing),
      created_by: values.createdBy,
      created_at: values.at,
      updated_at: values.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await insertGroups(db, { ...values, broadcastId: id }, values.groups)
  await holdMaterialsOf(db, id)
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
      timing: JSON.stringify(values.timing),
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
  if (row === undefined) return false
  await deleteGroups(db, key.broadcastId)
  await insertGroups(db, { ...key, timing: values.timing }, values.groups)
  await holdMaterialsOf(db, key.broadcastId)
  return true
}

export async function deleteDraft(db: Executor, accountId: string, broadcastId: string): Promise<boolean> {
  const row = await db
    .deleteFrom('broadcasts')
    .where('account_id', '=', accountId)
    .where('id', '=', broadcastId)
    .where('state', '=', 'draft')
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return false
  await releaseMaterials(db, { kind: 'broadcast', id: row.id })
  return true
}

export type BroadcastChange = Partial<{
  state: BroadcastState
  step: 'selecting' | 'booking' | null
  version: number
  timing: Timing
  preflight: Preflight | null
  pause_reason: string | null
  pause_detail: Record<string, unknown> | null
  confirmed_by: string | null
  confirmed_at: Date | null
  started_at: Date | null
  ended_at: Date | null
  lease_until: null
}>

const JSON_COLUMNS = new Set(['timing', 'preflight', 'pause_detail'])

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
  if (change.state) await holdMaterialsOf(db, broadcastId)
}

/** Claims one broadcast that is being prepared; the lease is real time, the fence outlives it. */
export async function claimPreparing(
  db: Executor,
): Promise<{ id: string; accountId: string; fence: string } | undefined> {
  const { rows } = await sql<{ id: string; accountId: string; fence: string }>`
    update broadcasts set lease_until = clock_timestamp() + interval '2 minutes', fence = fence + 1
    where id = (
      select id from broadcasts where state = 'preparing' and (lease_until is null or lease_until < clock_timestamp())
      order by id limit 1 for update skip locked)
    returning id, account_id as "accountId", fence`.execute(db)
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
