import { type SqlBool, sql, type Updateable } from 'kysely'
import type { ArticlePublications } from '../../../infra/database-types.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import type { Due } from '../../manifest.ts'
import type { ArticlePublication, ArticlePublicationState } from './schema.ts'

export type PublicationRow = {
  id: string
  account_id: string
  article_set_id: string
  state: ArticlePublicationState
  called_at: Date | null
  publish_id: string | null
  guessed: boolean
  status: number | null
  article_id: string | null
  published_set_id: string | null
  looks: number
  created_at: Date
  /** Of the draft, at WeChat. */
  media_id: string
  account_archived: boolean
}

const COLUMNS = sql`p.id, p.account_id, p.article_set_id, p.state, p.called_at, p.publish_id, p.guessed, p.status, p.article_id,
  p.published_set_id, p.looks, p.created_at, s.wechat_id as media_id,
  exists (select from accounts a where a.id = p.account_id and a.state = 'archived') as account_archived`

/** Undefined where one of the same draft is under way. */
export async function insertPublication(
  trx: Executor,
  of: { accountId: string; articleSetId: string; by: string | null; at: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into article_publications (account_id, article_set_id, created_by, created_at, due_at)
    values (${of.accountId}, ${of.articleSetId}, ${of.by}, ${of.at}, ${of.at})
    on conflict (article_set_id) where state in ('submitting', 'publishing') do nothing
    returning id`.execute(trx)
  return rows[0]?.id
}

/** Takes the next one that is due; what needs no call is due for a paused account, too, and everything for an archived one. */
export async function claimDue(db: Executor, now: Date): Promise<PublicationRow | undefined> {
  const { rows } = await sql<PublicationRow>`
    update article_publications p set lease_until = clock_timestamp() + interval '60 seconds', fence = p.fence + 1
    from article_sets s
    where s.id = p.article_set_id and p.id = (
      select x.id from article_publications x join accounts a on a.id = x.account_id
      where x.due_at <= ${now} and (x.lease_until is null or x.lease_until < clock_timestamp())
        and (a.state in ('active', 'archived') or x.called_at is not null and x.publish_id is null)
      order by x.due_at, x.id limit 1 for update of x skip locked)
    returning ${COLUMNS}`.execute(db)
  return rows[0]
}

/** The word that is given before the call. False where somebody else gave it. */
export async function markCalled(db: Executor, id: string, at: { now: Date; due: Date }): Promise<boolean> {
  const row = await db
    .updateTable('article_publications')
    .set({ called_at: at.now, due_at: at.due })
    .where('id', '=', id)
    .where('state', '=', 'submitting')
    .where('called_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

const lockOne = async (trx: Executor, where: ReturnType<typeof sql<SqlBool>>) => {
  const { rows } = await sql<PublicationRow>`select ${COLUMNS} from article_publications p
    join article_sets s on s.id = p.article_set_id where ${where} for update of p`.execute(trx)
  return rows
}

export const lockPublication = async (trx: Executor, id: string): Promise<PublicationRow | undefined> =>
  (await lockOne(trx, sql<SqlBool>`p.id = ${id}`))[0]

export const lockByPublishId = async (
  trx: Executor,
  accountId: string,
  publishId: string,
): Promise<PublicationRow | undefined> =>
  (await lockOne(trx, sql<SqlBool>`p.account_id = ${accountId} and p.publish_id = ${publishId}`))[0]

/** Those handed over since, whose id nobody told us. */
export const lockUnanswered = (trx: Executor, accountId: string, since: Date): Promise<PublicationRow[]> =>
  lockOne(
    trx,
    sql<SqlBool>`p.account_id = ${accountId} and p.publish_id is null and p.called_at > ${since}
      and p.state in ('submitting', 'unknown')`,
  )

/** Writes what a step came to and lets go of it. */
export const changePublication = (trx: Executor, id: string, fields: Updateable<ArticlePublications>) =>
  trx
    .updateTable('article_publications')
    .set({ lease_until: null, ...fields })
    .where('id', '=', id)
    .execute()

export async function nextPublicationDue(db: Executor, now: Date): Promise<Due> {
  const { rows } = await sql<{ due_at: Date | null; busy: boolean }>`
    select min(p.due_at) filter (where p.due_at > ${now}) as due_at,
      coalesce(bool_or(p.due_at <= ${now} or p.lease_until > clock_timestamp()), false) as busy
    from article_publications p join accounts a on a.id = p.account_id and a.state in ('active', 'archived')
    where p.due_at is not null`.execute(db)
  return { dueAt: rows[0]?.due_at ?? null, busy: rows[0]?.busy ?? false }
}

const views = (db: Executor) =>
  db
    .selectFrom('article_publications as p')
    .innerJoin('article_sets as s', 's.id', 'p.article_set_id')
    .leftJoin('operators as o', 'o.id', 'p.created_by')
    .select(['p.id', 'p.article_set_id', 's.title', 'p.state', 'p.reason', 'p.detail', 'p.urls', 'p.failed'])
    .select(['p.published_set_id', 'o.name as by', 'p.created_at', 'p.ended_at'])

type ViewRow = Awaited<ReturnType<ReturnType<typeof views>['executeTakeFirstOrThrow']>>

const present = (row: ViewRow): ArticlePublication => ({
  id: row.id,
  articleSetId: row.article_set_id,
  title: row.title,
  state: row.state as ArticlePublicationState,
  reason: row.reason,
  detail: (row.detail ?? {}) as Record<string, unknown>,
  urls: row.urls as string[],
  failed: row.failed,
  publishedSetId: row.published_set_id,
  createdBy: row.by,
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
})

export const selectPublication = async (db: Executor, id: string): Promise<ArticlePublication> =>
  present(await views(db).where('p.id', '=', id).executeTakeFirstOrThrow())

export async function selectPublications(
  db: Executor,
  accountId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<ArticlePublication>> {
  let query = views(db).where('p.account_id', '=', accountId).orderBy('p.id', 'desc')
  if (cursor !== undefined) query = query.where('p.id', '<', cursor)
  const rows = await query.limit(limit + 1).execute()
  return toPage(rows.map(present), limit, ({ id }) => id)
}

/** Whether a publication of this draft is under way. */
export async function isPublishing(db: Executor, articleSetId: string): Promise<boolean> {
  const row = await db
    .selectFrom('article_publications')
    .select('id')
    .where('article_set_id', '=', articleSetId)
    .where('state', 'in', ['submitting', 'publishing'])
    .executeTakeFirst()
  return row !== undefined
}
