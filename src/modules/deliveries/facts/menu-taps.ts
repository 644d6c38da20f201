import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { ReactionEvent } from '../../manifest.ts'

/** A menu message stays in the chat; older ones are not looked for. */
const DAYS_BACK = 7

/**
 * Which of these messages are taps on an item of a 菜单消息, or on a bizmsgmenu link of a text, after all: WeChat mostly says so by
 * the item's id, but it is known to be missing, and then a tap can't be told from typing. A text that is exactly what a tap on
 * something we sent the fan lately says counts as a tap: that allows less, and nothing that WeChat would refuse.
 */
export async function tappedItems(trx: Executor, events: readonly ReactionEvent[]): Promise<Set<string>> {
  const texts = events.filter(
    ({ name, properties }) =>
      name === EVENTS.message && properties['type'] === 'text' && typeof properties['content'] === 'string',
  )
  if (texts.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    with tappable as materialized (select send_id, version, taps from send_versions where taps is not null)
    select u.id from unnest(${texts.map((one) => one.id)}::bigint[], ${texts.map((one) => one.fanId)}::bigint[],
      ${texts.map((one) => String(one.properties['content']))}::text[], ${texts.map((one) => one.at.toISOString())}::timestamptz[])
      as u (id, fan_id, text, at)
    join fans f on f.id = u.fan_id
    where exists (select from tappable limit 1) and exists (
      select from deliveries d join tappable m on m.send_id = d.send_id and m.version = d.version
      where d.contact_id in (select f.contact_id
          union all select a.contact_id from contact_aliases a where a.merged_into = f.contact_id
          union all select a.merged_into from contact_aliases a where a.contact_id = f.contact_id)
        and d.fan_id = u.fan_id and d.state in ('sending', 'accepted', 'delivered', 'unknown')
        and d.intent_at > u.at - ${DAYS_BACK}::int * interval '1 day' and d.intent_at < u.at + interval '1 minute'
        and u.text = any(m.taps))`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}
