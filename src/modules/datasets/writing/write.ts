import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { AppError, conflict, notFound } from '../../../kernel/errors.ts'
import { type Change, type Decision, decide } from '../rules/decide.ts'
import { type ReadRow, readRow } from '../rules/row.ts'
import type { Field, LooseRow, RowError, RowOutcome } from '../schema.ts'
import { DEFINITION_LOCK_SHARED } from '../tables.ts'
import { type Origin, type Placing, placeRows } from './people.ts'
import * as store from './rows-store.ts'

export type WrittenRow = { key: string | null; outcome: RowOutcome; errors: RowError[] }
export type Write = {
  datasetId: number
  rows: readonly LooseRow[]
  origin: Origin
  now: Date
  /** Done in the transaction of the rows, knowing what became of them; throwing takes all back. */
  also?: (client: PoolClient, written: readonly WrittenRow[]) => Promise<unknown>
}

const RETRYABLE = new Set(['40001', '40P01'])
const ATTEMPTS = 3

type Writing = Pick<Ctx, 'pool' | 'secrets'>

/**
 * Writes rows in one transaction and answers for each, in order. Rows of one key are taken one after the other. A row that
 * can't be stored is refused alone, whatever the reason. Throws where the database can't be reached.
 */
export async function writeRows(ctx: Writing, write: Write): Promise<WrittenRow[]> {
  const refused = new Map<number, RowError>()
  for (;;) {
    try {
      return await attempt(ctx, write, refused)
    } catch (error) {
      if (!isAboutContent(error)) throw error
      await findCulprit(ctx, write, refused, error)
    }
  }
}

/** Data (22), integrity (23) and types (42) are the row's; anything else is the database's. */
const isAboutContent = (error: unknown): boolean =>
  /^(22|23|42)/.test((error as { code?: string }).code ?? '') ||
  (error instanceof AppError && error.code === 'invalid')

/** Tries halves, each taken back again, until one row that fails is left, and marks it. */
async function findCulprit(
  ctx: Writing,
  write: Write,
  refused: Map<number, RowError>,
  cause: unknown,
): Promise<void> {
  let suspects = [...write.rows.keys()].filter((index) => !refused.has(index))
  let error = cause
  while (suspects.length > 1) {
    const half = suspects.slice(0, Math.ceil(suspects.length / 2))
    const failed = await rehearse(ctx, {
      ...write,
      rows: half.map((index) => write.rows[index] as LooseRow),
    })
    error = failed ?? error
    suspects = failed === undefined ? suspects.slice(half.length) : half
  }
  const [index] = suspects
  // every row can be stored, so it is what comes along that can't
  if (index === undefined) throw cause
  const reason = error instanceof AppError ? error.reason : 'not_storable'
  refused.set(index, { reason, path: '', detail: error instanceof AppError ? error.detail : {} })
}

class Rehearsed extends Error {}

async function rehearse(ctx: Writing, write: Write): Promise<unknown> {
  const also = async () => {
    throw new Rehearsed()
  }
  try {
    await attempt(ctx, { ...write, also }, new Map())
  } catch (error) {
    if (error instanceof Rehearsed) return undefined
    if (isAboutContent(error)) return error
    throw error
  }
  return undefined
}

