import { CompiledQuery } from 'kysely'
import type { PoolClient } from 'pg'
import { prepared } from '../../../infra/postgres/connect.ts'
import type { Executor } from '../../../infra/transaction.ts'

/** One statement in the caller's transaction, whichever way that was begun. */
export type Ask = <R>(text: string, values?: readonly unknown[]) => Promise<R[]>

export const asking =
  (client: PoolClient): Ask =>
  async <R>(text: string, values: readonly unknown[] = []) =>
    (await client.query(prepared(text, [...values]))).rows as R[]

export const askingIn =
  (trx: Executor): Ask =>
  async <R>(text: string, values: readonly unknown[] = []) =>
    (await trx.executeQuery(CompiledQuery.raw(text, [...values]))).rows as R[]
