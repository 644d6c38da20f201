import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../tests/support/index.ts'
import { createPool } from './postgres/connect.ts'
import { createDb, type Db, inTransaction, prepare } from './transaction.ts'

let database: TestDatabase
let pool: ReturnType<typeof createPool>
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool({ databaseUrl: database.url, max: 6 })
  db = createDb(pool)
  await pool.query('create table counter (id int primary key, value int not null)')
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(() =>
  pool.query('truncate counter').then(() => pool.query('insert into counter values (1, 0), (2, 0)')),
)

const counted = async (id = 1) =>
  (await pool.query<{ value: number }>('select value from counter where id = $1', [id])).rows[0]?.value

describe('a transaction', () => {
  test('that loses against another runs again as a whole', async () => {
    const read: number[] = []
    await inTransaction(
      db,
      async (trx) => {
        const { rows } = await sql<{ value: number }>`select value from counter where id = 1`.execute(trx)
        const value = rows[0]?.value ?? -1
        read.push(value)
        // once, somebody else is quicker
        if (read.length === 1) await pool.query('update counter set value = 10 where id = 1')
        await sql`update counter set value = ${value + 1} where id = 1`.execute(trx)
      },
      { isolation: 'repeatable read' },
    )
    expect(read).toEqual([0, 10])
    expect(await counted()).toBe(11)
  })

  test('is given up after three runs, and then nothing of it is there', async () => {
    let runs = 0
    const work = inTransaction(
      db,
      async (trx) => {
        runs += 1
        await sql`update counter set value = 99 where id = 2`.execute(trx)
        await pool.query('update counter set value = value + 1 where id = 1')
        await sql`update counter set value = 99 where id = 1`.execute(trx)
      },
      { isolation: 'repeatable read' },
    )
    await expect(work).rejects.toMatchObject({ code: '40001' })
    expect([runs, await counted(1), await counted(2)]).toEqual([3, 3, 0])
  })

  test('that deadlocks with another is run again: both get through', async () => {
    let met = 0
    let open: () => void = () => undefined
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    const crosswise = (first: number, second: number) =>
      inTransaction(db, async (trx) => {
        await sql`update counter set value = value + 1 where id = ${first}`.execute(trx)
        met += 1
        if (met === 2) open()
        await both
        await sql`update counter set value = value + 1 where id = ${second}`.execute(trx)
      })
    await Promise.all([crosswise(1, 2), crosswise(2, 1)])
    expect(met).toBeGreaterThan(2)
    expect([await counted(1), await counted(2)]).toEqual([2, 2])
  })

  test('that fails for any other reason runs once and leaves nothing', async () => {
    let runs = 0
    const work = inTransaction(db, async (trx) => {
      runs += 1
      await sql`update counter set value = 5 where id = 1`.execute(trx)
      await sql`insert into counter values (1, 1)`.execute(trx)
    })
    await expect(work).rejects.toMatchObject({ code: '23505' })
    expect([runs, await counted()]).toEqual([1, 0])
  })

  test('within one is part of it: it neither commits nor retries by itself', async () => {
    let inner = 0
    await expect(
      inTransaction(db, async (trx) => {
        await inTransaction(trx, async (same) => {
          inner += 1
          expect(same).toBe(trx)
          await sql`update counter set value = 7 where id = 1`.execute(same)
        })
        throw new Error('after all not')
      }),
    ).rejects.toThrow('after all not')
    expect([inner, await counted()]).toEqual([1, 0])
  })
})

test('a statement that begins with `prepare` is planned once per connection, the others each time', async () => {
  await inTransaction(db, async (trx) => {
    for (const id of ['1', '2']) {
      await sql`${prepare}select ${id}::bigint as asked_often`.execute(trx)
      await sql`select ${id}::bigint as asked_now_and_then`.execute(trx)
    }
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(
      trx,
    )
    expect(rows.filter(({ statement }) => statement.includes('asked_often'))).toHaveLength(1)
    expect(rows.filter(({ statement }) => statement.includes('asked_now'))).toEqual([])
  })
})
