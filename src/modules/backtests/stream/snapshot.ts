import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { type Executor, onClient } from '../../../infra/transaction.ts'

/** Connections that see one state of the database, and can change nothing: two read in turn, the third is asked meanwhile. */
export type Snapshot = {
  readers: readonly [PoolClient, PoolClient]
  db: Executor
  /** Ends what they are at; whoever waits for it gets an error. */
  cancel(): Promise<void>
  /** Gives the connections back; where something failed they may be in the middle of a statement, and are dropped. */
  close(how: 'whole' | 'failed'): Promise<void>
}

const BEGIN = 'begin isolation level repeatable read, read only'
/** Real time for one statement. */
const LONGEST = '15min'

export async function openSnapshot({ pool }: Ctx): Promise<Snapshot> {
  const clients: PoolClient[] = []
  const begin = async (more: string) => {
    const client = await pool.connect()
    clients.push(client)
    await client.query(BEGIN)
    if (more !== '') await client.query(more)
    await client.query(
      `select set_config('work_mem', '128MB', true), set_config('statement_timeout', '${LONGEST}', true)`,
    )
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return { client, pid: rows[0]?.pid }
  }
  const close: Snapshot['close'] = async (how) => {
    for (const client of clients) {
      if (how === 'whole') await client.query('rollback')
      client.release(how === 'failed')
    }
  }
  try {
    const reader = await begin('')
    const { rows } = await reader.client.query<{ name: string }>('select pg_export_snapshot() as name')
    const same = `set transaction snapshot '${rows[0]?.name}'`
    const second = await begin(same)
    const asked = await begin(same)
    return {
      readers: [reader.client, second.client],
      db: onClient(asked.client),
      cancel: async () => {
        await pool.query('select pg_cancel_backend(p) from unnest($1::int[]) p', [
          [reader.pid, second.pid, asked.pid],
        ])
      },
      close,
    }
  } catch (error) {
    await close('failed')
    throw error
  }
}
