import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNext } from '../../src/modules/broadcasts/arms/open.ts'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type {
  Broadcast,
  BroadcastListItem,
  GroupDraft,
  MissedPolicy,
} from '../../src/modules/broadcasts/schema.ts'
import type { Answer } from '../support/api.ts'
import {
  atBeijing,
  type Bound,
  createSendingWorld,
  nextMonth,
  type SendingWorld,
} from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'

let world: SendingWorld
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const never = new AbortController().signal

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())

const now = () => world.ctx.clock.now()
const ahead = (ms: number) => new Date(now().getTime() + ms)
const url = ({ accountId, id }: Broadcast, rest: string) =>
  `/api/accounts/${accountId}/broadcasts/${id}/${rest}`
const retime = (broadcast: Broadcast, place: number, sendAt: Date | null) =>
  world.api<Broadcast>('PUT', url(broadcast, `groups/${place}/time`), {
    sendAt: sendAt?.toISOString() ?? null,
  })
const remove = (broadcast: Broadcast, place: number) =>
  world.api<Broadcast>('POST', url(broadcast, `groups/${place}/cancel`), {})
const answer = (broadcast: Broadcast, number: number, what: 'send' | 'skip') =>
  world.api<Broadcast>('POST', url(broadcast, `arms/${number}/answer`), { do: what })
const refusal = (given: Answer<unknown>) => (given.body as { error?: { reason: string } }).error?.reason
const receivers = async (account: Bound) => (await world.received(account)).size

/** Two groups of three and two people, each with a time of its own. */
async function two(times: (Date | null)[], group: Partial<GroupDraft> = {}) {
  const account = await world.bind({ fans: 5 })
  const [first, second] = times.map((at) => at?.toISOString() ?? null)
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 3) },
    timing: { kind: 'each' },
    sendAt: first ?? null,
    missed: group.missed ?? 'ask',
    comparisons: [{ audience: { kind: 'remaining' }, ...group, sendAt: second ?? null }],
  })
  await world.confirm(broadcast)
  await world.drain()
  return { account, broadcast }
}

test('E7: one time for all: nobody receives it before, everybody at that time', async () => {
  const account = await world.bind({ fans: 5 })
  const at = ahead(3 * HOUR)
  const broadcast = await world.draft(account, { timing: { kind: 'at', at: at.toISOString() } })
  expect((await world.preflight(broadcast)).groups[0]?.arms[0]).toMatchObject({ startsAt: at.toISOString() })
  await world.confirm(broadcast)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({
    state: 'scheduled',
    label: 'queued',
    nextAt: at.toISOString(),
  })
  await world.forward(new Date(at.getTime() - 3 * MINUTE))
  await world.drain()
  // the two minutes that are jumped over end before it
  expect(await receivers(account)).toBe(0)
  await world.forward(at)
  await world.drain()
  const sent = await world.read(broadcast)
  expect(sent).toMatchObject({ label: 'sent', nextAt: null, totals: { delivered: 5 } })
  await expectBalanced(world, sent)
})

test('E7: a time for each group; the one without goes at once', async () => {
  const { account, broadcast } = await two([null, ahead(5 * HOUR)])
  expect(await receivers(account)).toBe(3)
  expect((await world.read(broadcast)).groups.map(({ arms }) => arms[0]?.listLabel)).toEqual([
    'sent',
    'queued',
  ])
  await world.forward(ahead(5 * HOUR))
  await world.drain()
  expect(await receivers(account)).toBe(5)
  await expectBalanced(world, await world.read(broadcast))
})

test('E8: a list tells each group with its label, its time, its people and what can be done', async () => {
  const at = ahead(5 * HOUR)
  const { account, broadcast } = await two([null, at])
  const listed = await world.api<{ items: BroadcastListItem[] }>(
    'GET',
    `/api/accounts/${account.id}/broadcasts?view=queue`,
  )
  const row = listed.body.items.find(({ id }) => id === broadcast.id)
  expect(row?.can).toMatchObject({ edit: false, cancel: true, unschedule: false })
  expect(row?.groups.map(({ place, arms }) => [place, arms.map((arm) => arm.listLabel)])).toEqual([
    [0, ['sent']],
    [1, ['queued']],
  ])
  expect(row?.groups[1]?.arms[0]).toMatchObject({
    sendAt: at.toISOString(),
    totals: { planned: 2, delivered: 0 },
    can: { retime: true, cancel: true },
  })
  expect(row?.groups.map(({ arms }) => arms[0]?.can.retime)).toEqual([false, true])
})

