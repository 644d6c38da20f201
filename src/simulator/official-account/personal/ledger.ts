import { createHash } from 'node:crypto'
import type { JsonObject } from '../../json.ts'
import type { Queries } from '../../store/database.ts'
import type { Account } from '../account.ts'
import type { FanRow } from '../users/fans.ts'

export type PersonalKind = 'custom' | 'template' | 'subscription'

export type Fan = Pick<FanRow, 'id' | 'openid' | 'following' | 'blacklisted_at'>
export const fansByOpenid = async (
  tx: Queries,
  accountId: number,
  openids: readonly string[],
): Promise<Map<string, Fan>> => {
  const rows = await tx.rows<Fan>(
    'select id, openid, following, blacklisted_at from fan where openid = any($2) and account_id = $1',
    [accountId, [...new Set(openids)]],
  )
  return new Map(rows.map((fan) => [fan.openid, fan]))
}

export type Written = {
  /** Of `drawIds`. */
  id: string
  fanId: string
  kind: PersonalKind
  msgtype: string
  /** The wire object as it came; notices with the lines that are shown. */
  content: JsonObject
  /** What its receiver can tap; '' where there is nothing. */
  url: string
  /** The sender's own key; '' where there is none. */
  key: string
  /** False for a notice whose result will be a failure: nobody receives it. */
  arrives: boolean
}

/** Ids of the next messages, ascending. */
export async function drawIds(tx: Queries, count: number): Promise<string[]> {
  if (count === 0) return []
  const rows = await tx.rows<{ id: string }>(
    `select nextval('platform_id') as id from generate_series(1, $1::int)`,
    [count],
  )
  return rows.map(({ id }) => id)
}

/** Writes what single fans receive: message, receipt and what they will do about it. */
export async function writePersonal(
  tx: Queries,
  account: Account,
  messages: readonly Written[],
  now: Date,
): Promise<void> {
  if (messages.length === 0) return
  await tx.run(
    `with m as (
       select * from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::bigint[], $8::bool[], $10::text[])
         as m (id, kind, msgtype, content, content_key, fan_id, arrives, sender_key)),
     written as (
       insert into message (id, account_id, kind, msgtype, content, content_key, sender_key, created_at)
       select id, $1, kind, msgtype, content, content_key, sender_key, $9 from m)
     insert into receipt (account_id, fan_id, message_id, kind, received_at)
     select $1, fan_id, id, kind, $9 from m where arrives`,
    [
      account.id,
      messages.map((one) => one.id),
      messages.map((one) => one.kind),
      messages.map((one) => one.msgtype),
      messages.map((one) => JSON.stringify(one.content)),
      messages.map((one) => keyOf(one)),
      messages.map((one) => one.fanId),
      messages.map((one) => one.arrives),
      now,
      messages.map((one) => one.key),
    ],
  )
  await planActs(tx, account, messages, now)
}

const keyOf = ({ kind, msgtype, content }: Written): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, msgtype, content]))
    .digest('hex')
    .slice(0, 32)

const MINUTE_MS = 60_000
const SOONEST_MS = 60_000
const LATEST_MS = 40 * 60_000

/** A number of 0 to 1 that is the same for the same seed, message and act. */
export const luck = (account: Account, id: string, act: string): number =>
  createHash('sha256').update(`${account.seed}:${id}:${act}`).digest().readUInt32BE() / 2 ** 32

/** Many that wait for the same instant are one stop of a clock that runs from due to due. */
export const toFull = (unitMs: number, at: number): Date => new Date(Math.ceil(at / unitMs) * unitMs)

/** Who is going to open the link, answer or leave, within the hour. */
async function planActs(
  tx: Queries,
  account: Account,
  messages: readonly Written[],
  now: Date,
): Promise<void> {
  const { tap, answer, unfollow } = account.rates
  const rates = { tap, answer, leave: unfollow }
  const acts = messages.flatMap(({ id, fanId, url, arrives }) =>
    (Object.keys(rates) as (keyof typeof rates)[])
      .filter((act) => arrives && (act !== 'tap' || url !== '') && luck(account, id, act) < rates[act])
      .map((act) => {
        const after = SOONEST_MS + luck(account, id, `${act} when`) * (LATEST_MS - SOONEST_MS)
        return { fanId, id, act, url, dueAt: toFull(MINUTE_MS, now.getTime() + after) }
      }),
  )
  if (acts.length === 0) return
  await tx.run(
    `insert into personal_act (account_id, fan_id, message_id, act, url, due_at)
     select $1, * from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])`,
    [
      account.id,
      acts.map((one) => one.fanId),
      acts.map((one) => one.id),
      acts.map((one) => one.act),
      acts.map((one) => one.url),
      acts.map((one) => one.dueAt),
    ],
  )
}

/** The address of the first link in a text; '' where it has none. */
export const firstLink = (text: string): string =>
  (
    /<a\b[^>]*href\s*=\s*["'](https?:[^"']*)["']/i.exec(text)?.[1] ??
    /https?:\/\/[^\s<>"'，。；、！？）】]+/.exec(text)?.[0] ??
    ''
  ).replaceAll('&amp;', '&')
