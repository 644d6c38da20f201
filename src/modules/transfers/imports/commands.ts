import { isDeepStrictEqual } from 'node:util'
import type { Ctx } from '../../../context.ts'
import { readBeginning } from '../../../infra/spreadsheets/index.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { audit } from '../../audit/index.ts'
import { declareAttributes, scopeOf, typesOfAttributes } from '../../contacts/index.ts'
import { inOrder, startRun } from '../../runs/index.ts'
import { type ImportOptions, MAX_IMPORT_BYTES, type PeopleImport } from '../schema.ts'
import { planOf, requireSound } from './plan.ts'
import * as store from './store.ts'

export const IMPORT_PEOPLE = 'transfers.import-people'

const SHOWN = { records: 100, characters: 200 }

/** Keeps a file and looks into it; nothing is written until the import is started. */
export async function uploadImport(
  ctx: Ctx,
  { name, file }: { name: string; file: AsyncIterable<Uint8Array> },
): Promise<PeopleImport> {
  const stored = await ctx.files.put(file, { maxBytes: MAX_IMPORT_BYTES })
  const beginning = await readBeginning(async () => (await ctx.files.open(stored.key)).stream, SHOWN)
  const id = await store.insertImport(ctx.db, {
    ...beginning,
    fileKey: stored.key,
    fileName: name,
    bytes: stored.size,
    createdBy: actorId(ctx),
    at: ctx.clock.now(),
  })
  return getImport(ctx, id)
}

const actorId = ({ actor }: Ctx): string | null => (actor.kind === 'system' ? null : actor.id)

/**
 * Begins to write the people of a file. One that failed may be started again: with the same options it goes on where it
 * stopped, with others it begins anew. Refused with `import_running`, `import_done`, `file_gone` and as {@link requireSound} has it.
 */
export async function startImport(ctx: Ctx, id: string, options: ImportOptions): Promise<PeopleImport> {
  const scope = scopeOf(ctx)
  await inTransaction(ctx.db, async (trx) => {
    const found = await store.selectImport(trx, id, { lock: true })
    if (found === undefined || !mayLookInto(ctx, found)) throw notFound('import')
    if (found.state === 'queued' || found.state === 'running')
      throw conflict('import_running', 'the import is under way')
    if (found.state === 'done') throw conflict('import_done', 'the import is done')
    if (found.fileKey === null) throw conflict('file_gone', 'the file is not kept any more: upload it again')
    await requireSound(ctx, await planOf(trx, found, options, scope))
    const known = await typesOfAttributes(
      trx,
      options.mapping.attributes.map(({ key }) => key),
    )
    const fresh = options.mapping.attributes.flatMap(({ key, type }) =>
      type === undefined || known.has(key) ? [] : [{ key, type }],
    )
    await declareAttributes(trx, fresh, ctx.clock.now())
    const payload = { importId: id, scope }
    const run = await startRun(ctx, { accountId: null, kind: IMPORT_PEOPLE, payload }, trx)
    const anew = !isDeepStrictEqual(found.options, options)
    await store.beginImport(trx, id, { runId: run.id, options, anew })
    await audit(ctx, trx, {
      action: 'people.import_started',
      subject: { kind: 'import', id },
      detail: {
        file: found.fileName,
        whom: options.whom,
        empty: options.empty,
        newAttributes: fresh.map(({ key }) => key),
      },
    })
  })
  return getImport(ctx, id)
}

/** What stands in a file names people: it is for who uploaded it, and for those who see every account. */
const mayLookInto = (ctx: Ctx, { createdById }: store.ImportRow): boolean =>
  scopeOf(ctx) === null || createdById === actorId(ctx)

export async function findImport(ctx: Ctx, id: string): Promise<store.ImportRow> {
  const found = await store.selectImport(ctx.db, id)
  if (found === undefined || !mayLookInto(ctx, found)) throw notFound('import')
  return found
}

export const getImport = async (ctx: Ctx, id: string): Promise<PeopleImport> =>
  shown(await findImport(ctx, id))

const shown = ({
  fileKey: _key,
  format: _format,
  createdById: _by,
  settled: _s,
  ...visible
}: store.ImportRow) => visible

export async function listImports(
  ctx: Ctx,
  filter: { cursor?: string | undefined; limit: number },
): Promise<Page<PeopleImport>> {
  const by = scopeOf(ctx) === null ? null : (actorId(ctx) ?? '0')
  const rows = await store.selectImports(ctx.db, { ...filter, by })
  return toPage(
    rows.map((row) => ({ ...shown(row), sample: [] })),
    filter.limit,
    (one) => one.id,
  )
}

/** Refused rows in the order of the file. */
export async function* listImportErrors(ctx: Ctx, id: string): AsyncGenerator<store.RowError> {
  await findImport(ctx, id)
  yield* inOrder((after) => store.selectErrors(ctx.db, id, after))
}
