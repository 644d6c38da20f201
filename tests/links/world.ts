import { sql } from 'kysely'
import type { Ctx } from '../../src/context.ts'
import { saveLinks } from '../../src/modules/links/index.ts'

/** Rows as the engine writes them, for tests that ask what becomes of messages after they were sent. */
export type Sent = {
  accountId: string
  sendId: string
  deliveryIds: string[]
  contactIds: string[]
  fanIds: string[]
}

export async function insertAccount({ db }: Ctx, name = '品牌'): Promise<string> {
  const appid = `wx${Math.random().toString(16).slice(2, 12)}`
  const { rows } = await sql<{ id: string }>`
    insert into accounts (kind, name, appid, secret_encrypted, callback_key, callback_token_encrypted, callback_aes_key_encrypted,
      verified, created_at)
    values ('service', ${name}, ${appid}, ''::bytea, ${`key-${appid}`}, ''::bytea, ''::bytea, true, now()) returning id`.execute(
    db,
  )
  return rows[0]?.id as string
}

export async function insertPeople({ db }: Ctx, accountId: string, count: number) {
  const { rows } = await sql<{ id: string; contact_id: string }>`
    with made as (insert into contacts (created_at) select now() from generate_series(1, ${count}::int) returning id)
    insert into fans (account_id, contact_id, openid, following, followed_at)
    select ${accountId}::bigint, id, 'o' || ${accountId} || '_' || id, true, now() from made returning id, contact_id`.execute(
    db,
  )
  return { contactIds: rows.map((row) => row.contact_id), fanIds: rows.map((row) => row.id) }
}

type Send = { accountId: string; version?: number; kind?: 'campaign' | 'test' }

export async function insertSend(
  { db }: Ctx,
  { accountId, version = 1, kind = 'campaign' }: Send,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into sends (account_id, owner_kind, owner_id, name, channel, purpose, lane, version, created_at)
    values (${accountId}::bigint, ${kind}, 1, '活动', 'customer-service', 'marketing', 'bulk', ${version}, now())
    returning id`.execute(db)
  const sendId = rows[0]?.id as string
  await sql`insert into send_versions (send_id, version, content, tracked, created_at)
    select ${sendId}::bigint, v, '{}', true, now() from generate_series(1, ${version}::int) v`.execute(db)
  return sendId
}

export type NewDelivery = {
  sendId: string
  accountId: string
  contactId: string
  fanId: string
  occurrence?: number
  version?: number
  state?: string
  reason?: string | null
  intentAt: Date | null
}

export async function insertDelivery({ db }: Ctx, given: NewDelivery): Promise<string> {
  const { sendId, accountId, contactId, fanId, occurrence = 0, version = 1 } = given
  const { state = 'accepted', reason = null, intentAt } = given
  const { rows } = await sql<{ id: string }>`
    insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, state, reason, due_at, planned_at, intent_at)
    values (${sendId}::bigint, ${accountId}::bigint, ${version}, ${contactId}::bigint, ${fanId}::bigint, ${occurrence}::bigint,
      ${state}, ${reason}, now(), now(), ${intentAt}) returning id`.execute(db)
  await sql`insert into delivery_tallies (send_id, slot, state, reason, n) values (${sendId}::bigint, 0, ${state}, ${reason ?? ''}, 1)
    on conflict (send_id, run_id, state, reason, slot) do update set n = delivery_tallies.n + 1`.execute(db)
  return rows[0]?.id as string
}

/** A send with these web links, and one message for each of so many people, sent a minute ago. */
export async function sentTo(
  ctx: Ctx,
  { people, urls }: { people: number; urls: readonly string[] },
): Promise<Sent> {
  const accountId = await insertAccount(ctx)
  const { contactIds, fanIds } = await insertPeople(ctx, accountId, people)
  const sendId = await insertSend(ctx, { accountId })
  await saveLinks(
    ctx.db,
    { sendId, version: 1 },
    urls.map((url, index) => ({ index, kind: 'web', url, label: `链接 ${index}` })),
  )
  const deliveryIds: string[] = []
  for (const [n, contactId] of contactIds.entries()) {
    const fanId = fanIds[n] as string
    const intentAt = new Date(ctx.clock.now().getTime() - 60_000)
    deliveryIds.push(await insertDelivery(ctx, { sendId, accountId, contactId, fanId, intentAt }))
  }
  return { accountId, sendId, deliveryIds, contactIds, fanIds }
}