async function attempt(
  ctx: Writing,
  write: Write,
  refused: ReadonlyMap<number, RowError>,
): Promise<WrittenRow[]> {
  for (let turn = 1; ; turn += 1) {
    const client = await ctx.pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const written = await storeAll(ctx, client, write, refused)
      await write.also?.(client, written)
      await client.query('commit')
      return written
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

/**
 * In this order everywhere, so that two batches never wait for each other in a ring: the definition, people, keys.
 */
async function storeAll(
  ctx: Writing,
  client: PoolClient,
  { datasetId, rows, origin, now }: Write,
  refused: ReadonlyMap<number, RowError>,
): Promise<WrittenRow[]> {
  await client.query(DEFINITION_LOCK_SHARED, [datasetId])
  const target = await selectTarget(client, datasetId)
  const written = rows.map((given, index): WrittenRow | ReadRow => {
    const marked = refused.get(index)
    const read = readRow({ row: target.row, line: target.line }, given)
    if (!('row' in read)) return refusal(read.key, read.errors)
    return marked === undefined ? read.row : refusal(read.row.key, [marked])
  })
  const upserts = written.filter((row) => 'deleted' in row && !row.deleted)
  const placings = await placeRows(ctx, client, { rows: upserts as Upsert[], origin, now })
  const places = new Map<WrittenRow | ReadRow, Placing>()
  for (const [index, row] of upserts.entries()) places.set(row, placings[index] as Placing)
  const rounds = inRounds(
    written.flatMap((row, index): Due[] => {
      if (!('deleted' in row)) return []
      const placing = places.get(row)
      if (placing === undefined || !('errors' in placing)) return [{ index, row, placing }]
      written[index] = refusal(row.key, placing.errors)
      return []
    }),
  )
  await store.lockKeys(client, target, [...new Set(rounds.flat().map(({ row }) => row.key))])
  for (const round of rounds) {
    const outcomes = await apply(client, target, { round, accounts: origin.accounts, now })
    for (const [at, { index, row }] of round.entries())
      written[index] =
        outcomes[at] === 'refused'
          ? refusal(row.key, [{ reason: 'row_of_others', path: 'key', detail: {} }])
          : { key: row.key, outcome: outcomes[at] as RowOutcome, errors: [] }
  }
  return written as WrittenRow[]
}

type Upsert = Extract<ReadRow, { deleted: false }>
type Due = { index: number; row: ReadRow; placing: Placing | undefined }

const refusal = (key: string | null, errors: RowError[]): WrittenRow => ({ key, outcome: 'refused', errors })

/** So that each round has every key once, and rows of one key keep their order. */
function inRounds(due: readonly Due[]): Due[][] {
  const seen = new Map<string, number>()
  const rounds: Due[][] = []
  for (const one of due) {
    const round = seen.get(one.row.key) ?? 0
    seen.set(one.row.key, round + 1)
    const items = rounds[round]
    if (items === undefined) rounds.push([one])
    else items.push(one)
  }
  return rounds
}

async function apply(
  client: PoolClient,
  target: store.Target,
  { round, accounts, now }: { round: readonly Due[]; accounts: Origin['accounts']; now: Date },
): Promise<RowOutcome[]> {
  const latest = await store.selectLatest(client, target, {
    keys: round.map(({ row }) => row.key),
    accounts,
  })
  const decided = round.map(({ row, placing }) => {
    const found = latest.get(row.key)
    const change = changeOf(row, placing, found?.content.contactId ?? null)
    return { key: row.key, change, decision: found?.foreign ? refusedAt(now) : decide(found, change, now) }
  })
  const wanting = (step: Decision['steps'][number]) =>
    decided.filter(({ decision }) => decision.steps.includes(step))
  const ending = ({ key, decision }: (typeof decided)[number]) => ({
    key,
    at: decision.at,
    updatedAt: decision.updatedAt,
  })
  await store.closeVersions(client, target, wanting('close').map(ending))
  await store.retractVersions(
    client,
    target,
    wanting('retract').map(({ key }) => key),
  )
  const versions = wanting('open').flatMap(({ change, ...one }): store.NewVersion[] =>
    change.deleted
      ? []
      : [{ ...ending({ change, ...one }), since: one.decision.at, content: change.content }],
  )
  await store.insertVersions(client, target, { versions, receivedAt: now })
  await store.noteUpdates(client, target, { notes: wanting('note').map(ending), receivedAt: now })
  return decided.map(({ decision }) => decision.outcome)
}

/** A row there that the writer may not see is neither changed nor deleted. */
const refusedAt = (at: Date): Decision => ({ outcome: 'refused', steps: [], at, updatedAt: null })

/** A row that names nobody stays whose it was. */
function changeOf(row: ReadRow, placing: Placing | undefined, holder: string | null): Change {
  if (row.deleted) return { deleted: true, updatedAt: row.updatedAt }
  const placed = placing !== undefined && !('errors' in placing) ? placing : undefined
  return {
    deleted: false,
    updatedAt: row.updatedAt,
    content: {
      contactId: placed?.contactId ?? holder,
      accountId: placed?.accountId ?? null,
      at: row.at,
      values: row.values,
      lines: row.lines,
    },
  }
}

const SELECT_TARGET = 'select key, fields, line_fields, archived_at from datasets where id = $1'
type TargetRow = { key: string; fields: Field[]; line_fields: Field[] | null; archived_at: Date | null }

async function selectTarget(client: PoolClient, datasetId: number): Promise<store.Target> {
  const { rows } = await client.query<TargetRow>(SELECT_TARGET, [datasetId])
  const [found] = rows
  if (found === undefined) throw notFound('dataset')
  if (found.archived_at !== null)
    throw conflict('dataset_archived', 'the dataset is archived', { key: found.key })
  return { id: datasetId, row: found.fields, line: found.line_fields }
}
