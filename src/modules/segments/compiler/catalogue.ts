import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { conditionsOf, type Rule, type ValueType } from '../schema/rule.ts'

export type AttributeInfo = { id: number; type: ValueType; personal: boolean }
export type FieldInfo = { id: number; key: string; type: ValueType; level: 'row' | 'line' }
export type DatasetInfo = { id: number; fields: readonly FieldInfo[]; hasLines: boolean }
export type SegmentInfo = {
  id: string
  accountId: string | null
  /** Asked anew each time; null: its members are those of a snapshot. */
  rule: Rule | null
  /** The snapshot that answers for the instant; null where it has never been computed. */
  snapshotId: string | null
  /** Somebody merged with somebody after the snapshot: its members have to be looked up. */
  mergedSince: boolean
}

/** What a rule's names mean, read once before it is compiled. */
export type Catalogue = {
  attributes: ReadonlyMap<string, AttributeInfo>
  datasets: ReadonlyMap<string, DatasetInfo>
  segments: ReadonlyMap<string, SegmentInfo>
  /** The newest send that has gone out, by account; '' for any account. */
  lastSends: ReadonlyMap<string, string>
}

/**
 * Reads what a rule, and the rules of live segments it names, refer to, as of an instant. What doesn't exist is left
 * out. Segments that name each other in a circle are read once.
 */
export async function readCatalogue(db: Executor, rule: Rule, at: Date): Promise<Catalogue> {
  const segments = await readSegments(db, rule, at)
  const rules = [rule, ...[...segments.values()].flatMap((segment) => segment.rule ?? [])]
  const conditions = rules.flatMap((one) => [...conditionsOf(one)])
  const attributes = conditions.flatMap((one) => (one.kind === 'attribute' ? [one.attribute] : []))
  const datasets = conditions.flatMap((one) => (one.kind === 'detail' ? [one.dataset] : []))
  const wantsLast = conditions.some((one) => one.kind === 'send' && one.broadcast === 'last')
  return {
    attributes: await readAttributes(db, attributes),
    datasets: await readDatasets(db, datasets),
    segments,
    lastSends: wantsLast ? await readLastSends(db, at) : new Map(),
  }
}

async function readAttributes(db: Executor, keys: string[]): Promise<Catalogue['attributes']> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<AttributeInfo & { key: string }>`
    select key, id, type, personal from attributes where key = any(${keys}::text[])`.execute(db)
  return new Map(rows.map(({ key, ...info }) => [key, info]))
}

type StoredField = { id: number; key: string; type: ValueType }

async function readDatasets(db: Executor, keys: string[]): Promise<Catalogue['datasets']> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{
    key: string
    id: number
    fields: StoredField[]
    line_fields: StoredField[] | null
  }>`select key, id, fields, line_fields from datasets where key = any(${keys}::text[])`.execute(db)
  return new Map(
    rows.map((row) => [
      row.key,
      {
        id: row.id,
        hasLines: row.line_fields !== null,
        fields: [
          ...row.fields.map((field) => ({ ...field, level: 'row' as const })),
          ...(row.line_fields ?? []).map((field) => ({ ...field, level: 'line' as const })),
        ],
      },
    ]),
  )
}

/** Rules that live segments name through others; bounded because each is read once. */
async function readSegments(db: Executor, rule: Rule, at: Date): Promise<Map<string, SegmentInfo>> {
  const known = new Map<string, SegmentInfo>()
  let wanted = segmentsIn(rule)
  while (wanted.length > 0) {
    const { rows } = await sql<SegmentInfo & { live: boolean }>`
      select g.id, g.account_id as "accountId", g.update_kind = 'live' as live, g.rule, n.id as "snapshotId",
        exists (select from contact_aliases a where a.merged_at >= n.at) as "mergedSince"
      from segments g left join segment_snapshots n on n.id = coalesce(
        (select o.id from segment_snapshots o where o.segment_id = g.id and o.state = 'ready' and o.at <= ${at}
          order by o.at desc, o.id desc limit 1),
        g.current_snapshot_id)
      where g.id = any(${wanted}::bigint[])`.execute(db)
    for (const { live, ...row } of rows) known.set(row.id, { ...row, rule: live ? row.rule : null })
    wanted = rows
      .flatMap((row) => (row.live && row.rule !== null ? segmentsIn(row.rule) : []))
      .filter((id) => !known.has(id))
  }
  return known
}

const segmentsIn = (rule: Rule): string[] => [
  ...new Set([...conditionsOf(rule)].flatMap((one) => (one.kind === 'segment' ? [one.segmentId] : []))),
]

async function readLastSends(db: Executor, at: Date): Promise<Map<string, string>> {
  const { rows } = await sql<{ account: string | null; id: string }>`
    select account_id::text as account, max(broadcast_id) as id from broadcast_batches
    where accepted_at <= ${at} and state in ('accepted', 'delivered')
    group by grouping sets ((account_id), ())`.execute(db)
  return new Map(rows.flatMap(({ account, id }) => (id === null ? [] : [[account ?? '', id]])))
}
