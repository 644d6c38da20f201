import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import { forkWorker } from '../../../../tests/support/workers.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import type { Ctx } from '../../../context.ts'
import { declareDataset } from '../commands.ts'
import { suggestMapping } from '../rules/records.ts'
import { type Dataset, declareDatasetBody, type Mapping } from '../schema.ts'
import { getImport, listImportErrors, listImports, startImport, uploadImport } from './commands.ts'
import { runImport } from './run.ts'
import { tidyImports } from './tidy.ts'

let world: TestWorld
let ctx: Ctx
beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
})
afterAll(() => world?.close())

const declare = (key: string, lines = false): Promise<Dataset> =>
  declareDataset(
    ctx,
    declareDatasetBody.parse({
      key,
      name: key,
      fields: [{ key: 'amount', name: '金额', type: 'number' }],
      ...(lines && { lineFields: [{ key: 'price', name: '单价', type: 'number' }] }),
    }),
  )
const text = (content: string) =>
  (async function* () {
    yield Buffer.from(content)
  })()
const upload = (key: string, content: string, by: Ctx = ctx) =>
  uploadImport(by, { key, name: 'orders.csv', file: text(content) })
const MAPPING: Mapping = {
  key: '单号',
  at: '时间',
  person: { user: '会员' },
  fields: { amount: '金额' },
  lineFields: {},
}
const LINES: Mapping = { ...MAPPING, lineFields: { price: '单价' } }

async function run(key: string, content: string, mapping: Mapping = MAPPING) {
  const { id } = await upload(key, content)
  await startImport(ctx, { key, importId: id }, mapping)
  await runImport(ctx, await runOf(id), new AbortController().signal)
  return getImport(ctx, key, id)
}
const one = async <T>(sql: string, values: unknown[] = []): Promise<T> =>
  Object.values((await ctx.pool.query(sql, values)).rows[0] ?? {})[0] as T
const runOf = (importId: string) =>
  one<string>('select run_id from dataset_imports where id = $1', [importId])
const errorsOf = async (key: string, id: string, by: Ctx = ctx) => {
  const errors = []
  for await (const { record, key: rowKey, errors: all } of listImportErrors(by, key, id))
    errors.push([record, rowKey, all[0]?.path, all[0]?.reason])
  return errors
}
const HEAD = '单号,时间,会员,金额\n'
const by = (id: string, accounts: string[] | null, role: 'operator' | 'analyst' = 'operator'): Ctx => ({
  ...ctx,
  actor: { kind: 'operator', id, name: 'x', role, accounts, locale: 'zh-CN' },
})

