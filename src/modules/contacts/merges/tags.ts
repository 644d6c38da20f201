import type { Ask } from '../people/ask.ts'
import { type Moved, type Pair, type Span, uniteSpans } from './moved.ts'

const INSTANTS = `to_char(t.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since,
  case when t.until < 'infinity' then to_char(t.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end as until`
type Row = { contact_id: string; tag_id: string } & Span

/** Own tags of the pairs: what both have becomes one story, without a gap where either had it. */
export async function mergeTags(
  ask: Ask,
  round: readonly Pair[],
  moved: ReadonlyMap<string, Moved>,
): Promise<void> {
  const sources = round.map(({ sourceId }) => sourceId)
  const rows = await ask<Row>(
    `select t.contact_id, t.tag_id, ${INSTANTS} from contact_tags t where t.contact_id = any($1::bigint[])
     order by t.tag_id, t.since`,
    [sources],
  )
  if (rows.length === 0) return
  const targets = await selectTags(
    ask,
    round.map(({ targetId }) => targetId),
    [...new Set(rows.map((row) => row.tag_id))],
  )
  const had = Map.groupBy(targets, (row) => `${row.contact_id} ${row.tag_id}`)
  const targetOf = new Map(round.map(({ sourceId, targetId }) => [sourceId, targetId]))
  const written: Row[] = []
  for (const own of Map.groupBy(rows, (row) => `${row.contact_id} ${row.tag_id}`).values()) {
    const { contact_id: source, tag_id: tagId } = own[0] as Row
    const target = targetOf.get(source) as string
    const theirs = (had.get(`${target} ${tagId}`) ?? []).map(spanOf)
    const spans = own.map(spanOf)
    if (theirs.length === 0) moved.get(source)?.tags.push({ tagId, spans })
    else moved.get(source)?.sharedTags.push({ tagId, source: spans, target: theirs })
    for (const span of uniteSpans([...spans, ...theirs])) {
      written.push({ contact_id: target, tag_id: tagId, ...span })
    }
  }
  await replaceTags(ask, { emptied: sources.map((id) => [id, null]), written })
}

const spanOf = ({ since, until }: Span): Span => ({ since, until })

export const selectTags = (ask: Ask, contactIds: readonly string[], tagIds: readonly string[]) =>
  ask<Row>(
    `select t.contact_id, t.tag_id, ${INSTANTS} from contact_tags t
     where t.contact_id = any($1::bigint[]) and t.tag_id = any($2::bigint[]) order by t.tag_id, t.since`,
    [contactIds, tagIds],
  )

/** Writes the spans in the place of what there is: of one tag of a person, or of all (`null`). */
export async function replaceTags(
  ask: Ask,
  { emptied, written }: { emptied: readonly (readonly [string, string | null])[]; written: readonly Row[] },
): Promise<void> {
  const pairs = new Map(written.map((row) => [`${row.contact_id} ${row.tag_id}`, row]))
  await ask(
    `delete from contact_tags t using unnest($1::bigint[], $2::bigint[]) as i (contact_id, tag_id)
     where t.contact_id = i.contact_id and (i.tag_id is null or t.tag_id = i.tag_id)`,
    [
      [...emptied.map(([id]) => id), ...[...pairs.values()].map((row) => row.contact_id)],
      [...emptied.map(([, tagId]) => tagId), ...[...pairs.values()].map((row) => row.tag_id)],
    ],
  )
  await ask(
    `insert into contact_tags (tag_id, contact_id, since, until)
     select tag_id, contact_id, since, coalesce(until, 'infinity')
     from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[]) as i (tag_id, contact_id, since, until)
     where exists (select from tags where id = tag_id)`,
    [
      written.map((row) => row.tag_id),
      written.map((row) => row.contact_id),
      written.map((row) => row.since),
      written.map((row) => row.until),
    ],
  )
}
