import { qualityOf } from '../behaviour/quality.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'

type Row = {
  msgDataId: string
  idx: number
  title: string
  notified: boolean
  publishedAt: Date
  deletedAt: Date | null
  read: number
  readOriginal: number
  share: number
  like: number
  wow: number
  favourite: number
  comment: number
}

/** What was published, with the quality that decides how it is read and everything that was done up to now: the truth. */
export async function listArticles(
  world: World,
  { appid, msgDataId }: { appid: string; msgDataId?: string | undefined },
): Promise<object> {
  const account = await accountOf(world, appid)
  const rows = await world.db.rows<Row>(
    `select a.msg_data_id::text as "msgDataId", a.idx, a.fields ->> 'title' as title, p.notified, p.published_at as "publishedAt",
       coalesce(a.deleted_at, p.deleted_at) as "deletedAt", coalesce(sum(d.read_user), 0)::int as read,
       coalesce(sum(d.redirect_ori_page_user), 0)::int as "readOriginal", coalesce(sum(d.share_user), 0)::int as share,
       coalesce(sum(d.like_user), 0)::int as "like", coalesce(sum(d.zaikan_user), 0)::int as wow,
       coalesce(sum(d.collection_user), 0)::int as favourite, coalesce(sum(d.comment_count), 0)::int as comment
     from publication p join article a using (msg_data_id) left join article_day d using (msg_data_id, idx)
     where p.account_id = $1 and ($2::bigint is null or p.msg_data_id = $2)
     group by p.msg_data_id, a.key order by p.published_at desc, p.msg_data_id desc, a.idx limit 1000`,
    [account.id, msgDataId ?? null],
  )
  return { items: rows.map((row) => ({ ...row, quality: qualityOf(row.title, account) })) }
}
