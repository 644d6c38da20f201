import { createHash, randomBytes } from 'node:crypto'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Article } from '../drafts/article.ts'

export type ArticleRow = {
  key: string
  account_id: number
  msg_data_id: string
  idx: number
  fields: Article
  comments_open: boolean
  deleted_at: Date | null
}

export type NewPublication = {
  accountId: number
  msgDataId: string
  articleId: string | null
  notified: boolean
  articles: Article[]
  at: Date
}

/** Makes articles readable under addresses of their own and returns those, in order. */
export async function publish(db: Queries, publication: NewPublication): Promise<string[]> {
  const { accountId, msgDataId, articleId, notified, articles, at } = publication
  await db.run(
    `insert into publication (msg_data_id, account_id, article_id, notified, published_at) values ($1, $2, $3, $4, $5)`,
    [msgDataId, accountId, articleId, notified, at],
  )
  const keys = articles.map((_article, index) => articleKey(msgDataId, index + 1))
  for (const [index, article] of articles.entries())
    await db.run(
      `insert into article (key, account_id, msg_data_id, idx, fields, comments_open) values ($1, $2, $3, $4, $5, $6)`,
      [
        keys[index],
        accountId,
        msgDataId,
        index + 1,
        JSON.stringify(article),
        article.need_open_comment === 1,
      ],
    )
  return keys
}

/** Derived, so that a job knows the addresses of its articles before they exist. */
export const articleKey = (msgDataId: string, idx: number): string =>
  createHash('sha256').update(`article ${msgDataId} ${idx}`).digest('base64url').slice(0, 22)

export const articleUrl = (world: World, key: string): string => `${world.origin()}/s/${key}`

export const newArticleId = (): string => randomBytes(48).toString('base64url')

export const articlesOf = (db: Pick<Queries, 'rows'>, msgDataIds: string[]): Promise<ArticleRow[]> =>
  db.rows<ArticleRow>('select * from article where msg_data_id = any($1) order by msg_data_id, idx', [
    msgDataIds,
  ])

/** Takes articles offline: `idx` 0 all of them. They open an error page from now on. */
export async function takeOffline(db: Queries, msgDataId: string, idx: number, at: Date): Promise<void> {
  await db.run(
    'update article set deleted_at = coalesce(deleted_at, $3) where msg_data_id = $1 and ($2 = 0 or idx = $2)',
    [msgDataId, idx, at],
  )
  await db.run(
    `update publication set deleted_at = $2 where msg_data_id = $1
       and not exists (select 1 from article where msg_data_id = $1 and deleted_at is null)`,
    [msgDataId, at],
  )
}

export async function nextId(db: Pick<Queries, 'row'>): Promise<string> {
  const row = await db.row<{ id: string }>(`select nextval('platform_id') as id`)
  return row!.id
}