test('E7: until its time a group is re-timed, sent now or deleted; afterwards it is not', async () => {
  const { account, broadcast } = await two([ahead(2 * HOUR), ahead(3 * HOUR)])
  expect((await retime(broadcast, 1, ahead(6 * HOUR))).status).toBe(200)
  expect(refusal(await retime(broadcast, 1, ahead(-HOUR)))).toBe('time_passed')
  expect(refusal(await retime(broadcast, 1, ahead(91 * 24 * HOUR)))).toBe('time_too_far')
  expect((await retime(broadcast, 0, null)).status).toBe(200)
  await world.drain()
  expect(await receivers(account)).toBe(3)
  expect(refusal(await retime(broadcast, 0, ahead(HOUR)))).toBe('already_started')
  expect(refusal(await remove(broadcast, 0))).toBe('already_started')
  expect((await remove(broadcast, 1)).body).toMatchObject({ state: 'ended', label: 'sent' })
  await world.forward(ahead(7 * HOUR))
  await world.drain()
  expect(await receivers(account)).toBe(3)
  expect(await world.people(broadcast)).toEqual({ delivered: 3, 'skipped:cancelled': 2 })
  await expectBalanced(world, await world.read(broadcast))
})

test('E7: a group deleted at the second it goes is sent or deleted, never both', async () => {
  const at = ahead(HOUR)
  const { account, broadcast } = await two([at, null])
  await world.forward(new Date(at.getTime() - 1))
  const [gone] = await Promise.all([
    remove(broadcast, 0),
    world.forward(at).then(() => openNext(world.ctx, never)),
  ])
  await world.drain()
  expect(await receivers(account)).toBe(gone.status === 200 ? 2 : 5)
  await expectBalanced(world, await world.read(broadcast))
})

test('E7: back to a draft while nothing has begun: nobody is held, and confirming again chooses anew', async () => {
  const { account, broadcast } = await two([ahead(HOUR), ahead(2 * HOUR)])
  const { body: draft } = await world.act(broadcast, 'unschedule')
  expect(draft).toMatchObject({ state: 'draft', batchCount: 0, totals: { planned: 0, skipped: 0 } })
  expect(await world.people(broadcast)).toEqual({})
  await world.forward(ahead(30 * MINUTE))
  await world.drain()
  expect(await receivers(account)).toBe(0)
  await world.confirm(draft)
  await prepareNext(world.ctx)
  expect(await world.read(broadcast)).toMatchObject({ state: 'scheduled', totals: { planned: 5 } })
  await world.forward(ahead(2 * HOUR))
  await world.act(broadcast, 'cancel')
  expect((await world.act(broadcast, 'unschedule')).status).toBe(409)
})

test('E7: a time that has passed, or is too far, is not confirmed', async () => {
  const account = await world.bind({ fans: 3 })
  for (const [ms, reason] of [
    [-1, 'time_passed'],
    [90 * 24 * HOUR + MINUTE, 'time_too_far'],
  ] as const) {
    const at = ahead(ms).toISOString()
    const broadcast = await world.draft(account, { timing: { kind: 'at', at } })
    expect((await world.preflight(broadcast)).blockers).toMatchObject([{ reason, detail: { at } }])
  }
})

