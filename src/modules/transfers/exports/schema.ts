import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { personFilter } from '../../contacts/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'transfers'

/** One request names no more people. */
export const MAX_NAMED_PEOPLE = 1_000
export const MAX_EXPORT_COLUMNS = 60
/** Rows a sheet has, without its heading. */
export const MAX_XLSX_PEOPLE = 1_048_575
/** Business time from the end of the run. */
export const EXPORT_DAYS = 3
export const MAX_EXPORT_BYTES = 4 * 1024 ** 3

export const PERSON_COLUMNS = [
  'id',
  'name',
  'phone',
  'user',
  'external_user',
  'unionid',
  'tags',
  'created_at',
] as const
/** Of one account: `openid:<account id>`. */
export const ACCOUNT_COLUMNS = [
  'openid',
  'following',
  'followed_at',
  'last_interaction',
  'wechat_tags',
] as const
export type AccountColumn = (typeof ACCOUNT_COLUMNS)[number]

/** A column: one of a person's own, one of an account, or `a:<key>` of an attribute. */
export const exportColumn = z.union([
  z.enum(PERSON_COLUMNS),
  z.string().regex(/^(openid|following|followed_at|last_interaction|wechat_tags):\d{1,19}$/),
  z.string().max(130).regex(/^a:./s),
])

/** Whom: those a filter of the people list fits, the members of a segment, or named people. */
export const exportedPeople = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('filter'), filter: personFilter }),
  z.object({ kind: z.literal('segment'), segmentId: id }),
  z.object({ kind: z.literal('contacts'), contactIds: z.array(id).min(1).max(MAX_NAMED_PEOPLE) }),
])
export type ExportedPeople = z.output<typeof exportedPeople>

export const exportFormat = z.enum(['csv', 'xlsx'])
export type ExportFormat = z.infer<typeof exportFormat>

export const exportState = z.enum(['queued', 'running', 'done', 'failed', 'expired', 'removed'])

/** 导出的客户文件. */
export const peopleExport = z.object({
  id: z.string(),
  /** `removed`: somebody was erased who may have been in it. */
  state: exportState,
  format: exportFormat,
  columns: z.array(z.string()),
  kind: z.enum(['filter', 'segment', 'contacts']),
  done: z.number().int(),
  /** Null until they are counted. */
  people: z.number().int().nullable(),
  bytes: z.number().int().nullable(),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
})
export type PeopleExport = z.infer<typeof peopleExport>

export const previewExportEndpoint = endpoint({
  method: 'POST',
  path: '/api/people-exports/preview',
  access: 'contacts:export',
  tag,
  summary: 'How many people an export would hold: exact, or at least so many (`exact: false`)',
  body: z.object({ people: exportedPeople }),
  response: z.object({ people: z.number().int(), exact: z.boolean() }),
})
export const startExportEndpoint = endpoint({
  method: 'POST',
  path: '/api/people-exports',
  access: 'contacts:export',
  tag,
  summary: 'Writes people to a CSV or XLSX file in the background',
  body: z.object({
    people: exportedPeople,
    format: exportFormat,
    columns: z
      .array(exportColumn)
      .min(1)
      .max(MAX_EXPORT_COLUMNS)
      .refine((columns) => new Set(columns).size === columns.length, 'a column stands there twice'),
  }),
  response: peopleExport,
})
export const listExportsEndpoint = endpoint({
  method: 'GET',
  path: '/api/people-exports',
  access: 'contacts:export',
  tag,
  summary: 'Exports of people, newest first: one’s own, or everybody’s for those who see every account',
  query: pageQuery,
  response: page(peopleExport),
})
const params = z.object({ peopleExportId: id })
export const getExportEndpoint = endpoint({
  method: 'GET',
  path: '/api/people-exports/:peopleExportId',
  access: 'contacts:export',
  tag,
  summary: 'How far one export is',
  params,
  response: peopleExport,
})
export const downloadExportEndpoint = endpoint({
  method: 'GET',
  path: '/api/people-exports/:peopleExportId/file',
  access: 'contacts:export',
  tag,
  summary: 'The file of an export, for three days',
  params,
  response: z.unknown(),
})
