import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pool, type PoolClient, type QueryResultRow } from 'pg'

/** The simulator's own connections; `search_path` is its schema, so no query names it. */
export type Database = {
  pool: Pool
  rows: <T extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<T[]>
  row: <T extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<T | undefined>
  run: (sql: string, values?: unknown[]) => Promise<number>
  transaction: <T>(work: (db: Queries) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}
export type Queries = Pick<Database, 'rows' | 'row' | 'run'>

type Runner = Pick<PoolClient, 'query'>

export async function openDatabase(databaseUrl: string): Promise<Database> {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 12,
    application_name: 'weida-simulator',
    options: '-c search_path=simulator -c timezone=UTC -c jit=off',
  })
  // An idle connection that the server drops must not end the process; the next query reports it.
  pool.on('error', () => undefined)
  try {
    await installSchema(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    pool,
    ...queriesOn(pool),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  }
}

function queriesOn(runner: Runner): Queries {
  return {
    rows: async <T extends QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await runner.query<T>(sql, values)).rows,
    row: async <T extends QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await runner.query<T>(sql, values)).rows[0],
    run: async (sql, values = []) => (await runner.query(sql, values)).rowCount ?? 0,
  }
}

async function inTransaction<T>(pool: Pool, work: (db: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(queriesOn(client))
    await client.query('commit')
    return result
  } catch (error) {
    broken = await client.query('rollback').then(
      () => undefined,
      (failure: Error) => failure,
    )
    throw error
  } finally {
    client.release(broken)
  }
}

/** Makes the schema, or drops and remakes it when it was made from another text: it is a toy world, never migrated. */
async function installSchema(pool: Pool): Promise<void> {
  const sql = await readFile(join(import.meta.dirname, 'schema.sql'), 'utf8')
  const version = createHash('sha256').update(sql).digest('hex').slice(0, 16)
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('weida simulator schema'))`)
    const known = await client.query<{ comment: string | null }>(
      `select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = 'simulator'`,
    )
    if (known.rows[0]?.comment !== version) {
      await client.query('drop schema if exists simulator cascade')
      await client.query('create schema simulator')
      await client.query(`set local search_path = simulator`)
      await client.query(sql)
      await client.query(`comment on schema simulator is '${version}'`)
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

/** Empties every table but keeps the schema. */
export async function emptySchema(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    const tables = await tx.rows<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'simulator'`,
    )
    await tx.run(`truncate ${tables.map((table) => `simulator.${table.name}`).join(', ')} restart identity`)
    await tx.run('insert into clock default values')
  })
}
