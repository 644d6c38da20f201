import { dayOf } from '../calendar.ts'
import { type Account, getAccountById } from '../official-account/account.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import { addComments, addFollower, addText, removeFollower } from './acts.ts'
import { STEPS } from './plan.ts'
import { readRateOf } from './quality.ts'
import { COMMENTS, TEXTS } from './words.ts'

type Step = {
  id: string
  account_id: number
  msg_id: string
  step: number
  due_at: Date
  msg_data_id: string | null
}
/** From a share of the recipients up to another: the slice of them that acts in this step. */
type Slice = { from: number; to: number }

/** Lets the fans of the next due step act; false when there is none. */
export function runDueStep(world: World): Promise<boolean> {
  return world.db.transaction(async (tx) => {
    const step = await tx.row<Step>(
      `select s.*, message.msg_data_id from behaviour_step s join message on message.id = s.msg_id
       where done_at is null and due_at <= $1 order by due_at, s.id limit 1 for update of s`,
      [world.clock.now()],
    )
    if (!step) return false
    const account = await getAccountById(tx, step.account_id)
    const slice = { from: STEPS[step.step - 1]?.reached ?? 0, to: STEPS[step.step]?.reached ?? 1 }
    if (step.msg_data_id) await readers(tx, step, account, slice)
    if (step.msg_data_id) await commenters(tx, step, account, slice)
    await writers(world, tx, step, account, slice)
    await leavers(world, tx, step, account, slice)
    await comers(world, tx, step, account, slice)
    await tx.run('update behaviour_step set done_at = $2 where id = $1', [step.id, world.clock.now()])
    return true
  })
}

/** A fan's luck for one action is a hash of fan, send and action: the same seed always gives the same fans. */
const luck = (action: number): string =>
  `(hashint8extended(fan_id, $1::bigint + ${action}) & 1048575)::float8 / 1048576`

const ACTION = {
  read: 1,
  share: 2,
  zaikan: 3,
  like: 4,
  favourite: 5,
  comment: 6,
  text: 7,
  unfollow: 8,
  follow: 9,
} as const

/** Counts the readers and sharers of this slice into the articles' day, without a row per fan. */
async function readers(tx: Queries, step: Step, account: Account, { from, to }: Slice): Promise<void> {
  const { rates } = account
  const articles = await tx.rows<{ idx: number; title: string; hasSource: boolean }>(
    `select idx, fields ->> 'title' as title, coalesce(fields ->> 'content_source_url', '') <> '' as "hasSource"
     from article where msg_data_id = $1 and deleted_at is null order by idx`,
    [step.msg_data_id],
  )
  const counted = (action: keyof typeof ACTION, rate: number): string =>
    `(count(*) filter (where ${luck(ACTION[action])} >= ${rate * from} and ${luck(ACTION[action])} < ${rate * to}))::int`
  if (articles.length === 0) return
  // whoever goes on to the source is one of the readers: the same luck, a lower rate
  const own = articles.map((article) => {
    const read = readRateOf(article, account)
    const original = article.hasSource ? Math.min(rates.readOriginal, read) : 0
    return `${counted('read', read)} as read_${article.idx}, ${counted('read', original)} as original_${article.idx}`
  })
  const of = (name: string): string =>
    `(array[${articles.map(({ idx }) => `c.${name}_${idx}`).join(', ')}])[n::int]`
  await tx.run(
    `insert into article_day (msg_data_id, idx, day, account_id, read_user, redirect_ori_page_user, share_user, zaikan_user,
       like_user, collection_user)
     select $2::bigint, idx, $3::date, $4::int, ${of('read')}, ${of('original')}, share / idx, zaikan / idx, likes / idx, kept / idx
     from (select ${own.join(', ')}, ${counted('share', rates.share)} as share,
             ${counted('zaikan', rates.like / 2)} as zaikan, ${counted('like', rates.like)} as likes,
             ${counted('favourite', rates.favourite)} as kept
           from receipt where message_id = $1) c, unnest($5::int[]) with ordinality as a (idx, n)
     on conflict (msg_data_id, idx, day) do update set
       read_user = article_day.read_user + excluded.read_user, share_user = article_day.share_user + excluded.share_user,
       zaikan_user = article_day.zaikan_user + excluded.zaikan_user, like_user = article_day.like_user + excluded.like_user,
       collection_user = article_day.collection_user + excluded.collection_user,
       redirect_ori_page_user = article_day.redirect_ori_page_user + excluded.redirect_ori_page_user`,
    [step.msg_id, step.msg_data_id, dayOf(step.due_at), account.id, articles.map(({ idx }) => idx)],
  )
}

/** The recipients of the send whose luck falls into the slice. */
async function lucky(
  tx: Queries,
  step: Step,
  { action, rate, slice }: { action: keyof typeof ACTION; rate: number; slice: Slice },
): Promise<string[]> {
  if (rate <= 0) return []
  const rows = await tx.rows<{ fan_id: string }>(
    `select fan_id from receipt join fan on fan.id = fan_id
     where message_id = $1 and fan.following and ${luck(ACTION[action])} >= $2::float8 and ${luck(ACTION[action])} < $3::float8
     order by fan_id`,
    [step.msg_id, rate * slice.from, rate * slice.to],
  )
  return rows.map((row) => row.fan_id)
}

async function commenters(tx: Queries, step: Step, account: Account, slice: Slice): Promise<void> {
  const open = await tx.row('select 1 from article where msg_data_id = $1 and idx = 1 and comments_open', [
    step.msg_data_id,
  ])
  if (!open || !step.msg_data_id) return
  const fanIds = await lucky(tx, step, { action: 'comment', rate: account.rates.comment, slice })
  const comments = fanIds.map((fanId) => ({ fanId, content: pick(COMMENTS, fanId) }))
  await addComments(tx, account.id, { msgDataId: step.msg_data_id, idx: 1, at: step.due_at, comments })
}

async function writers(world: World, tx: Queries, step: Step, account: Account, slice: Slice): Promise<void> {
  for (const fanId of await lucky(tx, step, { action: 'text', rate: account.rates.text, slice }))
    await addText(world, tx, account, { fanId, content: pick(TEXTS, fanId), at: step.due_at })
}

async function leavers(world: World, tx: Queries, step: Step, account: Account, slice: Slice): Promise<void> {
  for (const fanId of await lucky(tx, step, { action: 'unfollow', rate: account.rates.unfollow, slice }))
    await removeFollower(world, tx, account, { fanId, at: step.due_at })
}

/** People whom a forwarded article brings: out of those who don't follow (any more). */
async function comers(world: World, tx: Queries, step: Step, account: Account, slice: Slice): Promise<void> {
  const rows = await tx.rows<{ fan_id: string }>(
    `select id as fan_id from fan where account_id = $2 and not following
     order by hashint8extended(id, $1::bigint + ${ACTION.follow})
     limit (select round(count(*) * $3::float8) from receipt where message_id = $1)`,
    [step.msg_id, account.id, account.rates.follow * (slice.to - slice.from)],
  )
  for (const row of rows)
    await addFollower(world, tx, account, {
      fanId: row.fan_id,
      at: step.due_at,
      scene: 'ADD_SCENE_PROFILE_LINK',
    })
}

const pick = (list: readonly string[], fanId: string): string =>
  list[Number(BigInt(fanId) % BigInt(list.length))] ?? ''