describe('F2: a file of rows', () => {
  test('is looked into, mapped, written with its people; the same again changes nothing', async () => {
    const { id } = await declare('orders')
    const content = `${HEAD}1,2026-11-01 10:00,u1,10\n2,2026/11/2,u2,"1,200.5"\n3,2026-11-03,,\n`
    const draft = await upload('orders', content)
    expect(draft).toMatchObject({ state: 'draft', columns: ['单号', '时间', '会员', '金额'] })
    expect(draft.sample[1]).toEqual(['2', '2026/11/2', 'u2', '1,200.5'])
    expect(await one(`select count(*)::int from details.d${id}`)).toBe(0)
    expect(await run('orders', content)).toMatchObject({
      state: 'done',
      counts: { created: 3 },
      progress: { done: 3, total: 3 },
    })
    expect(await run('orders', content)).toMatchObject({ counts: { unchanged: 3 } })
    expect(await one(`select count(*)::int from details.d${id} where contact_id is not null`)).toBe(2)
  })

  test('a bad record is refused alone, where it stands is told, and the others are written', async () => {
    await declare('bad')
    const done = await run(
      'bad',
      `${HEAD}1,2026-11-01,u1,10\n2,soon,u2,5\n,2026-11-01,u3,5\n4,2026-11-01,u4,lots\n5,2026-11-01,u5,5\n`,
    )
    expect(done).toMatchObject({ state: 'done', counts: { created: 2, refused: 3 } })
    expect(await errorsOf('bad', done.id)).toEqual([
      [2, '2', 'at', 'not_an_instant'],
      [3, null, 'key', 'key_missing'],
      [4, '4', 'fields.amount', 'not_a_number'],
    ])
  })

  test('records of one key that stand together are one row with lines; apart they are refused, also far apart', async () => {
    const { id } = await declare('lines', true)
    const head = '单号,时间,会员,金额,单价\n'
    const far = Array.from({ length: 1_200 }, (_, n) => `f${n},2026-11-01,,1,1\n`).join('')
    const done = await run(
      'lines',
      `${head}1,2026-11-01,u1,30,10\n1,2026-11-01,u1,30,20\n2,2026-11-01,u1,5,5\n${far}1,2026-11-01,u1,30,99\n`,
      LINES,
    )
    expect(done).toMatchObject({ counts: { created: 1_202, refused: 1 } })
    expect(await errorsOf('lines', done.id)).toEqual([[1_204, '1', '', 'lines_apart']])
    expect(
      await one(
        `select array_agg(f2 order by line) from details.d${id}_lines where key = '1' and until = 'infinity'`,
      ),
    ).toEqual([10, 20])
  })

  test('201 lines of one key are refused as one row', async () => {
    await declare('many_lines', true)
    const content = `单号,时间,会员,金额,单价\n${'1,2026-11-01,,1,1\n'.repeat(201)}${'2,2026-11-01,,1,1\n'.repeat(200)}`
    const done = await run('many_lines', content, LINES)
    expect(done).toMatchObject({ counts: { created: 1, refused: 1 }, progress: { done: 401, total: 401 } })
    expect(await errorsOf('many_lines', done.id)).toEqual([[1, '1', 'lines', 'too_many_lines']])
  })

  test('a mapping that does not fit, and what is no table, are refused before anything is written', async () => {
    await declare('refusing')
    const { id } = await upload('refusing', `${HEAD}1,2026-11-01,u,1\n`)
    const start = (mapping: Mapping) => startImport(ctx, { key: 'refusing', importId: id }, mapping)
    await expect(start({ ...MAPPING, key: '编号' })).rejects.toMatchObject({ reason: 'column_missing' })
    await expect(start({ ...MAPPING, fields: { colour: '金额' } })).rejects.toMatchObject({
      reason: 'field_unknown',
    })
    await expect(start({ ...MAPPING, lineFields: { price: '金额' } })).rejects.toMatchObject({
      reason: 'field_unknown',
    })
    await expect(upload('refusing', '')).rejects.toMatchObject({ reason: 'file_not_table' })
    await expect(upload('refusing', '\n\n')).rejects.toMatchObject({ reason: 'file_empty' })
    await expect(upload('refusing', '\u00d0\0')).rejects.toMatchObject({ reason: 'file_not_table' })
    await expect(upload('nothing', HEAD)).rejects.toMatchObject({ reason: 'not_found' })
    await start(MAPPING)
    await expect(start(MAPPING)).rejects.toMatchObject({ reason: 'import_running' })
  })

  test('two at once into one dataset both end, and every key holds once', async () => {
    const { id } = await declare('both')
    const content = (amount: number) =>
      HEAD + Array.from({ length: 2_000 }, (_, n) => `${n},2026-11-01,u${n % 50},${amount}\n`).join('')
    const ends = await Promise.all([run('both', content(1)), run('both', content(2))])
    for (const { state, progress } of ends) expect([state, progress.done]).toEqual(['done', 2_000])
    expect(await one(`select count(*)::int from details.d${id} where until = 'infinity'`)).toBe(2_000)
    expect(await one(`select count(distinct contact_id)::int from details.d${id}`)).toBe(50)
  })
})

