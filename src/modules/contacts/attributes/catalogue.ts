import { type Selectable, sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import type { DB } from '../../../infra/database-types.ts'
import { type Executor, inTransaction, onClient } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { asking } from '../people/ask.ts'
import { lockContacts } from '../people/lock.ts'
import { findCanonical } from '../people/reads.ts'
import { canSeePersons } from '../rules.ts'
import { scopeOf, withinScope } from '../scope.ts'
import { declareAttributes } from './declare.ts'
import type { Attribute, Conversion } from './schema.ts'
import { type AttributeType, convert, type Stored } from './values.ts'
import { type AttributesWritten, MAX_ATTRIBUTES, TYPES_LOCK, writeAttributes } from './write.ts'

type Row = Selectable<DB['attributes']>

const present = (row: Row): Attribute => ({
  key: row.key,
  displayName: row.display_name,
  type: row.type as AttributeType,
  options: row.options as string[],
  origin: row.origin as Attribute['origin'],
  personal: row.personal,
  ignored: row.ignored,
  conflicts: Number(row.conflicts),
  lastConflict: row.last_conflict as Attribute['lastConflict'],
  createdAt: row.created_at.toISOString(),
})

/** By name, with the last value that came in and did not fit. */
export async function listAttributes(ctx: Ctx): Promise<Attribute[]> {
  const rows = await ctx.db.selectFrom('attributes').selectAll().orderBy('key').execute()
  const whole = seesEverybody(ctx)
  return rows.map(present).map((one) => (whole ? one : { ...one, lastConflict: null }))
}

/** Single values are anybody's: they are for those who may see everybody. */
const seesEverybody = (ctx: Ctx): boolean => canSeePersons(ctx.actor) && scopeOf(ctx) === null

async function getAttribute(db: Executor, key: string): Promise<Row> {
  const row = await db.selectFrom('attributes').selectAll().where('key', '=', key).executeTakeFirst()
  if (row === undefined) throw notFound('attribute')
  return row
}

type Declaration = Pick<Attribute, 'key' | 'type' | 'displayName' | 'options' | 'personal'>

/** Refused with `attribute_exists` and, beyond 500, `too_many_attributes`. */
export async function declareAttribute(ctx: Ctx, declared: Declaration): Promise<Attribute> {
  const { key, type, displayName, options, personal } = declared
  return inTransaction(ctx.db, async (trx) => {
    const existing = await trx.selectFrom('attributes').select('id').where('key', '=', key).executeTakeFirst()
    if (existing !== undefined)
      throw conflict('attribute_exists', 'there is an attribute of this key', { key })
    await declareAttributes(trx, [{ key, type }], ctx.clock.now())
    await write(trx, key, { displayName, options, personal })
    await audit(ctx, trx, {
      action: 'attribute.declared',
      subject: { kind: 'attribute', id: key },
      detail: { type },
    })
    return present(await getAttribute(trx, key))
  })
}

type Change = Partial<Pick<Attribute, 'displayName' | 'options' | 'personal' | 'ignored'>>

export async function updateAttribute(ctx: Ctx, key: string, change: Change): Promise<Attribute> {
  return inTransaction(ctx.db, async (trx) => {
    await getAttribute(trx, key)
    await write(trx, key, change)
    await audit(ctx, trx, {
      action: 'attribute.updated',
      subject: { kind: 'attribute', id: key },
      detail: { ...change },
    })
    return present(await getAttribute(trx, key))
  })
}

async function write(trx: Executor, key: string, change: Change): Promise<void> {
  const set = {
    ...(change.displayName !== undefined && { display_name: change.displayName }),
    ...(change.options !== undefined && { options: JSON.stringify(change.options) }),
    ...(change.personal !== undefined && { personal: change.personal }),
    ...(change.ignored !== undefined && { ignored: change.ignored }),
  }
  if (Object.keys(set).length > 0)
    await trx.updateTable('attributes').set(set).where('key', '=', key).execute()
}

/** Different values that a change of type looks at; with more it is better declared anew. */
const MOST_VALUES = 20_000
const EXAMPLES = 5
/** Writers of values look at types; nobody writes one while a type changes. Real time. */
const LOCK_TIMEOUT = '3s'

type Held = { text: string | null; number: number | null; open: number; all: number }

/**
 * Every value held now has to fit the new type, or it is refused with numbers and examples; what was held earlier and does
 * not fit is let go. Lists stay lists, and nothing else becomes one.
 */
export async function changeAttributeType(
  ctx: Ctx,
  { key, type, confirm }: { key: string; type: AttributeType; confirm: boolean },
): Promise<Conversion> {
  return inTransaction(ctx.db, async (trx) => {
    const row = await getAttribute(trx, key)
    if (row.type === type) return { fitting: 0, notFitting: 0, examples: [], changed: false }
    if (row.type === 'list' || type === 'list')
      throw conflict('attribute_lists_stay', 'a list stays a list, and nothing else becomes one')
    if (confirm) {
      await sql`select set_config('lock_timeout', ${LOCK_TIMEOUT}::text, true)`.execute(trx)
      await holdAlone(trx)
    }
    const held = await heldValues(trx, row.id)
    const told = held.map((value) => ({ ...value, fits: converted(value, row.type as AttributeType, type) }))
    const misfits = told.filter(({ fits, open }) => fits === undefined && open > 0)
    const count = (values: typeof told) => values.reduce((sum, { open }) => sum + open, 0)
    const answer = {
      fitting: count(told.filter(({ fits }) => fits !== undefined)),
      notFitting: count(misfits),
      examples: seesEverybody(ctx)
        ? misfits.slice(0, EXAMPLES).map(({ text, number }) => text ?? String(number))
        : [],
      changed: false,
    }
    if (!confirm) return answer
    if (misfits.length > 0)
      throw conflict('attribute_values_do_not_fit', 'values held now do not fit the new type', { ...answer })
    await rewrite(trx, row.id, told)
    await trx
      .updateTable('attributes')
      .set({ type, conflicts: 0, last_conflict: null })
      .where('id', '=', row.id)
      .execute()
    await audit(ctx, trx, {
      action: 'attribute.type_changed',
      subject: { kind: 'attribute', id: key },
      detail: { from: row.type, to: type, people: answer.fitting },
    })
    return { ...answer, changed: true }
  })
}

/** Alone with types and values; `attribute_busy` where that could not be had in time. */
async function holdAlone(trx: Executor): Promise<void> {
  try {
    await sql`select pg_advisory_xact_lock(${TYPES_LOCK.classId}::int, ${TYPES_LOCK.objectId}::int)`.execute(
      trx,
    )
    // merges move values whatever their type
    await sql`lock table contact_attributes in share row exclusive mode`.execute(trx)
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error
    throw conflict('attribute_busy', 'values are being written now: try again in a moment')
  }
}

async function heldValues(trx: Executor, attributeId: number): Promise<Held[]> {
  const { rows } = await sql<Held>`
    select text_value as text, number_value as number, count(*) filter (where until = 'infinity')::int as open,
      count(*)::int as all
    from contact_attributes where attribute_id = ${attributeId}::int
    group by 1, 2 order by 4 desc limit ${MOST_VALUES + 1}`.execute(trx)
  if (rows.length > MOST_VALUES)
    throw conflict('attribute_too_varied', 'there are too many different values', { most: MOST_VALUES })
  return rows
}

function converted({ text, number }: Held, from: AttributeType, to: AttributeType): Stored | undefined {
  const value = from === 'instant' && number !== null ? new Date(number).toISOString() : (text ?? number)
  return convert(value, to)?.[0]
}

async function rewrite(
  trx: Executor,
  attributeId: number,
  values: readonly (Held & { fits: Stored | undefined })[],
): Promise<void> {
  const gone = values.filter(({ fits }) => fits === undefined)
  const kept = values.flatMap(({ text, number, fits }) =>
    fits === undefined ? [] : [{ text, number, fits }],
  )
  await sql`
    delete from contact_attributes a
    using unnest(${gone.map(({ text }) => text)}::text[], ${gone.map(({ number }) => number)}::float8[]) as g (text, number)
    where a.attribute_id = ${attributeId}::int
      and a.text_value is not distinct from g.text and a.number_value is not distinct from g.number`.execute(
    trx,
  )
  await sql`
    update contact_attributes a set text_value = k.to_text, number_value = k.to_number
    from unnest(${kept.map(({ text }) => text)}::text[], ${kept.map(({ number }) => number)}::float8[],
      ${kept.map(({ fits }) => fits.text)}::text[], ${kept.map(({ fits }) => fits.number)}::float8[])
      as k (text, number, to_text, to_number)
    where a.attribute_id = ${attributeId}::int
      and a.text_value is not distinct from k.text and a.number_value is not distinct from k.number`.execute(
    trx,
  )
}

/** The most frequent values held now. Values of personal attributes are for those who see persons. */
export async function attributeValues(
  ctx: Ctx,
  { key, q, limit }: { key: string; q?: string | undefined; limit: number },
): Promise<{ people: number; items: { value: string; people: number }[] }> {
  const row = await getAttribute(ctx.db, key)
  const scope = scopeOf(ctx)
  const held = sql`from contact_attributes s where s.attribute_id = ${row.id}::int and s.until = 'infinity'
    and ${withinScope(scope, sql`s.contact_id`)}`
  const { rows: counted } = await sql<{ people: string }>`
    select count(distinct s.contact_id) as people ${held}`.execute(ctx.db)
  const people = Number(counted[0]?.people ?? 0)
  if (row.personal && !canSeePersons(ctx.actor)) return { people, items: [] }
  const shown =
    row.type === 'instant'
      ? sql`to_char(to_timestamp(s.number_value / 1000) at time zone interval '8 hours', 'YYYY-MM-DD')`
      : sql`coalesce(s.text_value, s.number_value::text)`
  const { rows } = await sql<{ value: string; people: string }>`
    select ${shown} as value, count(*) as people ${held}
      ${q === undefined || q === '' ? sql`` : sql`and strpos(lower(${shown}), lower(${q})) > 0`}
    group by 1 order by 2 desc, 1 limit ${limit}`.execute(ctx.db)
  return { people, items: rows.map((one) => ({ value: one.value, people: Number(one.people) })) }
}

/** Sets attributes of one person by hand: all of them, or none where one does not fit (`attribute_does_not_fit`). */
export async function setAttributes(
  ctx: Ctx,
  contactId: string,
  values: Record<string, unknown>,
): Promise<void> {
  const client = await ctx.pool.connect()
  try {
    await client.query('begin')
    const trx = onClient(client)
    const id = await holdPerson(ctx, client, contactId)
    await refuseIgnored(trx, Object.keys(values))
    const changes = Object.entries(values).map(([key, value]) => ({ contactId: id, key, value }))
    const { refused } = await writeAttributes(client, changes, ctx.clock.now(), { origin: 'operator' })
    const [first] = refused
    if (first !== undefined) throw refusalOf(first)
    // which attributes, not what was written
    await audit(ctx, trx, {
      action: 'contact.attributes_set',
      subject: { kind: 'contact', id },
      detail: { attributes: Object.keys(values) },
    })
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

/** Whom this id means once nobody can merge them any more. */
async function holdPerson(ctx: Ctx, client: PoolClient, contactId: string): Promise<string> {
  const trx = onClient(client)
  for (let look = 1; look <= 3; look += 1) {
    const { id } = await findCanonical(ctx, contactId, trx)
    const held = (await lockContacts(asking(client), [id])).has(id)
    if (held && (await findCanonical(ctx, contactId, trx)).id === id) return id
  }
  throw notFound('contact')
}

async function refuseIgnored(trx: Executor, keys: readonly string[]): Promise<void> {
  const row = await trx
    .selectFrom('attributes')
    .select('key')
    .where('key', 'in', keys.length === 0 ? [''] : keys)
    .where('ignored', '=', true)
    .executeTakeFirst()
  if (row !== undefined)
    throw invalid('attribute_ignored', 'this attribute is not recorded any more', { key: row.key })
}

function refusalOf({ key, reason }: AttributesWritten['refused'][number]) {
  if (reason === 'too_many_attributes')
    return invalid('too_many_attributes', 'there are too many attributes', { max: MAX_ATTRIBUTES })
  if (reason === 'bad_key') return invalid('attribute_bad_key', 'an attribute can’t be called so', { key })
  return invalid('attribute_does_not_fit', 'a value does not fit its attribute', { key })
}
