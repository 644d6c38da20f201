import { afterAll, beforeAll, expect, test } from 'vitest'
import { findOrMakePeople } from '../../src/modules/contacts/index.ts'
import { eraseNext } from '../../src/modules/privacy/erase.ts'
import type { Erasure } from '../../src/modules/privacy/schema.ts'
import { tidyExports } from '../../src/modules/transfers/exports/commands.ts'
import { runExport } from '../../src/modules/transfers/exports/run.ts'
import type { PeopleExport } from '../../src/modules/transfers/schema.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

async function person(user: string): Promise<string> {
  const client = await world.ctx.pool.connect()
  await client.query('begin')
  const [found] = await findOrMakePeople(client, [{ user, mayLink: true }], world.ctx.clock.now())
  await client.query('commit')
  client.release()
  return found?.contactId as string
}
async function keyOf(caller: Caller): Promise<Record<string, string>> {
  const { body } = await caller<{ key: string }>('POST', '/api/me/api-keys', { name: 'loads' })
  return { authorization: `Bearer ${body.key}`, 'x-weida-request': '1' }
}
const load = async (id: string, headers: Record<string, string>) => {
  const answer = await api.app.inject({ method: 'GET', url: `/api/people-exports/${id}/file`, headers })
  return { status: answer.statusCode, text: answer.body, headers: answer.headers }
}
const ASKED = { people: { kind: 'filter', filter: {} }, format: 'csv', columns: ['id', 'user'] }
async function exported(): Promise<PeopleExport> {
  const { body } = await admin<PeopleExport>('POST', '/api/people-exports', ASKED)
  const { rows } = await world.ctx.pool.query('select run_id from people_exports where id = $1', [body.id])
  await runExport(world.ctx, rows[0].run_id, new AbortController().signal)
  return (await admin<PeopleExport>('GET', `/api/people-exports/${body.id}`)).body
}

test('F1: an erased person is in no file any more: what there was can’t be loaded, and new ones are without them', async () => {
  const contactId = await person('erase-me')
  await person('keep-me')
  const mine = await keyOf(admin)
  const before = await exported()
  const loaded = await load(before.id, mine)
  expect(loaded).toMatchObject({ status: 200, text: expect.stringContaining('erase-me') })
  expect(loaded.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'cache-control': 'private, no-store',
    'content-disposition': expect.stringMatching(/^attachment; filename="customers-[\d-]+\.csv"$/),
  })
  const asked = await admin<Erasure>('POST', `/api/contacts/${contactId}/erase`)
  while ((await eraseNext(world.ctx)) > 0);
  const receipt = await admin<Erasure>('GET', `/api/erasures/${asked.body.id}`)
  expect(receipt.body.counts.exports).toBe(1)
  expect(await load(before.id, mine)).toMatchObject({
    status: 409,
    text: expect.stringContaining('export_removed'),
  })
  await tidyExports(world.ctx)
  const after = await exported()
  const { text } = await load(after.id, mine)
  expect(text).toContain('keep-me')
  expect(text).not.toContain('erase-me')
})

test('F1: only who may export loads a file, and every time is in the log', async () => {
  await person('somebody')
  const { id } = await exported()
  for (const role of ['approver', 'analyst'] as const) {
    const caller = await api.signIn(role)
    expect((await caller('POST', '/api/people-exports', ASKED)).status).toBe(403)
    expect((await load(id, await keyOf(caller))).status).toBe(403)
  }
  // one of no account sees nobody, and not this file either
  expect((await load(id, await keyOf(await api.signIn('operator', [])))).status).toBe(404)
  expect((await load(id, { 'x-weida-request': '1' })).status).toBe(401)
  expect((await load(id, await keyOf(admin))).status).toBe(200)
  const { rows } = await world.ctx.pool.query(
    `select actor_kind from audit_entries where action = 'contacts.export_downloaded' and subject_id = $1`,
    [id],
  )
  expect(rows).toEqual([{ actor_kind: 'api-key' }])
})

test('F1: a file that isn’t written yet, and one after three days, say so', async () => {
  await person('somebody-else')
  const mine = await keyOf(admin)
  const { body } = await admin<PeopleExport>('POST', '/api/people-exports', ASKED)
  expect(await load(body.id, mine)).toMatchObject({
    status: 409,
    text: expect.stringContaining('export_not_ready'),
  })
  const { id } = await exported()
  await world.ctx.pool.query(
    `update people_exports set finished_at = now() - interval '73 hours' where id = $1`,
    [id],
  )
  expect(await load(id, mine)).toMatchObject({ status: 409, text: expect.stringContaining('export_expired') })
})
