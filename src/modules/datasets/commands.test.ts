import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import * as commands from './commands.ts'
import { writeDatasetRows } from './rows.ts'
import { declareDatasetBody, type FieldType } from './schema.ts'
import { getDataset, listDatasets, resolveDataset } from './shape.ts'

let world: BareWorld
beforeAll(async () => {
  world = await createBareWorld('sandbox')
})
afterAll(() => world?.close())

const text = (key: string) => ({ key, name: key, type: 'text' as FieldType })
const declare = (key: string, more: Record<string, unknown> = {}) =>
  commands.declareDataset(
    world.ctx,
    declareDatasetBody.parse({ key, name: key, fields: [text('a')], ...more }),
  )
const count = async (sql: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values)).rows[0]?.n

test('F2: a declared dataset has its tables, its entry in the audit log, and a shape to ask them by', async () => {
  const made = await declare('orders', { lineFields: [{ ...text('price'), type: 'number' }] })
  expect(await resolveDataset(world.ctx.db, 'orders')).toMatchObject({
    id: made.id,
    hasLines: true,
    fields: [
      { id: 1, key: 'a', type: 'text', level: 'row' },
      { id: 2, key: 'price', type: 'number', level: 'line' },
    ],
  })
  const columns = await world.ctx.pool.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'details' and table_name = $1
     order by ordinal_position`,
    [`d${made.id}_lines`],
  )
  expect(columns.rows.map((row) => row.column_name)).toEqual([
    'key',
    'line',
    'contact_id',
    'at',
    'since',
    'until',
    'f2',
  ])
  expect(await count(`audit_entries where action = 'dataset.declared' and subject_id = 'orders'`)).toBe(1)
  expect(await resolveDataset(world.ctx, 'nothing')).toBeUndefined()
})

test('F2: names that were typed in never become names of tables or columns', async () => {
  expect(declareDatasetBody.safeParse({ key: `x'; drop`, name: 'x', fields: [text('a')] }).success).toBe(
    false,
  )
  expect(
    declareDatasetBody.safeParse({ key: 'x', name: 'x', fields: [text('f1"; drop table datasets')] }).success,
  ).toBe(false)
  await declare('odd', { name: `'; drop table datasets; --` })
  expect((await getDataset(world.ctx, 'odd')).name).toBe(`'; drop table datasets; --`)
})

test('F2: a key is taken once, by two at the same time too, and nothing is left of the one refused', async () => {
  const tables = () => count(`pg_tables where schemaname = 'details'`)
  const before = await tables()
  const results = await Promise.allSettled([declare('twice'), declare('twice')])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { reason: 'dataset_key_taken' },
  })
  expect(await tables()).toBe((before ?? 0) + 1)
})

test('F2: at most 60 fields, and no field twice', async () => {
  const fields = Array.from({ length: 60 }, (_, n) => text(`f${n}`))
  await declare('wide', { fields: fields.slice(0, 59), lineFields: [text('x')] })
  await expect(
    commands.addField(world.ctx, 'wide', { ...text('more'), options: [], personal: false, level: 'row' }),
  ).rejects.toMatchObject({ reason: 'too_many_fields' })
  expect(declareDatasetBody.safeParse({ key: 'w', name: 'w', fields, lineFields: [text('x')] }).success).toBe(
    false,
  )
  expect(declareDatasetBody.safeParse({ key: 'w', name: 'w', fields: [text('a'), text('a')] }).success).toBe(
    false,
  )
})

