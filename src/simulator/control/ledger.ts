import type { z } from 'zod'
import type { World } from '../world.ts'
import type { ledgerQuery } from './schema.ts'

type Query = z.output<typeof ledgerQuery>

const FROM = `receipt join message on message.id = message_id join fan on fan.id = receipt.fan_id
  join account on account.id = receipt.account_id`

/** The condition that a query stands for, with its values from $1 on. */
function condition({ appid, openid, msgId, kind }: Partial<Query>): { where: string; values: unknown[] } {
  const values: unknown[] = []
  const parts = ['true']
  const add = (sql: string, value: unknown): void => {
    values.push(value)
    parts.push(sql.replace('?', `$${values.length}`))
  }
  if (appid !== undefined) add('account.appid = ?', appid)
  if (openid !== undefined) add('fan.openid = ?', openid)
  if (msgId !== undefined) add('receipt.message_id = any(?::bigint[])', msgId.split(','))
  if (kind !== undefined) add('receipt.kind = ?', kind)
  return { where: parts.join(' and '), values }
}

/** What fans really received, in the order of the ledger. */
export async function readLedger(world: World, query: Query): Promise<object> {
  const { where, values } = condition(query)
  const items = await world.db.rows<{ id: string }>(
    `select receipt.id, appid, openid, receipt.kind, message.id as "msgId", received_at as "receivedAt", msgtype,
       content, content_key as "contentKey", msg_data_id as "msgDataId"
     from ${FROM} where ${where} and receipt.id > $${values.length + 1} order by receipt.id limit $${values.length + 2}`,
    [...values, query.after, query.limit],
  )
  return { items, next: items.length === query.limit ? (items.at(-1)?.id ?? null) : null }
}

/**
 * Totals, by message where one goes to many, and the fans to whom the same content came twice in the same way; previews and replies may. `duplicatesByKey`:
 * who got two messages under one key of the sender.
 */
export async function summariseLedger(world: World, query: Query): Promise<object> {
  const { where, values } = condition(query)
  const totals = await world.db.row<{ total: number; fansReached: number }>(
    `select count(*)::int as total, count(distinct receipt.fan_id)::int as "fansReached" from ${FROM} where ${where}`,
    values,
  )
  const byKind = await world.db.rows(
    `select receipt.kind, count(*)::int as count, count(distinct receipt.fan_id)::int as fans
     from ${FROM} where ${where} group by receipt.kind order by receipt.kind`,
    values,
  )
  const byMsg = await world.db.rows(
    `select message.id as "msgId", receipt.kind, content_key as "contentKey", count(*)::int as count
     from ${FROM} where ${where} and receipt.kind in ('mass', 'preview')
     group by message.id, receipt.kind, content_key order by message.id`,
    values,
  )
  const twice = await world.db.rows<{ openid: string }>(
    `select openid from ${FROM} where ${where} and receipt.kind not in ('preview', 'reply')
     group by openid, receipt.kind, content_key having count(*) > 1 order by openid`,
    values,
  )
  const sameKey = await world.db.row<{ count: number }>(
    `select count(distinct openid)::int as count from (
       select openid from ${FROM} where ${where} and sender_key <> '' group by openid, sender_key having count(*) > 1) twice`,
    values,
  )
  const openids = [...new Set(twice.map((row) => row.openid))]
  return {
    ...totals,
    byKind,
    byMsg,
    duplicates: openids.length,
    duplicatesByContent: openids.slice(0, 1_000),
    duplicatesByKey: sameKey?.count ?? 0,
  }
}
