import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { invalid } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { canSeePersons, getFan, resolveContacts } from '../contacts/index.ts'
import type { ContactEvent } from './schema.ts'
import { tell } from './tellers.ts'

type Filter = { names?: string[] | undefined; cursor?: string | undefined; limit: number }

const COLUMNS = [
  'e.id',
  'e.account_id',
  'e.fan_id',
  'e.contact_id',
  'e.name',
  'e.at',
  'e.received_at',
  'e.properties',
] as const

const eventsOf = (ctx: Ctx, accountId: string, { names, limit }: Filter) => {
  const query = ctx.db
    .selectFrom('events as e')
    .select(COLUMNS)
    .where('e.account_id', '=', accountId)
    .limit(limit + 1)
  return names === undefined || names.length === 0
    ? query
    : query.where(sql<boolean>`e.name = any(${names}::text[])`)
}

/** What a fan did, by the time it happened. */
export async function listFanEvents(
  ctx: Ctx,
  { accountId, fanId, ...filter }: Filter & { accountId: string; fanId: string },
): Promise<Page<ContactEvent>> {
  await getFan(ctx, accountId, fanId)
  let query = eventsOf(ctx, accountId, filter)
    .where('e.fan_id', '=', fanId)
    .orderBy('e.at', 'desc')
    .orderBy('e.id', 'desc')
  if (filter.cursor !== undefined) {
    const { at, id } = placeOf(filter.cursor)
    query = query.where(sql<boolean>`(e.at, e.id) < (${at}::timestamptz, ${id}::bigint)`)
  }
  return present(ctx, await query.execute(), filter.limit, (event) => `${event.at}~${event.id}`)
}

/** What came in for an account, by the order in which it was stored. */
export async function listAccountEvents(
  ctx: Ctx,
  { accountId, ...filter }: Filter & { accountId: string },
): Promise<Page<ContactEvent>> {
  let query = eventsOf(ctx, accountId, filter).orderBy('e.id', 'desc')
  if (filter.cursor !== undefined) query = query.where('e.id', '<', filter.cursor)
  return present(ctx, await query.execute(), filter.limit, (event) => event.id)
}

function placeOf(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(\d{4}-[\d:.TZ-]{10,20})~(\d{1,19})$/.exec(cursor) ?? []
  if (at === undefined || id === undefined) throw invalid('bad_cursor', 'the cursor is not one of this list')
  return { at, id }
}

type Row = Awaited<ReturnType<ReturnType<typeof eventsOf>['execute']>>[number]

/** Events keep the contact they came with; shown is whom that contact is today. */
async function present(
  ctx: Ctx,
  rows: Row[],
  limit: number,
  cursorOf: (event: ContactEvent) => string,
): Promise<Page<ContactEvent>> {
  const contacts = await resolveContacts(
    ctx.db,
    rows.flatMap((row) => row.contact_id ?? []),
  )
  const told = await tell(
    ctx,
    rows.map((row) => ({
      id: row.id,
      accountId: row.account_id,
      name: row.name,
      properties: row.properties as Record<string, unknown>,
    })),
  )
  const whole = canSeePersons(ctx.actor)
  const events = rows.map((row) => {
    const properties = row.properties as Record<string, unknown>
    return {
      id: row.id,
      accountId: row.account_id,
      fanId: row.fan_id,
      contactId: row.contact_id && (contacts.get(row.contact_id) ?? row.contact_id),
      name: row.name,
      at: row.at.toISOString(),
      receivedAt: row.received_at.toISOString(),
      properties: whole ? properties : impersonal(properties),
      told: told(row.id),
    }
  })
  return toPage(events, limit, cursorOf)
}

/** What an event says about our sends and menus, without what a person wrote, sent or where they are. */
const IMPERSONAL: readonly string[] = [
  'event',
  'type',
  'key',
  'scene',
  'status',
  'outcome',
  'msgId',
  'totalCount',
  'filterCount',
  'sentCount',
  'errorCount',
  'menuId',
  'page',
  'publishId',
  'articleId',
  'items',
]

export const impersonal = (properties: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => IMPERSONAL.includes(name)))
