import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedgerWorld, type LedgerWorld } from '../../../../tests/ledgers/world.ts'
import { type Caller, createTestApi, type TestApi } from '../../../../tests/support/api.ts'
import type { FrequencyCap, QuietHours, Suppression } from '../schema.ts'

let world: LedgerWorld
let api: TestApi
let admin: Caller
let mine: string
let theirs: string

beforeAll(async () => {
  world = await createLedgerWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
  mine = await world.account()
  theirs = await world.account()
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const CAP = {
  accountId: null,
  channel: null,
  purpose: 'marketing',
  most: 3,
  amount: 7,
  unit: 'day',
  calendar: false,
  action: 'postpone',
  enabled: true,
}
const QUIET = {
  accountId: null,
  purpose: 'any',
  fromMinute: 1_320,
  untilMinute: 480,
  zone: 'Asia/Shanghai',
  action: 'postpone',
  enabled: true,
}
type Limits = { caps: FrequencyCap[]; quietHours: QuietHours[] }

test('F3: caps and quiet hours are made, changed, listed and removed, each with its audit entry', async () => {
  const cap = (await admin<FrequencyCap>('POST', '/api/limits/caps', CAP)).body
  const quiet = (await admin<QuietHours>('POST', '/api/limits/quiet-hours', QUIET)).body
  expect(cap).toMatchObject(CAP)
  expect(quiet).toMatchObject(QUIET)
  const changed = await admin<FrequencyCap>('PUT', `/api/limits/caps/${cap.id}`, {
    ...CAP,
    most: 4,
    enabled: false,
  })
  expect(changed.body).toMatchObject({ id: cap.id, most: 4, enabled: false })
  const later = await admin('PUT', `/api/limits/quiet-hours/${quiet.id}`, { ...QUIET, untilMinute: 540 })
  expect(later.body).toMatchObject({ untilMinute: 540 })
  const operator = await api.signIn('operator')
  expect((await operator<Limits>('GET', '/api/limits')).body.caps).toMatchObject([{ id: cap.id, most: 4 }])
  expect((await admin('DELETE', `/api/limits/caps/${cap.id}`)).status).toBe(200)
  expect((await admin('DELETE', `/api/limits/caps/${cap.id}`)).status).toBe(404)
  expect((await admin('DELETE', `/api/limits/quiet-hours/${quiet.id}`)).status).toBe(200)
  const { rows } = await world.ctx.pool.query<{ action: string }>(
    `select action from audit_entries where action like 'limits.%' order by id`,
  )
  expect(rows.map(({ action }) => action)).toEqual([
    'limits.cap_created',
    'limits.quiet_created',
    'limits.cap_updated',
    'limits.quiet_updated',
    'limits.cap_deleted',
    'limits.quiet_deleted',
  ])
})

test.each([
  ['caps', { ...CAP, most: 0 }],
  ['caps', { ...CAP, calendar: true, unit: 'hour' }],
  ['caps', { ...CAP, channel: 'mass' }],
  ['quiet-hours', { ...QUIET, untilMinute: QUIET.fromMinute }],
  ['quiet-hours', { ...QUIET, zone: 'Moon/Tycho' }],
  ['quiet-hours', { ...QUIET, fromMinute: 1_440 }],
])('nonsense is refused: %s %j', async (kind, body) => {
  expect((await admin('POST', `/api/limits/${kind}`, body)).status).toBe(400)
})

test('who sees one account reads what holds for it and for all; setting is for administrators', async () => {
  await world.ctx.pool.query('delete from frequency_caps')
  const make = async (accountId: string | null) =>
    (await admin<FrequencyCap>('POST', '/api/limits/caps', { ...CAP, accountId })).body.id
  const [own, all] = [await make(mine), await make(null), await make(theirs)]
  const scoped = await api.signIn('operator', [mine])
  const seen = (await scoped<Limits>('GET', '/api/limits')).body.caps.map(({ id }) => id)
  expect(seen.toSorted()).toEqual([own, all].toSorted())
  expect((await scoped('DELETE', `/api/limits/caps/${own}`)).status).toBe(403)
  expect((await scoped('POST', '/api/limits/caps', { ...CAP, accountId: mine })).status).toBe(403)
  expect((await admin('POST', '/api/limits/caps', { ...CAP, accountId: '777777' })).status).toBe(404)
})

test('不再打扰: added, found by name, masked for analysts, removed under whatever id', async () => {
  const old = await world.fan(mine)
  const fan = await world.fan(mine)
  await world.ctx.pool.query(`update contacts set name = '小满' where id = $1`, [fan.contactId])
  const operator = await api.signIn('operator')
  const put = await operator<Suppression>('PUT', `/api/contacts/${old.contactId}/suppression`, {
    note: '来电要求',
  })
  expect(put.body).toMatchObject({ contactId: old.contactId, note: '来电要求', createdBy: 'operator' })
  await world.ctx.pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [old.contactId, fan.contactId],
  )
  const list = async (caller: Caller, q = '') =>
    (await caller<{ items: Suppression[] }>('GET', `/api/suppressions?q=${encodeURIComponent(q)}`)).body.items
  expect(await list(operator, '小满')).toMatchObject([{ contactId: fan.contactId, name: '小满' }])
  expect(await list(operator, '无此人')).toEqual([])
  const analyst = await api.signIn('analyst')
  expect(await list(analyst)).toMatchObject([{ name: '小**' }])
  expect((await analyst('PUT', `/api/contacts/${fan.contactId}/suppression`, { note: '' })).status).toBe(403)
  const elsewhere = await api.signIn('operator', [theirs])
  expect(await list(elsewhere)).toEqual([])
  expect((await elsewhere('GET', `/api/contacts/${fan.contactId}/suppression`)).status).toBe(404)
  const removed = await operator('DELETE', `/api/contacts/${fan.contactId}/suppression`)
  expect(removed.body).toEqual({ deleted: true })
  expect(await list(operator)).toEqual([])
  expect((await operator('DELETE', `/api/contacts/${fan.contactId}/suppression`)).body).toEqual({
    deleted: false,
  })
})

test('the list is paged, the latest first', async () => {
  const operator = await api.signIn('operator')
  const made: string[] = []
  for (let index = 0; index < 5; index += 1) {
    const { contactId } = await world.fan(mine)
    await operator('PUT', `/api/contacts/${contactId}/suppression`, { note: '' })
    made.unshift(contactId)
  }
  type Page = { items: Suppression[]; nextCursor: string | null }
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const after: string = cursor === null ? '' : `&cursor=${cursor}`
    const page: Page = (await operator<Page>('GET', `/api/suppressions?limit=2${after}`)).body
    seen.push(...page.items.map(({ contactId }) => contactId))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(seen.toSorted()).toEqual(made.toSorted())
  expect(new Set(seen).size).toBe(5)
})
