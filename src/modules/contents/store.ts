import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { invalid } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { type Article, article } from '../../wechat/payloads/drafts.ts'
import type { ArticleSetKind, SyncedKind } from './schema.ts'

/** A set as WeChat gave it. */
export type StoredSet = {
  id: string
  kind: ArticleSetKind
  wechatId: string
  title: string
  articles: Article[]
  folderId: string | null
  wechatUpdatedAt: Date | null
  syncedAt: Date
  goneAt: Date | null
}

export type SeenSet = { wechatId: string; articles: readonly Article[]; updatedAt: Date | null }

/**
 * Writes what WeChat just showed. Bodies that are the same keep their place on disk; `synced_at` moves always, and a
 * set that was gone is back.
 */
export async function upsertSets(
  db: Executor,
  accountId: string,
  seen: { kind: SyncedKind; sets: readonly SeenSet[]; at: Date },
): Promise<void> {
  // The same set twice in one statement is an error; a page may repeat one that moved while we read.
  const sets = [...new Map(seen.sets.map((set) => [set.wechatId, set])).values()]
  if (sets.length === 0) return
  const rows = JSON.stringify(
    sets.map((set) => ({
      wechat_id: set.wechatId,
      title: set.articles[0]?.title ?? '',
      articles: set.articles.map(({ content: _, ...rest }) => rest),
      bodies: set.articles.map(({ content }) => withoutNul(content ?? '')),
      updated_at: set.updatedAt,
    })),
  )
  await sql`
    insert into article_sets as s (account_id, kind, wechat_id, title, articles, bodies, wechat_updated_at, synced_at)
    select ${accountId}::bigint, ${seen.kind}::text, r.wechat_id, r.title, r.articles, r.bodies, r.updated_at,
      ${seen.at}::timestamptz
    from jsonb_to_recordset(${rows}::jsonb)
      as r(wechat_id text, title text, articles jsonb, bodies jsonb, updated_at timestamptz)
    on conflict (account_id, kind, wechat_id) do update set
      title = excluded.title,
      articles = case when s.articles = excluded.articles then s.articles else excluded.articles end,
      bodies = case when s.bodies = excluded.bodies then s.bodies else excluded.bodies end,
      wechat_updated_at = coalesce(excluded.wechat_updated_at, s.wechat_updated_at),
      synced_at = excluded.synced_at,
      gone_at = null`.execute(db)
}

/** PostgreSQL keeps no NUL in text. */
const withoutNul = (text: string) => text.replaceAll('\u0000', '')

export type MissingScope = {
  kind: SyncedKind
  /** Business time at which the look began: what was seen since is not missing. */
  since: Date
  /** The oldest change that was looked at; null when everything was. */
  floor: Date | null
}

/** Sets that a look should have met and did not. */
export async function selectMissing(
  db: Executor,
  accountId: string,
  scope: MissingScope,
  limit: number,
): Promise<{ id: string; wechatId: string }[]> {
  let query = db
    .selectFrom('article_sets')
    .select(['id', 'wechat_id as wechatId'])
    .where('account_id', '=', accountId)
    .where('kind', '=', scope.kind)
    .where('gone_at', 'is', null)
    .where('synced_at', '<', scope.since)
    .orderBy('id')
    .limit(limit)
  if (scope.floor !== null) query = query.where('wechat_updated_at', '>', scope.floor)
  return query.execute()
}

export const markMissing = (db: Executor, accountId: string, scope: MissingScope, at: Date) =>
  sql`update article_sets set gone_at = ${at}
    where account_id = ${accountId} and kind = ${scope.kind} and gone_at is null and synced_at < ${scope.since}
      and (${scope.floor}::timestamptz is null or wechat_updated_at > ${scope.floor})`.execute(db)

export const markGone = (db: Executor, articleSetId: string, at: Date) =>
  db
    .updateTable('article_sets')
    .set({ gone_at: at, synced_at: at })
    .where('id', '=', articleSetId)
    .where('gone_at', 'is', null)
    .execute()

