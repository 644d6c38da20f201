import type { PoolClient } from 'pg'
import { prepared } from '../../../infra/postgres/connect.ts'
import { writeAttributes } from '../../contacts/index.ts'
import type { TraitChange } from './rules/fact.ts'
import { foldTraits, type Known } from './rules/traits.ts'

type Said = {
  contactId: string
  at: Date
  traits: readonly TraitChange[]
  forgetsTraits: boolean
  /** From a public source. */
  isPublic: boolean
}

/**
 * What messages say of people, written as what we know of them since `now`. Between two messages that set the same trait
 * the one that happened later wins, also where it arrived earlier; values are added to and counted up in any order.
 */
export async function applyTraits(client: PoolClient, items: readonly Said[], now: Date): Promise<void> {
  const said = items.filter(({ traits, forgetsTraits }) => traits.length > 0 || forgetsTraits)
  if (said.length === 0) return
  const [known, later] = [await selectKnown(client, said), await selectLater(client, said)]
  const changes = foldTraits(said, {
    known,
    isOutdated: (contactId, key, at) => (later.get(`${contactId}:${key}`) ?? 0) > at.getTime(),
  })
  for (let from = 0; from < changes.length; from += MOST_AT_ONCE)
    await writeAttributes(client, changes.slice(from, from + MOST_AT_ONCE), now, { origin: 'source' })
}

/** What `writeAttributes` takes. */
const MOST_AT_ONCE = 1_000

const SELECT_KNOWN = `
  select v.contact_id, a.key, v.item, a.type, v.text_value, v.number_value
  from contact_attributes v join attributes a on a.id = v.attribute_id
  where v.contact_id = any($1::bigint[]) and v.until = 'infinity' and ($3 or a.key = any($2::text[]))
  union all
  select id, 'name', 0, 'text', name, null from contacts
  where id = any($1::bigint[]) and name is not null and ($3 or 'name' = any($2::text[]))
  order by contact_id, key, item`

type KnownRow = {
  contact_id: string
  key: string
  type: string
  text_value: string | null
  number_value: number | null
}

/** What is known now where a change depends on it: all of it of those who are to be forgotten. */
async function selectKnown(client: PoolClient, said: readonly Said[]): Promise<Known> {
  const known: Known = new Map()
  const asking = said.filter(
    ({ traits, forgetsTraits }) => forgetsTraits || traits.some(({ op }) => op !== 'set' && op !== 'unset'),
  )
  if (asking.length === 0) return known
  const { rows } = await client.query<KnownRow>(
    prepared(SELECT_KNOWN, [
      asking.map(({ contactId }) => contactId),
      asking.flatMap(({ traits }) => traits.map(({ key }) => key)),
      asking.some(({ forgetsTraits }) => forgetsTraits),
    ]),
  )
  for (const row of rows) {
    const values = known.get(row.contact_id) ?? new Map<string, unknown>()
    known.set(row.contact_id, values)
    const value = row.number_value ?? row.text_value
    const list = values.get(row.key)
    if (row.type !== 'list') values.set(row.key, value)
    else values.set(row.key, Array.isArray(list) ? [...list, value] : [value])
  }
  return known
}

const SELECT_LATER = `
  select e.contact_id, k.key, max(e.at) as at
  from unnest($1::bigint[], $2::timestamptz[]) as i (contact_id, at)
    join events e on e.name = 'identify' and e.contact_id = i.contact_id and e.at > i.at
    cross join lateral jsonb_array_elements_text(
      case jsonb_typeof(e.properties->'$traits') when 'array' then e.properties->'$traits' else '[]' end) as k (key)
  group by e.contact_id, k.key`

/** By person and trait, when the latest message happened that named it, where that is later than one of these. */
async function selectLater(client: PoolClient, said: readonly Said[]): Promise<Map<string, number>> {
  const earliest = new Map<string, Date>()
  for (const { contactId, at } of said) {
    const before = earliest.get(contactId)
    if (before === undefined || at < before) earliest.set(contactId, at)
  }
  const { rows } = await client.query<{ contact_id: string; key: string; at: Date }>(
    prepared(SELECT_LATER, [[...earliest.keys()], [...earliest.values()]]),
  )
  return new Map(rows.map((row) => [`${row.contact_id}:${row.key}`, row.at.getTime()]))
}
