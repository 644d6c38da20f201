import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'

let world: TestWorld
let accountId: string
let made = 0

beforeAll(async () => {
  world = await createTestWorld()
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at)
     values ('wx0000000000000001', 'a', 'service', true, $1, 'k', $1, $1, now()) returning id`,
    [world.ctx.secrets.encrypt('x')],
  )
  accountId = rows[0]?.id as string
})
afterAll(() => world?.close())
beforeEach(() => world.ctx.pool.query('delete from fan_tags'))

const query = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const id = (rows: { id: string }[]) => rows[0]?.id as string
const newContact = async () =>
  id(await query('insert into contacts (created_at) values (now()) returning id'))
const newFan = async (contactId: string, tags: number[]) =>
  id(
    await query(
      'insert into fans (account_id, contact_id, following, openid, tag_ids) values ($1, $2, true, $3, $4) returning id',
      [accountId, contactId, `o${++made}`, tags],
    ),
  )
const spans = (fanId: string) =>
  query<{ tag: number; contact: string; open: boolean }>(
    `select tag_id as tag, contact_id as contact, until = 'infinity' as open from fan_tags where fan_id = $1
     order by tag_id, since, until`,
    [fanId],
  )
const setTags = (fanId: string, tags: number[]) =>
  query('update fans set tag_ids = $2 where id = $1', [fanId, tags])

test('G5: a fan’s WeChat tags are kept as spans: given, taken, given again', async () => {
  const contact = await newContact()
  const fan = await newFan(contact, [100, 100, 101])
  await setTags(fan, [101, 102])
  await setTags(fan, [100, 101])
  expect(await spans(fan)).toEqual([
    { tag: 100, contact, open: false },
    { tag: 100, contact, open: true },
    { tag: 101, contact, open: true },
    { tag: 102, contact, open: false },
  ])
  const [gap] = await query<{ apart: boolean }>(
    `select bool_and(a.until <= b.since) as apart from fan_tags a join fan_tags b
       on b.fan_id = a.fan_id and b.tag_id = a.tag_id and b.since > a.since where a.fan_id = $1`,
    [fan],
  )
  expect(gap?.apart).toBe(true)
})

test('G5: what changes back and forth at one instant leaves one story without overlap', async () => {
  const contact = await newContact()
  const fan = await newFan(contact, [100])
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ kept: string }>(
      `select pg_get_functiondef('business_now()'::regprocedure) as kept`,
    )
    // business time stands still: everything below happens at one instant
    await client.query(
      `create or replace function business_now() returns timestamptz language sql stable parallel safe
       as $$ select timestamptz '2030-01-01' $$`,
    )
    for (const tags of ['{}', '{100}', '{}', '{100,101}', '{100}', '{}'])
      await client.query('update fans set tag_ids = $2 where id = $1', [fan, tags])
    await client.query(rows[0]?.kept as string)
    await client.query('commit')
  } finally {
    client.release()
  }
  expect(await spans(fan)).toEqual([{ tag: 100, contact, open: false }])
})

test('F3: a fan who becomes someone else’s takes the whole history along; tags that change with it count', async () => {
  const [before, after] = [await newContact(), await newContact()]
  const fan = await newFan(before, [100, 101])
  await setTags(fan, [101])
  await query('update fans set contact_id = $2, tag_ids = $3 where id = $1', [fan, after, [101, 102]])
  expect(await spans(fan)).toEqual([
    { tag: 100, contact: after, open: false },
    { tag: 101, contact: after, open: true },
    { tag: 102, contact: after, open: true },
  ])
})
