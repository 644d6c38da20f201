import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Ctx, localeOf } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { conflict, invalid, notFound } from '../../../kernel/errors.ts'
import type { Page } from '../../../kernel/paging.ts'
import { audit } from '../../audit/index.ts'
import { canSeePersons, scopeOf } from '../../contacts/index.ts'
import { startRun } from '../../runs/index.ts'
import { requireSegment } from '../../segments/index.ts'
import { accountsOf, keysOf } from './cells.ts'
import { countWhom } from './people.ts'
import {
  downloadExportEndpoint,
  EXPORT_DAYS,
  type ExportedPeople,
  type ExportFormat,
  type PeopleExport,
} from './schema.ts'
import * as store from './store.ts'

export const EXPORT_PEOPLE = 'transfers.export-people'
const DAY_MS = 86_400_000

export async function previewExport(ctx: Ctx, whom: ExportedPeople) {
  if (whom.kind === 'segment') await requireSegment(ctx, whom.segmentId)
  return countWhom(ctx, { whom, accounts: scopeOf(ctx) })
}

type Asked = { people: ExportedPeople; format: ExportFormat; columns: string[] }

/**
 * Begins to write a file of people the caller may see, as whole as the caller sees them. Refuses columns there are not
 * with `unknown_account`, `attribute_unknown`.
 */
export async function startExport(ctx: Ctx, { people, format, columns }: Asked): Promise<PeopleExport> {
  const accounts = scopeOf(ctx)
  await refuseColumns(ctx, columns)
  if (people.kind === 'segment') await requireSegment(ctx, people.segmentId)
  const id = await inTransaction(ctx.db, async (trx) => {
    const exportId = await store.insertExport(trx, {
      createdById: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      createdAt: ctx.clock.now(),
      whom: people,
      format,
      columns,
      accounts,
      whole: canSeePersons(ctx.actor),
      locale: localeOf(ctx),
    })
    const run = await startRun(ctx, { accountId: null, kind: EXPORT_PEOPLE, payload: { exportId } }, trx)
    await store.setRun(trx, exportId, run.id)
    await audit(ctx, trx, {
      action: 'contacts.export_started',
      subject: { kind: 'export', id: exportId },
      detail: {
        kind: people.kind,
        format,
        columns,
        ...(people.kind === 'segment' && { segmentId: people.segmentId }),
        ...(people.kind === 'contacts' && { people: people.contactIds.length }),
      },
    })
    return exportId
  })
  return getExport(ctx, id)
}

async function refuseColumns(ctx: Ctx, columns: readonly string[]): Promise<void> {
  const scope = scopeOf(ctx)
  const accountIds = accountsOf(columns)
  const keys = keysOf(columns)
  const known = await store.selectColumnFacts(ctx.db, { keys, accountIds })
  const seen = (id: string) => known.accounts.has(id) && (scope === null || scope.includes(id))
  const account = accountIds.find((id) => !seen(id))
  if (account !== undefined)
    throw invalid('unknown_account', 'there is no such account', { accountId: account })
  const key = keys.find((one) => !known.attributes.has(one))
  if (key !== undefined) throw invalid('attribute_unknown', 'there is no such attribute', { key })
}

/** A file holds what its creator could see: it is for them, and for those who see every account. */
function mayLookInto(ctx: Ctx, { accounts, createdById, whole }: store.ExportRow): boolean {
  const scope = scopeOf(ctx)
  if (whole && !canSeePersons(ctx.actor)) return false
  if (scope === null) return true
  if (ctx.actor.kind === 'system' || ctx.actor.id !== createdById) return false
  return accounts?.every((id) => scope.includes(id)) ?? false
}

export async function listExports(
  ctx: Ctx,
  query: { cursor?: string | undefined; limit: number },
): Promise<Page<PeopleExport>> {
  const mine = scopeOf(ctx) === null || ctx.actor.kind === 'system' ? null : ctx.actor.id
  const { items, nextCursor } = await store.selectExports(ctx.db, { ...query, createdById: mine })
  return {
    items: items.filter((row) => mayLookInto(ctx, row)).map((row) => present(ctx, row)),
    nextCursor,
  }
}

export async function getExport(ctx: Ctx, id: string): Promise<PeopleExport> {
  return present(ctx, await findExport(ctx, id))
}

async function findExport(ctx: Ctx, id: string): Promise<store.ExportRow> {
  const row = await store.selectExport(ctx.db, id)
  if (row === undefined || !mayLookInto(ctx, row)) throw notFound('export')
  return row
}

const expiryOf = ({ finishedAt }: store.ExportRow): Date | null =>
  finishedAt && new Date(finishedAt.getTime() + EXPORT_DAYS * DAY_MS)

function stateOf(ctx: Ctx, row: store.ExportRow): PeopleExport['state'] {
  const expiry = expiryOf(row)
  if (expiry === null)
    return row.runState === 'queued' || row.runState === 'running' ? row.runState : 'failed'
  if (row.voided) return 'removed'
  return expiry > ctx.clock.now() && row.fileKey !== null ? 'done' : 'expired'
}

const present = (ctx: Ctx, row: store.ExportRow): PeopleExport => ({
  id: row.id,
  state: stateOf(ctx, row),
  format: row.format,
  columns: row.columns,
  kind: row.kind,
  done: row.done,
  people: row.people,
  bytes: row.bytes,
  error: row.error,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  expiresAt: expiryOf(row)?.toISOString() ?? null,
})

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** Refused with `export_not_ready`, `export_expired`, `export_removed`. Who took a file is in the audit log. */
export async function sendExport(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { peopleExportId } = downloadExportEndpoint.params?.parse(request.params) ?? { peopleExportId: '' }
  const row = await findExport(ctx, peopleExportId)
  const state = stateOf(ctx, row)
  if (state === 'expired') throw conflict('export_expired', 'the file is not kept any more')
  if (state === 'removed') throw conflict('export_removed', 'somebody was erased who may be in it')
  if (state !== 'done') throw conflict('export_not_ready', 'the file is not written')
  const { stream, size } = await ctx.files.open(row.fileKey ?? '')
  await audit(ctx, ctx.db, {
    action: 'contacts.export_downloaded',
    subject: { kind: 'export', id: row.id },
    detail: { people: row.people },
  })
  const name = `customers-${beijingDay(row.createdAt)}-${row.id}.${row.format}`
  return reply
    .type(TYPES[row.format])
    .header('content-length', size)
    .header('cache-control', 'private, no-store')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(stream)
}

/** Files go three days after they were written, and soon after an erasure; how many went. */
export async function tidyExports(ctx: Ctx): Promise<number> {
  const finishedBefore = new Date(ctx.clock.now().getTime() - EXPORT_DAYS * DAY_MS)
  await store.forgetWhom(ctx.db)
  return inTransaction(ctx.db, async (trx) => {
    await store.lockFiles(trx)
    const due = await store.takeDueFiles(trx, finishedBefore)
    // first the file: a row that still names one that is gone is tidied again
    for (const { key, shared } of due) if (!shared) await ctx.files.remove(key)
    await store.forgetFiles(
      trx,
      due.map(({ id }) => id),
      ctx.clock.now(),
    )
    return due.length
  })
}
