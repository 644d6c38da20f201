import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { beijingMonth } from '../../src/kernel/beijing.ts'
import { watchDays } from '../../src/modules/article-figures/watch.ts'
import { findOutsideSends } from '../../src/modules/broadcasts/outside/find.ts'
import { openOutsideSends } from '../../src/modules/broadcasts/outside/open.ts'
import type { MassBudget, OutsideSend } from '../../src/modules/broadcasts/schema.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { withFigures } from '../article-figures/support.ts'
import {
  type Bound,
  createSendingWorld,
  freshText,
  nextMonth,
  type SendingWorld,
} from '../support/sending.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { incidents, MINUTE, PEOPLE } from './incident.ts'

let world: SendingWorld
let worker: WorkerProcess | undefined
const never = new AbortController().signal
const { later, make, work } = incidents(() => world)

beforeAll(async () => {
  world = await createSendingWorld()
  // the middle of a month, the morning of a day
  await world.forward(new Date(nextMonth(world.ctx.clock.now()).getTime() + 10 * 86_400_000 + 10 * 3_600_000))
})
afterAll(() => world?.close())
afterEach(async () => {
  await worker?.kill()
  await world.fault()
})

/** The owner sends in WeChat's own backend, and its result is here. */
async function sendFromConsole(
  account: Bound,
  more: object = { text: `后台 ${Math.random()}` },
): Promise<string> {
  const { msgId } = await world.control<{ msgId: string }>('POST', '/owner', {
    appid: account.appid,
    action: 'mass',
    ...more,
  })
  await world.drain()
  return msgId
}
const base = (account: Bound) => `/api/accounts/${account.id}/outside-sends`
const list = async (account: Bound, state = ''): Promise<OutsideSend[]> =>
  (await world.api<{ items: OutsideSend[] }>('GET', `${base(account)}?${state}`)).body.items
const only = async (account: Bound): Promise<OutsideSend> => {
  const items = await list(account)
  expect(items).toHaveLength(1)
  return items[0] as OutsideSend
}
const act = (account: Bound, { id }: OutsideSend, verb: string, body: object = {}) =>
  world.api<OutsideSend & { error: { reason: string } }>('POST', `${base(account)}/${id}/${verb}`, body)
/** Found fifteen minutes after its result came. */
async function found(account: Bound): Promise<OutsideSend> {
  await later(15 * MINUTE)
  await world.drain()
  return only(account)
}
const months = async (account: Bound): Promise<number[]> =>
  (
    await world.ctx.pool.query<{ used: number }>(
      `select coalesce(m.used, 0)::int as used from fans f left join mass_allowances m on m.fan_id = f.id and m.account_id = f.account_id
       where f.account_id = $1 and f.following order by f.id`,
      [account.id],
    )
  ).rows.map((row) => row.used)
const day = async (account: Bound) =>
  (
    await world.ctx.pool.query('select sends, calls, recipients::int from mass_days where account_id = $1', [
      account.id,
    ])
  ).rows

