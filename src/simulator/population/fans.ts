import { sourceOf } from '../behaviour/acts.ts'
import type { Account } from '../official-account/account.ts'
import type { Queries } from '../store/database.ts'
import { FIRST_NAMES, SCENES, SECOND_NAMES, TAGS } from './words.ts'

/** Ids of one account's fans begin here; the rest is the fan's number. */
export const firstFanId = (accountId: number): bigint => BigInt(accountId) * 100_000_000n

/**
 * Makes `fans` followers and one person in twenty more who doesn't follow (yet, or any more).
 * Everything is a hash of seed and number: the same seed gives the same people.
 */
export async function populate(tx: Queries, account: Account, fans: number): Promise<void> {
  const people = fans + Math.floor(fans / 20)
  await insertFans(tx, account, people)
  await insertTags(tx, account)
  await insertHistory(tx, account)
}

const luck = (salt: number): string =>
  `((hashint8extended(n, $2::bigint + ${salt}) & 1048575)::float8 / 1048576)`
const letters = (text: string, length: number): string =>
  `substr(translate(encode(decode(md5(${text}) || md5(${text} || '+'), 'hex'), 'base64'), E'+/=\\n', '-_'), 1, ${length})`

async function insertFans(tx: Queries, account: Account, people: number): Promise<void> {
  const openid = `'o' || substr(md5($3::text), 1, 5) || ${letters(`$3::text || $2::text || ':' || n`, 22)}`
  // Accounts of one open platform share two people in five: those whose number has luck with all of them.
  const person = `case when (hashint8extended(n, hashtextextended($4::text, 0)) & 1023) < 410 then 'p' || n else $1::text || ':' || n end`
  const unionid = `case when $4::text is null then null else 'o' || substr(md5($4::text), 1, 5) || ${letters(`$4::text || (${person})`, 22)} end`
  await tx.run(
    `insert into fan (id, account_id, openid, unionid, following, follow_order, subscribed_at, subscribe_scene,
       qr_scene, qr_scene_str, nickname, wechat_id)
     select $1::bigint * 100000000 + n, $1::int, openid, unionid, n % 21 <> 0, nextval('follow_order'), subscribed_at, scene,
       case when scene = 'ADD_SCENE_QR_CODE' then 1000 + n % 40 else 0 end, '', nickname, wechat_id
     from (
       select n, ${openid} as openid, ${unionid} as unionid,
         $5::timestamptz - power(${luck(1)}, 2) * interval '900 days' - interval '2 days' as subscribed_at,
         ($6::text[])[1 + floor(${luck(2)} * cardinality($6::text[]))::int] as scene,
         ($7::text[])[1 + floor(${luck(3)} * cardinality($7::text[]))::int]
           || ($8::text[])[1 + floor(${luck(4)} * cardinality($8::text[]))::int] as nickname,
         'wxid_' || substr(md5($2::text || 'wx' || n), 1, 14) as wechat_id
       from generate_series(1::bigint, $9::bigint) as n
       order by subscribed_at) people`,
    [
      account.id,
      account.seed,
      account.appid,
      account.openPlatform,
      account.createdAt,
      SCENES,
      FIRST_NAMES,
      SECOND_NAMES,
      people,
    ],
  )
}

async function insertTags(tx: Queries, account: Account): Promise<void> {
  await tx.run(
    `insert into tag (account_id, id, name) select $1, id, name from unnest($2::int[], $3::text[]) as t(id, name)`,
    [account.id, TAGS.map((tag) => tag.id), TAGS.map((tag) => tag.name)],
  )
  await tx.run(
    `insert into tag_member (account_id, tag_id, fan_id)
     select $1, t.id, fan.id from unnest($2::int[], $3::float8[]) as t(id, share), fan
     where fan.account_id = $1 and fan.following
       and (hashint8extended(fan.id, $4::bigint + t.id) & 1048575)::float8 / 1048576 < t.share`,
    [account.id, TAGS.map((tag) => tag.id), TAGS.map((tag) => tag.share), account.seed],
  )
}

/** Who came and left by day, so that the statistics have a past. */
async function insertHistory(tx: Queries, account: Account): Promise<void> {
  const scenes = [...new Set(SCENES)]
  await tx.run(
    `insert into fan_day (account_id, day, source, new_user, cancel_user)
     select $1, day, source, sum(came), sum(gone) from (
       select (subscribed_at at time zone 'Asia/Shanghai')::date as day, s.source, 1 as came, 0 as gone
       from fan join unnest($2::text[], $3::int[]) as s(scene, source) on s.scene = subscribe_scene where account_id = $1
       union all
       select (subscribed_at at time zone 'Asia/Shanghai')::date + 1, 0, 0, 1 from fan where account_id = $1 and not following
     ) days group by day, source`,
    [account.id, scenes, scenes.map(sourceOf)],
  )
}
