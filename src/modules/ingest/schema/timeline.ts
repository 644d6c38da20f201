import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { contactMerge } from '../../contacts/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)

/** Names under which merges stand among the events of a timeline. */
export const MERGED = 'contact.merged'
export const UNMERGED = 'contact.unmerged'

/** What an event is about, by its name of today: the code that was scanned, the rules that answered. */
export const toldOfEvent = z.object({
  kind: z.enum(['qr-code', 'reply-rule']),
  id: z.string(),
  name: z.string(),
})

export const timelineEntry = z.object({
  /** Of the event or the merge; with `name` it is unique. */
  id: z.string(),
  /** An event's name, `contact.merged` or `contact.unmerged`. */
  name: z.string(),
  displayName: z.string().nullable(),
  at: z.iso.datetime(),
  /** Null for merges, and for events of a source that is of no account. */
  accountId: z.string().nullable(),
  sourceId: z.string().nullable(),
  sourceName: z.string().nullable(),
  /** The id it came with, where that was merged into this person since. */
  cameAs: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
  told: z.array(toldOfEvent),
  merge: contactMerge.nullable(),
})
export type TimelineEntry = z.infer<typeof timelineEntry>

const names = z
  .string()
  .max(2_000)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.string().max(256)).max(50))

export const contactTimelineEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/timeline',
  access: 'contacts:read',
  tag: 'contacts',
  summary: 'What a person did, under every id they had, in the accounts the caller may see; latest first',
  params: z.object({ contactId: id }),
  query: pageQuery.extend({
    /** Only these, separated by commas. */
    names: names.optional(),
    from: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
  }),
  response: page(timelineEntry),
})
export const contactEventNamesEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/event-names',
  access: 'contacts:read',
  tag: 'contacts',
  summary: 'Names of what a person did lately, most frequent first, for a filter',
  params: z.object({ contactId: id }),
  response: z.object({
    items: z.array(
      z.object({ name: z.string(), displayName: z.string().nullable(), count: z.number().int() }),
    ),
  }),
})
