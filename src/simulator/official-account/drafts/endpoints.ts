import { isObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import { type Answer, type Call, type Endpoint, integer, OK, text } from '../call.ts'
import { slice } from '../material/endpoints.ts'
import { newMediaId } from '../material/store.ts'
import { refuse } from '../refusal.ts'
import { type Article, readArticle, readArticles, shownArticle } from './article.ts'

// Titles written as \uXXXX show those six characters: drafts are kept as they came.
const unicodeEscapes = 'literal' as const

export const draftEndpoints: Endpoint[] = [
  { path: '/cgi-bin/draft/add', method: 'POST', unicodeEscapes, handle: addDraft },
  { path: '/cgi-bin/draft/update', method: 'POST', unicodeEscapes, handle: updateDraft },
  { path: '/cgi-bin/draft/get', method: 'POST', handle: getDraft },
  { path: '/cgi-bin/draft/delete', method: 'POST', handle: deleteDraft },
  { path: '/cgi-bin/draft/count', method: 'GET', handle: countDrafts },
  { path: '/cgi-bin/draft/batchget', method: 'POST', handle: listDrafts },
]

export type DraftRow = {
  media_id: string
  articles: Article[]
  auto_saved: boolean
  created_at: Date
  updated_at: Date
}

export const findDraft = (
  db: Pick<Queries, 'row'>,
  accountId: number,
  mediaId: string,
): Promise<DraftRow | undefined> =>
  db.row<DraftRow>('select * from draft where account_id = $1 and media_id = $2', [accountId, mediaId])

async function addDraft({ world, account, body, now }: Call): Promise<Answer> {
  const articles = await readArticles(world, account, body['articles'])
  const mediaId = newMediaId()
  await world.db.run(
    'insert into draft (media_id, account_id, articles, created_at, updated_at) values ($1, $2, $3, $4, $4)',
    [mediaId, account.id, JSON.stringify(articles), now],
  )
  return { media_id: mediaId }
}

async function updateDraft({ world, account, body, now }: Call): Promise<Answer> {
  const draft = await wanted({ world, account, body })
  const index = integer(body, 'index', 40114)
  if (index < 0 || index >= draft.articles.length) refuse(40114)
  if (!isObject(body['articles'])) refuse(40035)
  const articles = draft.articles.with(index, await readArticle(world, account, body['articles']))
  await world.db.run(
    'update draft set articles = $2, updated_at = $3, auto_saved = false where media_id = $1',
    [draft.media_id, JSON.stringify(articles), now],
  )
  return OK
}

async function wanted({ world, account, body }: Pick<Call, 'world' | 'account' | 'body'>): Promise<DraftRow> {
  return (await findDraft(world.db, account.id, text(body, 'media_id', 40007))) ?? refuse(40007)
}

async function getDraft(call: Call): Promise<Answer> {
  const draft = await wanted(call)
  return {
    news_item: shownDraft(call.world, draft, true),
    create_time: seconds(draft.created_at),
    update_time: seconds(draft.updated_at),
  }
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)

const shownDraft = (world: World, draft: DraftRow, withContent: boolean): Answer[] =>
  draft.articles.map((article, index) =>
    shownArticle(
      world,
      article,
      { url: `${world.origin()}/s/draft/${draft.media_id}/${index + 1}` },
      withContent,
    ),
  )

async function deleteDraft(call: Call): Promise<Answer> {
  const draft = await wanted(call)
  await call.world.db.run('delete from draft where media_id = $1', [draft.media_id])
  return OK
}

async function countDrafts({ world, account }: Call): Promise<Answer> {
  const row = await world.db.row<{ count: number }>(
    'select count(*)::int as count from draft where account_id = $1',
    [account.id],
  )
  return { total_count: row?.count ?? 0 }
}

async function listDrafts({ world, account, body }: Call): Promise<Answer> {
  const { offset, count } = slice(body)
  const withContent = wantsContent(body)
  const counted = await world.db.row<{ total: number }>(
    'select count(*)::int as total from draft where account_id = $1',
    [account.id],
  )
  const rows = await world.db.rows<DraftRow>(
    'select * from draft where account_id = $1 order by updated_at desc, media_id offset $2 limit $3',
    [account.id, offset, count],
  )
  const item = rows.map((draft) => ({
    media_id: draft.media_id,
    content: {
      news_item: shownDraft(world, draft, withContent),
      create_time: seconds(draft.created_at),
      update_time: seconds(draft.updated_at),
    },
    update_time: seconds(draft.updated_at),
  }))
  return { item, total_count: counted?.total ?? 0, item_count: item.length }
}

/** `no_content` 0 or missing gives the articles' bodies. */
export function wantsContent(body: Call['body']): boolean {
  const value = body['no_content'] ?? 0
  if (value === 0 || value === '0') return true
  return value === 1 || value === '1' ? false : refuse(40035)
}