test('F2: a field added later has no value so far and its own column for ever', async () => {
  await declare('growing')
  await writeDatasetRows(world.ctx, 'growing', [{ key: '1', at: '2026-01-01', fields: { a: 'x' } }])
  const field = { ...text('b'), type: 'number' as const, options: [], personal: false, level: 'row' as const }
  const grown = await commands.addField(world.ctx, 'growing', field)
  expect(grown.fields.map(({ id, key }) => [id, key])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
  const row = { key: '1', at: '2026-01-01', fields: { a: 'x', b: 5 } }
  expect((await writeDatasetRows(world.ctx, 'growing', [row]))[0]?.outcome).toBe('updated')
  await expect(commands.addField(world.ctx, 'growing', field)).rejects.toMatchObject({
    reason: 'field_key_taken',
  })
  await expect(commands.addField(world.ctx, 'growing', { ...field, level: 'line' })).rejects.toMatchObject({
    reason: 'has_no_lines',
  })
})

test('F2: fields may be added while rows are being written: no row is lost or misplaced', async () => {
  await declare('busy')
  const writes = Array.from({ length: 30 }, (_, n) =>
    writeDatasetRows(world.ctx, 'busy', [{ key: String(n), at: '2026-01-01', fields: { a: `v${n}` } }]),
  )
  const adds = ['b', 'c', 'd'].map((key) =>
    commands.addField(world.ctx, 'busy', { ...text(key), options: [], personal: false, level: 'row' }),
  )
  await Promise.all([...writes, ...adds])
  const { id, fields } = await getDataset(world.ctx, 'busy')
  expect(new Set(fields.map((field) => field.id)).size).toBe(4)
  expect(await count(`details.d${id} where f1 = 'v' || key`)).toBe(30)
})

test('F2: whoever reads the tables for long makes a change wait, and then it is refused with a reason', async () => {
  const { id } = await declare('read_for_long')
  const client = await world.ctx.pool.connect()
  await client.query('begin')
  await client.query(`select * from details.d${id}`)
  await expect(
    commands.addField(world.ctx, 'read_for_long', {
      ...text('b'),
      options: [],
      personal: false,
      level: 'row',
    }),
  ).rejects.toMatchObject({ reason: 'dataset_busy' })
  await client.query('rollback')
  client.release()
  expect((await getDataset(world.ctx, 'read_for_long')).fields).toHaveLength(1)
})

const at = (key: string) => ({ key, field: 'a', level: 'row' as const })
const values = async (key: string, given: unknown[]) => {
  const rows = given.map((a, n) => ({ key: String(n), at: '2026-01-01', fields: { a } }))
  await writeDatasetRows(world.ctx, key, rows)
}

test.each([
  ['number', ['1', ' 2.5 ', '-3', ''], [1, 2.5, -3, null]],
  ['boolean', ['true', '否', '1'], [true, false, true]],
  ['date', ['2026-11-21', '2024-02-29'], ['2026-11-21', '2024-02-29']],
  ['instant', ['2026-11-21T08:00:00+08:00'], [new Date('2026-11-21T00:00:00Z')]],
] as const)('F2: texts become %s where every value converts', async (type, given, kept) => {
  const key = `to_${type}`
  const { id } = await declare(key)
  await values(key, [...given])
  expect(await commands.checkFieldType(world.ctx, { ...at(key), type })).toMatchObject({
    convertible: given.length,
    values: given.length,
  })
  const changed = await commands.updateField(world.ctx, at(key), { type })
  expect(changed.fields[0]?.type).toBe(type)
  const { rows } = await world.ctx.pool.query(`select f1 from details.d${id} order by key`)
  expect(rows.map((row) => row.f1)).toEqual(kept)
})

test.each([
  ['number', ['1', 'two', 'three'], 2],
  ['date', ['2026-11-21', '2026-02-29', '2026-1-1'], 2],
  ['boolean', ['true', 'perhaps'], 1],
  ['instant', ['2026-11-21', '2026-11-21T25:00:00Z'], 2],
] as const)(
  'F2: texts stay texts where one does not become %s, and how many is told',
  async (type, given, lost) => {
    const key = `not_${type}`
    const { id } = await declare(key)
    await values(key, [...given])
    await expect(commands.updateField(world.ctx, at(key), { type })).rejects.toMatchObject({
      reason: 'values_do_not_convert',
      detail: { lost, values: given.length },
    })
    expect((await getDataset(world.ctx, key)).fields[0]?.type).toBe('text')
    expect(await count(`details.d${id} where f1 is not null`)).toBe(given.length)
  },
)

test('F2: earlier versions count too, and what never converts is refused at once', async () => {
  await declare('earlier')
  await values('earlier', ['two'])
  await values('earlier', ['2'])
  await expect(commands.updateField(world.ctx, at('earlier'), { type: 'number' })).rejects.toMatchObject({
    detail: { lost: 1, values: 2, examples: ['two'] },
  })
  await declare('numbers', { fields: [{ ...text('a'), type: 'number' }] })
  await expect(commands.updateField(world.ctx, at('numbers'), { type: 'date' })).rejects.toMatchObject({
    reason: 'conversion_unknown',
  })
  expect((await commands.updateField(world.ctx, at('numbers'), { type: 'text' })).fields[0]?.type).toBe(
    'text',
  )
})

test('F2: names change without touching rows; an archived dataset is listed apart and comes back', async () => {
  await declare('named')
  const changed = await commands.updateField(world.ctx, at('named'), { name: '新名', personal: true })
  expect(changed.fields[0]).toMatchObject({ id: 1, key: 'a', name: '新名', personal: true, type: 'text' })
  expect(await commands.updateDataset(world.ctx, 'named', { name: 'N', retentionDays: 7 })).toMatchObject({
    name: 'N',
    retentionDays: 7,
  })
  await commands.archiveDataset(world.ctx, 'named')
  await expect(commands.archiveDataset(world.ctx, 'named')).rejects.toMatchObject({
    reason: 'dataset_archived',
  })
  const keys = async (archived: boolean) =>
    (await listDatasets(world.ctx, { archived })).map(({ key }) => key)
  expect(await keys(true)).toEqual(['named'])
  expect(await keys(false)).not.toContain('named')
  expect((await commands.restoreDataset(world.ctx, 'named')).archived).toBe(false)
})

test('F2: there are at most 50 datasets', async () => {
  for (let n = (await count('datasets')) ?? 0; n < 50; n += 1) await declare(`filler_${n}`)
  await expect(declare('one_more')).rejects.toMatchObject({ reason: 'too_many_datasets' })
  expect(await count('datasets')).toBe(50)
})