describe('G4: a send from WeChat’s own backend', () => {
  test('appears after fifteen minutes, is charged to whom an operator says, and given back exactly', async () => {
    const account = await world.bind({ fans: 6 })
    const msgId = await sendFromConsole(account)
    await later(14 * MINUTE)
    await work()
    expect(await list(account)).toEqual([])
    await later(MINUTE)
    await work()
    const open = await only(account)
    expect(open).toMatchObject({
      source: 'result',
      state: 'open',
      people: 6,
      countsDay: true,
      suspects: [],
      charged: 0,
    })
    expect(await day(account)).toEqual([{ sends: 1, calls: 0, recipients: 6 }])
    expect(msgId).toMatch(/^\d+$/)

    expect((await act(account, open, 'charge', { reach: { kind: 'all' } })).body).toMatchObject({
      state: 'charging',
    })
    await world.drain()
    expect(await only(account)).toMatchObject({
      state: 'charged',
      charged: 6,
      toCharge: 6,
      can: { undo: true, charge: false },
    })
    expect(await months(account)).toEqual(Array(6).fill(1))
    expect((await act(account, open, 'charge', { reach: { kind: 'all' } })).body.error.reason).toBe(
      'wrong_state',
    )

    expect((await act(account, open, 'undo')).status).toBe(200)
    await world.drain()
    expect(await only(account)).toMatchObject({ state: 'open', reach: null, charged: 0, countsDay: true })
    expect(await months(account)).toEqual(Array(6).fill(0))
    expect((await act(account, open, 'ignore')).body).toMatchObject({ state: 'ignored', countsDay: false })
    expect(await day(account)).toEqual([{ sends: 0, calls: 0, recipients: 0 }])
    const { rows } = await world.ctx.pool.query(
      `select action from audit_entries where subject_kind = 'outside-send' and subject_id = $1 order by id`,
      [open.id],
    )
    expect(rows.map((row) => row.action)).toEqual([
      'mass.outside_charged',
      'mass.outside_undone',
      'mass.outside_ignored',
    ])
  })

  test('whom it took a fourth time is left out of the next send: month_used_up', async () => {
    const account = await world.bind({ fans: 6 })
    const [first = '', second = '', third = ''] = account.fanIds
    for (let n = 0; n < 3; n += 1) {
      const broadcast = await world.draft(account, {
        audience: { kind: 'fans', fanIds: [first, second] },
        content: freshText(),
      })
      await world.confirm(broadcast)
      await world.drain()
    }
    await sendFromConsole(account)
    const audience = (await world.list(account, [first, third])) as { listId: string }
    const open = await found(account)
    const warned = await world.preflight(await world.draft(account))
    expect(warned.reached).toBe(6)
    expect(warned.warnings).toContainEqual({
      reason: 'outside_sends_open',
      detail: { month: beijingMonth(world.ctx.clock.now()), sends: 1, people: 6 },
    })
    const budget = await world.api<MassBudget>('GET', `/api/accounts/${account.id}/mass-budget`)
    expect(budget.body.outside).toMatchObject({
      entries: [{ id: open.id, people: 6, isOpen: true }],
      open: { sends: 1, people: 6 },
    })
    await act(account, open, 'charge', { reach: { kind: 'list', listId: audience.listId } })
    await world.drain()
    const broadcast = await world.draft(account)
    const shown = await world.confirm(broadcast)
    expect(shown).toMatchObject({
      reached: 5,
      notReached: [{ reason: 'month_used_up', count: 1 }],
      warnings: [],
    })
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: 5, 'skipped:month_used_up': 1 })
  })

  test('takes a subscription account’s day as soon as it is found', async () => {
    const account = await world.bind({ kind: 'subscription', fans: 5 })
    await sendFromConsole(account)
    const open = await found(account)
    expect(open).toMatchObject({ countsDay: true })
    const { blockers, warnings } = await world.preflight(await world.draft(account, { path: 'all' }))
    expect(blockers).toContainEqual({ reason: 'account_day_used', detail: { used: 1, limit: 1 } })
    expect(warnings.map(({ reason }) => reason)).not.toContain('outside_sends_open')
    // nobody has a month's allowance there: said, and done
    expect((await act(account, open, 'charge', { reach: { kind: 'all' } })).body).toMatchObject({
      state: 'charged',
      charged: 0,
    })
  })

  test('pushed again and again it is one; one that failed is none', async () => {
    const account = await world.bind({ fans: 4, settings: { nextMass: [{ status: 'err(10001)' }] } })
    await world.fault({ match: { path: '/callback', appid: account.appid }, kind: 'repeat-callback' })
    await sendFromConsole(account)
    await later(15 * MINUTE)
    await world.drain()
    expect(await list(account)).toEqual([])
    await sendFromConsole(account)
    await found(account)
    await later(60 * MINUTE)
    await world.drain()
    await only(account)
    expect(await day(account)).toEqual([{ sends: 1, calls: 0, recipients: 4 }])
  })

  test('to people nobody knows: nobody is charged, and pre-flight goes on saying so', async () => {
    const account = await world.bind({ fans: 4 })
    await sendFromConsole(account)
    const open = await found(account)
    expect((await act(account, open, 'charge', { reach: { kind: 'unknown' } })).body).toMatchObject({
      state: 'charged',
    })
    await world.drain()
    expect(await months(account)).toEqual([0, 0, 0, 0])
    const month = beijingMonth(world.ctx.clock.now())
    expect(await openOutsideSends(world.ctx.db, account.id, month)).toEqual({ sends: 1, people: 4 })
    expect(
      await openOutsideSends(world.ctx.db, account.id, beijingMonth(nextMonth(world.ctx.clock.now()))),
    ).toEqual({ sends: 0, people: 0 })
    const other = await world.bind({ fans: 4 })
    expect((await world.api('POST', `${base(other)}/${open.id}/undo`, {})).status).toBe(404)
  })
})

