import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broadcast, BroadcastAudience } from '../../src/modules/broadcasts/schema.ts'
import type { Rule } from '../../src/modules/segments/schema/rule.ts'
import type { Segment } from '../../src/modules/segments/schema.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { ok, work } from './world.ts'

let world: SendingWorld
let account: Bound
let people: { contact: string; openid: string }[]

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 60 })
  const { rows } = await world.ctx.pool.query<{ contact: string; openid: string }>(
    'select contact_id as contact, openid from fans where account_id = $1 and following order by id',
    [account.id],
  )
  people = rows
})
afterAll(() => world?.close())

let tags = 0
async function tagged(some: readonly { contact: string }[]): Promise<Rule> {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `with made as (insert into tags (name, created_at) values ($1, now()) returning id),
       carried as (insert into contact_tags (tag_id, contact_id, since) select id, c, '2020-01-01' from made, unnest($2::bigint[]) c)
     select id from made`,
    [`T${++tags}`, some.map(({ contact }) => contact)],
  )
  return { kind: 'tag', match: 'any', tags: [{ of: 'own', tagId: rows[0]?.id ?? '' }] }
}
const create = async (fields: object) => {
  const segment = ok(
    await world.api<Segment>('POST', '/api/segments', { updateKind: 'on_demand', ...fields }),
  )
  await work(world.ctx)
  return segment
}
const base = () => `/api/accounts/${account.id}/broadcasts`
const receivers = async (before: Map<string, number>) => {
  const after = await world.received(account)
  return [...after].filter(([openid, times]) => times > (before.get(openid) ?? 0)).map(([openid]) => openid)
}
const openids = (some: readonly { openid: string }[]) => some.map(({ openid }) => openid).sort()

test('B4, D4: a send to segments without others reaches exactly those people, says which snapshot it was, and its result becomes a segment', async () => {
  const included = people.slice(0, 30)
  const excluded = people.slice(20, 40)
  const stored = await create({ name: '按需的', rule: await tagged(included) })
  const live = await create({ name: '动态的', updateKind: 'live', rule: await tagged(excluded) })
  const { snapshotId } = ok(await world.api<Segment>('GET', `/api/segments/${stored.id}`))
  const broadcast = await world.draft(account, {
    audience: { kind: 'segments', include: [stored.id], exclude: [live.id] },
  })
  const used = ok(await world.api<Segment>('GET', `/api/segments/${stored.id}`))
  expect(used.uses).toMatchObject([{ kind: 'broadcast', id: broadcast.id, active: true }])
  expect((await world.api('POST', `/api/segments/${stored.id}/archive`)).body).toMatchObject({
    error: { reason: 'segment_in_use' },
  })

  const before = await world.received(account)
  const shown = await world.confirm(broadcast)
  expect(shown).toMatchObject({
    total: 20,
    reached: 20,
    basis: {
      segments: [
        { segmentId: stored.id, role: 'include', snapshotId, version: 1 },
        { segmentId: live.id, role: 'exclude', snapshotId: null },
      ],
    },
  })
  await world.drain()
  expect((await receivers(before)).sort()).toEqual(openids(people.slice(0, 20)))
  const sent = await world.read(broadcast)
  expect(sent.groups[0]?.basis?.segments.map(({ snapshotId: id }) => id)).toEqual([snapshotId, null])

  // what it was made from stays, whatever becomes of the segment
  ok(await world.api('POST', `/api/segments/${stored.id}/refresh`))
  await work(world.ctx)
  expect(ok(await world.api<Segment>('POST', `/api/segments/${stored.id}/archive`)).uses).toMatchObject([
    { active: false },
  ])
  const kept = await world.ctx.pool.query('select state from segment_snapshots where id = $1', [snapshotId])
  expect(kept.rows).toEqual([{ state: 'ready' }])

  const saved = ok(
    await world.api<{ segmentId: string; size: number }>('POST', `${base()}/${broadcast.id}/segment`, {
      name: '已送达',
      outcome: 'reached',
    }),
  )
  expect(saved.size).toBe(20)
  const result = ok(await world.api<Segment>('GET', `/api/segments/${saved.segmentId}`))
  expect(result).toMatchObject({ updateKind: 'static', accountId: account.id, origin: { kind: 'broadcast' } })
  const second = await world.draft(account, {
    audience: { kind: 'segments', include: [saved.segmentId], exclude: [] },
  })
  expect((await world.preflight(second)).reached).toBe(20)
})

