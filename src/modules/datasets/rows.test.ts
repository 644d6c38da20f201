import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import type { Ctx } from '../../context.ts'
import { tombstoneOf } from '../contacts/index.ts'
import { archiveDataset, declareDataset } from './commands.ts'
import { eraseDetails, tidyRows } from './erase.ts'
import { countRows, listPersonDatasets, listRows, listValues } from './reads.ts'
import { collectDatasetRows, writeDatasetRows } from './rows.ts'
import { type Dataset, declareDatasetBody, type LooseRow } from './schema.ts'

let world: BareWorld
let orders: Dataset
let accountId: string
let otherAccountId: string

const START = Date.parse('2026-06-01T00:00:00Z')
/** The same world at another minute of business time. */
const at = (minute: number): Ctx => ({
  ...world.ctx,
  clock: { now: () => new Date(START + minute * 60_000) },
})
const as = (ctx: Ctx, accounts: string[] | null, role: 'operator' | 'analyst' = 'operator'): Ctx => ({
  ...ctx,
  actor: { kind: 'operator', id: '1', name: 'x', role, accounts, locale: 'zh-CN' },
})

const insertAccount = async (appid: string): Promise<string> => {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at) values ($1, $1, 'service', true, $2, $1, $2, $2, now()) returning id`,
    [appid, world.ctx.secrets.encrypt('x')],
  )
  return rows[0]?.id ?? ''
}

const declare = (key: string): Promise<Dataset> =>
  declareDataset(
    world.ctx,
    declareDatasetBody.parse({
      key,
      name: '订单',
      fields: [
        { key: 'amount', name: '金额', type: 'number' },
        { key: 'status', name: '状态', type: 'enumeration', options: ['paid', 'refunded'] },
        { key: 'note', name: '备注', type: 'text', personal: true },
        { key: 'gift', name: '礼品', type: 'boolean' },
        { key: 'due', name: '到期', type: 'date' },
        { key: 'paid_at', name: '付款', type: 'instant' },
      ],
      lineFields: [
        { key: 'category', name: '类目', type: 'text' },
        { key: 'price', name: '价格', type: 'number' },
      ],
    }),
  )

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  orders = await declare('orders')
  accountId = await insertAccount('wx0000000000000001')
  otherAccountId = await insertAccount('wx0000000000000002')
})
afterAll(() => world?.close())

const order = (key: string, more: LooseRow = {}): LooseRow => ({
  key,
  at: '2026-05-30T00:00:00Z',
  fields: { amount: 10, status: 'paid' },
  ...more,
})
const write = async (minute: number, ...rows: LooseRow[]) =>
  (await writeDatasetRows(at(minute), 'orders', rows)).map(({ outcome }) => outcome)
const rowsOf = async (filter: Record<string, unknown> = {}, ctx: Ctx = world.ctx) =>
  (await listRows(ctx, 'orders', { limit: 200, ...filter })).items
const query = async <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await world.ctx.pool.query<T>(text, values)).rows
const versions = (key: string) =>
  query<{ amount: number; since: Date; until: Date | null; lines: number }>(
    `select f1 as amount, since, nullif(until, 'infinity') as until, (select count(*)::int from details.d${orders.id}_lines l
       where l.key = r.key and l.since = r.since and l.until = r.until) as lines
     from details.d${orders.id} r where key = $1 order by since, until`,
    [key],
  )
const minute = (n: number) => new Date(START + n * 60_000)

describe('B4: rows are versions', () => {
  test('a change closes what held and opens another with its lines; the same again writes nothing', async () => {
    const key = randomUUID()
    const lines = [
      { category: 'shoes', price: 6 },
      { category: 'hats', price: 4 },
    ]
    expect(await write(1, order(key, { lines }))).toEqual(['created'])
    expect(await write(2, order(key, { lines }))).toEqual(['unchanged'])
    expect(await write(3, order(key, { fields: { amount: 11 }, lines: lines.slice(0, 1) }))).toEqual([
      'updated',
    ])
    expect(await versions(key)).toEqual([
      { amount: 10, since: minute(1), until: minute(3), lines: 2 },
      { amount: 11, since: minute(3), until: null, lines: 1 },
    ])
    expect(await rowsOf({ rowKey: key })).toMatchObject([
      { values: { amount: 11, status: null }, lines: [{ category: 'shoes', price: 6 }] },
    ])
  })

  test('another line, or a line in another place, is another version', async () => {
    const key = randomUUID()
    const [a, b] = [{ category: 'a' }, { category: 'b' }]
    await write(1, order(key, { lines: [a, b] }))
    expect(await write(2, order(key, { lines: [b, a] }))).toEqual(['updated'])
    expect(await write(3, order(key, { lines: [b] }))).toEqual(['updated'])
    expect(await write(4, order(key, { lines: [b] }))).toEqual(['unchanged'])
  })

  test('changes of one instant leave one version, in the order they came', async () => {
    const key = randomUUID()
    const outcomes = await write(
      1,
      order(key),
      order(key, { fields: { amount: 2 }, lines: [{}] }),
      order(key, { fields: { amount: 3 } }),
    )
    expect(outcomes).toEqual(['created', 'updated', 'updated'])
    expect(await versions(key)).toEqual([{ amount: 3, since: minute(1), until: null, lines: 0 }])
  })

  test('a deletion closes; what comes after begins anew; what never was is absent', async () => {
    const key = randomUUID()
    const gone = { key, deleted: true }
    expect(await write(1, gone)).toEqual(['absent'])
    expect(await write(2, order(key, { lines: [{}] }))).toEqual(['created'])
    expect(await write(3, gone, gone)).toEqual(['deleted', 'absent'])
    expect(await rowsOf({ rowKey: key })).toEqual([])
    expect(await write(4, order(key))).toEqual(['created'])
    expect((await versions(key)).map(({ since, until }) => [since, until])).toEqual([
      [minute(2), minute(3)],
      [minute(4), null],
    ])
    expect(
      await query(`select from details.d${orders.id}_lines where key = $1 and until = 'infinity'`, [key]),
    ).toEqual([])
  })

  test('what is older, as the source tells it, comes too late, after a deletion and before the row too', async () => {
    const key = randomUUID()
    const updatedAt = (n: number) => ({ updatedAt: minute(n).toISOString() })
    expect(await write(1, { key, deleted: true, ...updatedAt(5) })).toEqual(['absent'])
    expect(await write(2, order(key, updatedAt(4)))).toEqual(['stale'])
    expect(await write(3, order(key, updatedAt(6)))).toEqual(['created'])
    expect(await write(4, { key, deleted: true, ...updatedAt(5) })).toEqual(['stale'])
    // the same content, seen later: what lies between stays away all the same
    expect(await write(5, order(key, updatedAt(9)))).toEqual(['unchanged'])
    expect(await write(6, order(key, { ...updatedAt(8), fields: { amount: 1 } }))).toEqual(['stale'])
    expect(await write(7, { key, deleted: true, ...updatedAt(9) })).toEqual(['deleted'])
    expect(await rowsOf({ rowKey: key })).toEqual([])
  })

  test('every type comes back as it went in', async () => {
    const key = randomUUID()
    const fields = {
      amount: 0.1,
      status: 'refunded',
      note: "'; drop table datasets; -- 👟\n\\",
      gift: false,
      due: '2026-02-28',
      paid_at: '2026-05-30T01:02:03.004Z',
    }
    await write(1, order(key, { fields }))
    expect(await write(2, order(key, { fields }))).toEqual(['unchanged'])
    expect((await rowsOf({ rowKey: key }))[0]?.values).toEqual(fields)
  })
})

describe('B4: a bad row never loses the good ones', () => {
  test('each has its own result', async () => {
    const [good, bad] = [randomUUID(), randomUUID()]
    const results = await writeDatasetRows(at(1), 'orders', [
      order(bad, { fields: { amount: 'much' } }),
      order(good),
      order(bad, { person: { phone: '12' } }),
      order(bad, { person: { contactId: '999999' } }),
      order(bad, { person: { openid: 'oX' } }),
      order(bad, { person: { openid: { accountId: '999', openid: 'oX' } } }),
      order(bad, { accountId: '999' }),
      { key: bad },
    ])
    expect(results.map(({ outcome, errors }) => [outcome, errors[0]?.path, errors[0]?.reason])).toEqual([
      ['refused', 'fields.amount', 'not_a_number'],
      ['created', undefined, undefined],
      ['refused', 'person.phone', 'phone_invalid'],
      ['refused', 'person.contactId', 'person_unknown'],
      ['refused', 'person.openid', 'openid_account_missing'],
      ['refused', 'person.openid', 'account_unknown'],
      ['refused', 'accountId', 'account_unknown'],
      ['refused', 'at', 'at_missing'],
    ])
    expect(await rowsOf({ rowKey: bad })).toEqual([])
  })

  test('one that only the database refuses is found among 500 and refused alone', async () => {
    await world.ctx.pool.query(`alter table details.d${orders.id} add constraint no_13 check (f1 <> 1313)`)
    const keys = Array.from({ length: 500 }, () => randomUUID())
    const rows = keys.map((key, n) => order(key, { fields: { amount: n === 77 || n === 401 ? 1313 : n } }))
    const results = await writeDatasetRows(at(1), 'orders', rows)
    await world.ctx.pool.query(`alter table details.d${orders.id} drop constraint no_13`)
    const refused = results.flatMap(({ outcome }, n) => (outcome === 'refused' ? [n] : []))
    expect(refused).toEqual([77, 401])
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(498)
  })

  test('an archived dataset takes nothing', async () => {
    await declare('old_orders')
    await archiveDataset(world.ctx, 'old_orders')
    await expect(writeDatasetRows(at(1), 'old_orders', [order('a')])).rejects.toMatchObject({
      reason: 'dataset_archived',
    })
  })
})

describe('F1: rows find their person by any identity', () => {
  test('identities in one row are linked; a row that names nobody stays whose it was', async () => {
    const [key, user] = [randomUUID(), randomUUID()]
    const phone = `+86138${String(Date.now()).slice(-8)}`
    await write(1, order(key, { person: { user, phone } }))
    const [first] = await rowsOf({ rowKey: key })
    expect(first?.contactId).toMatch(/^\d+$/)
    await write(2, order(key, { fields: { amount: 5 } }))
    const other = randomUUID()
    await write(2, order(other, { person: { phone } }))
    expect((await rowsOf({ contactId: first?.contactId })).map((row) => row.key).sort()).toEqual(
      [key, other].sort(),
    )
    expect(
      await write(3, order(key, { fields: { amount: 5 }, person: { contactId: first?.contactId } })),
    ).toEqual(['unchanged'])
  })

  test('a source’s openids belong to its account; it names people of no other', async () => {
    const collect = (row: LooseRow) => collectDatasetRows(at(1), 'orders', { rows: [row], accountId })
    const [kept] = await collect(order(randomUUID(), { person: { openid: 'oOfSource' } }))
    expect(kept?.outcome).toBe('created')
    expect((await rowsOf({ rowKey: kept?.key }))[0]?.accountId).toBe(accountId)
    const [refused] = await collect(
      order(randomUUID(), { person: { openid: { accountId: otherAccountId, openid: 'o' } } }),
    )
    expect(refused?.errors[0]?.reason).toBe('account_unknown')
    expect(await query(`select from fans where account_id = $1`, [otherAccountId])).toEqual([])
  })

  test('a merge changes nothing in the rows; readers find them under who the person is now', async () => {
    const [a, b, key] = [randomUUID(), randomUUID(), randomUUID()]
    await write(1, order(`${key}a`, { person: { user: a } }), order(`${key}b`, { person: { user: b } }))
    const idOf = async (row: string) => (await rowsOf({ rowKey: row }))[0]?.contactId ?? ''
    const [source, target] = [await idOf(`${key}a`), await idOf(`${key}b`)]
    await query(
      `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
      [source, target],
    )
    expect(await idOf(`${key}a`)).toBe(target)
    for (const contactId of [source, target])
      expect((await rowsOf({ contactId })).map((row) => row.key).sort()).toEqual([`${key}a`, `${key}b`])
    expect((await listPersonDatasets(world.ctx, target))[0]).toMatchObject({
      key: 'orders',
      rows: 2,
      totals: { amount: 20 },
    })
    // the row keeps whom it came with, also when the same comes again
    expect(await write(2, order(`${key}a`, { person: { contactId: target } }))).toEqual(['unchanged'])
    expect(await query(`select contact_id from details.d${orders.id} where key = $1`, [`${key}a`])).toEqual([
      { contact_id: source },
    ])
    await world.ctx.db.transaction().execute(async (trx) => {
      expect((await eraseDetails(trx, [target])).rows).toBe(2)
    })
    expect(await rowsOf({ contactId: target })).toEqual([])
  })
})

