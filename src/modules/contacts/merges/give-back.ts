import type { Ask } from '../people/ask.ts'
import { closeAttributes, insertAttributes, selectAttributes, type Written } from './attributes.ts'
import { type AttributeSpan, type Moved, type Span, uniteSpans } from './moved.ts'
import { replaceTags, selectTags } from './tags.ts'

type Back = { source: string; target: string; moved: Moved; now: Date; mergedAt: Date }

/** Where the tag was taken from the person since, it was taken from both. */
const closedBy = (spans: readonly Span[], end: string | null): Span[] =>
  uniteSpans(spans.map(({ since, until }) => ({ since, until: until ?? end })))

/** Tags return as they were; one given after the merge stays with who stayed. */
export async function giveBackTags(ask: Ask, { source, target, moved, ...back }: Back): Promise<void> {
  const tagIds = [...moved.tags, ...moved.sharedTags].map(({ tagId }) => tagId)
  if (tagIds.length === 0) return
  const now = Map.groupBy(await selectTags(ask, [target], tagIds), (row) => row.tag_id)
  const emptied: [string, string][] = []
  const written: { contact_id: string; tag_id: string; since: string; until: string | null }[] = []
  const write = (contactId: string, tagId: string, spans: readonly Span[]) => {
    written.push(...spans.map(({ since, until }) => ({ contact_id: contactId, tag_id: tagId, since, until })))
  }
  for (const { tagId, spans, target: theirs } of [
    ...moved.tags.map((one) => ({ ...one, target: [] as Span[] })),
    ...moved.sharedTags.map(({ tagId, source: spans, target: one }) => ({ tagId, spans, target: one })),
  ]) {
    const present = (now.get(tagId) ?? []).map(({ since, until }) => ({ since, until }))
    const held = [...spans, ...theirs]
    const fromMerge = present.filter((span) => held.some(({ since }) => since === span.since))
    const holds = fromMerge.some(({ until }) => until === null)
    const end = holds ? null : (fromMerge.at(-1)?.until ?? back.now.toISOString())
    emptied.push([target, tagId])
    write(source, tagId, closedBy(spans, end))
    write(target, tagId, closedBy(theirs, end))
    write(
      target,
      tagId,
      present.filter((span) => !fromMerge.includes(span)),
    )
  }
  await replaceTags(ask, { emptied, written })
}

/** Attributes return as they were; one that changed after the merge stays as it is with who stayed. */
export async function giveBackAttributes(ask: Ask, { source, target, moved, mergedAt }: Back): Promise<void> {
  const own = Map.groupBy(moved.attributes, ({ attributeId }) => attributeId)
  const attributeIds = [...own.keys(), ...moved.sharedAttributes.map(({ attributeId }) => attributeId)]
  if (attributeIds.length === 0) return
  const present = Map.groupBy(
    await selectAttributes(ask, { contactIds: [target], attributeIds }),
    ({ attributeId }) => attributeId,
  )
  const written: Written[] = []
  const give = (contactId: string, spans: readonly AttributeSpan[]) =>
    written.push(...spans.map((span) => ({ ...span, contactId })))
  const emptied: number[] = []
  for (const [attributeId, spans] of own) {
    emptied.push(attributeId)
    give(source, spans)
    give(
      target,
      (present.get(attributeId) ?? []).filter(({ since }) => !spans.some((span) => span.since === since)),
    )
  }
  for (const { attributeId, source: spans, target: theirs } of moved.sharedAttributes) {
    give(source, spans)
    const open = (present.get(attributeId) ?? []).filter(({ until }) => until === null)
    const untouched = open.every(({ since }) => Date.parse(since) === mergedAt.getTime())
    if (theirs === null || !untouched) continue
    await restore(ask, { target, attributeId, theirs, mergedAt })
    give(target, theirs)
  }
  await ask(
    'delete from contact_attributes where contact_id = $1::bigint and attribute_id = any($2::int[])',
    [target, emptied],
  )
  await insertAttributes(ask, written)
}

/** Makes room for what held before the merge. */
async function restore(
  ask: Ask,
  {
    target,
    attributeId,
    theirs,
    mergedAt,
  }: { target: string; attributeId: number; theirs: readonly AttributeSpan[]; mergedAt: Date },
): Promise<void> {
  await closeAttributes(ask, [[target, attributeId]], mergedAt)
  await ask(
    `delete from contact_attributes where contact_id = $1::bigint and attribute_id = $2::int
       and until = $3::timestamptz and since = any($4::timestamptz[])`,
    [target, attributeId, mergedAt, theirs.map(({ since }) => since)],
  )
}
