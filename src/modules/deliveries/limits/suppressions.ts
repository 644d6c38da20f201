import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { audit } from '../../audit/index.ts'
import {
  canSeePersons,
  findCanonical,
  idsOfContact,
  maskName,
  peopleWhere,
  scopeOf,
} from '../../contacts/index.ts'
import type { Suppression } from '../schema.ts'

type Row = {
  contactId: string
  name: string | null
  note: string
  createdBy: string | null
  createdAt: Date
  place: string
}

const COLUMNS = sql`c.id as "contactId", c.name, s.note, o.name as "createdBy", s.created_at as "createdAt",
  s.contact_id as place`
const FROM = sql`contact_suppressions s
  left join contact_aliases m on m.contact_id = s.contact_id
  join contacts c on c.id = coalesce(m.merged_into, s.contact_id)
  left join operators o on o.id = s.created_by`

const present = (ctx: Ctx, { createdAt, name, place: _place, ...row }: Row): Suppression => ({
  ...row,
  name: name && (canSeePersons(ctx.actor) ? name : maskName(name)),
  createdAt: createdAt.toISOString(),
})

/** 不再打扰名单, the latest first, of people within the caller's scope. */
export async function listSuppressions(
  ctx: Ctx,
  { q, cursor, limit }: { q?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Suppression>> {
  const who = await peopleWhere(ctx.db, scopeOf(ctx), { q })
  const from = cursor === undefined ? undefined : /^(\d+)-(\d+)$/.exec(cursor)
  const after = from
    ? sql`and (s.created_at, s.contact_id) < (to_timestamp(${from[1]}::bigint / 1000.0), ${from[2]}::bigint)`
    : sql``
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where ${who} ${after}
    order by s.created_at desc, s.contact_id desc limit ${limit + 1}`.execute(ctx.db)
  const page = toPage(rows, limit, (row) => `${row.createdAt.getTime()}-${row.place}`)
  return { ...page, items: page.items.map((row) => present(ctx, row)) }
}

/** Whether a person is on the list, by whatever id they got there; `not_found` outside the caller's scope. */
export async function findSuppression(
  ctx: Ctx,
  contactId: string,
  db: Executor = ctx.db,
): Promise<Suppression | null> {
  const { id } = await findCanonical(ctx, contactId, db)
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${FROM} where c.id = ${id}::bigint order by s.created_at desc limit 1`.execute(db)
  return rows[0] === undefined ? null : present(ctx, rows[0])
}

/** Nothing is sent to them from the commit on, whatever the send; saying it again changes the note. */
export function suppress(ctx: Ctx, contactId: string, note: string): Promise<Suppression> {
  return inTransaction(ctx.db, async (trx) => {
    const { id } = await findCanonical(ctx, contactId, trx)
    await sql`insert into contact_suppressions (contact_id, note, created_by, created_at)
      values (${id}::bigint, ${note}, ${actorId(ctx)}::bigint, ${ctx.clock.now()})
      on conflict (contact_id) do update set note = excluded.note`.execute(trx)
    await audit(ctx, trx, { action: 'suppressions.added', subject: { kind: 'contact', id }, detail: {} })
    return (await findSuppression(ctx, id, trx)) as Suppression
  })
}

/** Takes a person off the list, by every id they go by. False where they were not on it. */
export function unsuppress(ctx: Ctx, contactId: string): Promise<boolean> {
  return inTransaction(ctx.db, async (trx) => {
    const { id } = await findCanonical(ctx, contactId, trx)
    const ids = await idsOfContact(trx, id)
    const { numAffectedRows } = await sql`
      delete from contact_suppressions where contact_id = any(${ids}::bigint[])`.execute(trx)
    if (numAffectedRows === 0n) return false
    await audit(ctx, trx, { action: 'suppressions.removed', subject: { kind: 'contact', id }, detail: {} })
    return true
  })
}

const actorId = (ctx: Ctx): string | null => (ctx.actor.kind === 'system' ? null : ctx.actor.id)