test('F1: whoever was erased on request is not brought back by a row; whoever came back by themselves is found', async () => {
  const [gone, back] = [randomUUID(), randomUUID()]
  const identity = (value: string) => ({ kind: 'user' as const, value })
  await query(
    `with e as (insert into erasures (contact_id, requested_at, reason) values (0, now(), 'request') returning id)
     insert into erasure_tombstones (identity_hash, erasure_id, erased_at)
     select hash, e.id, now() from e, unnest($1::bytea[]) as hash`,
    [[gone, back].map((user) => tombstoneOf(world.ctx, identity(user)))],
  )
  await query(
    `with c as (insert into contacts (created_at) values (now()) returning id)
     insert into contact_identities (kind, value, contact_id, added_at) select 'user', $1, id, now() from c`,
    [back],
  )
  const results = await writeDatasetRows(at(1), 'orders', [
    order(randomUUID(), { person: { user: gone } }),
    order(randomUUID(), { person: { user: back } }),
    order(randomUUID(), { person: { user: randomUUID() } }),
  ])
  expect(results.map(({ outcome, errors }) => [outcome, errors[0]?.reason])).toEqual([
    ['refused', 'person_erased'],
    ['created', undefined],
    ['created', undefined],
  ])
  expect(await query(`select from contact_identities where value = $1`, [gone])).toEqual([])
})

