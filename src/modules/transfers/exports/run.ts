import type { Ctx } from '../../../context.ts'
import { type Cell, writeCsv, writeXlsx } from '../../../infra/spreadsheets/index.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { AppError, assert, conflict, invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { executeRun, type RunReport } from '../../runs/index.ts'
import { cellsOf } from './cells.ts'
import { headingsOf } from './headings.ts'
import { holdPeople, pageOfHeld } from './people.ts'
import { type ExportedPeople, MAX_EXPORT_BYTES, MAX_XLSX_PEOPLE } from './schema.ts'
import * as store from './store.ts'

const PAGE = 1_000
const MOST_ATTEMPTS = 5

type Work = { ctx: Ctx; report: RunReport; found: store.ExportRow; whom: ExportedPeople }

/**
 * Writes the file of an export, as its people were at one instant; memory holds a page of them. Cut off anywhere it
 * begins anew and nothing of the first try is left. Where somebody is erased meanwhile it is written again.
 */
export const runExport = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const found = await store.selectExport(ctx.db, String(run.payload['exportId']))
    assert(found, 'a run of an export has its export')
    if (found.finishedAt !== null) return
    assert(found.whom, 'an export that runs knows whom')
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      if (await writeOnce({ ctx, report, found, whom: found.whom })) return
    }
    throw conflict('export_overtaken', 'people were erased while it was written')
  })

async function writeOnce(work: Work): Promise<boolean> {
  const { ctx, report, found } = work
  await store.beginReading(ctx.db, found.id)
  const written = await inTransaction(ctx.db, (trx) => writeFile(work, trx), {
    isolation: 'repeatable read',
  })
  return inTransaction(ctx.db, async (trx) => {
    await store.lockFiles(trx)
    // an equal file may just have been removed with its own export
    if (!(await isThere(ctx, written.fileKey))) return false
    const end = { ...written, id: found.id, at: ctx.clock.now() }
    if (!(await store.finishExport(trx, end))) {
      if (!(await store.isFileUsed(trx, written.fileKey))) await ctx.files.remove(written.fileKey)
      return false
    }
    await report.progress({ done: written.people, total: written.people }, trx)
    await audit(ctx, trx, {
      action: 'contacts.exported',
      subject: { kind: 'export', id: found.id },
      detail: { people: written.people, columns: found.columns, format: found.format },
    })
    return true
  })
}

async function isThere(ctx: Ctx, key: string): Promise<boolean> {
  try {
    ;(await ctx.files.open(key)).stream.destroy()
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return false
    throw error
  }
}

async function writeFile({ ctx, report, found, whom }: Work, trx: Executor) {
  const total = await holdPeople(ctx, trx, { whom, accounts: found.accounts })
  if (found.format === 'xlsx' && total > MAX_XLSX_PEOPLE) {
    throw invalid('too_many_for_xlsx', 'a sheet has fewer rows', { people: total, max: MAX_XLSX_PEOPLE })
  }
  await report.progress({ done: 0, total })
  let people = 0
  const pieces = async function* (): AsyncGenerator<Cell[][]> {
    yield [await headingsOf(trx, found)]
    for (let before: string | null = null; ; ) {
      report.signal.throwIfAborted()
      const page = await pageOfHeld(trx, before, PAGE)
      if (page.length === 0) return
      yield await cellsOf(trx, page, found)
      people += page.length
      await report.progress({ done: people, total })
      before = page.at(-1)?.id ?? null
    }
  }
  const bytes = found.format === 'csv' ? writeCsv(pieces()) : writeXlsx(pieces())
  const { key: fileKey, size } = await ctx.files.put(bytes, { maxBytes: MAX_EXPORT_BYTES })
  return { people, fileKey, bytes: size }
}