export async function findSetId(
  db: Executor,
  accountId: string,
  kind: ArticleSetKind,
  wechatId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('article_sets')
    .select('id')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where('wechat_id', '=', wechatId)
    .executeTakeFirst()
  return row?.id
}

export async function selectSets(
  db: Executor,
  accountId: string,
  articleSetIds: readonly string[],
): Promise<StoredSet[]> {
  const rows = await db
    .selectFrom('article_sets')
    .select([...SUMMARY_COLUMNS, 'bodies'])
    .where('account_id', '=', accountId)
    .where(sql<boolean>`id = any(${[...articleSetIds]}::bigint[])`)
    .execute()
  return rows.map((row) => {
    const bodies = row.bodies as string[]
    const articles = parseArticles(row.articles).map((one, index) => ({
      ...one,
      content: bodies[index] ?? '',
    }))
    return toSet(row, articles)
  })
}

const SUMMARY_COLUMNS = [
  'id',
  'kind',
  'wechat_id',
  'title',
  'articles',
  'folder_id',
  'wechat_updated_at',
  'synced_at',
  'gone_at',
] as const

const parseArticles = (stored: unknown): Article[] => article.array().parse(stored)

type Filter = {
  kind?: ArticleSetKind | undefined
  q?: string | undefined
  folder?: string | undefined
  gone: boolean
  cursor?: string | undefined
  limit: number
}

/** Last changed first; the articles come without their bodies. */
export async function selectSummaries(
  db: Executor,
  accountId: string,
  filter: Filter,
): Promise<Page<StoredSet>> {
  let query = db
    .selectFrom('article_sets')
    .select(SUMMARY_COLUMNS)
    .where('account_id', '=', accountId)
    .where('gone_at', filter.gone ? 'is not' : 'is', null)
    .orderBy(sql`coalesce(wechat_updated_at, synced_at)`, 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
  query =
    filter.kind === undefined ? query.where('kind', '<>', 'history') : query.where('kind', '=', filter.kind)
  if (filter.folder === 'none') query = query.where('folder_id', 'is', null)
  else if (filter.folder !== undefined) query = query.where('folder_id', '=', filter.folder)
  if (filter.q !== undefined && filter.q !== '') {
    query = query.where(sql<boolean>`exists (select 1 from jsonb_array_elements(articles) a
      where strpos(lower(a ->> 'title'), lower(${filter.q})) > 0
        or strpos(lower(a ->> 'author'), lower(${filter.q})) > 0)`)
  }
  if (filter.cursor !== undefined) {
    const { at, id } = readCursor(filter.cursor)
    query = query.where(
      sql<boolean>`(coalesce(wechat_updated_at, synced_at), id) < (${at}::timestamptz, ${id}::bigint)`,
    )
  }
  const rows = await query.execute()
  return toPage(
    rows.map((row) => toSet(row, parseArticles(row.articles))),
    filter.limit,
    (set) => `${(set.wechatUpdatedAt ?? set.syncedAt).toISOString()}_${set.id}`,
  )
}

type SummaryRow = {
  id: string
  kind: string
  wechat_id: string
  title: string
  folder_id: string | null
  wechat_updated_at: Date | null
  synced_at: Date
  gone_at: Date | null
}

const toSet = (row: SummaryRow, articles: Article[]): StoredSet => ({
  id: row.id,
  kind: row.kind as ArticleSetKind,
  wechatId: row.wechat_id,
  title: row.title,
  articles,
  folderId: row.folder_id,
  wechatUpdatedAt: row.wechat_updated_at,
  syncedAt: row.synced_at,
  goneAt: row.gone_at,
})

export function readCursor(cursor: string): { at: Date; id: string } {
  const [at = '', id = ''] = cursor.split('_')
  if (Number.isNaN(Date.parse(at)) || !/^\d{1,19}$/.test(id))
    throw invalid('bad_cursor', 'not a cursor of this list')
  return { at: new Date(at), id }
}
