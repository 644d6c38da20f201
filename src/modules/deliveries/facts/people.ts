import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { OpenWindow } from '../rules/index.ts'

/** One person as they are asked about: as planned, or as they would be. */
export type Asked = {
  /** Anything that tells it from the others. */
  key: string
  contactId: string
  fanId: string
  sendId: string
  occurrence: string
  /** Null where nothing is planned. */
  deliveryId: string | null
}

export type PersonFacts = {
  /** Who the contact stands for today. */
  person: string
  openid: string | null
  following: boolean
  lastInteractionAt: Date | null
  suppressed: boolean
  blocked: boolean
  duplicate: 'went' | 'waits' | null
}

/** Whatever may have reached a person, or still will. */
export const TAKEN = sql`('sending', 'accepted', 'delivered', 'unknown')`

/**
 * What is known of each person now. Of two messages of one send and occurrence that turned out to be for the same person, the
 * one that went first counts, and of those that wait the one planned first.
 */
export async function personFacts(
  db: Executor,
  asked: readonly Asked[],
  now: Date,
): Promise<Map<string, PersonFacts>> {
  const column = (pick: (one: Asked) => string | null) => asked.map(pick)
  const { rows } = await sql<PersonFacts & { key: string }>`${prepare}
    select r.key, p.person, f.openid, coalesce(f.following, false) as following,
      f.last_interaction_at as "lastInteractionAt",
      exists (select from (${idsOf}) i cross join lateral (
        select from contact_suppressions s where s.contact_id = i.id offset 0) x) as suppressed,
      exists (select from fan_blocks b where b.fan_id = r.fan_id and b.until > ${now}) as blocked,
      (select min(x.how) from (${idsOf}) i cross join lateral (
        select case when d.state in ${TAKEN} then 'went' else 'waits' end as how from deliveries d
        where d.send_id = r.send_id and d.occurrence = r.occurrence and d.contact_id = i.id
          and d.id is distinct from r.delivery_id
          and (d.state in ${TAKEN} or (d.state in ('planned', 'held') and (r.delivery_id is null or d.id < r.delivery_id)))
        offset 0) x) as duplicate
    from unnest(${column((one) => one.key)}::text[], ${column((one) => one.contactId)}::bigint[],
      ${column((one) => one.fanId)}::bigint[], ${column((one) => one.sendId)}::bigint[],
      ${column((one) => one.occurrence)}::bigint[], ${column((one) => one.deliveryId)}::bigint[])
      as r (key, contact_id, fan_id, send_id, occurrence, delivery_id)
    left join contact_aliases a on a.contact_id = r.contact_id
    cross join lateral (select coalesce(a.merged_into, r.contact_id) as person) p
    left join fans f on f.id = r.fan_id`.execute(db)
  return new Map(rows.map(({ key, ...facts }) => [key, facts]))
}

/** Every id that the person `p.person` goes by. `offset 0` where it is used: looked up one by one, never by a scan. */
const idsOf = sql`select p.person as id union all select m.contact_id from contact_aliases m where m.merged_into = p.person`

/** What fans' latest acts allow, whether open or over. */
export async function windowsOf(
  db: Executor,
  fanIds: readonly string[],
): Promise<Map<string, (OpenWindow & { kind: string })[]>> {
  const { rows } = await sql<OpenWindow & { kind: string; fanId: string }>`${prepare}
    select fan_id as "fanId", kind, opened_at as "openedAt", expires_at as "expiresAt", allowance - used as left
    from service_windows where fan_id = any(${[...fanIds]}::bigint[])`.execute(db)
  const windows = new Map<string, (OpenWindow & { kind: string })[]>()
  for (const { fanId, ...window } of rows) {
    const known = windows.get(fanId)
    if (known === undefined) windows.set(fanId, [window])
    else known.push(window)
  }
  return windows
}
