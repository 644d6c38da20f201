import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'

export const MAX_IMPORT_ROWS = 1_000_000
export const MAX_IMPORT_BYTES = 500 * 1024 * 1024
/** Own tags one import may make; a column that holds something else would make thousands. */
export const MAX_NEW_TAGS = 200

const tag = 'transfers'
const id = z.string().regex(/^\d{1,19}$/)
const heading = z.string().min(1).max(200)

export const IDENTITIES = ['user', 'phone', 'openid', 'unionid', 'externalUser'] as const
export const ATTRIBUTE_TYPES = [
  'text',
  'number',
  'boolean',
  'date',
  'instant',
  'enumeration',
  'list',
] as const

/** A column that becomes an attribute: one there is, or with `type` one that is declared by the import. */
const attributeColumn = z.object({
  column: heading,
  key: z.string().trim().min(1).max(128),
  type: z.enum(ATTRIBUTE_TYPES).optional(),
})

/** Where each thing stands in a file, by column heading. Columns that are not named are ignored. */
export const peopleMapping = z.object({
  /** At least one; several in one row belong to one person. */
  identities: z
    .object({ user: heading, phone: heading, openid: heading, unionid: heading, externalUser: heading })
    .partial()
    .refine((one) => Object.values(one).some(Boolean), 'name at least one identity'),
  /** Whose openids the file holds. */
  accountId: id.optional(),
  name: heading.optional(),
  attributes: z.array(attributeColumn).max(200).default([]),
  /** Own tags by name, several in a cell parted by commas, semicolons or bars. */
  tags: heading.optional(),
})
export type PeopleMapping = z.infer<typeof peopleMapping>

export const importOptions = z.object({
  mapping: peopleMapping,
  /** Who is written: everyone of the file, only who isn't known yet, or only who is. */
  whom: z.enum(['all', 'new', 'known']).default('all'),
  /** What an empty cell says: nothing, or that the value goes. */
  empty: z.enum(['keep', 'clear']).default('keep'),
  /** Makes a static segment of the people who were written. */
  segment: z.object({ name: z.string().trim().min(1).max(60) }).optional(),
})
export type ImportOptions = z.infer<typeof importOptions>

/** Why a row is refused, and in which column. */
export const rowProblem = z.object({ column: z.string(), reason: z.string(), value: z.string() })
export type RowProblem = z.infer<typeof rowProblem>

export const OUTCOMES = ['created', 'updated', 'unchanged', 'skipped', 'refused'] as const
export type ImportOutcome = (typeof OUTCOMES)[number]

export const peopleImport = z.object({
  id: z.string(),
  fileName: z.string(),
  state: z.enum(['draft', 'queued', 'running', 'done', 'failed']),
  columns: z.array(z.string()),
  /** The first rows of the file, for who uploaded it; empty once it is a day old. */
  sample: z.array(z.array(z.string())),
  options: importOptions.nullable(),
  /** Rows of the file that are done with; `total` is null until they were counted. */
  progress: z.object({ done: z.number(), total: z.number().nullable() }),
  /** Rows by what became of them, and `reviews`: rows whose identities may be of different people, for a person to decide. */
  counts: z.record(z.string(), z.number()),
  segmentId: z.string().nullable(),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  createdBy: z.string().nullable(),
})
export type PeopleImport = z.infer<typeof peopleImport>

/** What the first rows would come to. */
export const importPreview = z.object({
  rows: z.array(
    z.object({
      row: z.number().int(),
      outcome: z.enum(['new', 'known', 'skipped', 'refused']),
      problems: z.array(rowProblem),
    }),
  ),
  counts: z.object({ new: z.number(), known: z.number(), skipped: z.number(), refused: z.number() }),
})
export type ImportPreview = z.infer<typeof importPreview>

const importParams = z.object({ importId: id })
export const uploadPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/contact-imports',
  access: 'contacts:write',
  tag,
  summary:
    'Takes a CSV or XLSX file of people (multipart, at most 500 MB) and shows what is in it; nothing is written yet',
  query: z.object({ name: z.string().trim().min(1).max(200) }),
  response: peopleImport,
  bodyLimit: MAX_IMPORT_BYTES + 1_048_576,
})
export const previewPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/contact-imports/:importId/preview',
  access: 'contacts:write',
  tag,
  summary: 'What the first rows of the file would come to; writes nothing',
  params: importParams,
  body: importOptions,
  response: importPreview,
})
export const startPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/contact-imports/:importId/start',
  access: 'contacts:write',
  tag,
  summary:
    'Begins to write the people of the file in the background; an interrupted import goes on by itself',
  params: importParams,
  body: importOptions,
  response: peopleImport,
})
export const listPeopleImportsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contact-imports',
  access: 'contacts:write',
  tag,
  summary: 'Imports of people, newest first',
  query: pageQuery,
  response: page(peopleImport),
})
export const getPeopleImportEndpoint = endpoint({
  method: 'GET',
  path: '/api/contact-imports/:importId',
  access: 'contacts:write',
  tag,
  summary: 'One import: how far it is and what became of the rows',
  params: importParams,
  response: peopleImport,
})
export const downloadPeopleErrorsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contact-imports/:importId/errors',
  access: 'contacts:write',
  tag,
  summary: 'Refused rows of an import as CSV: where, why, and what stood there',
  params: importParams,
  response: z.unknown(),
})