describe('F5: who sees which rows', () => {
  test('rows of people outside the caller’s accounts are not shown, counted, suggested, nor named', async () => {
    const scoped = await declare('scoped')
    const of = (account: string, openid: string) => ({
      key: openid,
      at: minute(0).toISOString(),
      accountId: account,
      person: { openid: { accountId: account, openid } },
      fields: { amount: 1, note: openid },
      lines: [{ category: openid }],
    })
    await writeDatasetRows(at(1), 'scoped', [
      of(accountId, 'oMine'),
      of(otherAccountId, 'oTheirs'),
      { key: 'nobody', at: minute(0).toISOString() },
    ])
    const mine = as(world.ctx, [accountId])
    const list = async (ctx: Ctx) => (await listRows(ctx, 'scoped', { limit: 50 })).items
    expect((await list(world.ctx)).map(({ key }) => key).sort()).toEqual(['nobody', 'oMine', 'oTheirs'])
    expect((await list(mine)).map(({ key }) => key)).toEqual(['oMine'])
    expect(await countRows(mine, 'scoped')).toMatchObject({ rows: 1, people: 1, lines: 1, unclaimed: 0 })
    expect(await countRows(world.ctx, 'scoped')).toMatchObject({ rows: 3, people: 2, lines: 2, unclaimed: 1 })
    const values = (ctx: Ctx, field: string, level: 'row' | 'line') =>
      listValues(ctx, { key: 'scoped', field, level })
    expect(await values(mine, 'category', 'line')).toEqual([{ value: 'oMine', rows: 1 }])
    expect(await values(world.ctx, 'category', 'line')).toHaveLength(2)
    const theirs = (await list(world.ctx)).find(({ key }) => key === 'oTheirs')?.contactId ?? ''
    await expect(listPersonDatasets(mine, theirs)).rejects.toMatchObject({ reason: 'not_found' })
    const row = (person: LooseRow) => [{ key: 'new', at: minute(0).toISOString(), person }]
    const refused = async (person: LooseRow) =>
      (await writeDatasetRows(as(at(2), [accountId]), 'scoped', row(person)))[0]?.errors[0]?.reason
    expect(await refused({ contactId: theirs })).toBe('person_unknown')
    expect(await refused({ openid: { accountId: otherAccountId, openid: 'oNew' } })).toBe('account_unknown')
    // nor changed or deleted by key; what they wrote themselves of people nobody follows, they may write again
    const write = async (...rows: LooseRow[]) =>
      (await writeDatasetRows(as(at(3), [accountId]), 'scoped', rows)).map(({ outcome }) => outcome)
    const own = { key: 'own', at: minute(0).toISOString(), person: { user: randomUUID() } }
    expect(
      await write({ key: 'oTheirs', deleted: true }, { ...own, key: 'oTheirs' }, own, { ...own, accountId }),
    ).toEqual(['refused', 'refused', 'created', 'updated'])
    expect((await list(world.ctx)).find(({ key }) => key === 'oTheirs')?.values).toMatchObject({
      note: 'oTheirs',
    })
    // personal fields are hidden from those who see figures only
    const analyst = as(world.ctx, null, 'analyst')
    expect((await list(analyst)).find(({ key }) => key === 'oMine')?.values).toMatchObject({
      amount: 1,
      note: '***',
    })
    expect(await values(analyst, 'note', 'row')).toEqual([])
    expect(scoped.hasLines).toBe(true)
  })

  test('values that occur most come first, found by any part; options never used come last', async () => {
    await declare('valued')
    const rows = ['a-shoe', 'hat', 'hat', 'b-shoe'].map((category, n) =>
      order(`v${n}`, { lines: [{ category }] }),
    )
    await writeDatasetRows(at(1), 'valued', rows)
    const values = (field: string, level: 'row' | 'line', q?: string) =>
      listValues(world.ctx, { key: 'valued', field, level, q })
    expect(await values('category', 'line')).toEqual([
      { value: 'hat', rows: 2 },
      { value: 'a-shoe', rows: 1 },
      { value: 'b-shoe', rows: 1 },
    ])
    expect(await values('category', 'line', 'SHOE')).toHaveLength(2)
    expect(await values('status', 'row')).toEqual([
      { value: 'paid', rows: 4 },
      { value: 'refunded', rows: 0 },
    ])
  })
})

