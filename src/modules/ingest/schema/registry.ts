import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'

const tag = 'events'
/** Bytes of an event's or property's name. */
export const NAME_BYTES = 200
const name = z.string().min(1).max(NAME_BYTES)
const event = z.object({ name })
const property = z.object({ name, property: name })
const displayName = z.string().trim().min(1).max(60).nullable()

/** What a property's value can be. An instant is a text in ISO 8601 with a time zone, or a Date of an SDK. */
export const PROPERTY_TYPES = ['text', 'number', 'boolean', 'instant', 'list', 'object'] as const
export type PropertyType = (typeof PROPERTY_TYPES)[number]

export const registeredEvent = z.object({
  name: z.string(),
  displayName: z.string().nullable(),
  /** 忽略: not stored any more, only counted. */
  ignored: z.boolean(),
  /** Events stored since it was first seen; erasure and retention don't take from it. */
  volume: z.number(),
  /** Came while it was ignored. */
  dropped: z.number(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  properties: z.number().int(),
  /** Properties that came with values of more than one type. */
  conflicts: z.number().int(),
})
export type RegisteredEvent = z.infer<typeof registeredEvent>

export const registeredProperty = z.object({
  name: z.string(),
  displayName: z.string().nullable(),
  /** The type seen most. */
  type: z.enum(PROPERTY_TYPES),
  /** How often each type was seen. */
  types: z.partialRecord(z.enum(PROPERTY_TYPES), z.number()),
  /** Came with values of more than one type; shown, not fatal. */
  conflict: z.boolean(),
  /** Null for those who may not see persons' data. */
  sample: z.unknown(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
})
export type RegisteredProperty = z.infer<typeof registeredProperty>

export const listRegisteredEventsEndpoint = endpoint({
  method: 'GET',
  path: '/api/events',
  access: 'events:read',
  tag,
  summary: 'Names of events as seen',
  query: pageQuery.extend({
    /** Part of the name or of the display name. */
    q: z.string().trim().max(100).optional(),
    ignored: z.stringbool().optional(),
    sort: z.enum(['volume', 'name', 'lastSeen']).default('volume'),
  }),
  response: page(registeredEvent),
})
export const getRegisteredEventEndpoint = endpoint({
  method: 'GET',
  path: '/api/events/:name',
  access: 'events:read',
  tag,
  summary: 'One event name',
  params: event,
  response: registeredEvent,
})
export const updateRegisteredEventEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/events/:name',
  access: 'events:manage',
  tag,
  summary: 'Names an event for people, or ignores it from now on',
  params: event,
  body: z.object({ displayName: displayName.optional(), ignored: z.boolean().optional() }),
  response: registeredEvent,
})
export const listRegisteredPropertiesEndpoint = endpoint({
  method: 'GET',
  path: '/api/events/:name/properties',
  access: 'events:read',
  tag,
  summary: 'Properties of an event as seen, with their types',
  params: event,
  response: z.object({ items: z.array(registeredProperty) }),
})
export const updateRegisteredPropertyEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/events/:name/properties/:property',
  access: 'events:manage',
  tag,
  summary: 'Names a property for people',
  params: property,
  body: z.object({ displayName }),
  response: registeredProperty,
})
export const suggestPropertyValuesEndpoint = endpoint({
  method: 'GET',
  path: '/api/events/:name/properties/:property/values',
  access: 'events:read',
  tag,
  summary: 'Values a property had lately, the most frequent first',
  params: property,
  query: z.object({
    /** Part of the value. */
    q: z.string().max(100).optional(),
    limit: z.coerce.number().int().min(1).max(50).default(20),
  }),
  response: z.object({
    items: z.array(z.object({ value: z.string(), count: z.number().int() })),
    /** Of how many of the newest events of that name this is true. */
    lookedAt: z.number().int(),
  }),
})
export const listOccurrencesEndpoint = endpoint({
  method: 'GET',
  path: '/api/events/:name/occurrences',
  access: 'events:read',
  tag,
  summary: 'The newest events of a name, among the last that were stored',
  params: event,
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  response: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        contactId: z.string().nullable(),
        accountId: z.string().nullable(),
        sourceId: z.string().nullable(),
        at: z.iso.datetime(),
        receivedAt: z.iso.datetime(),
        /** Null for those who may not see persons' data. */
        properties: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  }),
})

/** Settings of the log that hold for the whole installation. */
export const collectionSettings = z.object({
  /** Business months that events are kept, the current one not counted. */
  retentionMonths: z.number().int().min(3).max(120),
})
export type CollectionSettings = z.infer<typeof collectionSettings>
export const getCollectionSettingsEndpoint = endpoint({
  method: 'GET',
  path: '/api/collection/settings',
  access: 'events:read',
  tag,
  summary: 'How long events are kept',
  response: collectionSettings,
})
export const updateCollectionSettingsEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/collection/settings',
  access: 'sources:manage',
  tag,
  summary: 'Changes how long events are kept; a shorter time removes older events within a day',
  body: collectionSettings,
  response: collectionSettings,
})
