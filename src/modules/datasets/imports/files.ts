import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ctx, localeOf } from '../../../context.ts'
import { safeCell } from '../../../infra/spreadsheets/index.ts'
import { invalid } from '../../../kernel/errors.ts'
import { explainReason } from '../rules/reasons.ts'
import {
  type DatasetImport,
  downloadImportErrorsEndpoint,
  MAX_IMPORT_BYTES,
  uploadImportEndpoint,
} from '../schema.ts'
import { listImportErrors, uploadImport } from './commands.ts'
import type { RecordError } from './store.ts'

/** Reads the one file of a multipart body as it arrives. */
export async function receiveImport(ctx: Ctx, request: FastifyRequest): Promise<DatasetImport> {
  const { key } = uploadImportEndpoint.params?.parse(request.params) ?? { key: '' }
  const { name } = uploadImportEndpoint.query?.parse(request.query) ?? { name: '' }
  if (!request.isMultipart()) throw invalid('file_missing', 'send the file as multipart/form-data')
  const part = await request.file({ limits: { files: 1, fileSize: MAX_IMPORT_BYTES } })
  if (part === undefined) throw invalid('file_missing', 'there is no file in the request')
  const whole = async function* () {
    yield* part.file
    if (part.file.truncated)
      throw invalid('file_too_large', 'the file is too large', { maxBytes: MAX_IMPORT_BYTES })
  }
  try {
    return await uploadImport(ctx, { key, name, file: whole() })
  } finally {
    part.file.resume()
  }
}

const HEADINGS = {
  'zh-CN': ['第几条记录', '主键', '位置', '原因', '原值'],
  en: ['Record', 'Key', 'Where', 'Why', 'What stood there'],
}

/** Refused records as CSV, streamed; safe to open in a spreadsheet. */
export async function sendImportErrors(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { key, importId } = downloadImportErrorsEndpoint.params?.parse(request.params) ?? {
    key: '',
    importId: '',
  }
  const locale = localeOf(ctx)
  const errors = listImportErrors(ctx, key, importId)
  // whoever may not see it is refused before an answer has begun
  const first = await errors.next()
  const rows = async function* () {
    yield HEADINGS[locale]
    if (first.done) return
    yield* rowsOf(first.value, locale)
    for await (const error of errors) yield* rowsOf(error, locale)
  }
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="errors-${importId}.csv"`)
    .send(Readable.from(rows()).pipe(stringify({ bom: true })))
}

function* rowsOf({ record, key, errors }: RecordError, locale: string): Generator<string[]> {
  for (const { path, reason, detail } of errors)
    yield [
      String(record),
      safeCell(key ?? ''),
      safeCell(path),
      explainReason(reason, locale),
      safeCell(typeof detail['value'] === 'string' ? detail['value'] : ''),
    ]
}