describe('E7: a time that passed while nothing ran', () => {
  const missed = async (policy: MissedPolicy, late = 11 * MINUTE) => {
    const at = ahead(2 * HOUR)
    const { account, broadcast } = await two([null, at], { missed: policy })
    await world.forward(new Date(at.getTime() + late))
    await world.drain()
    return { account, broadcast, at, read: await world.read(broadcast) }
  }

  test('is sent late where that is the policy', async () => {
    const { account, at, read } = await missed('send')
    expect(await receivers(account)).toBe(5)
    expect(read.groups[1]?.arms[0]).toMatchObject({ listLabel: 'sent', detail: { late: at.toISOString() } })
    await expectBalanced(world, read)
  })

  test('is left out where that is the policy', async () => {
    const { account, read } = await missed('skip')
    expect(await receivers(account)).toBe(3)
    expect(read).toMatchObject({
      state: 'ended',
      label: 'sent',
      skippedByReason: [{ reason: 'missed', count: 2 }],
    })
    await expectBalanced(world, read)
  })

  test('is asked about otherwise, and each answer holds', async () => {
    for (const what of ['send', 'skip'] as const) {
      const { account, broadcast, read } = await missed('ask')
      expect(read).toMatchObject({ state: 'running', label: 'asking' })
      expect(read.groups[1]?.arms[0]).toMatchObject({
        state: 'asking',
        reason: 'missed',
        can: { answer: true },
      })
      expect((await answer(broadcast, 1, what)).status).toBe(200)
      await world.drain()
      expect(await receivers(account)).toBe(what === 'send' ? 5 : 3)
      expect(refusal(await answer(broadcast, 1, 'send'))).toBe('wrong_state')
      await expectBalanced(world, await world.read(broadcast))
    }
  })

  test('ten minutes count as on time', async () => {
    const { account } = await missed('skip', 9 * MINUTE)
    expect(await receivers(account)).toBe(5)
  })

  test('a send that was paused over its time is not sent by itself when it goes on', async () => {
    const at = ahead(HOUR)
    const { account, broadcast } = await two([null, at])
    await world.act(broadcast, 'pause')
    await world.forward(new Date(at.getTime() + HOUR))
    await world.act(broadcast, 'resume')
    await world.drain()
    expect(await receivers(account)).toBe(3)
    expect(await world.read(broadcast)).toMatchObject({ label: 'asking' })
  })
})

test('E7, D4: a subscription account’s day is promised to one send, also when times are changed', async () => {
  const account = await world.bind({ fans: 3, kind: 'subscription' })
  const day = (days: number) => atBeijing(now(), days, '10:00')
  const draft = (at: Date) =>
    world.draft(account, { path: 'all', timing: { kind: 'at', at: at.toISOString() } })
  const [first, second] = [await draft(day(2)), await draft(day(3))]
  await world.confirm(first)
  await world.confirm(second)
  await world.drain()
  const third = await draft(day(2))
  expect((await world.preflight(third)).blockers).toMatchObject([
    { reason: 'day_taken', detail: { name: '群发', at: day(2).toISOString() } },
  ])
  expect(refusal(await retime(second, 0, new Date(day(2).getTime() + HOUR)))).toBe('day_taken')
  expect((await retime(second, 0, day(4))).status).toBe(200)
})

test('D4: a group sent next month counts in that month, the one sent now in this', async () => {
  const account = await world.bind({ fans: 5 })
  const turn = nextMonth(now())
  await world.forward(new Date(turn.getTime() - 3 * HOUR))
  // nobody has a place left this month
  await world.ctx.pool.query(
    `insert into mass_allowances (account_id, month, fan_id, used)
     select account_id, date_trunc('month', $2::timestamptz at time zone 'Asia/Shanghai')::date, id, 4 from fans
     where account_id = $1 and id = any($3::bigint[])`,
    [account.id, now(), account.fanIds.slice(3)],
  )
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 3) },
    timing: { kind: 'each' },
    comparisons: [{ audience: { kind: 'remaining' }, sendAt: new Date(turn.getTime() + HOUR).toISOString() }],
  })
  expect((await world.confirm(broadcast)).groups.map(({ arms }) => arms[0]?.reached)).toEqual([3, 2])
  await world.drain()
  await world.forward(new Date(turn.getTime() + HOUR))
  await world.drain()
  expect(await receivers(account)).toBe(5)
  const { rows } = await world.ctx.pool.query(
    `select to_char(month, 'YYYY-MM') = to_char($2::timestamptz at time zone 'Asia/Shanghai', 'YYYY-MM') as next, used, count(*)::int as fans
     from mass_allowances where account_id = $1 group by 1, 2 order by 1, 2`,
    [account.id, turn],
  )
  expect(rows).toEqual([
    { next: false, used: 1, fans: 3 },
    { next: false, used: 4, fans: 2 },
    { next: true, used: 1, fans: 2 },
  ])
})
