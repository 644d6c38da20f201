import { z } from 'zod'

/** One contact that becomes another. */
export type Pair = { sourceId: string; targetId: string }

const instant = z.string()
const span = z.object({ since: instant, until: instant.nullable() })
const tagSpans = z.object({ tagId: z.string(), spans: z.array(span) })
const value = z.object({
  attributeId: z.number(),
  item: z.number(),
  text: z.string().nullable(),
  number: z.number().nullable(),
  since: instant,
  until: instant.nullable(),
})
export type Span = z.infer<typeof span>
export type AttributeSpan = z.infer<typeof value>

/** What went from one contact to another in a merge, in full, so that it can go back. `until` null: it holds. */
export const movedSchema = z.object({
  fans: z.array(z.string()).default([]),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })).default([]),
  aliases: z.array(z.string()).default([]),
  /** The name given to who stayed, who had none. */
  name: z.string().nullable().default(null),
  /** Tags that only the one who went had. */
  tags: z.array(tagSpans).default([]),
  /** Tags both had: what each had before. */
  sharedTags: z
    .array(z.object({ tagId: z.string(), source: z.array(span), target: z.array(span) }))
    .default([]),
  /** Attributes that only the one who went had. */
  attributes: z.array(value).default([]),
  /**
   * Attributes both had: all spans of the one who went, and the open ones of who stayed where the other's newer value
   * took their place.
   */
  sharedAttributes: z
    .array(z.object({ attributeId: z.number(), source: z.array(value), target: z.array(value).nullable() }))
    .default([]),
})
export type Moved = z.infer<typeof movedSchema>

export const nothingMoved = (): Moved => movedSchema.parse({})

const startOf = (one: Span): number => Date.parse(one.since)
const endOf = (one: Span): number => (one.until === null ? Number.POSITIVE_INFINITY : Date.parse(one.until))

/** The times covered by any of the spans, in order, without overlaps and empty ones. */
export function uniteSpans(spans: readonly Span[]): Span[] {
  const united: Span[] = []
  const ordered = spans.filter((one) => endOf(one) > startOf(one)).sort((a, b) => startOf(a) - startOf(b))
  for (const one of ordered) {
    const last = united.at(-1)
    if (last === undefined || startOf(one) > endOf(last)) united.push({ ...one })
    else if (endOf(one) > endOf(last)) last.until = one.until
  }
  return united
}

/** Whether the value that holds at the one who went was learned later than what holds at who stays. */
export function isNewer(source: readonly AttributeSpan[], target: readonly AttributeSpan[]): boolean {
  const since = (spans: readonly AttributeSpan[]) =>
    Math.max(...spans.filter((one) => one.until === null).map(startOf), Number.NEGATIVE_INFINITY)
  return since(source) > since(target)
}
