import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileRule, everybodyAt, readCatalogue } from '../../src/modules/segments/compiler/index.ts'
import type { Condition } from '../../src/modules/segments/schema/rule.ts'
import { ruleSchema } from '../../src/modules/segments/schema/rule.ts'
import { insertBroadcast } from '../support/broadcasts.ts'
import { createSegmentWorld, ok, type SegmentWorld } from './world.ts'

let world: SegmentWorld
let account: string
let other: string
let sale: string
let quiet: string
let send: string
let plain: string
/** By name: who reached what, and how. */
let who: Record<string, string>

const query = <T>(text: string, values: unknown[] = []) =>
  world.ctx.pool.query<T & Record<string, unknown>>(text, values)
const activity = async (name: string) =>
  ok(await world.api<{ id: string }>('POST', '/api/activities', { name })).id

/**
 * One send of two groups, the first of them tested: record 0 went out, 1 failed, 2 is of the second group. `sale` holds
 * the first group. Beside it a send of another account filed under `sale` too.
 */
beforeAll(async () => {
  world = await createSegmentWorld()
  ;[account, other] = [await world.account(), await world.account()]
  ;[sale, quiet] = [await activity('双十一'), await activity('淡季')]
  send = await insertBroadcast(world.ctx.pool, { accountId: account, state: 'ended', activityId: sale })
  plain = await insertBroadcast(world.ctx.pool, { accountId: other, state: 'ended', activityId: sale })
  await query(
    `with g as (insert into broadcast_groups (broadcast_id, place, name, audience, path) values ($1, 1, '二组', '{"kind":"all"}', 'list') returning id)
     insert into broadcast_arms (broadcast_id, account_id, group_id, number, kind, share, state, content, frozen_content, started_at)
       select $1, a.account_id, x.id, x.number, x.kind, x.share, 'ended', a.content, a.frozen_content, '2026-11-01' from broadcast_arms a,
         (select id, 2 as number, 'whole' as kind, null::smallint as share from g
          union all select group_id, 1, 'variant', 5000 from broadcast_arms where broadcast_id = $1) x
       where a.broadcast_id = $1`,
    [send],
  )
  await query(`update broadcast_arms set started_at = '2026-11-01' where broadcast_id = any($1)`, [
    [send, plain],
  ])
  for (const [id, arm, state] of [
    [send, 0, 'delivered'],
    [send, 1, 'failed'],
    [send, 2, 'delivered'],
    [plain, 0, 'delivered'],
  ] as const)
    await query(
      `insert into broadcast_batches (broadcast_id, account_id, arm, seq, state, size, client_msg_id, due_at, accepted_at, finished_at)
       select id, account_id, $2::int, $2::int * 100000, $3::text, 1, 'k' || $2::int, now(),
         case when $3::text = 'delivered' then timestamptz '2026-11-02' end, '2026-11-02' from broadcasts where id = $1`,
      [id, arm, state],
    )
  who = {}
  const place = async (name: string, id: string, arm: number, reason: string | null) => {
    const accountId = id === send ? account : other
    const contact = (await world.people(1, accountId))[0] as string
    who[name] = contact
    await query(
      `insert into broadcast_recipients (broadcast_id, fan_id, arm, batch_seq, reason)
       select $1, id, $2, $3, $4 from fans where contact_id = $5`,
      [id, arm, reason === null ? arm * 100_000 : null, reason, contact],
    )
  }
  await place('reached', send, 0, null)
  await place('heldOut', send, 0, 'held_out')
  await place('failed', send, 1, null)
  await place('second', send, 2, null)
  await place('secondLeft', send, 2, 'month_used_up')
  await place('elsewhere', plain, 0, null)
  who['passedOn'] = (await world.people(1, account))[0] as string
  for (const name of ['reached', 'second', 'passedOn', 'failed'])
    await query(
      `insert into events (account_id, contact_id, name, at, received_at, properties)
       values ($1, $2, 'weida.click', '2026-11-03', '2026-11-03', $3), ($1, $2, 'order', '2026-11-04', '2026-11-04', '{}')`,
      [account, who[name], JSON.stringify({ send })],
    )
})
afterAll(() => world?.close())

type Partly = Partial<Extract<Condition, { kind: 'send' }>>
const rule = (parts: () => Partly) => ruleSchema.parse({ kind: 'send', broadcast: 'any', ...parts() })
async function found(parts: () => Partly): Promise<string[]> {
  const { db } = world.ctx
  const at = new Date('2026-11-21T04:00:00Z')
  const one = rule(parts)
  const { rows } = await sql<{ k: string }>`${compileRule(
    one,
    everybodyAt(at, 'moments-ago'),
    await readCatalogue(db, one, at),
  )}`.execute(db)
  return Object.keys(who).filter((name) => rows.some(({ k }) => k === who[name]))
}
const goal = { event: 'order', where: [], within: { amount: 3, unit: 'day' as const } }

