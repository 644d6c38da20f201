import type { Ask } from '../people/ask.ts'
import { type AttributeSpan, isNewer, type Moved, type Pair } from './moved.ts'

const COLUMNS = `a.contact_id, a.attribute_id, a.item, a.text_value as text, a.number_value as number,
  to_char(a.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since,
  case when a.until < 'infinity' then to_char(a.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as until`
type Row = Omit<AttributeSpan, 'attributeId'> & { contact_id: string; attribute_id: number }
export type Written = AttributeSpan & { contactId: string }

const spanOf = ({ attribute_id, item, text, number, since, until }: Row): AttributeSpan => ({
  attributeId: attribute_id,
  item,
  text,
  number,
  since,
  until,
})

/**
 * Attributes of the pairs: what only the source has moves with its history; of what both have the value learned last
 * holds from now on, and who stays keeps the history they had.
 */
export async function mergeAttributes(
  ask: Ask,
  { round, moved, now }: { round: readonly Pair[]; moved: ReadonlyMap<string, Moved>; now: Date },
): Promise<void> {
  const rows = await ask<Row>(
    `delete from contact_attributes a where a.contact_id = any($1::bigint[]) returning ${COLUMNS}`,
    [round.map(({ sourceId }) => sourceId)],
  )
  if (rows.length === 0) return
  const targets = await selectAttributes(ask, {
    contactIds: round.map(({ targetId }) => targetId),
    attributeIds: [...new Set(rows.map((row) => row.attribute_id))],
  })
  const had = Map.groupBy(targets, (row) => `${row.contactId} ${row.attributeId}`)
  const targetOf = new Map(round.map(({ sourceId, targetId }) => [sourceId, targetId]))
  const written: Written[] = []
  const closed: [string, number][] = []
  for (const own of Map.groupBy(rows, (row) => `${row.contact_id} ${row.attribute_id}`).values()) {
    const { contact_id: sourceId, attribute_id: attributeId } = own[0] as Row
    const contactId = targetOf.get(sourceId) as string
    const source = own.map(spanOf)
    const target = (had.get(`${contactId} ${attributeId}`) ?? []).map(({ contactId: _, ...span }) => span)
    if (target.length === 0) {
      moved.get(sourceId)?.attributes.push(...source)
      written.push(...source.map((span) => ({ ...span, contactId })))
      continue
    }
    const open = (spans: AttributeSpan[]) => spans.filter(({ until }) => until === null)
    const newer = isNewer(source, target)
    moved.get(sourceId)?.sharedAttributes.push({ attributeId, source, target: newer ? open(target) : null })
    if (!newer) continue
    closed.push([contactId, attributeId])
    written.push(...open(source).map((span) => ({ ...span, contactId, since: now.toISOString() })))
  }
  await closeAttributes(ask, closed, now)
  await insertAttributes(ask, written)
}

export async function selectAttributes(
  ask: Ask,
  { contactIds, attributeIds }: { contactIds: readonly string[]; attributeIds: readonly number[] },
): Promise<Written[]> {
  const rows = await ask<Row>(
    `select ${COLUMNS} from contact_attributes a
     where a.contact_id = any($1::bigint[]) and a.attribute_id = any($2::int[])`,
    [contactIds, attributeIds],
  )
  return rows.map((row) => ({ ...spanOf(row), contactId: row.contact_id }))
}

/** What holds of these ends now; what began this instant never was. */
export async function closeAttributes(
  ask: Ask,
  some: readonly (readonly [string, number])[],
  now: Date,
): Promise<void> {
  if (some.length === 0) return
  const values = [some.map(([id]) => id), some.map(([, attributeId]) => attributeId), now]
  const these = 'unnest($1::bigint[], $2::int[]) as i (contact_id, attribute_id)'
  const open = `a.contact_id = i.contact_id and a.attribute_id = i.attribute_id and a.until = 'infinity'`
  await ask(
    `delete from contact_attributes a using ${these} where ${open} and a.since >= $3::timestamptz`,
    values,
  )
  await ask(`update contact_attributes a set until = $3::timestamptz from ${these} where ${open}`, values)
}

export async function insertAttributes(ask: Ask, written: readonly Written[]): Promise<void> {
  if (written.length === 0) return
  await ask(
    `insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since, until)
     select contact_id, attribute_id, item, text_value, number_value, since, coalesce(until, 'infinity')
     from unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::float8[], $6::timestamptz[], $7::timestamptz[])
       as i (contact_id, attribute_id, item, text_value, number_value, since, until)
     where exists (select from attributes where id = attribute_id)`,
    [
      written.map(({ contactId }) => contactId),
      written.map(({ attributeId }) => attributeId),
      written.map(({ item }) => item),
      written.map(({ text }) => text),
      written.map(({ number }) => number),
      written.map(({ since }) => since),
      written.map(({ until }) => until),
    ],
  )
}
