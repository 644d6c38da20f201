import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertBroadcast } from '../support/broadcasts.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 3 })
})
afterAll(() => world?.close())

const query = (text: string, values: unknown[]) => world.ctx.pool.query(text, values)
const RECIPIENTS = `insert into broadcast_recipients (broadcast_id, fan_id, reason)
  select unnest($1::bigint[]), $2, 'cancelled'`
const ALLOWANCES = `insert into mass_allowances (account_id, month, fan_id, used) select unnest($1::bigint[]), '2030-01-01', $2, 1`
const count = async (table: string, column: string, id: string) =>
  (await query(`select count(*)::int as n from ${table} where ${column} = $1`, [id])).rows[0].n

test('decision 17: no recipient without its broadcast, no allowance without its account', async () => {
  const id = await insertBroadcast(world.ctx.pool, { accountId: account.id, state: 'ended' })
  const fan = account.fanIds[0]
  await query(RECIPIENTS, [[id], fan])
  await query(ALLOWANCES, [[account.id], fan])
  const refused = { code: '23503' }
  await expect(query(RECIPIENTS, [[id, '999999999'], account.fanIds[1]])).rejects.toMatchObject(refused)
  await expect(query(ALLOWANCES, [[account.id, '999999999'], account.fanIds[1]])).rejects.toMatchObject(
    refused,
  )
  expect(await count('broadcast_recipients', 'broadcast_id', id)).toBe(1)
  expect(await count('mass_allowances', 'account_id', account.id)).toBe(1)
})

test('decision 17: recipients go with their broadcast, allowances with their account', async () => {
  const other = await world.bind({ fans: 1 })
  const id = await insertBroadcast(world.ctx.pool, { accountId: other.id, state: 'ended' })
  await query(RECIPIENTS, [[id], other.fanIds[0]])
  await query(ALLOWANCES, [[other.id], other.fanIds[0]])
  await query('delete from broadcasts where id = $1', [id])
  expect(await count('broadcast_recipients', 'broadcast_id', id)).toBe(0)
  await query('delete from fans where account_id = $1', [other.id])
  await query('delete from accounts where id = $1', [other.id])
  expect(await count('mass_allowances', 'account_id', other.id)).toBe(0)
})
