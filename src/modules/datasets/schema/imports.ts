import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { datasetKey, keyParams, tag } from './definition.ts'

export const MAX_IMPORT_ROWS = 1_000_000
export const MAX_IMPORT_BYTES = 500 * 1024 * 1024

const id = z.string().regex(/^\d{1,19}$/)
/**
 * Where each thing stands in a file, by column heading. With line fields each record of the file is one line, and
 * records of one key, which must stand together, make one row.
 */
export const mapping = z.object({
  key: z.string().max(200),
  at: z.string().max(200),
  updatedAt: z.string().max(200).optional(),
  person: z
    .object({
      user: z.string(),
      phone: z.string(),
      unionid: z.string(),
      externalUser: z.string(),
      openid: z.string(),
    })
    .partial()
    .default({}),
  /** Whose openids the file holds, and whose account the rows belong to. */
  accountId: id.optional(),
  /** Field key to heading. */
  fields: z.record(datasetKey, z.string().max(200)),
  lineFields: z.record(datasetKey, z.string().max(200)).default({}),
})
export type Mapping = z.infer<typeof mapping>

export const datasetImport = z.object({
  id: z.string(),
  fileName: z.string(),
  state: z.enum(['draft', 'queued', 'running', 'done', 'failed']),
  columns: z.array(z.string()),
  /** The first records of the file, for who uploaded it; empty once it is a day old. */
  sample: z.array(z.array(z.string())),
  mapping: mapping.nullable(),
  /** Records of the file that are done with; `total` is null until they were counted. */
  progress: z.object({ done: z.number(), total: z.number().nullable() }),
  /** Rows by what became of them. */
  counts: z.record(z.string(), z.number()),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  createdBy: z.string().nullable(),
})
export type DatasetImport = z.infer<typeof datasetImport>

const importParams = z.object({ key: datasetKey, importId: id })
export const uploadImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/imports',
  access: 'datasets:write',
  tag,
  summary:
    'Takes a CSV or XLSX file (multipart, at most 500 MB) and shows what is in it; nothing is written yet',
  params: keyParams,
  query: z.object({ name: z.string().trim().min(1).max(200) }),
  response: datasetImport,
  bodyLimit: MAX_IMPORT_BYTES + 1_048_576,
})
export const startImportEndpoint = endpoint({
  method: 'POST',
  path: '/api/datasets/:key/imports/:importId/start',
  access: 'datasets:write',
  tag,
  summary: 'Begins to write the file’s rows in the background; an interrupted import goes on by itself',
  params: importParams,
  body: z.object({ mapping }),
  response: datasetImport,
})
export const listImportsEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/imports',
  access: 'datasets:read',
  tag,
  summary: 'Imports into a dataset, newest first',
  params: keyParams,
  query: pageQuery,
  response: page(datasetImport),
})
export const getImportEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/imports/:importId',
  access: 'datasets:read',
  tag,
  summary: 'One import: how far it is and what became of the rows',
  params: importParams,
  response: datasetImport,
})
export const downloadImportErrorsEndpoint = endpoint({
  method: 'GET',
  path: '/api/datasets/:key/imports/:importId/errors',
  access: 'datasets:write',
  tag,
  summary: 'Refused records of an import as CSV: where, why, and what stood there',
  params: importParams,
  response: z.unknown(),
})
