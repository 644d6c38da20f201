import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ctx, localeOf } from '../../../context.ts'
import { receiveFile, safeCell } from '../../../infra/spreadsheets/index.ts'
import { explainReason } from '../rules/reasons.ts'
import {
  downloadPeopleErrorsEndpoint,
  MAX_IMPORT_BYTES,
  type PeopleImport,
  uploadPeopleEndpoint,
} from '../schema.ts'
import { listImportErrors, uploadImport } from './commands.ts'
import type { RowError } from './store.ts'

/** Keeps the one file of a multipart body as it arrives. */
export async function receivePeople(ctx: Ctx, request: FastifyRequest): Promise<PeopleImport> {
  const { name } = uploadPeopleEndpoint.query?.parse(request.query) ?? { name: '' }
  return receiveFile(request, MAX_IMPORT_BYTES, (file) => uploadImport(ctx, { name, file }))
}

const HEADINGS = {
  'zh-CN': ['第几行', '列', '原因', '原值'],
  en: ['Row', 'Column', 'Why', 'What stood there'],
}

/** Refused rows as CSV, streamed; safe to open in a spreadsheet. */
export async function sendPeopleErrors(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { importId } = downloadPeopleErrorsEndpoint.params?.parse(request.params) ?? { importId: '' }
  const locale = localeOf(ctx)
  const errors = listImportErrors(ctx, importId)
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
    .header('content-disposition', `attachment; filename="import-errors-${importId}.csv"`)
    .send(Readable.from(rows()).pipe(stringify({ bom: true })))
}

function* rowsOf({ record, problems }: RowError, locale: string): Generator<string[]> {
  for (const { column, reason, value } of problems)
    yield [String(record), safeCell(column), explainReason(reason, locale), safeCell(value)]
}
