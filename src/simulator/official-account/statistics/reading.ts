import { addDays } from '../../calendar.ts'
import type { JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'

/** What was done to one article on one day. */
export type Day = {
  msg_data_id: string
  idx: number
  day: string
  read_user: number
  share_user: number
  zaikan_user: number
  like_user: number
  comment_count: number
  collection_user: number
  redirect_ori_page_user: number
}
type Counts = Omit<Day, 'msg_data_id' | 'idx' | 'day'>

/** The days of all articles of an account, but for one whose figures are late. */
export const articleDays = (
  db: Pick<Queries, 'rows'>,
  accountId: number,
  { begin, end, late }: { begin: string; end: string; late: string | undefined },
): Promise<Day[]> =>
  db.rows<Day>(
    `select msg_data_id, idx, day::text as day, read_user, share_user, zaikan_user, like_user, comment_count, collection_user,
       redirect_ori_page_user
     from article_day where account_id = $1 and day between $2 and $3 and day is distinct from $4
     order by article_day.day, msg_data_id, idx`,
    [accountId, begin, end, late ?? null],
  )

/** `msgid` of the statistics: the key of the send, and the article's place in it. */
export const cubeId = (row: { msg_data_id: string; idx: number }): string => `${row.msg_data_id}_${row.idx}`

/** How readers came, as the figures of one account spread typically. */
export const readSources = (readers: number): JsonObject[] => {
  const chat = Math.floor(readers * 0.7)
  const moments = Math.floor(readers * 0.2)
  return [
    { user_count: chat, scene_desc: '公众号消息' },
    { user_count: moments, scene_desc: '朋友圈' },
    { user_count: readers - chat - moments, scene_desc: '聊天会话' },
  ].filter((source) => source.user_count > 0)
}

const NOTHING: Counts = {
  read_user: 0,
  share_user: 0,
  zaikan_user: 0,
  like_user: 0,
  comment_count: 0,
  collection_user: 0,
  redirect_ori_page_user: 0,
}

/** One row a day: the sums up to it, from the first day on which anything was done. */
export function detailsOf(
  days: readonly Day[],
  { from, to, reached }: { from: string; to: string; reached: number },
): JsonObject[] {
  const byDay = new Map(days.map((day) => [day.day, day]))
  const rows: JsonObject[] = []
  let sums = NOTHING
  for (let day = from; day <= to; day = addDays(day, 1)) {
    sums = plus(sums, byDay.get(day))
    if (Object.values(sums).some((count) => count > 0)) rows.push(rowOf(day, sums, reached))
  }
  return rows
}

const plus = (sums: Counts, day: Counts = NOTHING): Counts => ({
  read_user: sums.read_user + day.read_user,
  share_user: sums.share_user + day.share_user,
  zaikan_user: sums.zaikan_user + day.zaikan_user,
  like_user: sums.like_user + day.like_user,
  comment_count: sums.comment_count + day.comment_count,
  collection_user: sums.collection_user + day.collection_user,
  redirect_ori_page_user: sums.redirect_ori_page_user + day.redirect_ori_page_user,
})

const rowOf = (day: string, sums: Counts, reached: number): JsonObject => ({
  stat_date: day,
  ...sums,
  read_user_source: readSources(sums.read_user),
  praise_money: 0,
  read_subscribe_user: 0,
  read_delivery_rate: reached > 0 ? Number((sums.read_user / reached).toFixed(4)) : 0,
  read_finish_rate: 0.42,
  read_avg_activetime: 1.3,
  read_jump_position: [1, 2, 3, 4, 5].map((position) => ({ position, rate: 0.2 })),
})
