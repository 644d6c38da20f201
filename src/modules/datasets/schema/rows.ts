import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { fieldParams, keyParams, ofLevel, tag } from './definition.ts'

export const MAX_ROWS_PER_CALL = 500
export const MAX_LINES_PER_ROW = 200

const id = z.string().regex(/^\d{1,19}$/)
const openid = z.string().regex(/^[\w-]{1,128}$/)
/** What can be kept as an identity: 1 to 256 bytes, whole characters. */
const identity = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'not_text')
  .refine((text) => new TextEncoder().encode(text).length <= 256, 'too_long')
/**
 * Whom a row is about, by any identity; several name one person and link them. Without one the row is kept and stays
 * nobody's, or stays whose it was. `contactId` stands alone.
 */
export const personReference = z
  .object({
    contactId: id,
    user: identity,
    phone: z.string().min(1).max(40),
    unionid: identity,
    externalUser: identity,
    /** Alone it belongs to the row's account, or to that of the source. */
    openid: z.union([openid, z.object({ accountId: id, openid })]),
  })
  .partial()
export type PersonReference = z.infer<typeof personReference>

/** One row as it arrives. Read loosely: each row is judged for itself, so that a bad one never loses the others. */
export const looseRow = z.record(z.string(), z.unknown())
export type LooseRow = z.infer<typeof looseRow>

export const rowsBody = z.object({ rows: z.array(looseRow).min(1).max(MAX_ROWS_PER_CALL) })

export const rowError = z.object({
  reason: z.string(),
  /** `fields.amount`, `lines[2].price`, `person.phone`; empty for the whole row. */
  path: z.string(),
  detail: z.record(z.string(), z.unknown()).default({}),
})
export type RowError = z.infer<typeof rowError>

/** What became of a row. `stale`: a newer version was there already. `absent`: there was nothing to delete. */
export const rowOutcome = z.enum(['created', 'updated', 'unchanged', 'stale', 'deleted', 'absent', 'refused'])
export type RowOutcome = z.infer<typeof rowOutcome>

export const rowsAnswer = z.object({
  /** One for each row, in order. */
  results: z.array(z.object({ key: z.string().nullable(), outcome: rowOutcome, errors: z.array(rowError) })),
})
export type RowsAnswer = z.infer<typeof rowsAnswer>

const ROW_SHAPE =
  'Each row: {key, at, person?, accountId?, updatedAt?, fields, lines?} stands for the whole row of that key, or {key, deleted: true, updatedAt?}.'
export const writeRowsEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/rows',
  access: 'datasets:write',
  tag,
  summary: `Writes up to 500 rows by key; each has a result of its own. ${ROW_SHAPE}`,
  params: keyParams,
  body: rowsBody,
  response: rowsAnswer,
  bodyLimit: 4 * 1024 * 1024,
})
export const collectRowsEndpoint = endpoint({
  method: 'POST',
  path: '/v1/datasets/:key',
  access: 'public',
  tag,
  summary: `The same by a server source’s write key (basic auth, the key as user name). ${ROW_SHAPE}`,
  params: keyParams,
  body: rowsBody,
  response: rowsAnswer,
  bodyLimit: 4 * 1024 * 1024,
})

export const cell = z.union([z.string(), z.number(), z.boolean()]).nullable()
export type Cell = z.infer<typeof cell>

/** One row as known now. Values by field key; what a role may not see of a person is `***`. */
export const detailRow = z.object({
  key: z.string(),
  contactId: z.string().nullable(),
  contactName: z.string().nullable(),
  accountId: z.string().nullable(),
  at: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  values: z.record(z.string(), cell),
  lines: z.array(z.record(z.string(), cell)),
})
export type DetailRow = z.infer<typeof detailRow>

export const listRowsEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/rows',
  access: 'datasets:read',
  tag,
  summary: 'Rows as known now, those that happened last first',
  params: keyParams,
  query: pageQuery.extend({
    rowKey: z.string().max(256).optional(),
    contactId: id.optional(),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
  }),
  response: page(detailRow),
})

export const datasetCounts = z.object({
  rows: z.number().int(),
  lines: z.number().int(),
  people: z.number().int(),
  /** Rows of nobody known. */
  unclaimed: z.number().int(),
  firstAt: z.iso.datetime().nullable(),
  lastAt: z.iso.datetime().nullable(),
  lastReceivedAt: z.iso.datetime().nullable(),
})
export type DatasetCounts = z.infer<typeof datasetCounts>
export const countRowsEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/counts',
  access: 'datasets:read',
  tag,
  summary: 'How many rows, lines and people, exactly; or only of what happened longer ago',
  params: keyParams,
  query: z.object({ olderThanDays: z.coerce.number().int().min(1).max(3_650).optional() }),
  response: datasetCounts,
})

export const personDataset = z.object({
  key: z.string(),
  name: z.string(),
  rows: z.number().int(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** Sums of the number fields of rows, by field key. */
  totals: z.record(z.string(), z.number()),
})
export type PersonDataset = z.infer<typeof personDataset>
export const listPersonDatasetsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/datasets',
  access: 'datasets:read',
  tag,
  summary: 'Which datasets hold rows of a person, and what they come to',
  params: z.object({ contactId: id }),
  response: z.object({ items: z.array(personDataset) }),
})

export const listValuesEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/fields/:field/values',
  access: 'datasets:read',
  tag,
  summary: 'Values of a field that occur most in recent rows, to choose from',
  params: fieldParams,
  query: z.object({ ...ofLevel, q: z.string().max(100).optional() }),
  response: z.object({ items: z.array(z.object({ value: z.string(), rows: z.number().int() })) }),
})
