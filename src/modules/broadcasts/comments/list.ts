import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { QueryOf } from '../../../kernel/endpoint.ts'
import { notFound } from '../../../kernel/errors.ts'
import { toPage } from '../../../kernel/paging.ts'
import { canSeePersons } from '../../contacts/index.ts'
import { EVENTS } from '../../ingest/schema.ts'
import type { BroadcastComment, listCommentsEndpoint } from '../schema.ts'
import { findBroadcast } from '../store/broadcasts.ts'

type Key = { accountId: string; broadcastId: string }
type Row = Omit<BroadcastComment, 'at' | 'name'> & {
  at: Date
  customer: string | null
  remark: string | null
}

/** One page of a send's comments, found by the index of them; who wrote one is told as we know the person now. */
export async function listCommentsOf(ctx: Ctx, key: Key, query: QueryOf<typeof listCommentsEndpoint>) {
  if ((await findBroadcast(ctx.db, key)) === undefined) throw notFound('broadcast')
  const { arm = null, article = null, q = null, limit } = query
  const [beforeAt, beforeId] = query.cursor?.split('_') ?? []
  const of = sql`e.name = ${sql.lit(EVENTS.comment)} and e.account_id = ${key.accountId}::bigint
    and e.properties ->> 'send' = ${key.broadcastId}`
  const { rows } = await sql<Row>`
    select e.id, e.at, e.properties ->> 'text' as text, coalesce((e.properties ->> 'arm')::int, 0) as arm,
      (e.properties ->> 'article')::int as article, e.properties ->> 'title' as title,
      f.id as "fanId", f.contact_id as "contactId", c.name as customer, f.remark
    from events e left join fans f on f.id = e.fan_id left join contacts c on c.id = f.contact_id
    where ${of} and (${beforeAt ?? null}::timestamptz is null
        or (e.at, e.id) < (${beforeAt ?? null}::timestamptz, ${beforeId ?? null}::bigint))
      and (${arm}::int is null or coalesce((e.properties ->> 'arm')::int, 0) = ${arm}::int)
      and (${article}::int is null or (e.properties ->> 'article')::int = ${article}::int)
      and (${q}::text is null or strpos(lower(e.properties ->> 'text'), lower(${q})) > 0)
    order by e.at desc, e.id desc limit ${limit + 1}`.execute(ctx.db)
  const { rows: about } = await sql<{ total: number; next: Date | null }>`
    select (select count(*)::int from events e where ${of}) as total,
      (select min(r.due_at) from comment_readings r join broadcast_batches t on t.id = r.batch_id
        where t.broadcast_id = ${key.broadcastId}::bigint) as next`.execute(ctx.db)
  const { items, nextCursor } = toPage(rows, limit, (row) => `${row.at.toISOString()}_${row.id}`)
  const whole = canSeePersons(ctx.actor)
  return {
    items: items.map(({ customer, remark, ...row }) => ({
      ...row,
      at: row.at.toISOString(),
      name: whole ? (customer ?? (remark || null)) : null,
    })),
    nextCursor,
    total: about[0]?.total ?? 0,
    nextReadAt: about[0]?.next?.toISOString() ?? null,
  }
}
