import { addDays, dayOf } from '../../calendar.ts'
import type { JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import { type Answer, type Call, type Endpoint, verified } from '../call.ts'
import { type ArticleRow, articleUrl } from '../publish/publications.ts'
import { refuse } from '../refusal.ts'
import { readRange } from './range.ts'

/** Replaced in 2025-11; only figures from before that date were ever in them. */
const OFFLINE = [
  'getarticlesummary',
  'getarticletotal',
  'getuserread',
  'getuserreadhour',
  'getusershare',
  'getusersharehour',
]

const cube = (name: string, handle: (call: Call) => Promise<Answer>): Endpoint => ({
  path: `/datacube/${name}`,
  method: 'POST',
  allow: verified,
  handle,
})

export const statisticsEndpoints: Endpoint[] = [
  cube('getusersummary', userSummary),
  cube('getusercumulate', userCumulate),
  cube('getarticleread', articleRead),
  cube('getarticleshare', articleShare),
  cube('getbizsummary', bizSummary),
  cube('getarticletotaldetail', articleTotalDetail),
  ...OFFLINE.map((name) => cube(name, async () => refuse(47009))),
]

async function userSummary({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 7, now)
  const list = await world.db.rows(
    `select day::text as ref_date, source as user_source, new_user, cancel_user from fan_day
     where account_id = $1 and day between $2 and $3 order by day, source`,
    [account.id, begin, end],
  )
  return { list }
}

async function userCumulate({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 7, now)
  const list = await world.db.rows(
    `select d::date::text as ref_date, 0 as user_source,
       (select count(*) from fan where account_id = $1 and following)::int
         - coalesce((select sum(new_user - cancel_user) from fan_day where account_id = $1 and day > d::date), 0)::int as cumulate_user
     from generate_series($2::date, $3::date, interval '1 day') as d order by d`,
    [account.id, begin, end],
  )
  return { list }
}

type Day = {
  msg_data_id: string
  idx: number
  day: string
  read_user: number
  share_user: number
  zaikan_user: number
  like_user: number
  comment_count: number
  collection_user: number
}

const articleDays = (
  db: Pick<Queries, 'rows'>,
  accountId: number,
  begin: string,
  end: string,
): Promise<Day[]> =>
  db.rows<Day>(
    `select *, day::text as day from article_day where account_id = $1 and day between $2 and $3 order by article_day.day, msg_data_id, idx`,
    [accountId, begin, end],
  )

/** `msgid` of the statistics: the key of the send, and the article's place in it. */
const cubeId = (row: { msg_data_id: string; idx: number }): string => `${row.msg_data_id}_${row.idx}`

/** How readers came, as the figures of one account spread typically. */
const readSources = (readers: number): JsonObject[] => {
  const chat = Math.floor(readers * 0.7)
  const moments = Math.floor(readers * 0.2)
  return [
    { user_count: chat, scene_desc: '公众号消息' },
    { user_count: moments, scene_desc: '朋友圈' },
    { user_count: readers - chat - moments, scene_desc: '聊天会话' },
  ].filter((source) => source.user_count > 0)
}

async function articleRead({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const rows = await articleDays(world.db, account.id, begin, end)
  const list = rows.map((row) => ({
    ref_date: row.day,
    msgid: cubeId(row),
    detail: { read_user: row.read_user, read_user_source: readSources(row.read_user) },
  }))
  return { list, is_delay: false }
}

async function articleShare({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const rows = await articleDays(world.db, account.id, begin, end)
  const list = rows.map((row) => ({
    ref_date: row.day,
    msgid: cubeId(row),
    detail: { share_user: row.share_user },
  }))
  return { list, is_delay: false }
}

async function bizSummary({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 30, now)
  const days = await world.db.rows<Omit<Day, 'msg_data_id' | 'idx'> & { sent: number }>(
    `select day::text as day, sum(read_user)::int as read_user, sum(share_user)::int as share_user,
       sum(zaikan_user)::int as zaikan_user, sum(like_user)::int as like_user, sum(comment_count)::int as comment_count,
       sum(collection_user)::int as collection_user,
       (select count(*)::int from article join publication p using (msg_data_id) where p.account_id = $1
         and (p.published_at at time zone 'Asia/Shanghai')::date = d.day) as sent
     from article_day d where account_id = $1 and day between $2 and $3 group by day order by day`,
    [account.id, begin, end],
  )
  const list = days.map(({ day, sent, ...counts }) => ({
    ref_date: day,
    detail: {
      ...counts,
      read_user_source: readSources(counts.read_user),
      redirect_ori_page_user: 0,
      send_page_count: sent,
    },
  }))
  return { list, is_delay: false }
}

type Published = ArticleRow & { notified: boolean; day: string; reached: number }

/** What was published on a day, and how each of the thirty days after it went. */
async function articleTotalDetail({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const articles = await world.db.rows<Published>(
    `select article.*, p.notified, (p.published_at at time zone 'Asia/Shanghai')::date::text as day,
       coalesce((select sum(sent) from mass_job join message on message.id = msg_id
                 where message.msg_data_id = p.msg_data_id), 0)::int as reached
     from publication p join article using (msg_data_id)
     where p.account_id = $1 and (p.published_at at time zone 'Asia/Shanghai')::date between $2 and $3
     order by p.msg_data_id, article.idx`,
    [account.id, begin, end],
  )
  const ready = addDays(dayOf(now), -1)
  const last = addDays(end, 29)
  const days = await articleDays(world.db, account.id, begin, [last, ready].sort()[0] ?? last)
  const list = articles.map((article) => ({
    ref_date: article.day,
    msgid: cubeId(article),
    publish_type: article.notified ? 0 : 1,
    title: article.fields.title,
    content_url: articleUrl(world, article.key),
    detail_list: days
      .filter((day) => cubeId(day) === cubeId(article))
      .map((day) => detailOf(day, article.reached)),
  }))
  return { list, is_delay: last >= ready }
}

function detailOf(
  { day, msg_data_id: _id, idx: _idx, ...counts }: Day & { account_id?: number },
  reached: number,
): JsonObject {
  const { account_id: _account, ...figures } = counts
  return {
    stat_date: day,
    ...figures,
    read_user_source: readSources(figures.read_user),
    redirect_ori_page_user: 0,
    praise_money: 0,
    read_subscribe_user: 0,
    read_delivery_rate: reached > 0 ? Number((figures.read_user / reached).toFixed(4)) : 0,
    read_finish_rate: 0.42,
    read_avg_activetime: 1.3,
    read_jump_position: [1, 2, 3, 4, 5].map((position) => ({ position, rate: 0.2 })),
  }
}