describe('G4: what the platform announces to nobody', () => {
  test('is found by its figures of the next morning; told in both ways it is one', async () => {
    const figures = withFigures(world)
    const account = await world.bind({ fans: 40, drafts: 2 })
    await figures.rates(account, { read: 1 }, { ownerResults: false })
    const drafts = await world.ctx.pool.query<{ media_id: string }>(
      `select media_id from simulator.draft d join simulator.account a on a.id = d.account_id where a.appid = $1 order by 1`,
      [account.appid],
    )
    const [silent, told] = drafts.rows.map((row) => ({ mediaId: row.media_id }))
    await figures.send(account, ['自己发的'], { people: 5 })
    await sendFromConsole(account, silent)
    await figures.morning(1)
    await watchDays(world.ctx)
    await figures.collect()
    await findOutsideSends(world.ctx)
    const hidden = await only(account)
    expect(hidden).toMatchObject({
      source: 'statistics',
      dayOnly: true,
      people: null,
      state: 'open',
      countsDay: true,
    })
    expect(hidden.name).not.toBe('')
    expect((await world.preflight(await world.draft(account))).warnings).toMatchObject([
      { reason: 'outside_sends_open', detail: { sends: 1, people: 40 } },
    ])

    await figures.rates(account, {}, { ownerResults: true })
    await sendFromConsole(account, told)
    await later(15 * MINUTE)
    await world.drain()
    expect(await list(account)).toMatchObject([
      { source: 'result', name: '', people: 40 },
      { source: 'statistics' },
    ])
    // a day on which nothing of ours went out is looked at all the same
    await figures.morning(1)
    await figures.collect()
    await findOutsideSends(world.ctx)
    expect(await list(account)).toMatchObject([
      { source: 'result', name: expect.stringMatching(/./) },
      { source: 'statistics' },
    ])
  })
})

describe('G3, G4: our own batch is never taken for one', () => {
  test('whose answer comes late: it finds its result', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'timeout-after-work', ms: 10 }))
    await sendNextBatch(world.ctx, never)
    await later(MINUTE)
    await withFigures(world).quiet()
    await later(20 * MINUTE)
    await work()
    const { rows } = await world.ctx.pool.query(
      'select compared_at from mass_results where account_id = $1',
      [account.id],
    )
    expect(rows).toEqual([{ compared_at: null }])
    expect(await list(account)).toEqual([])
    await world.fault()
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: PEOPLE })
    await later(15 * MINUTE)
    await world.drain()
    expect(await list(account)).toEqual([])
  })

  /** Handed over, its answer unreadable and then given up: what became of it nobody here knows. */
  const lost = async () => {
    const made = await make([PEOPLE])
    await world.fault(made.on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await world.fault(made.on({ kind: 'error', errcode: 99_999 }))
    await world.drain()
    await later(2 * MINUTE)
    await world.drain()
    await world.fault()
    expect(await world.people(made.broadcast)).toMatchObject({ 'unknown:unknown_code': PEOPLE })
    await later(15 * MINUTE)
    await world.drain()
    return { ...made, open: await only(made.account) }
  }

  test('while its outcome is unknown, the account asks first; said to be ours, the batch gets its result and nobody is charged twice', async () => {
    const { account, broadcast, open } = await lost()
    expect(open).toMatchObject({
      state: 'open',
      countsDay: false,
      suspects: [{ broadcastId: broadcast.id, seq: 0, size: PEOPLE, state: 'unknown', canLink: true }],
    })
    expect(await day(account)).toEqual([{ sends: 1, calls: 1, recipients: PEOPLE }])
    expect((await act(account, open, 'charge', { reach: { kind: 'all' } })).body.error.reason).toBe(
      'may_be_ours',
    )
    expect((await act(account, open, 'own', { broadcastId: broadcast.id, seq: 1 })).body.error.reason).toBe(
      'not_ours',
    )
    expect((await act(account, open, 'own', { broadcastId: broadcast.id, seq: 0 })).body).toMatchObject({
      state: 'own',
      own: { broadcastId: broadcast.id, seq: 0 },
    })
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: PEOPLE })
    expect(await world.batches(broadcast)).toMatchObject([{ sentCount: PEOPLE }])
    expect(await months(account)).toEqual(Array(PEOPLE).fill(1))
    expect(await day(account)).toEqual([{ sends: 1, calls: 1, recipients: PEOPLE }])
  })

  test('said not to be ours, it is charged beside what the batch holds', async () => {
    const { account, open } = await lost()
    await act(account, open, 'charge', { reach: { kind: 'all' }, notOurs: true })
    await world.drain()
    expect(await months(account)).toEqual(Array(PEOPLE).fill(2))
    expect((await day(account))[0]).toMatchObject({ sends: 2 })
  })
})

