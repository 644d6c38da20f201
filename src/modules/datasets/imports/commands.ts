import { isDeepStrictEqual } from 'node:util'
import type { Ctx } from '../../../context.ts'
import { readBeginning } from '../../../infra/spreadsheets/index.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { inOrder, startRun } from '../../runs/index.ts'
import { findField } from '../commands.ts'
import { missingColumns } from '../rules/records.ts'
import { type Dataset, type DatasetImport, MAX_IMPORT_BYTES, type Mapping } from '../schema.ts'
import { getDataset } from '../shape.ts'
import * as store from './store.ts'

export const IMPORT_ROWS = 'datasets.import-rows'

const SHOWN = { records: 20, characters: 200 }

type Upload = { key: string; name: string; file: AsyncIterable<Uint8Array> }

/** Keeps a file and looks into it; nothing is written until the import is started. */
export async function uploadImport(ctx: Ctx, { key, name, file }: Upload): Promise<DatasetImport> {
  const dataset = await getDataset(ctx, key)
  refuseArchived(dataset)
  const stored = await ctx.files.put(file, { maxBytes: MAX_IMPORT_BYTES })
  const beginning = await readBeginning(async () => (await ctx.files.open(stored.key)).stream, SHOWN)
  const id = await inTransaction(ctx.db, (trx) =>
    store.insertImport(trx, {
      ...beginning,
      datasetId: dataset.id,
      fileKey: stored.key,
      fileName: name,
      bytes: stored.size,
      createdBy: actorId(ctx),
      at: ctx.clock.now(),
    }),
  )
  return getImport(ctx, key, id)
}

const actorId = ({ actor }: Ctx): string | null => (actor.kind === 'system' ? null : actor.id)

const refuseArchived = ({ archived, key }: Dataset): void => {
  if (archived) throw conflict('dataset_archived', 'the dataset is archived', { key })
}

/**
 * Begins to write the rows of a file. One that failed may be started again: with the same mapping it goes on where it
 * stopped, with another it begins anew. Refused with `import_running`, `import_done`, `file_gone` and for a mapping that
 * doesn't fit with `column_missing`, `field_unknown`.
 */
export async function startImport(
  ctx: Ctx,
  at: { key: string; importId: string },
  mapping: Mapping,
): Promise<DatasetImport> {
  const dataset = await getDataset(ctx, at.key)
  refuseArchived(dataset)
  await inTransaction(ctx.db, async (trx) => {
    const found = await store.selectImport(trx, at.importId, { lock: true })
    if (found === undefined || found.datasetId !== dataset.id || !mayLookInto(ctx, found))
      throw notFound('import')
    if (found.state === 'queued' || found.state === 'running')
      throw conflict('import_running', 'the import is under way')
    if (found.state === 'done') throw conflict('import_done', 'the import is done')
    if (found.fileKey === null) throw conflict('file_gone', 'the file is not kept any more: upload it again')
    refuseMapping(dataset, mapping, found.columns)
    const payload = { importId: found.id, accounts: scopeOf(ctx) }
    const run = await startRun(ctx, { accountId: null, kind: IMPORT_ROWS, payload }, trx)
    const anew = !isDeepStrictEqual(found.mapping, mapping)
    await store.beginImport(trx, found.id, { runId: run.id, mapping, anew })
    await audit(ctx, trx, {
      action: 'dataset.import_started',
      subject: { kind: 'dataset', id: at.key },
      detail: { importId: found.id, file: found.fileName },
    })
  })
  return getImport(ctx, at.key, at.importId)
}

function refuseMapping(dataset: Dataset, mapping: Mapping, columns: readonly string[]): void {
  const [missing] = missingColumns(mapping, columns)
  if (missing !== undefined)
    throw invalid('column_missing', 'the file has no such column', { column: missing })
  for (const field of Object.keys(mapping.fields))
    if (findField(dataset, 'row', field) === undefined)
      throw invalid('field_unknown', 'the dataset has no such field', { field })
  for (const field of Object.keys(mapping.lineFields))
    if (findField(dataset, 'line', field) === undefined)
      throw invalid('field_unknown', 'the dataset has no such field', { field })
}

/** What stands in a file names people: it is for who uploaded it, and for those who see every account. */
const mayLookInto = (ctx: Ctx, { createdById }: store.ImportRow): boolean =>
  scopeOf(ctx) === null || createdById === actorId(ctx)

export async function getImport(ctx: Ctx, key: string, importId: string): Promise<DatasetImport> {
  return shown(ctx, await findImport(ctx, key, importId))
}

async function findImport(ctx: Ctx, key: string, importId: string): Promise<store.ImportRow> {
  const { id } = await getDataset(ctx, key)
  const found = await store.selectImport(ctx.db, importId)
  if (found === undefined || found.datasetId !== id) throw notFound('import')
  return found
}

/** Roles that only read see what came of it, not what stood there. */
function shown(ctx: Ctx, found: store.ImportRow): DatasetImport {
  const { datasetId: _id, fileKey: _key, format: _format, createdById, ...visible } = found
  const own = createdById !== null && createdById === actorId(ctx)
  return own || ctx.actor.kind === 'system' ? visible : { ...visible, sample: [] }
}

export async function listImports(
  ctx: Ctx,
  key: string,
  filter: { cursor?: string | undefined; limit: number },
): Promise<Page<DatasetImport>> {
  const { id } = await getDataset(ctx, key)
  const rows = await store.selectImports(ctx.db, { ...filter, datasetId: id })
  return toPage(
    rows.map((row) => shown(ctx, row)),
    filter.limit,
    (one) => one.id,
  )
}

/** Refused records in the order of the file. Not found for who may not look into the file. */
export async function* listImportErrors(
  ctx: Ctx,
  key: string,
  importId: string,
): AsyncGenerator<store.RecordError> {
  const found = await findImport(ctx, key, importId)
  if (!mayLookInto(ctx, found)) throw notFound('import')
  yield* inOrder((after) => store.selectErrors(ctx.db, importId, after))
}
