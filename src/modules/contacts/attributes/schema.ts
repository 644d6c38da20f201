import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'

const tag = 'attributes'
const key = z.string().min(1).max(128)
export const attributeType = z.enum(['text', 'number', 'boolean', 'date', 'instant', 'enumeration', 'list'])
const displayName = z.string().trim().min(1).max(60).nullable()
const options = z
  .array(z.string().trim().min(1).max(100))
  .max(200)
  .refine((all) => new Set(all).size === all.length, 'an option is named twice')

/** 客户属性: what may be known of a person, declared or discovered from what came in. */
export const attribute = z.object({
  key: z.string(),
  displayName: z.string().nullable(),
  type: attributeType,
  /** What an enumeration offers; other values are taken all the same. */
  options: z.array(z.string()),
  origin: z.enum(['declared', 'discovered']),
  /** Shown whole only to roles that see personal data. */
  personal: z.boolean(),
  /** Values that come in are not kept any more. */
  ignored: z.boolean(),
  /** Values that did not fit the type, and the last of them. */
  conflicts: z.number().int(),
  lastConflict: z.object({ value: z.string(), at: z.iso.datetime() }).nullable(),
  createdAt: z.iso.datetime(),
})
export type Attribute = z.infer<typeof attribute>

export const listAttributesEndpoint = endpoint({
  method: 'GET',
  path: '/api/attributes',
  access: 'contacts:read',
  tag,
  summary: 'Attributes of people, declared and discovered',
  response: z.object({ items: z.array(attribute) }),
})
export const declareAttributeEndpoint = endpoint({
  method: 'POST',
  path: '/api/attributes',
  access: 'attributes:manage',
  tag,
  summary: 'Declares an attribute before its first value comes',
  body: z.object({
    key,
    type: attributeType,
    displayName: displayName.default(null),
    options: options.default([]),
    personal: z.boolean().default(false),
  }),
  response: attribute,
})
export const updateAttributeEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/attributes',
  access: 'attributes:manage',
  tag,
  summary: 'Changes what an attribute is called, offers, hides, or whether it is kept',
  query: z.object({ key }),
  body: z.object({
    displayName: displayName.optional(),
    options: options.optional(),
    personal: z.boolean().optional(),
    ignored: z.boolean().optional(),
  }),
  response: attribute,
})

const conversion = z.object({
  /** People whose value fits the new type, and those whose doesn't. */
  fitting: z.number().int(),
  notFitting: z.number().int(),
  /** Some of the values that don't. */
  examples: z.array(z.string()),
  changed: z.boolean(),
})
export type Conversion = z.infer<typeof conversion>
/** Without `confirm` it only counts. Refused with `attribute_values_do_not_fit` where a value held now would be lost. */
export const changeAttributeTypeEndpoint = endpoint({
  method: 'POST',
  path: '/api/attributes/type',
  access: 'attributes:manage',
  tag,
  summary: 'Changes the type of an attribute where every value held now fits the new one',
  body: z.object({ key, type: attributeType, confirm: z.boolean().default(false) }),
  response: conversion,
})
export const attributeValuesEndpoint = endpoint({
  method: 'GET',
  path: '/api/attribute-values',
  access: 'contacts:read',
  tag,
  summary: 'The most frequent values of an attribute, of people the caller may see',
  query: z.object({
    key,
    q: z.string().max(100).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  response: z.object({
    /** People who have a value. */
    people: z.number().int(),
    items: z.array(z.object({ value: z.string(), people: z.number().int() })),
  }),
})
export const setAttributesEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/contacts/:contactId/attributes',
  access: 'contacts:write',
  tag,
  summary: 'Sets attributes of one person by hand; null takes a value away',
  params: z.object({ contactId: z.string().regex(/^\d{1,19}$/) }),
  body: z.object({
    values: z
      .record(
        key,
        z.union([
          z.string().max(2_048),
          z.number(),
          z.boolean(),
          z.array(z.string().max(512)).max(100),
          z.null(),
        ]),
      )
      .refine((values) => Object.keys(values).length <= 50, 'at most 50 at a time'),
  }),
  response: z.object({}),
})
