import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertAccount, insertDelivery, insertPeople, insertSend } from '../../../tests/links/world.ts'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { insertBroadcast, singleGroup } from '../../../tests/support/broadcasts.ts'
import type { Activity, ActivityFigures, CampaignGroup, FiledWork } from './schema.ts'

let world: BareWorld
let server: TestApi
let admin: Caller
beforeAll(async () => {
  world = await createBareWorld('production')
  server = await createTestApi(world.ctx)
  admin = await server.signIn('administrator')
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

type Problem = { error: { reason: string; detail: object } }
const make = async (name: string, more: object = {}) =>
  (await admin<{ id: string }>('POST', '/api/activities', { name, ...more })).body.id
const list = async (call: Caller, archived = false) =>
  (await call<{ items: Activity[] }>('GET', `/api/activities?archived=${archived}`)).body.items

test('E3: an activity has a name of its own, a goal and a period that does not end before it begins', async () => {
  const id = await make('双十一', { goal: '拉新', startsOn: '2026-11-01', endsOn: '2026-11-11' })
  expect((await list(admin)).find((one) => one.id === id)).toMatchObject({
    name: '双十一',
    goal: '拉新',
    startsOn: '2026-11-01',
    endsOn: '2026-11-11',
    archived: false,
    broadcasts: 0,
    campaigns: 0,
  })
  const again = await admin<Problem>('POST', '/api/activities', { name: '双十一' })
  expect([again.status, again.body.error]).toMatchObject([
    409,
    { reason: 'activity_name_taken', detail: { name: '双十一' } },
  ])
  const other = await make('年货节')
  expect(
    (await admin<Problem>('PATCH', `/api/activities/${other}`, { name: '双十一' })).body.error.reason,
  ).toBe('activity_name_taken')
  // one end alone is compared with the other as it stands
  const early = await admin<Problem>('PATCH', `/api/activities/${id}`, { endsOn: '2026-10-31' })
  expect([early.status, early.body.error.reason]).toEqual([400, 'ends_before_it_begins'])
  expect((await admin('PATCH', `/api/activities/${id}`, { endsOn: '2026-11-01' })).status).toBe(200)
})

test('E3: what is archived is no longer listed unless asked for, and comes back', async () => {
  const id = await make('周年庆')
  await admin('PATCH', `/api/activities/${id}`, { archived: true })
  expect((await list(admin)).some((one) => one.id === id)).toBe(false)
  expect((await list(admin, true)).find((one) => one.id === id)?.archived).toBe(true)
  await admin('PATCH', `/api/activities/${id}`, { archived: false })
  expect((await list(admin)).some((one) => one.id === id)).toBe(true)
})

const SEND = {
  name: '群发',
  audience: { kind: 'all' },
  content: { kind: 'text', text: 'hi' },
  path: 'list',
} as const
const broadcast = async (accountId: string, fields: object = {}) =>
  admin<{ id: string; version: number; activity: { id: string; name: string } | null } & Problem>(
    'POST',
    `/api/accounts/${accountId}/broadcasts`,
    singleGroup({ ...SEND, ...fields }),
  )

test('E3: a mass send is filed under an activity, found by it, and copied with it; not under one that is archived', async () => {
  const accountId = await insertAccount(world.ctx)
  const id = await make('会员日')
  const made = await broadcast(accountId, { activityId: id })
  expect(made.body.activity).toEqual({ id, name: '会员日' })
  await broadcast(accountId)
  const found = await admin<{ items: { id: string }[] }>(
    'GET',
    `/api/accounts/${accountId}/broadcasts?activityId=${id}`,
  )
  expect(found.body.items.map((one) => one.id)).toEqual([made.body.id])

  const url = `/api/accounts/${accountId}/broadcasts/${made.body.id}`
  expect((await admin<Problem>('DELETE', `/api/activities/${id}`)).body.error).toMatchObject({
    reason: 'activity_in_use',
    detail: { count: 1 },
  })
  await admin('PATCH', `/api/activities/${id}`, { archived: true })
  expect((await broadcast(accountId, { activityId: id })).body.error.reason).toBe('activity_archived')
  // what was under it before may stay, and a copy leaves it behind
  expect(
    (
      await admin('PUT', url, {
        ...singleGroup({ ...SEND, name: '改', activityId: id }),
        version: made.body.version,
      })
    ).status,
  ).toBe(200)
  expect((await admin<{ activity: unknown }>('POST', `${url}/copy`, {})).body.activity).toBeNull()
  expect((await broadcast(accountId, { activityId: '999999' })).status).toBe(404)
})

test('F6: an activity adds up what is filed under it, of the accounts the caller may see', async () => {
  const { ctx } = world
  const [mine, theirs] = [await insertAccount(ctx, '一号店'), await insertAccount(ctx, '二号店')]
  const id = await make('新品')
  for (const accountId of [mine, theirs]) {
    const broadcastId = await insertBroadcast(ctx.pool, {
      accountId,
      state: 'ended',
      name: '群发',
      activityId: id,
      at: '2026-11-01',
    })
    for (const [seq, state, size, sent] of [
      [0, 'delivered', 100, 90],
      [1, 'accepted', 50, null],
      [2, 'failed', 30, null],
    ])
      await sql`insert into broadcast_batches (broadcast_id, account_id, seq, state, size, sent_count, client_msg_id, due_at)
        values (${broadcastId}::bigint, ${accountId}::bigint, ${seq}, ${state}, ${size}, ${sent},
          ${`c${broadcastId}-${seq}`}, now())`.execute(ctx.db)
    const sendId = await insertSend(ctx, { accountId })
    await sql`insert into campaigns (account_id, kind, name, state, activity_id, plan, send_id, created_at, updated_at)
      values (${accountId}::bigint, 'template', '到货提醒', 'running', ${id}::bigint, '{}', ${sendId}::bigint, '2026-11-02', now())`.execute(
      ctx.db,
    )
    const people = await insertPeople(ctx, accountId, 3)
    for (const [n, state] of ['delivered', 'accepted', 'skipped'].entries())
      await insertDelivery(ctx, {
        sendId,
        accountId,
        contactId: people.contactIds[n] as string,
        fanId: people.fanIds[n] as string,
        state,
        intentAt: state === 'skipped' ? null : new Date(),
      })
  }
  const one = {
    broadcasts: 1,
    campaigns: 1,
    sent: 152,
    delivered: 91,
    clicked: 0,
    converted: 0,
    conversions: 0,
  }
  const double = Object.fromEntries(Object.entries(one).map(([key, n]) => [key, n * 2]))
  const figures = async (call: Caller) =>
    (await call<ActivityFigures>('GET', `/api/activities/${id}/figures`)).body
  expect(await figures(admin)).toEqual({ ...double, value: null })
  const operator = await server.signIn('operator', [mine])
  expect(await figures(operator)).toEqual({ ...one, value: null })
  expect((await list(operator)).find((activity) => activity.id === id)).toMatchObject({
    broadcasts: 1,
    campaigns: 1,
  })
  const filed = await operator<{ items: FiledWork[] }>('GET', `/api/activities/${id}/work`)
  expect(
    filed.body.items.map(({ kind, accountName, sent, delivered, clicked }) => [
      kind,
      accountName,
      sent,
      delivered,
      clicked,
    ]),
  ).toEqual([
    ['template', '一号店', 2, 1, 0],
    ['broadcast', '一号店', 150, 90, null],
  ])
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: FiledWork[]; nextCursor: string | null } = (
      await admin<{ items: FiledWork[]; nextCursor: string | null }>(
        'GET',
        `/api/activities/${id}/work?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
    ).body
    pages.push(...page.items.map((row) => row.key))
    cursor = page.nextCursor
  }
  expect([pages.length, new Set(pages).size]).toEqual([4, 4])
})

test('A7: campaigns are filed in groups; a group that is deleted leaves them in none', async () => {
  const { ctx } = world
  const accountId = await insertAccount(ctx)
  const { body } = await admin<{ id: string }>('POST', '/api/campaign-groups', { name: '日常' })
  await sql`insert into campaigns (account_id, kind, name, group_id, plan, created_at, updated_at)
    values (${accountId}::bigint, 'template', '活动', ${body.id}::bigint, '{}', now(), now())`.execute(ctx.db)
  const groups = async () =>
    (await admin<{ items: CampaignGroup[] }>('GET', '/api/campaign-groups')).body.items
  expect(await groups()).toEqual([{ id: body.id, name: '日常', campaigns: 1 }])
  expect((await admin<Problem>('POST', '/api/campaign-groups', { name: '日常' })).body.error.reason).toBe(
    'group_name_taken',
  )
  await admin('PATCH', `/api/campaign-groups/${body.id}`, { name: '常规' })
  expect((await groups())[0]?.name).toBe('常规')
  await admin('DELETE', `/api/campaign-groups/${body.id}`)
  expect(await groups()).toEqual([])
  const { rows } = await sql`select group_id from campaigns where account_id = ${accountId}::bigint`.execute(
    ctx.db,
  )
  expect(rows).toEqual([{ group_id: null }])
})
