import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { peopleFacts, resolveContacts } from '../contacts/index.ts'
import { columnName, resolveDataset, tableName } from '../datasets/index.ts'
import type { Needs, RawValue, Values } from './schema.ts'

/** `n` names a person in the answer; `context` is the event that fired: its `properties` and `at`. */
export type Asked = { n: number; contactId: string; fanId: string; context: Record<string, unknown> | null }

type Sources = {
  names: ReadonlyMap<string, string>
  accountName: string | null
  attributes: ReadonlyMap<string, ReadonlyMap<string, RawValue>>
  /** Dataset → person → field. */
  rows: ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, RawValue>>>>
}

/**
 * What is known of each person now, for the variables of a content: one query for each kind of source, whatever the number of
 * people. Merged people are found under who they are today; what somebody doesn't have is null.
 */
export async function readValues(
  db: Executor,
  needs: Needs,
  people: readonly Asked[],
  accountId: string,
): Promise<Map<number, Values>> {
  const variables = Object.entries(needs.variables)
  if (variables.length === 0) return new Map(people.map(({ n }) => [n, {}]))
  const canonical = await resolveContacts(
    db,
    people.map(({ contactId }) => contactId),
  )
  const sources = await readSources(db, needs, [...new Set(canonical.values())], accountId)
  return new Map(
    people.map((person) => {
      const contactId = canonical.get(person.contactId) ?? person.contactId
      const values: Values = {}
      for (const [name, { source }] of variables) {
        values[name] = valueIn(source, { ...person, contactId }, sources)
      }
      return [person.n, values]
    }),
  )
}

function valueIn(
  source: Needs['variables'][string]['source'],
  { contactId, context }: Asked,
  sources: Sources,
): RawValue {
  switch (source.from) {
    case 'person-name':
      return sources.names.get(contactId) ?? null
    case 'account-name':
      return sources.accountName
    case 'attribute':
      return sources.attributes.get(contactId)?.get(source.key) ?? null
    case 'event':
      return ofProperty(context, source.property)
    case 'event-time':
      return ofTime(context)
    case 'latest-row':
      return sources.rows.get(source.dataset)?.get(contactId)?.[source.field] ?? null
  }
}

async function readSources(
  db: Executor,
  needs: Needs,
  contactIds: readonly string[],
  accountId: string,
): Promise<Sources> {
  // One connection of a transaction takes one query at a time, so nothing is gained by asking at once.
  const names = needs.personName ? await selectNames(db, contactIds) : new Map<string, string>()
  const accountName = needs.accountName ? await selectAccountName(db, accountId) : null
  const attributes =
    needs.attributes.length === 0 ? new Map() : await selectAttributes(db, contactIds, needs.attributes)
  const rows = new Map<string, Map<string, Record<string, RawValue>>>()
  for (const [dataset, fields] of Object.entries(needs.rows)) {
    rows.set(dataset, await selectLatestRows(db, contactIds, { dataset, fields }))
  }
  return { names, accountName, attributes, rows }
}

async function selectNames(db: Executor, contactIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from contacts where id = any(${[...contactIds]}::bigint[]) and name is not null`.execute(
    db,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

async function selectAccountName(db: Executor, accountId: string): Promise<string | null> {
  const row = await db.selectFrom('accounts').select('name').where('id', '=', accountId).executeTakeFirst()
  return row?.name ?? null
}

async function selectAttributes(
  db: Executor,
  contactIds: readonly string[],
  keys: readonly string[],
): Promise<Map<string, Map<string, RawValue>>> {
  const rows = await peopleFacts.selectCurrentAttributes(db, contactIds, keys)
  const people = new Map<string, Map<string, RawValue>>()
  for (const [contactId, values] of peopleFacts.valuesOf(rows, true)) {
    people.set(
      contactId,
      new Map(values.map(({ key, value }) => [key, Array.isArray(value) ? value.join('、') : value])),
    )
  }
  return people
}

type Wanted = { dataset: string; fields: readonly string[] }

/** The newest row of each person that holds now; of two at the same instant, the one with the later key. */
async function selectLatestRows(
  db: Executor,
  contactIds: readonly string[],
  { dataset, fields }: Wanted,
): Promise<Map<string, Record<string, RawValue>>> {
  const shape = await resolveDataset(db, dataset)
  const known = shape?.fields.filter(({ key, level }) => level === 'row' && fields.includes(key)) ?? []
  if (shape === undefined || known.length === 0) return new Map()
  const columns = sql.join(known.map(({ id }) => sql.ref(`d.${columnName(id)}`)))
  // Rows keep the contact they came with: merged people are looked for under each of their ids.
  const { rows } = await sql<Record<string, unknown> & { contact_id: string }>`
    select i.id as contact_id, newest.*
    from unnest(${[...contactIds]}::bigint[]) as i (id)
    cross join lateral (
      select ${columns} from ${sql.raw(tableName(shape.id))} d
      where d.until = 'infinity'
        and d.contact_id in (select i.id union all select contact_id from contact_aliases where merged_into = i.id)
      order by d.at desc, d.key desc limit 1) newest`.execute(db)
  return new Map(
    rows.map((row) => [
      row.contact_id,
      Object.fromEntries(known.map(({ id, key, type }) => [key, ofColumn(row[columnName(id)], type)])),
    ]),
  )
}

function ofColumn(value: unknown, type: string): RawValue {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString()
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}

/** `order.amount` names a property of that very name, or one inside another. */
function ofProperty(context: Record<string, unknown> | null, property: string): RawValue {
  const properties = into(context, 'properties')
  const found = into(properties, property) ?? property.split('.').reduce(into, properties)
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return found
  return Array.isArray(found) && found.every(isScalar) && found.length > 0
    ? found.map(String).join('、')
    : null
}

const ofTime = (context: Record<string, unknown> | null): RawValue => {
  const at = into(context, 'at')
  return typeof at === 'string' ? at : null
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'
const into = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
