import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'

/** 明细: declared tables of facts about people, such as orders with lines, coupons, visits. */

export const MAX_DATASETS = 50
/** Of rows and of lines together. */
export const MAX_FIELDS = 60
/** Bytes of one text, as the database keeps it. */
export const MAX_TEXT_BYTES = 2_048

const name = z.string().trim().min(1).max(60)
export const datasetKey = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)

export const FIELD_TYPES = ['text', 'number', 'boolean', 'date', 'instant', 'enumeration'] as const
export const fieldType = z.enum(FIELD_TYPES)
export type FieldType = z.infer<typeof fieldType>

/** Whether a field belongs to the row itself or to each of its lines (明细行). */
export const level = z.enum(['row', 'line'])
export type Level = z.infer<typeof level>

const options = z.array(z.string().trim().min(1).max(100)).max(200)
export const newField = z.object({
  key: datasetKey,
  name,
  type: fieldType,
  /** Of an enumeration: the values it may take; any where there are none. */
  options: options.default([]),
  /** 个人信息: shown whole only to roles that see personal data. */
  personal: z.boolean().default(false),
})
export type NewField = z.infer<typeof newField>

export const field = newField.extend({ id: z.number().int(), level })
export type Field = z.infer<typeof field>

export const dataset = z.object({
  id: z.number().int(),
  key: z.string(),
  name: z.string(),
  fields: z.array(field),
  /** Whether its rows have lines. */
  hasLines: z.boolean(),
  /** Rows that happened longer ago are deleted; null keeps them. */
  retentionDays: z.number().int().nullable(),
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
})
export type Dataset = z.infer<typeof dataset>

export const tag = 'datasets'
export const keyParams = z.object({ key: datasetKey })

export const listDatasetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets',
  access: 'datasets:read',
  tag,
  summary: 'Datasets as declared, with their fields',
  query: z.object({ archived: z.enum(['true', 'false']).optional() }),
  response: z.object({ items: z.array(dataset) }),
})
export const getDatasetEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key',
  access: 'datasets:read',
  tag,
  summary: 'One dataset with its fields',
  params: keyParams,
  response: dataset,
})

const uniqueKeys = (fields: readonly { key: string }[]) =>
  new Set(fields.map(({ key }) => key)).size === fields.length
const retentionDays = z.number().int().min(1).max(3_650).nullable()

export const declareDatasetBody = z
  .object({
    key: datasetKey,
    name,
    fields: z.array(newField).min(1).max(MAX_FIELDS).refine(uniqueKeys, 'field_key_taken'),
    /** Left out where rows have no lines; that can't be changed later. */
    lineFields: z.array(newField).min(1).max(MAX_FIELDS).refine(uniqueKeys, 'field_key_taken').optional(),
    retentionDays: retentionDays.default(null),
  })
  .refine(
    ({ fields, lineFields }) => fields.length + (lineFields?.length ?? 0) <= MAX_FIELDS,
    'too_many_fields',
  )
export const declareDatasetEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets',
  access: 'datasets:manage',
  tag,
  summary: 'Declares a dataset and makes its tables; at most 50, 60 fields each',
  body: declareDatasetBody,
  response: dataset,
})
export const updateDatasetEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/datasets/:key',
  access: 'datasets:manage',
  tag,
  summary: 'Changes the display name and how long rows are kept',
  params: keyParams,
  body: z.object({ name: name.optional(), retentionDays: retentionDays.optional() }),
  response: dataset,
})
export const addFieldEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/fields',
  access: 'datasets:manage',
  tag,
  summary: 'Adds a field; rows so far have no value in it',
  params: keyParams,
  body: newField.extend({ level: level.default('row') }),
  response: dataset,
})

export const fieldParams = z.object({ key: datasetKey, field: datasetKey })
export const ofLevel = { level: level.default('row') }
export const updateFieldEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/datasets/:key/fields/:field',
  access: 'datasets:manage',
  tag,
  summary:
    'Changes a field: display name, options, personal or not; its type only where every value converts',
  params: fieldParams,
  query: z.object(ofLevel),
  body: z.object({
    name: name.optional(),
    options: options.optional(),
    personal: z.boolean().optional(),
    type: fieldType.optional(),
  }),
  response: dataset,
})
export const checkFieldTypeEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/fields/:field/conversion',
  access: 'datasets:manage',
  tag,
  summary: 'How many values of a field would convert to another type, and examples of those that would not',
  params: fieldParams,
  query: z.object({ ...ofLevel, type: fieldType }),
  response: z.object({
    values: z.number().int(),
    convertible: z.number().int(),
    examples: z.array(z.string()),
  }),
})
export const archiveDatasetEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/archive',
  access: 'datasets:manage',
  tag,
  summary: 'Takes no more rows (归档); what it holds stays and goes on answering segments',
  params: keyParams,
  response: dataset,
})
export const restoreDatasetEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/restore',
  access: 'datasets:manage',
  tag,
  summary: 'Brings an archived dataset back',
  params: keyParams,
  response: dataset,
})