test('B4: a list is paged by key without gaps or repeats, also where many happened in one instant', async () => {
  await declare('paged')
  await writeDatasetRows(
    at(1),
    'paged',
    Array.from({ length: 25 }, (_, n) => order(`p.${n}`)),
  )
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listRows(world.ctx, 'paged', { limit: 7, cursor })
    seen.push(...page.items.map(({ key }) => key))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toHaveLength(25)
  expect(new Set(seen).size).toBe(25)
  expect(await rowsOf({ from: '2026-05-31' })).toEqual([])
})

test('B4: rows older than their retention go with their lines, in every version; the others stay', async () => {
  const kept = await declareDataset(
    world.ctx,
    declareDatasetBody.parse({
      key: 'kept',
      name: '到店',
      retentionDays: 30,
      fields: [{ key: 'amount', name: 'a', type: 'number' }],
      lineFields: [{ key: 'x', name: 'x', type: 'number' }],
    }),
  )
  const days = (n: number) => new Date(START - n * 86_400_000).toISOString()
  const row = (key: string, ago: number, amount: number) => ({
    key,
    at: days(ago),
    fields: { amount },
    lines: [{ x: 1 }],
  })
  await writeDatasetRows(at(0), 'kept', [row('old', 31, 1), row('new', 29, 1)])
  await writeDatasetRows(at(1), 'kept', [row('old', 31, 2)])
  // what would go is told before
  expect(await countRows(at(2), 'kept', { olderThanDays: 30 })).toMatchObject({ rows: 1, lines: 1 })
  expect(await tidyRows(at(2))).toBe(2)
  expect(await tidyRows(at(2))).toBe(0)
  expect((await listRows(world.ctx, 'kept', { limit: 9 })).items.map(({ key }) => key)).toEqual(['new'])
  expect(await query(`select key from details.d${kept.id}_lines`)).toEqual([{ key: 'new' }])
})
