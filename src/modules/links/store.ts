import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import type { LinkKey } from './code.ts'
import { TAP_MS } from './rules.ts'
import type { LinkFigures } from './schema.ts'

export type SentLink = {
  index: number
  kind: 'web' | 'mini-program'
  url: string
  label?: string | undefined
}

export async function insertLinks(
  trx: Executor,
  { sendId, version }: { sendId: string; version: number },
  links: readonly SentLink[],
): Promise<void> {
  if (links.length === 0) return
  await trx
    .insertInto('send_links')
    .values(
      links.map(({ index, kind, url, label = '' }) => ({
        send_id: sendId,
        version,
        link_index: index,
        kind,
        url,
        label: [...label].slice(0, 100).join(''),
      })),
    )
    .onConflict((conflict) => conflict.columns(['send_id', 'version', 'link_index']).doNothing())
    .execute()
}

/** A link of a message, and whose it is; `openid` is null where they are no fan any more. Erased people have none. */
export type Target = LinkKey & {
  sendId: string
  version: number
  accountId: string
  kind: 'web' | 'mini-program'
  url: string
  openid: string | null
}

export async function findTarget(db: Executor, { deliveryId, index }: LinkKey): Promise<Target | undefined> {
  const { rows } = await sql<Omit<Target, keyof LinkKey>>`
    select d.send_id as "sendId", d.version, d.account_id as "accountId", l.kind, l.url, f.openid
    from deliveries d
    join send_links l on l.send_id = d.send_id and l.version = d.version and l.link_index = ${index}::smallint
    left join fans f on f.id = d.fan_id
    where d.id = ${deliveryId}::bigint and d.contact_id > 0`.execute(db)
  return rows[0] && { ...rows[0], deliveryId, index }
}

export type Uncounted = { sendId: string; version: number; index: number; n: number }

export async function addUncounted(db: Executor, sums: readonly Uncounted[]): Promise<void> {
  const rows = sums.toSorted(
    (a, b) => Number(BigInt(a.sendId) - BigInt(b.sendId)) || a.version - b.version || a.index - b.index,
  )
  await sql`update send_links l set uncounted = l.uncounted + u.n
    from unnest(${rows.map((row) => row.sendId)}::bigint[], ${rows.map((row) => row.version)}::int[],
      ${rows.map((row) => row.index)}::smallint[], ${rows.map((row) => row.n)}::int[]) as u (send_id, version, link_index, n)
    where l.send_id = u.send_id and l.version = u.version and l.link_index = u.link_index`.execute(db)
}

const TAP = sql`make_interval(secs => ${TAP_MS / 1_000})`

export type Click = LinkKey & { at: Date; kind: 'web' | 'mini-program' }

/**
 * Writes down taps, each with whose message it was in, and when a message was first tapped. Of a link of one message one counts in
 * {@link TAP_MS}, whoever told of it. One whose delivery or link is gone, or of another kind, is left out.
 */
export async function insertClicks(trx: Executor, clicks: readonly Click[], now: Date): Promise<void> {
  if (clicks.length === 0) return
  await sql`
    with given as (
      select distinct on (u.delivery_id, u.link_index, u.kind, span) u.*, span
      from unnest(${clicks.map((click) => click.deliveryId)}::bigint[], ${clicks.map((click) => click.index)}::smallint[],
        ${clicks.map((click) => click.kind)}::text[], ${clicks.map((click) => click.at.toISOString())}::timestamptz[])
        as u (delivery_id, link_index, kind, at), date_bin(${TAP}, u.at, timestamptz '1970-01-01 00:00+00') as span
      order by u.delivery_id, u.link_index, u.kind, span, u.at),
    made as (
      insert into link_clicks (delivery_id, send_id, version, link_index, contact_id, at, known_at)
      select d.id, d.send_id, d.version, g.link_index, d.contact_id, g.at, ${now}::timestamptz
      from given g join deliveries d on d.id = g.delivery_id
      join send_links l on l.send_id = d.send_id and l.version = d.version and l.link_index = g.link_index and l.kind = g.kind
      where not exists (select from link_clicks k where k.delivery_id = d.id and k.link_index = g.link_index
        and k.at >= g.span and k.at < g.span + ${TAP})
      returning delivery_id, at),
    first as (
      select d.id, m.at from (select delivery_id, min(at) as at from made group by delivery_id) m
      join deliveries d on d.id = m.delivery_id
      where d.clicked_at is null or d.clicked_at > m.at order by d.id for no key update of d)
    update deliveries d set clicked_at = first.at from first where d.id = first.id`.execute(trx)
}

type SendKey = { accountId: string; sendId: string }

export async function hasSend(db: Executor, { accountId, sendId }: SendKey): Promise<boolean> {
  const { rows } = await sql`
    select from sends where id = ${sendId}::bigint and account_id = ${accountId}::bigint`.execute(db)
  return rows.length > 0
}

export async function selectLinkFigures(db: Executor, sendId: string): Promise<LinkFigures[]> {
  const { rows } = await sql<LinkFigures>`
    select l.version, l.link_index as index, l.kind, l.url, l.label, l.uncounted::float8 as uncounted,
      coalesce(c.clicks, 0)::float8 as clicks, coalesce(c.people, 0)::float8 as people
    from send_links l
    left join (
      select version, link_index, count(*) as clicks, count(distinct coalesce(a.merged_into, k.contact_id)) as people
      from link_clicks k left join contact_aliases a on a.contact_id = k.contact_id
      where k.send_id = ${sendId}::bigint group by version, link_index) c
      on c.version = l.version and c.link_index = l.link_index
    where l.send_id = ${sendId}::bigint order by l.version desc, l.link_index limit 500`.execute(db)
  return rows
}
