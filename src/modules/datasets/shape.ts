import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Dataset, Field } from './schema.ts'
import { selectDataset, selectDatasets } from './store.ts'

/** What whoever asks the tables needs to know: `details.d<id>` with columns `f<field id>`, `details.d<id>_lines`. */
export type DatasetShape = {
  id: number
  key: string
  name: string
  fields: Pick<Field, 'id' | 'key' | 'name' | 'type' | 'level'>[]
  hasLines: boolean
}

/** A dataset by key, archived or not; undefined where there is none. */
export async function resolveDataset(from: Ctx | Executor, key: string): Promise<DatasetShape | undefined> {
  const found = await selectDataset(executorOf(from), key)
  if (found === undefined) return undefined
  const { id, name, fields, hasLines } = found
  return { id, key, name, hasLines, fields }
}

const executorOf = (from: Ctx | Executor): Executor => ('db' in from ? from.db : from)

export async function listDatasets(ctx: Ctx, filter: { archived?: boolean } = {}): Promise<Dataset[]> {
  return selectDatasets(ctx.db, filter)
}

export async function getDataset(ctx: Ctx, key: string, db: Executor = ctx.db): Promise<Dataset> {
  const found = await selectDataset(db, key)
  if (found === undefined) throw notFound('dataset')
  return found
}