describe('G4: we sent by hand', () => {
  const enter = (account: Bound, body: object) =>
    world.api<OutsideSend & { error: { reason: string } }>('POST', base(account), {
      at: new Date(world.ctx.clock.now().getTime() - MINUTE).toISOString(),
      name: '店庆图文',
      people: 3,
      reach: { kind: 'all' },
      ...body,
    })

  test('is charged at once; the result that comes for it is the same send; another of that day waits for an answer first', async () => {
    const account = await world.bind({ fans: 4 })
    await world.control('POST', '/owner', { appid: account.appid, action: 'mass', text: '手工发的' })
    const { status } = await enter(account, {})
    expect(status).toBe(200)
    await world.drain()
    expect(await months(account)).toEqual([1, 1, 1, 1])
    await later(15 * MINUTE)
    await world.drain()
    expect(await only(account)).toMatchObject({
      source: 'hand',
      name: '店庆图文',
      people: 3,
      state: 'charged',
      countsDay: true,
    })
    expect(await day(account)).toEqual([{ sends: 1, calls: 0, recipients: 3 }])
    await sendFromConsole(account)
    await later(15 * MINUTE)
    await world.drain()
    expect(await list(account, 'state=open')).toHaveLength(1)
    expect((await enter(account, {})).body.error.reason).toBe('outside_already_found')
  })

  test('neither to come nor of long ago; only to what there is; by whom may send', async () => {
    const account = await world.bind({ fans: 4 })
    const at = (ms: number) => new Date(world.ctx.clock.now().getTime() + ms).toISOString()
    expect((await enter(account, { at: at(MINUTE) })).body.error.reason).toBe('outside_time')
    expect((await enter(account, { at: at(-63 * 86_400_000) })).body.error.reason).toBe('outside_time')
    expect((await enter(account, { reach: { kind: 'segment', segmentId: '999999' } })).status).toBe(404)
    expect((await enter(account, { reach: { kind: 'tag', tagId: 99_999 } })).status).toBe(404)
    expect((await enter(account, { reach: { kind: 'list', listId: '999999' } })).status).toBe(404)
    expect(await list(account)).toEqual([])
    expect(await day(account)).toEqual([])
  })
})

test.each([
  ['after it is written down whom it takes', 'insert into outside_send_fans', 'after', 'charge'],
  ['before the charge is committed', 'insert into mass_allowances', 'before', 'charge'],
  ['after it was given back', 'delete from outside_send_fans', 'after', 'undo'],
] as const)(
  'G3, G4: a worker killed %s: each charged once, or not at all',
  async (_name, what, when, verb) => {
    const account = await world.bind({ fans: 5 })
    await sendFromConsole(account)
    const open = await found(account)
    await act(account, open, 'charge', { reach: { kind: 'all' } })
    if (verb === 'undo') {
      await world.drain()
      await act(account, open, 'undo')
    }
    worker = forkWorker(world, { at: 'commit', what, when, nth: 1 })
    expect(await worker.ended).toBe('SIGKILL')
    await world.drain()
    expect(await months(account)).toEqual(Array(5).fill(verb === 'undo' ? 0 : 1))
    expect(await only(account)).toMatchObject(
      verb === 'undo' ? { state: 'open', charged: 0 } : { state: 'charged', charged: 5 },
    )
  },
)