test('B4: a rule of the send’s own is asked when it is frozen, and drift is shown', async () => {
  const rule = await tagged(people.slice(0, 10))
  const broadcast = await world.draft(account, { audience: { kind: 'rule', rule } })
  const before = await world.received(account)
  expect((await world.confirm(broadcast)).reached).toBe(10)
  await world.ctx.pool.query(
    `insert into contact_tags (tag_id, contact_id, since) select $1, unnest($2::bigint[]), '2020-01-01'`,
    [
      rule.kind === 'tag' && rule.tags[0]?.of === 'own' ? rule.tags[0].tagId : '',
      people.slice(10, 20).map(({ contact }) => contact),
    ],
  )
  await world.drain()
  const paused = await world.read(broadcast)
  expect(paused).toMatchObject({
    state: 'paused',
    pauseReason: 'drift',
    pauseDetail: { expected: 10, now: 20 },
  })
  ok(await world.act(broadcast, 'resume'))
  await world.drain()
  expect((await receivers(before)).sort()).toEqual(openids(people.slice(0, 20)))
})

test('B7: a segment whose refresh failed and is then not to be used stops the send, before and after confirming', async () => {
  const segment = await create({
    name: '失败时停止',
    failurePolicy: 'stop',
    rule: await tagged(people.slice(0, 5)),
  })
  const audience: BroadcastAudience = { kind: 'segments', include: [segment.id], exclude: [] }
  const [first, second] = [await world.draft(account, { audience }), await world.draft(account, { audience })]
  await world.confirm(second)
  await world.ctx.pool.query(
    `insert into segment_snapshots (segment_id, version, cause, state, at, failure_reason, created_at, finished_at)
     values ($1, 1, 'daily', 'failed', now(), 'segment_too_slow', now(), now())`,
    [segment.id],
  )
  expect((await world.preflight(first)).blockers).toMatchObject([
    { reason: 'segment_refresh_failed', detail: { name: '失败时停止', why: 'segment_too_slow' } },
  ])
  await world.drain()
  expect(await world.read(second)).toMatchObject({
    state: 'paused',
    pauseReason: 'segment_refresh_failed',
    pauseDetail: { name: '失败时停止' },
  })
  ok(await world.api('POST', `/api/segments/${segment.id}/refresh`))
  await work(world.ctx)
  const before = await world.received(account)
  ok(await world.act(second, 'resume'))
  await world.drain()
  expect((await receivers(before)).sort()).toEqual(openids(people.slice(0, 5)))
})

test('D4: a subscription account can’t send to a segment by list, and is told what to do', async () => {
  const subscription = await world.bind({ fans: 5, kind: 'subscription' })
  const segment = await create({ name: '订阅号的', rule: await tagged(people.slice(0, 5)) })
  const answer = await world.api(
    'POST',
    `/api/accounts/${subscription.id}/broadcasts`,
    singleGroup({
      name: 'x',
      audience: { kind: 'segments', include: [segment.id], exclude: [] },
      content: { kind: 'text', text: 'x' },
      path: 'list',
    }),
  )
  expect(answer.body).toMatchObject({ error: { reason: 'segment_needs_tag' } })
})

test('B5: a segment that is not in the crowd list can’t be picked for a send; one not yet computed blocks it', async () => {
  const rule = await tagged(people.slice(0, 5))
  const hidden = await create({ name: '不同步', listed: false, rule })
  const draft = (include: string[]) =>
    world.api<Broadcast>(
      'POST',
      base(),
      singleGroup({
        name: 'x',
        audience: { kind: 'segments', include, exclude: [] },
        content: { kind: 'text', text: 'x' },
        path: 'list',
      }),
    )
  expect((await draft([hidden.id])).body).toMatchObject({ error: { reason: 'segment_unlisted' } })
  const waiting = ok(
    await world.api<Segment>('POST', '/api/segments', { name: '还没算', updateKind: 'once', rule }),
  )
  const saved = ok(await draft([waiting.id]))
  expect((await world.preflight(saved)).blockers).toMatchObject([{ reason: 'segment_not_computed' }])
  await work(world.ctx)
  expect((await world.preflight(saved)).blockers).toEqual([])
  // a draft that is deleted or cancelled lets go of it
  ok(await world.api('DELETE', `${base()}/${saved.id}`))
  ok(await world.api('POST', `/api/segments/${waiting.id}/archive`))
})
