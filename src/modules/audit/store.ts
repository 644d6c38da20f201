import { sql } from 'kysely'
import type { Actor } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import type { QueryOf } from '../../kernel/endpoint.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import type { AuditEntry, listAuditEntriesEndpoint } from './schema.ts'

export type NewEntry = {
  action: string
  accountId?: string | undefined
  subject?: { kind: string; id: string }
  detail?: Record<string, unknown>
}

export async function insertEntry(db: Executor, actor: Actor, at: Date, entry: NewEntry): Promise<void> {
  await db
    .insertInto('audit_entries')
    .values({
      at,
      actor_kind: actor.kind,
      actor_id: actor.kind === 'system' ? null : actor.id,
      actor_name: actor.name,
      action: entry.action,
      account_id: entry.accountId ?? null,
      subject_kind: entry.subject?.kind ?? null,
      subject_id: entry.subject?.id ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}

type Filter = QueryOf<typeof listAuditEntriesEndpoint> & { visibleAccounts: string[] | null }

/** Entries the caller may see: those of their accounts, and those of no account for people who see all. */
export async function selectEntries(db: Executor, filter: Filter): Promise<Page<AuditEntry>> {
  let query = db
    .selectFrom('audit_entries as e')
    .leftJoin('accounts as a', 'a.id', 'e.account_id')
    .select([
      'e.id',
      'e.at',
      'e.actor_kind',
      'e.actor_name',
      'e.action',
      'e.account_id',
      'a.name as account_name',
      'e.subject_kind',
      'e.subject_id',
      'e.detail',
    ])
    .orderBy('e.id', 'desc')
    .limit(filter.limit + 1)
  if (filter.visibleAccounts !== null) {
    query = query.where(sql<boolean>`e.account_id = any(${filter.visibleAccounts}::bigint[])`)
  }
  if (filter.cursor !== undefined) query = query.where('e.id', '<', filter.cursor)
  if (filter.accountId !== undefined) query = query.where('e.account_id', '=', filter.accountId)
  if (filter.action !== undefined) query = query.where(sql<boolean>`starts_with(e.action, ${filter.action})`)
  if (filter.actor !== undefined)
    query = query.where(sql<boolean>`strpos(lower(e.actor_name), lower(${filter.actor})) > 0`)
  if (filter.subjectKind !== undefined) query = query.where('e.subject_kind', '=', filter.subjectKind)
  if (filter.subjectId !== undefined) query = query.where('e.subject_id', '=', filter.subjectId)
  if (filter.from !== undefined) query = query.where('e.at', '>=', new Date(filter.from))
  if (filter.to !== undefined) query = query.where('e.at', '<', new Date(filter.to))
  const rows = await query.execute()
  return toPage(rows.map(present), filter.limit, (entry) => entry.id)
}

type Row = {
  id: string
  at: Date
  actor_kind: string
  actor_name: string
  action: string
  account_id: string | null
  account_name: string | null
  subject_kind: string | null
  subject_id: string | null
  detail: unknown
}

const present = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actorKind: row.actor_kind as AuditEntry['actorKind'],
  actorName: row.actor_name,
  action: row.action,
  accountId: row.account_id,
  accountName: row.account_name,
  subjectKind: row.subject_kind,
  subjectId: row.subject_id,
  detail: row.detail as Record<string, unknown>,
})
