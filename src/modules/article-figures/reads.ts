import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'

/** Sums since sending, of people: whoever reads on two days is counted on both (WeChat's own way of counting). */
export type Figures = {
  readers: number
  messageReaders: number | null
  readOriginal: number
  favourites: number
  shares: number
  likes: number
  wows: number
  comments: number
  isFinal: boolean
}
export type ArticleFigures = Figures & {
  msgDataId: string
  place: number
  statDay: string
  title: string
  url: string | null
}

const COLUMNS = sql`f.msg_data_id as "msgDataId", f.place, f.stat_day::text as "statDay", f.title, f.url, f.readers,
  f.message_readers as "messageReaders", f.read_original as "readOriginal", f.favourites, f.shares, f.likes, f.wows, f.comments,
  f.is_final as "isFinal"`

/** Every day's sums of these sends, in order of days. */
export async function figuresByDay(
  db: Executor,
  accountId: string,
  msgDataIds: readonly string[],
): Promise<ArticleFigures[]> {
  const { rows } = await sql<ArticleFigures>`select ${COLUMNS} from article_figures f
    where f.account_id = ${accountId}::bigint and f.msg_data_id = any(${[...msgDataIds]}::text[])
    order by f.stat_day, f.msg_data_id, f.place`.execute(db)
  return rows
}

/** The newest sums of each article of these sends. */
export async function latestFigures(
  db: Executor,
  accountId: string,
  msgDataIds: readonly string[],
): Promise<ArticleFigures[]> {
  const { rows } = await sql<ArticleFigures>`
    select distinct on (f.msg_data_id, f.place) ${COLUMNS} from article_figures f
    where f.account_id = ${accountId}::bigint and f.msg_data_id = any(${[...msgDataIds]}::text[])
    order by f.msg_data_id, f.place, f.stat_day desc`.execute(db)
  return rows
}

type At = { accountId: string; statDay: string; articles: readonly { msgDataId: string; place: number }[] }

/** The sums up to one day of exactly these articles, by `<msgDataId>_<place>`; an article without a row is absent. */
export async function figuresAt(
  db: Executor,
  { accountId, statDay, articles }: At,
): Promise<Map<string, Figures>> {
  const { rows } = await sql<ArticleFigures>`select ${COLUMNS} from article_figures f
    join unnest(${articles.map(({ msgDataId }) => msgDataId)}::text[], ${articles.map(({ place }) => place)}::int[])
      as k (msg_data_id, place) on f.msg_data_id = k.msg_data_id and f.place = k.place
    where f.account_id = ${accountId}::bigint and f.stat_day = ${statDay}::date`.execute(db)
  return new Map(rows.map((row) => [`${row.msgDataId}_${row.place}`, row]))
}

export type FigureDay = {
  day: string
  dueAt: Date | null
  readAt: Date | null
  problem: 'late' | 'calls-used-up' | 'busy' | 'refused' | null
  errcode: number | null
}

/** How far the reading of these Beijing days has got; a day nobody expects anything of is absent. */
export async function figureDays(
  db: Executor,
  accountId: string,
  days: readonly string[],
): Promise<FigureDay[]> {
  const { rows } = await sql<FigureDay>`
    select day::text as day, due_at as "dueAt", read_at as "readAt", problem, errcode from figure_days
    where account_id = ${accountId}::bigint and day = any(${[...days]}::date[]) order by day`.execute(db)
  return rows
}

/** Whether the sums up to a day of what was sent on another are all there: `final`, `late` (looked, not there yet), or not looked. */
export async function dayState(
  db: Executor,
  accountId: string,
  { day, statDay }: { day: string; statDay: string },
): Promise<'waiting' | 'late' | 'final'> {
  const { rows } = await sql<{ isFinal: boolean; problem: string | null }>`
    select problem, problem is null and read_at >= (${statDay}::date + 1)::timestamp at time zone 'Asia/Shanghai' + interval '8 hours'
      as "isFinal"
    from figure_days where account_id = ${accountId}::bigint and day = ${day}::date`.execute(db)
  const found = rows[0]
  return found?.isFinal === true ? 'final' : found?.problem === 'late' ? 'late' : 'waiting'
}
