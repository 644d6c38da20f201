import { addDays } from '../../calendar.ts'
import { type Answer, type Call, type Endpoint, verified } from '../call.ts'
import { type ArticleRow, articleUrl } from '../publish/publications.ts'
import { refuse } from '../refusal.ts'
import { lateDay, readRange, readyDay } from './range.ts'
import { articleDays, cubeId, detailsOf, readSources } from './reading.ts'

/** Replaced in 2025-11; only figures from before that date were ever in them. */
const OFFLINE = [
  'getarticlesummary',
  'getarticletotal',
  'getuserread',
  'getuserreadhour',
  'getusershare',
  'getusersharehour',
]

/** Figures are of days that are over: what fans were going to do in them, they have done before anybody reads. */
const cube = (name: string, handle: (call: Call) => Promise<Answer>): Endpoint => ({
  path: `/datacube/${name}`,
  method: 'POST',
  allow: verified,
  handle: async (call) => {
    await call.world.caughtUp()
    return handle(call)
  },
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

async function articleRead({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const late = lateDay(account, now)
  const rows = await articleDays(world.db, account.id, { begin, end, late })
  const list = rows.map((row) => ({
    ref_date: row.day,
    msgid: cubeId(row),
    detail: { read_user: row.read_user, read_user_source: readSources(row.read_user) },
  }))
  return { list, is_delay: late === end }
}

async function articleShare({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const late = lateDay(account, now)
  const rows = await articleDays(world.db, account.id, { begin, end, late })
  const list = rows.map((row) => ({
    ref_date: row.day,
    msgid: cubeId(row),
    detail: { share_user: row.share_user },
  }))
  return { list, is_delay: late === end }
}

async function bizSummary({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 30, now)
  const late = lateDay(account, now)
  const days = await world.db.rows<{ day: string; sent: number; read_user: number }>(
    `select day::text as day, sum(read_user)::int as read_user, sum(share_user)::int as share_user,
       sum(zaikan_user)::int as zaikan_user, sum(like_user)::int as like_user, sum(comment_count)::int as comment_count,
       sum(collection_user)::int as collection_user, sum(redirect_ori_page_user)::int as redirect_ori_page_user,
       (select count(*)::int from article join publication p using (msg_data_id) where p.account_id = $1
         and (p.published_at at time zone 'Asia/Shanghai')::date = d.day) as sent
     from article_day d where account_id = $1 and day between $2 and $3 and day is distinct from $4 group by day order by day`,
    [account.id, begin, end, late ?? null],
  )
  const list = days.map(({ day, sent, ...counts }) => ({
    ref_date: day,
    detail: {
      ...counts,
      read_user_source: readSources(counts.read_user),
      send_page_count: sent,
    },
  }))
  return { list, is_delay: late === end }
}

type Published = ArticleRow & { notified: boolean; day: string; reached: number }

/**
 * What was published on a day; each row of an article is the sum from that day to its `stat_date`, thirty days at most. Zero rows
 * are missing, and so is what was deleted. `is_delay` while yesterday isn't in it.
 */
async function articleTotalDetail({ world, account, body, now }: Call): Promise<Answer> {
  const { begin, end } = readRange(body, 1, now)
  const articles = await world.db.rows<Published>(
    `select article.*, p.notified, (p.published_at at time zone 'Asia/Shanghai')::date::text as day,
       coalesce((select sum(sent) from mass_job join message on message.id = msg_id
                 where message.msg_data_id = p.msg_data_id), 0)::int as reached
     from publication p join article using (msg_data_id)
     where p.account_id = $1 and (p.published_at at time zone 'Asia/Shanghai')::date between $2 and $3
       and p.deleted_at is null and article.deleted_at is null
     order by p.msg_data_id, article.idx`,
    [account.id, begin, end],
  )
  const last = addDays(end, 29)
  const ready = readyDay(now)
  const until = [last, ready].sort()[0] as string
  const late = lateDay(account, now)
  const days = await articleDays(world.db, account.id, { begin, end: until, late })
  const byArticle = Map.groupBy(days, cubeId)
  const to = late === until ? addDays(until, -1) : until
  const list = articles.map((article) => ({
    ref_date: article.day,
    msgid: cubeId(article),
    publish_type: article.notified ? 0 : 1,
    title: article.fields.title,
    content_url: articleUrl(world, article.key),
    detail_list: detailsOf(byArticle.get(cubeId(article)) ?? [], {
      from: article.day,
      to,
      reached: article.reached,
    }),
  }))
  return { list, is_delay: late !== undefined && late <= last }
}
