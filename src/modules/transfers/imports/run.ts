import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { readTable, withoutHeading } from '../../../infra/spreadsheets/index.ts'
import { type Executor, inTransaction, onClient } from '../../../infra/transaction.ts'
import { assert, conflict, invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { executeRun, RunInterrupted, type RunReport } from '../../runs/index.ts'
import { createStaticSegment } from '../../segments/index.ts'
import { type ImportOptions, MAX_IMPORT_ROWS } from '../schema.ts'
import { planOf } from './plan.ts'
import type { RowPlan } from './row.ts'
import * as store from './store.ts'
import { type Written, writePeople } from './write.ts'

/** Rows, and characters of them, written in one transaction. */
const PORTION = 500
const PORTION_CHARACTERS = 4 * 1024 * 1024

type Work = { ctx: Ctx; report: RunReport; found: store.ImportRow; plan: RowPlan; total: number }

/**
 * Writes the people of a file, a portion in each transaction together with how far it is: cut off anywhere, it goes on
 * with the next portion and counts none twice.
 */
export const runPeopleImport = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const found = await store.selectImport(ctx.db, String(run.payload['importId']))
    assert(found?.options, 'an import that runs has options')
    if (found.settled) return
    if (found.fileKey === null) throw conflict('file_gone', 'the file is not kept any more')
    const total = run.total ?? (await countRows(ctx, found, report))
    await report.progress({ done: found.progress.done, total })
    const scope = (run.payload['scope'] ?? null) as string[] | null
    const plan = await planOf(ctx.db, found, found.options, scope)
    await writeFile({ ctx, report, found, plan, total })
    await settle({ ctx, report, found, plan, total }, found.options)
  })

const open = (ctx: Ctx, { fileKey, format }: store.ImportRow) =>
  withoutHeading(readTable({ format, open: async () => (await ctx.files.open(fileKey ?? '')).stream }))

/** Counted before anything is written, so that a file that is too long is refused whole. */
async function countRows(ctx: Ctx, found: store.ImportRow, { signal }: RunReport): Promise<number> {
  let count = 0
  for await (const _ of open(ctx, found)) {
    count += 1
    if (count % 1_000 === 0) signal.throwIfAborted()
    if (count > MAX_IMPORT_ROWS)
      throw invalid('too_many_records', 'the file has too many records', { max: MAX_IMPORT_ROWS })
  }
  return count
}

async function writeFile(work: Work): Promise<void> {
  const { ctx, found, report } = work
  let done = found.progress.done
  let newTags = found.counts['newTags'] ?? 0
  let number = 0
  let portion: string[][] = []
  let characters = 0
  const write = async () => {
    report.signal.throwIfAborted()
    newTags += (await writePortion(work, { records: portion, from: done, newTags })).newTags
    done += portion.length
    portion = []
    characters = 0
  }
  for await (const record of open(ctx, found)) {
    number += 1
    if (number <= found.progress.done) continue
    portion.push(record)
    for (const cell of record) characters += cell.length
    if (portion.length === PORTION || characters > PORTION_CHARACTERS) await write()
  }
  if (portion.length > 0) await write()
}

type Portion = { records: string[][]; from: number; newTags: number }

const writePortion = (work: Work, { records, from, newTags }: Portion): Promise<Written> =>
  onConnection(work.ctx, async (client) => {
    const { ctx, found, plan, report, total } = work
    const now = ctx.clock.now()
    const written = await writePeople(ctx, client, { plan, records, newTags, now })
    const to = from + records.length
    const moved = await store.moveImport(client, found.id, {
      from,
      to,
      counts: countsOf(written),
      errors: written.rows.flatMap(({ problems }, index) =>
        problems.length === 0 ? [] : [{ record: from + index + 1, problems }],
      ),
      members:
        plan.options.segment === undefined ? [] : written.rows.flatMap(({ contactId }) => contactId ?? []),
    })
    if (!moved) throw new RunInterrupted()
    await report.progress({ done: to, total }, onClient(client))
    return written
  })

function countsOf({ rows, reviews, newTags }: Written): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1
  if (reviews > 0) counts['reviews'] = reviews
  if (newTags > 0) counts['newTags'] = newTags
  return counts
}

const RETRYABLE = new Set(['40001', '40P01'])
const ATTEMPTS = 3

async function onConnection<T>(ctx: Ctx, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    const client = await ctx.pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((reason: Error) => {
        broken = reason
      })
      if (turn === ATTEMPTS || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error
    } finally {
      client.release(broken)
    }
  }
}

/** The segment, the audit entry with its numbers and the end of the import, together and once. */
const settle = ({ ctx, report, found: { id }, plan, total }: Work, options: ImportOptions): Promise<void> =>
  inTransaction(ctx.db, async (trx) => {
    const found = await store.selectImport(trx, id, { lock: true })
    if (found === undefined || found.settled) return
    const segmentId = await makeSegment(ctx, trx, { found, options, scope: plan.scope })
    await store.settleImport(trx, id, { segmentId, at: ctx.clock.now() })
    await audit(ctx, trx, {
      action: 'people.import_finished',
      subject: { kind: 'import', id },
      detail: { file: found.fileName, by: found.createdBy, ...found.counts, ...(segmentId && { segmentId }) },
    })
    await report.progress({ done: total, total }, trx)
  })

async function makeSegment(
  ctx: Ctx,
  trx: Executor,
  { found, options, scope }: { found: store.ImportRow; options: ImportOptions; scope: RowPlan['scope'] },
): Promise<string | null> {
  if (options.segment === undefined || !(await store.hasMembers(trx, found.id))) return null
  return createStaticSegment(ctx, trx, {
    name: options.segment.name,
    // whoever sees some accounts only makes segments of one of them
    accountId: scope === null ? null : (options.mapping.accountId ?? null),
    origin: { kind: 'file', importId: found.id, fileName: found.fileName },
    people: sql<{
      contact_id: string
    }>`select m.contact_id from people_import_members m where m.import_id = ${found.id}`,
  })
}
