import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { Catalogue, Frame } from '../compiler/index.ts'
import { isEvent } from '../compiler/leaves/behaviour.ts'
import { campaignRows } from '../compiler/leaves/campaign.ts'
import { detailRows } from '../compiler/leaves/detail.ts'
import { CLICK_EVENT, recordRows } from '../compiler/leaves/send.ts'
import { inWindow } from '../compiler/windows.ts'
import type { Condition, EventMatch, Window } from '../schema/rule.ts'

type Saw = Record<string, unknown> | null
type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>

type Asking = {
  frame: Frame
  catalogue: Catalogue
  /** Whether the asker may see personal data. */
  whole: boolean
}

/** What a condition had before it when it was asked about the one person of the frame. */
export async function seenBy(
  db: Executor,
  condition: Condition,
  { frame, catalogue, whole }: Asking,
): Promise<Saw> {
  switch (condition.kind) {
    case 'attribute':
      return attributeSeen(db, condition, { frame, catalogue, whole })
    case 'tag':
      return tagsSeen(db, frame)
    case 'behaviour':
      return eventsSeen(db, condition, condition.window, frame)
    case 'occurrence':
      return eventsSeen(db, condition, { kind: 'ever' }, frame)
    case 'sequence':
      return {
        first: await eventsSeen(db, condition.first, condition.window, frame),
        second: await eventsSeen(db, condition.second, { kind: 'ever' }, frame),
      }
    case 'detail':
      return detailSeen(db, condition, frame, catalogue)
    case 'fan':
      return fansSeen(db, condition, frame)
    case 'identity':
      return identitiesSeen(db, frame)
    case 'segment':
      return { snapshotId: catalogue.segments.get(condition.segmentId)?.snapshotId ?? null }
    case 'campaign':
      return timesSeen(db, campaignRows(condition, frame))
    case 'send':
      return sendSeen(db, condition, frame, catalogue)
  }
}

async function one<T>(db: Executor, query: RawBuilder<T>): Promise<T | undefined> {
  return (await query.execute(db)).rows[0]
}

async function attributeSeen(
  db: Executor,
  { attribute }: Of<'attribute'>,
  { frame, catalogue, whole }: Asking,
): Promise<Saw> {
  const info = catalogue.attributes.get(attribute)
  if (info === undefined) return null
  const { rows } = await sql<{ text: string | null; number: number | null }>`
    select s.text_value as text, s.number_value as number ${frame.moved(sql`contact_attributes`)}
    where s.attribute_id = ${info.id}::int and ${frame.holds('s')} order by s.item`.execute(db)
  const values = rows.map(({ text, number }) =>
    info.type === 'instant' && number !== null ? new Date(number).toISOString() : (text ?? number),
  )
  if (values.length === 0) return null
  if (info.personal && !whole) return { value: '***' }
  return { value: info.type === 'list' ? values : values[0] }
}

async function tagsSeen(db: Executor, frame: Frame): Promise<Saw> {
  const open = sql`${frame.holds('s')}`
  const { rows } = await sql<{ name: string }>`
    select t.name ${frame.moved(sql`contact_tags`)} join tags t on t.id = s.tag_id where ${open}
    union select coalesce(t.name, s.tag_id::text) ${frame.moved(sql`fan_tags`)}
      left join wechat_tags t on t.account_id = s.account_id and t.tag_id = s.tag_id where ${open}
    order by 1 limit 100`.execute(db)
  return { tags: rows.map(({ name }) => name) }
}

async function eventsSeen(
  db: Executor,
  match: EventMatch,
  window: Window,
  frame: Frame,
): Promise<Record<string, unknown>> {
  return timesSeen(
    db,
    sql`${frame.kept(sql`events`)} where ${isEvent(match, frame.at)} and ${inWindow(sql`s.at`, window, frame.at)}`,
  )
}

/** Who was asked to click is told their clicks, of any send; otherwise when sends reached them or left them out. */
async function sendSeen(
  db: Executor,
  condition: Of<'send'>,
  frame: Frame,
  catalogue: Catalogue,
): Promise<Saw> {
  if (condition.what === 'clicked')
    return eventsSeen(db, { event: CLICK_EVENT, where: [] }, condition.window, frame)
  const rows = recordRows(condition, frame, catalogue)
  return rows === null ? { count: 0, times: [] } : timesSeen(db, rows)
}

/** How often, and the newest five times, of rows `s`. */
async function timesSeen(db: Executor, rows: RawBuilder<unknown>): Promise<Record<string, unknown>> {
  const row = await one(
    db,
    sql<{ count: string; times: Date[] | null }>`
      select count(*) as count, (array_agg(s.at order by s.at desc))[1:5] as times ${rows}`,
  )
  return { count: Number(row?.count ?? 0), times: (row?.times ?? []).map((time) => time.toISOString()) }
}

async function detailSeen(
  db: Executor,
  condition: Of<'detail'>,
  frame: Frame,
  catalogue: Catalogue,
): Promise<Saw> {
  const rows = detailRows(condition, frame, catalogue)
  if (rows === null) return null
  const row = await one(
    db,
    sql<{ count: string; amount: string | null; times: Date[] | null }>`
      select count(*) as count, (${rows.amount})::text as amount,
        (array_agg(s.at order by s.at desc))[1:5] as times ${rows.from}`,
  )
  return {
    count: Number(row?.count ?? 0),
    amount: row?.amount == null ? null : Number(row.amount),
    times: (row?.times ?? []).map((time) => time.toISOString()),
  }
}

async function fansSeen(db: Executor, { accountId }: Of<'fan'>, frame: Frame): Promise<Saw> {
  const { rows } = await sql<{
    accountId: string
    following: boolean
    followedAt: Date | null
    unfollowedAt: Date | null
    lastInteractionAt: Date | null
    scene: string | null
    qrScene: string | null
  }>`
    select s.account_id as "accountId", s.following, s.followed_at as "followedAt", s.unfollowed_at as "unfollowedAt",
      s.last_interaction_at as "lastInteractionAt", s.subscribe_scene as scene, s.qr_scene as "qrScene"
    ${frame.moved(sql`fans`)}
    where ${accountId === undefined ? sql`true` : sql`s.account_id = ${accountId}::bigint`}
    order by s.account_id limit 20`.execute(db)
  return { fans: rows.map((row) => JSON.parse(JSON.stringify(row)) as Record<string, unknown>) }
}

async function identitiesSeen(db: Executor, frame: Frame): Promise<Saw> {
  const { rows } = await sql<{ kind: string }>`
    select distinct s.kind ${frame.moved(sql`contact_identities`)} order by 1`.execute(db)
  return { kinds: rows.map(({ kind }) => kind) }
}