describe('F2: an import that is cut off', () => {
  const RECORDS = 2_600
  const content =
    HEAD +
    Array.from({ length: RECORDS }, (_, n) => `${n},2026-11-01,u${n % 9},${n % 10 === 9 ? 'x' : n}\n`).join(
      '',
    )

  test.each([
    [
      'before a portion is committed',
      { at: 'commit', what: 'update dataset_imports set records', when: 'before', nth: 3 },
    ],
    [
      'after a portion is committed',
      { at: 'commit', what: 'update dataset_imports set records', when: 'after', nth: 3 },
    ],
    ['while rows are written', { at: 'sql', what: 'insert into details', when: 'before', nth: 2 }],
  ] as const)(
    'killed %s: goes on by itself, each record counted once',
    async (_name, moment) => {
      const key = `killed_${moment.at}_${moment.when}`
      const { id: datasetId } = await declare(key)
      const { id } = await upload(key, content)
      await startImport(ctx, { key, importId: id }, MAPPING)
      const doomed = forkWorker(world, moment)
      expect(await doomed.ended).toBe('SIGKILL')
      expect(await getImport(ctx, key, id)).toMatchObject({ state: 'running' })
      const reached = (await getImport(ctx, key, id)).progress.done
      expect(reached).toBeGreaterThan(0)
      expect(reached).toBeLessThan(RECORDS)
      // the dead worker's minute is over
      await ctx.pool.query(
        `update background_runs set lease_until = clock_timestamp() - interval '1 second' where state = 'running'`,
      )
      await runImport(ctx, await runOf(id), new AbortController().signal)
      expect(await getImport(ctx, key, id)).toMatchObject({
        state: 'done',
        counts: { created: (RECORDS * 9) / 10, refused: RECORDS / 10 },
        progress: { done: RECORDS, total: RECORDS },
      })
      expect(await one(`select count(*)::int from details.d${datasetId}`)).toBe((RECORDS * 9) / 10)
      expect(await errorsOf(key, id)).toHaveLength(RECORDS / 10)
    },
    60_000,
  )

  test('stopped by its process: gives itself back, and a worker goes on with lines whole', async () => {
    const { id: datasetId } = await declare('stopped', true)
    const head = '单号,时间,会员,金额,单价\n'
    const { id } = await upload(
      'stopped',
      head +
        Array.from({ length: 4_000 }, (_, n) => `${Math.floor(n / 4)},2026-11-01,,1,${n % 4}\n`).join(''),
    )
    await startImport(ctx, { key: 'stopped', importId: id }, LINES)
    const stopping = new AbortController()
    const working = runImport(ctx, await runOf(id), stopping.signal)
    await until(async () => (await getImport(ctx, 'stopped', id)).progress.done > 0, { everyMs: 2 })
    stopping.abort()
    await working
    expect((await getImport(ctx, 'stopped', id)).progress.done).toBeLessThan(4_000)
    await runImport(ctx, await runOf(id), new AbortController().signal)
    expect(await getImport(ctx, 'stopped', id)).toMatchObject({ state: 'done', counts: { created: 1_000 } })
    expect(await one(`select count(*)::int from details.d${datasetId}_lines where until = 'infinity'`)).toBe(
      4_000,
    )
  })
})

describe('F5: what stands in a file', () => {
  test('is for who uploaded it and for who sees every account, and is kept for a day', async () => {
    await declare('seen')
    const operator = await one<string>(
      `insert into operators (email, name, role, password_hash, created_at) values ('a@b.c', 'A', 'operator', 'x', now()) returning id`,
    )
    const mine = by(operator, ['1'])
    const theirs = by('999', ['1'])
    const { id, sample } = await upload('seen', `${HEAD}1,soon,u,1\n`, mine)
    expect(sample).toHaveLength(1)
    expect((await getImport(theirs, 'seen', id)).sample).toEqual([])
    await expect(startImport(theirs, { key: 'seen', importId: id }, MAPPING)).rejects.toMatchObject({
      reason: 'not_found',
    })
    await startImport(mine, { key: 'seen', importId: id }, MAPPING)
    await runImport(ctx, await runOf(id), new AbortController().signal)
    expect(await errorsOf('seen', id, mine)).toHaveLength(1)
    await expect(errorsOf('seen', id, theirs)).rejects.toMatchObject({ reason: 'not_found' })
    const later = (days: number): Ctx => ({
      ...ctx,
      clock: { now: () => new Date(Date.now() + days * 86_400_000) },
    })
    await tidyImports(later(2))
    expect((await getImport(mine, 'seen', id)).sample).toEqual([])
    expect(await one('select file_key from dataset_imports where id = $1', [id])).toBeNull()
    expect(await errorsOf('seen', id, mine)).toHaveLength(1)
    while ((await tidyImports(later(8))) > 0);
    expect(await errorsOf('seen', id, mine)).toHaveLength(0)
    expect((await listImports(ctx, 'seen', { limit: 10 })).items[0]?.counts).toEqual({ refused: 1 })
  })
})

test('F2: columns are guessed by name, each for one thing', async () => {
  const fields = [
    { key: 'amount', name: '实付金额', level: 'row' as const },
    { key: 'price', name: '单价', level: 'line' as const },
  ]
  expect(suggestMapping(['订单号', '下单时间', '手机号', '实付金额', '单价', '其他'], fields)).toMatchObject({
    key: '订单号',
    at: '下单时间',
    person: { phone: '手机号' },
    fields: { amount: '实付金额' },
    lineFields: { price: '单价' },
  })
})
