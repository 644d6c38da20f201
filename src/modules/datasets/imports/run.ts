import type { Ctx } from '../../../context.ts'
import { readTable, withoutHeading } from '../../../infra/spreadsheets/index.ts'
import { onClient } from '../../../infra/transaction.ts'
import { assert, conflict, invalid } from '../../../kernel/errors.ts'
import { executeRun, type Run, RunInterrupted, type RunReport } from '../../runs/index.ts'
import { countOutcomes } from '../rows.ts'
import { KeySet } from '../rules/key-set.ts'
import { hasLines, placesOf, type RecordGroup, toLooseRow } from '../rules/records.ts'
import { MAX_IMPORT_ROWS, type Mapping } from '../schema.ts'
import { type WrittenRow, writeRows } from '../writing/write.ts'
import { type Portion, portionsOf } from './groups.ts'
import * as store from './store.ts'

type Work = {
  ctx: Ctx
  run: Run
  report: RunReport
  found: store.ImportRow
  mapping: Mapping
  total: number
}

/**
 * Writes a file's rows, a portion in each transaction together with how far it is: cut off anywhere, it goes on with
 * the next portion and counts none twice.
 */
export const runImport = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    const found = await store.selectImport(ctx.db, String(run.payload['importId']))
    assert(found?.mapping, 'an import that runs has a mapping')
    if (found.fileKey === null) throw conflict('file_gone', 'the file is not kept any more')
    const total = run.total ?? (await countRecords(ctx, found, report))
    const work = { ctx, run, report, found, mapping: found.mapping, total }
    await report.progress({ done: found.progress.done, total })
    await writeFile(work)
  })

const open = (ctx: Ctx, { fileKey, format }: store.ImportRow) =>
  readTable({ format, open: async () => (await ctx.files.open(fileKey ?? '')).stream })

/** Counted before anything is written, so that a file that is too long is refused whole. */
async function countRecords(ctx: Ctx, found: store.ImportRow, { signal }: RunReport): Promise<number> {
  let count = -1
  for await (const _ of open(ctx, found)) {
    count += 1
    if (count % 1_000 === 0) signal.throwIfAborted()
    if (count > MAX_IMPORT_ROWS)
      throw invalid('too_many_records', 'the file has too many records', { max: MAX_IMPORT_ROWS })
  }
  return Math.max(count, 0)
}

async function writeFile(work: Work): Promise<void> {
  const { ctx, found, mapping, report } = work
  const places = placesOf(found.columns)
  const met = hasLines(mapping) ? new KeySet() : undefined
  const records = withoutHeading(open(ctx, found))
  let done = found.progress.done
  const options = { keyAt: places(mapping.key) ?? 0, lines: hasLines(mapping), done, met }
  for await (const portion of portionsOf(records, options)) {
    report.signal.throwIfAborted()
    await writePortion(work, { portion, from: done, apart: apartOf(portion, met) })
    done = portion.to
  }
}

/** Rows whose key stood elsewhere in the file: the lines seen there would be lost. */
const apartOf = ({ groups }: Portion, met: KeySet | undefined): Set<RecordGroup> =>
  new Set(met === undefined ? [] : groups.filter((group) => group.key !== '' && !met.add(group.key)))

async function writePortion(
  { ctx, run, report, found, mapping, total }: Work,
  { portion, from, apart }: { portion: Portion; from: number; apart: ReadonlySet<RecordGroup> },
): Promise<void> {
  const places = placesOf(found.columns)
  const groups = portion.groups.filter((group) => !apart.has(group))
  const accounts = run.payload['accounts'] as string[] | null
  await writeRows(ctx, {
    datasetId: found.datasetId,
    rows: groups.map((group) => toLooseRow(mapping, places, group)),
    origin: { accounts, accountId: null },
    now: ctx.clock.now(),
    async also(client, written) {
      const all = [...outcomesOf(groups, written), ...[...apart].map(refusedApart)]
      const counts = countOutcomes(all.map(({ row }) => row))
      const errors = all.flatMap(({ group, row }): store.RecordError[] =>
        row.outcome === 'refused' ? [{ record: group.first, key: row.key, errors: row.errors }] : [],
      )
      const moved = await store.moveImport(client, found.id, { from, to: portion.to, counts, errors })
      if (!moved) throw new RunInterrupted()
      await report.progress({ done: portion.to, total }, onClient(client))
    },
  })
}

type Outcome = { group: RecordGroup; row: WrittenRow }

const outcomesOf = (groups: readonly RecordGroup[], written: readonly WrittenRow[]): Outcome[] =>
  groups.map((group, index) => ({ group, row: written[index] as WrittenRow }))

const refusedApart = (group: RecordGroup): Outcome => ({
  group,
  row: {
    key: group.key,
    outcome: 'refused',
    errors: [{ reason: 'lines_apart', path: '', detail: { record: group.first } }],
  },
})
