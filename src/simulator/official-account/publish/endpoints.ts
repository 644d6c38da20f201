import type { JsonObject } from '../../json.ts'
import type { World } from '../../world.ts'
import { type Answer, bigId, type Call, type Endpoint, integer, OK, text, verified } from '../call.ts'
import { shownArticle } from '../drafts/article.ts'
import { findDraft, wantsContent } from '../drafts/endpoints.ts'
import { slice } from '../material/endpoints.ts'
import { refuse } from '../refusal.ts'
import { type ArticleRow, articlesOf, articleUrl, nextId, takeOffline } from './publications.ts'

/** Real publishing takes a few seconds: the answer comes by PUBLISHJOBFINISH. */
const PUBLISH_MS = 2_000

export const publishEndpoints: Endpoint[] = [
  { path: '/cgi-bin/freepublish/submit', method: 'POST', allow: verified, handle: submit },
  { path: '/cgi-bin/freepublish/get', method: 'POST', allow: verified, handle: getJob },
  { path: '/cgi-bin/freepublish/getarticle', method: 'POST', allow: verified, handle: getArticle },
  { path: '/cgi-bin/freepublish/batchget', method: 'POST', allow: verified, handle: listPublished },
  { path: '/cgi-bin/freepublish/delete', method: 'POST', allow: verified, handle: remove },
]

async function submit({ world, account, body, now }: Call): Promise<Answer> {
  const draft = (await findDraft(world.db, account.id, text(body, 'media_id', 40007))) ?? refuse(40007)
  if (draft.auto_saved) refuse(53505)
  const publishId = await nextId(world.db)
  const msgDataId = await nextId(world.db)
  await world.db.run(
    `insert into publish_job (publish_id, account_id, media_id, msg_data_id, articles, due_at) values ($1, $2, $3, $4, $5, $6)`,
    [
      publishId,
      account.id,
      draft.media_id,
      msgDataId,
      JSON.stringify(draft.articles),
      new Date(now.getTime() + PUBLISH_MS),
    ],
  )
  return { ...OK, publish_id: publishId, msg_data_id: BigInt(msgDataId) }
}

type Job = {
  publish_id: string
  status: number
  article_id: string | null
  msg_data_id: string
  articles: unknown[]
}

async function getJob({ world, account, body }: Call): Promise<Answer> {
  const job = await world.db.row<Job>('select * from publish_job where account_id = $1 and publish_id = $2', [
    account.id,
    bigId(body, 'publish_id', 40035),
  ])
  if (!job) refuse(40035, 'invalid publish_id')
  const shown = { publish_id: job.publish_id, publish_status: job.status }
  if (job.status === 0) {
    const articles = await articlesOf(world.db, [job.msg_data_id])
    const item = articles.map((article) => ({
      idx: article.idx,
      article_url: articleUrl(world, article.key),
    }))
    return {
      ...shown,
      article_id: job.article_id,
      article_detail: { count: item.length, item },
      fail_idx: [],
    }
  }
  const failed = job.status === 1 ? [] : job.articles.map((_article, index) => index + 1)
  return { ...shown, fail_idx: failed }
}

type Published = { msg_data_id: string; article_id: string; published_at: Date; deleted_at: Date | null }

async function published({ world, account, body }: Call): Promise<Published> {
  const row = await world.db.row<Published>(
    'select * from publication where account_id = $1 and article_id = $2',
    [account.id, text(body, 'article_id', 53600)],
  )
  return row ?? refuse(53600)
}

async function getArticle(call: Call): Promise<Answer> {
  const publication = await published(call)
  const articles = await articlesOf(call.world.db, [publication.msg_data_id])
  return { news_item: articles.map((article) => shown(call.world, article, true)) }
}

const shown = (world: World, article: ArticleRow, withContent: boolean): JsonObject =>
  shownArticle(
    world,
    article.fields,
    { url: articleUrl(world, article.key), deleted: article.deleted_at !== null },
    withContent,
  )

async function listPublished({ world, account, body }: Call): Promise<Answer> {
  const { offset, count } = slice(body)
  const withContent = wantsContent(body)
  const filter = 'account_id = $1 and article_id is not null and deleted_at is null'
  const counted = await world.db.row<{ total: number }>(
    `select count(*)::int as total from publication where ${filter}`,
    [account.id],
  )
  const rows = await world.db.rows<Published>(
    `select * from publication where ${filter} order by published_at desc, msg_data_id desc offset $2 limit $3`,
    [account.id, offset, count],
  )
  const articles = await articlesOf(
    world.db,
    rows.map((row) => row.msg_data_id),
  )
  const item = rows.map((row) => {
    const time = Math.floor(row.published_at.getTime() / 1000)
    const own = articles.filter((article) => article.msg_data_id === row.msg_data_id)
    return {
      article_id: row.article_id,
      content: {
        news_item: own.map((article) => shown(world, article, withContent)),
        create_time: time,
        update_time: time,
      },
      update_time: time,
    }
  })
  return { item, total_count: counted?.total ?? 0, item_count: item.length }
}

async function remove(call: Call): Promise<Answer> {
  const publication = await published(call)
  const index = call.body['index'] === undefined ? 0 : integer(call.body, 'index', 40035)
  const articles = await articlesOf(call.world.db, [publication.msg_data_id])
  if (index < 0 || index > articles.length) refuse(40035)
  await takeOffline(call.world.db, publication.msg_data_id, index, call.now)
  return OK
}