test.each<[string, () => Partly, string[]]>([
  ['received under an activity', () => ({ what: 'received', activityId: sale }), ['reached', 'elsewhere']],
  [
    'received under it from one account',
    () => ({ what: 'received', activityId: sale, accountId: account }),
    ['reached'],
  ],
  ['left out under an activity', () => ({ what: 'left_out', activityId: sale }), ['heldOut', 'failed']],
  ['clicked under an activity', () => ({ what: 'clicked', activityId: sale }), ['reached']],
  ['converted under an activity', () => ({ what: 'converted', activityId: sale, goal }), ['reached']],
  ['received under one with nothing filed', () => ({ what: 'received', activityId: quiet }), []],
  [
    'left out of one send',
    () => ({ what: 'left_out', broadcast: send }),
    ['heldOut', 'failed', 'secondLeft'],
  ],
  ['received one send', () => ({ what: 'received', broadcast: send }), ['reached', 'second']],
  ['received one record', () => ({ what: 'received', broadcast: send, arm: 2 }), ['second']],
  ['received a record that failed', () => ({ what: 'received', broadcast: send, arm: 1 }), []],
  ['left out of one record', () => ({ what: 'left_out', broadcast: send, arm: 2 }), ['secondLeft']],
  ['left out by a failed batch', () => ({ what: 'left_out', broadcast: send, arm: 1 }), ['failed']],
  ['clicked in one record', () => ({ what: 'clicked', broadcast: send, arm: 2 }), ['second']],
  [
    'clicked in the whole send, also passed on',
    () => ({ what: 'clicked', broadcast: send }),
    ['reached', 'failed', 'second', 'passedOn'],
  ],
])('E3 E4: %s', async (_name, parts, expected) => {
  expect(await found(parts)).toEqual(expected)
})

test('E4: being left out counts from when the record went out or its batch ended', async () => {
  const between = (from: string, to: string) => ({ window: { kind: 'between' as const, from, to } })
  const left = (from: string, to: string) =>
    found(() => ({ what: 'left_out', broadcast: send, ...between(from, to) }))
  expect(await left('2026-11-01', '2026-11-01')).toEqual(['heldOut', 'secondLeft'])
  expect(await left('2026-11-02', '2026-11-02')).toEqual(['failed'])
})

type Refused = { error: { reason: string; detail: { problems: { reason: string }[] } } }
const save = (call: typeof world.api, condition: object, more: object = {}) =>
  call<Refused & { id: string }>('POST', '/api/segments', {
    name: '分群',
    updateKind: 'on_demand',
    rule: { kind: 'send', what: 'received', broadcast: 'any', ...condition },
    ...more,
  })
const reasons = async (answer: ReturnType<typeof save>) =>
  (await answer).body.error.detail.problems.map(({ reason }) => reason)

test('E3 E4: an activity, a send or a record that is not there, or is of an account one may not see, is refused and named', async () => {
  expect(await reasons(save(world.api, { activityId: '999' }))).toEqual(['unknown_activity'])
  expect(await reasons(save(world.api, { kind: 'campaign', campaign: 'any', activityId: '999' }))).toEqual([
    'unknown_activity',
  ])
  expect(await reasons(save(world.api, { broadcast: '999999' }))).toEqual(['unknown_send'])
  expect(await reasons(save(world.api, { broadcast: send, arm: 3 }))).toEqual(['unknown_record'])
  ok(await save(world.api, { broadcast: send, arm: 2 }))
  const scoped = await world.server.signIn('operator', [other])
  expect(await reasons(save(scoped, { broadcast: send }, { accountId: other }))).toEqual(['unknown_send'])
  ok(await save(scoped, { broadcast: plain, activityId: undefined }, { accountId: other }))
})

test.each([
  [{ broadcast: 'last', activityId: '1' }, false],
  [{ broadcast: '7', activityId: '1' }, false],
  [{ broadcast: 'any', activityId: '1' }, true],
  [{ broadcast: 'any', arm: 0 }, false],
  [{ broadcast: 'last', arm: 0 }, false],
  [{ broadcast: '7', arm: 0 }, true],
  [{ broadcast: '7', arm: 99 }, true],
  [{ broadcast: '7', arm: 100 }, false],
])('E3 E4: %j is a condition: %s', (parts, taken) => {
  expect(ruleSchema.safeParse({ kind: 'send', what: 'received', ...parts }).success).toBe(taken)
})

test('E4: why says when a record reached somebody, and when it left them out', async () => {
  const why = async (what: 'received' | 'left_out', name: string) =>
    ok(
      await world.api<{ nodes: { passes: boolean; saw: object }[] }>('POST', '/api/segments/explain', {
        rule: rule(() => ({ what, activityId: sale })),
        contactId: who[name],
      }),
    ).nodes[0]
  expect(await why('received', 'reached')).toMatchObject({
    passes: true,
    saw: { count: 1, times: ['2026-11-02T00:00:00.000Z'] },
  })
  expect(await why('left_out', 'heldOut')).toMatchObject({
    passes: true,
    saw: { count: 1, times: ['2026-11-01T00:00:00.000Z'] },
  })
  expect(await why('left_out', 'reached')).toMatchObject({ passes: false, saw: { count: 0 } })
})

test('E3: an activity that a segment asks about is not deleted before the segment lets go of it', async () => {
  const asked = await activity('被引用')
  const { id } = ok(await save(world.api, { activityId: asked }, { name: '收过被引用' }))
  const refused = await world.api<Refused>('DELETE', `/api/activities/${asked}`)
  expect([refused.status, refused.body.error]).toMatchObject([
    409,
    { reason: 'activity_in_segments', detail: { name: '被引用', names: '收过被引用' } },
  ])
  ok(await world.api('POST', `/api/segments/${id}/archive`))
  ok(await world.api('DELETE', `/api/activities/${asked}`))
})
