import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { callbackXml, cdata, readPushSecrets, sealedPush } from '../support/pushes.ts'
import {
  atBeijing,
  type Bound,
  createSendingWorld,
  type SendingWorld,
  sweepOnce,
} from '../support/sending.ts'
import { until } from '../support/until.ts'

let world: SendingWorld
const never = new AbortController().signal
const CALL = '/cgi-bin/message/mass/send'
const PEOPLE = 9

beforeAll(async () => {
  world = await createSendingWorld()
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
})
afterAll(() => world?.close())
afterEach(() => world.fault())

const everyone = (account: Bound) => new Map(account.openids.map((openid) => [openid, 1]))
const make = async (sizes = [4, 5], settings?: object) => {
  const account = await world.bind({ fans: PEOPLE, ...(settings && { settings }) })
  const on = (fault: object, path = CALL) => ({ match: { path, appid: account.appid }, ...fault })
  return { account, on, broadcast: await world.frozen(account, sizes) }
}
const later = (ms: number) => world.forward(new Date(world.ctx.clock.now().getTime() + ms))
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const expectAllOnce = async (account: Bound, broadcast: Broadcast) => {
  expect(await world.received(account)).toEqual(everyone(account))
  expect(await world.people(broadcast)).toEqual({ delivered: PEOPLE })
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: PEOPLE } })
}
const used = async (account: Bound) =>
  (
    await world.ctx.pool.query<{ used: number }>(
      'select coalesce(sum(used), 0)::int as used from mass_allowances where account_id = $1',
      [account.id],
    )
  ).rows[0]?.used
/** Everything that is due now, without waiting for what comes later. */
const work = async () => {
  while ((await sweepOnce(world.ctx)) > 0);
}

describe('G3: the call', () => {
  test.each(['token-expired', 'token-revoked'])(
    '%s in mid-send: renewed once, everybody once',
    async (kind) => {
      const { account, on, broadcast } = await make()
      await sendNextBatch(world.ctx, never)
      await world.fault(on({ kind, remaining: 1 }))
      await sendNextBatch(world.ctx, never)
      expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual(['accepted', 'accepted'])
      await world.drain()
      await expectAllOnce(account, broadcast)
    },
  )

  test('the platform is down for ten minutes and comes back: everybody once', async () => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind: 'down' }, '/cgi-bin'))
    for (let minute = 0; minute < 10; minute += 1) {
      await work()
      expect((await world.batches(broadcast)).map((batch) => [batch.state, batch.reason])).toEqual([
        ['sending', 'no_answer'],
        ['sending', 'no_answer'],
      ])
      await later(61_000)
    }
    await world.fault()
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('the work was done and the answer lost: the same key brings back the one job', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'sending', reason: 'no_answer', msgId: null },
    ])
    // asked too early, as by a second worker: 45066 says nothing
    await world.ctx.pool.query('update broadcast_batches set due_at = now() where broadcast_id = $1', [
      broadcast.id,
    ])
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'sending', reason: 'platform_busy', detail: { errcode: 45066 } },
    ])
    await later(61_000)
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'accepted', detail: { repeated: true } }])
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['http-500', 'no_answer'],
    ['busy', 'platform_busy'],
  ])('%s is asked again under the same key', async (kind, reason) => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason }, { state: 'planned' }])
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('the day’s calls are used up: the rest waits for Beijing midnight and gives its place back', async () => {
    const { account, on, broadcast } = await make()
    await sendNextBatch(world.ctx, never)
    await world.fault(on({ kind: 'error', errcode: 45009, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    const [, held] = await world.batches(broadcast)
    expect(held).toMatchObject({ state: 'held', reason: 'calls_used_up' })
    expect(held?.dueAt).toBe(atBeijing(world.ctx.clock.now(), 1, '00:00').toISOString())
    expect(await used(account)).toBe(4)
    await world.forward(new Date(held?.dueAt as string))
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test('an account that WeChat stopped is paused; what was not sent goes on when it may send again', async () => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind: 'error', errcode: 48004, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'held', reason: 'account_paused' },
      { state: 'planned' },
    ])
    expect(await used(account)).toBe(0)
    const { body } = await world.api<{ state: string }>('GET', `/api/accounts/${account.id}`)
    expect(body.state).toBe('paused')
    await world.api('POST', `/api/accounts/${account.id}/resume`, {})
    await world.drain()
    await expectAllOnce(account, broadcast)
  })
})

describe('G3: a repeat that is refused proves nothing about the first call', () => {
  const lost = async () => {
    const made = await make([PEOPLE])
    await world.fault(made.on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await later(61_000)
    return made
  }

  test('by the content check: unknown, not failed, nothing given back and no retry', async () => {
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 40007, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'unknown', reason: 'repeat_refused', canRetry: false, canResolve: true },
    ])
    expect(await used(account)).toBe(PEOPLE)
    expect((await world.read(broadcast)).label).toBe('unresolved')
    expect((await world.act(broadcast, 'batches/0/retry')).status).toBe(409)
    expect(await world.received(account)).toEqual(everyone(account))
  })

  test('by the day’s calls: asked again the next day under the same key, still reserved', async () => {
    await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 45009, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason: 'calls_used_up' }])
    expect(await used(account)).toBe(PEOPLE)
    await world.forward(atBeijing(world.ctx.clock.now(), 1, '00:00'))
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['within the memory of keys', 2 * HOUR, { delivered: PEOPLE }],
    ['after it', 25 * HOUR, { 'unknown:answer_never_came': PEOPLE }],
  ])('by a stop of the account that ends %s: never sent twice', async (_when, after, people) => {
    const { account, on, broadcast } = await lost()
    await world.fault(on({ kind: 'error', errcode: 48004, remaining: 1 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending', reason: 'account_paused' }])
    await later(after)
    await world.api('POST', `/api/accounts/${account.id}/resume`, {})
    await world.drain()
    expect(await world.people(broadcast)).toEqual(people)
    expect(await world.received(account)).toEqual(everyone(account))
  })

  test('one that certainly never arrived is refused like a first call', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'error', errcode: 45011, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await later(61_000)
    await world.fault(on({ kind: 'error', errcode: 40007, remaining: 1 }))
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ 'failed:refused_by_platform': PEOPLE })
    expect(await used(account)).toBe(0)
  })

  test.each([
    ['22:59', 22 * HOUR + 59 * MINUTE, { delivered: PEOPLE }],
    ['23:01', 23 * HOUR + MINUTE, { 'unknown:answer_never_came': PEOPLE }],
  ])('a key is asked about until 23 hours are over: at %s h', async (_when, after, people) => {
    const { account, broadcast } = await lost()
    await later(after - 61_000)
    await world.fault()
    await world.drain()
    expect(await world.people(broadcast)).toEqual(people)
    expect(await world.received(account)).toEqual(everyone(account))
  })
})

describe('G3: a worker that wakes up late', () => {
  /** A process that hears its answer only when it is let. */
  const sleepy = () => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
    const { channels } = world.ctx
    const where: Ctx = {
      ...world.ctx,
      channels: {
        ...channels,
        officialAccount: (options) => {
          const client = channels.officialAccount(options)
          return { ...client, call: (api, input) => client.call(api, input).finally(() => woken) }
        },
      },
    }
    return { where, wake }
  }
  /** The platform has the call: as a job, or as a refusal that was used up. */
  const isCalled = async ({ appid }: Bound, refused: boolean) => {
    const { rows } = await world.ctx.pool.query<{ called: boolean }>(
      refused
        ? `select not exists (select 1 from simulator.fault
             where remaining > 0 and spec->'match'->>'appid' = $1) as called`
        : `select exists (select 1 from simulator.mass_job j join simulator.account a on a.id = j.account_id
             where a.appid = $1) as called`,
      [appid],
    )
    return rows[0]?.called === true
  }

  test.each([
    ['that it was taken', undefined],
    ['that it was refused', { kind: 'error', errcode: 40007, remaining: 1 }],
  ])('and hears %s after another finished its batch writes nothing', async (_what, refusal) => {
    const { account, on, broadcast } = await make([PEOPLE])
    if (refusal !== undefined) await world.fault(on(refusal))
    const { where, wake } = sleepy()
    const late = sendNextBatch(where, never)
    await until(() => isCalled(account, refusal !== undefined))
    await world.ctx.pool.query('update broadcast_batches set lease_until = null where broadcast_id = $1', [
      broadcast.id,
    ])
    await later(61_000)
    await world.drain()
    await expectAllOnce(account, broadcast)
    const before = await world.batches(broadcast)
    wake()
    await late
    expect(await world.batches(broadcast)).toEqual(before)
    expect(await used(account)).toBe(PEOPLE)
  })
})

describe('G3: the result', () => {
  test('its callback is lost: the state is asked for after ten minutes', async () => {
    const { account, on, broadcast } = await make()
    await world.fault(on({ kind: 'drop-callback' }, '/callback'))
    await world.drain()
    expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual(['accepted', 'accepted'])
    expect(await world.received(account)).toEqual(everyone(account))
    await later(10 * MINUTE)
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ delivered: PEOPLE })
    expect((await world.read(broadcast)).label).toBe('sent')
    expect((await world.batches(broadcast)).map((batch) => batch.sentCount)).toEqual([null, null])
  })

  test('one that comes after that still brings its numbers', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'drop-callback' }, '/callback'))
    await world.drain()
    await later(10 * MINUTE)
    await world.drain()
    const { msgId } = (await world.batches(broadcast))[0] as { msgId: string }
    await push(account, massResult(msgId, 'send success', { total: 9, sent: 8 }))
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'delivered', sentCount: 8 }])
    expect((await world.read(broadcast)).totals).toMatchObject({ delivered: 8, platformFailed: 1 })
  })

  test('it comes before our own answer is committed: kept, and found when the key tells the job', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
    await sendNextBatch(world.ctx, never)
    await world.drain()
    await expectAllOnce(account, broadcast)
    const { rows } = await world.ctx.pool.query<{ before: boolean }>(
      `select r.received_at < t.accepted_at as before from broadcast_batches t join mass_results r using (account_id, msg_id)
       where t.broadcast_id = $1`,
      [broadcast.id],
    )
    expect(rows).toEqual([{ before: true }])
  })

  test('it comes again and again, and from a job of somebody else: counted once', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'repeat-callback' }, '/callback'))
    await world.drain()
    await push(account, massResult('9007199254740995', 'send success', { total: 5, sent: 5 }))
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['err(10001)', 'content_refused'],
    ['err(30003)', 'content_refused'],
    ['send fail', 'send_fail'],
  ])('%s: failed as %s, the month given back, and retried under a new key', async (status, reason) => {
    const { account, broadcast } = await make([4, 5], { nextMass: [{ status }] })
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ [`failed:${reason}`]: 4, delivered: 5 })
    expect((await world.read(broadcast)).label).toBe('partly_failed')
    expect(await used(account)).toBe(5)
    const [first] = await world.batches(broadcast)
    expect(first).toMatchObject({ state: 'failed', canRetry: true, attempt: 1 })
    expect((await world.act(broadcast, 'batches/1/retry')).status).toBe(409)
    expect((await world.act(broadcast, 'batches/0/retry')).body).toMatchObject({ state: 'running' })
    await world.drain()
    const [again] = await world.batches(broadcast)
    expect(again).toMatchObject({ state: 'delivered', attempt: 2 })
    expect(again?.clientMsgId).not.toBe(first?.clientMsgId)
    await expectAllOnce(account, broadcast)
    expect(await used(account)).toBe(PEOPLE)
  })

  test('a status nobody has documented is unknown, and stays reserved', async () => {
    const { account, broadcast } = await make([PEOPLE], { nextMass: [{ status: 'err(99999)' }] })
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ 'unknown:unknown_status': PEOPLE })
    expect(await used(account)).toBe(PEOPLE)
  })
})

describe('G3: what can not be known is resolved by hand', () => {
  const unknown = async () => {
    const made = await make([PEOPLE])
    await world.fault(made.on({ kind: 'error', errcode: 99_999, errmsg: 'nobody knows', remaining: 1 }))
    await world.drain()
    expect(await world.people(made.broadcast)).toEqual({ 'unknown:unknown_code': PEOPLE })
    expect(await world.read(made.broadcast)).toMatchObject({ state: 'ended', label: 'unresolved' })
    expect((await world.act(made.broadcast, 'batches/0/retry')).status).toBe(409)
    expect(await used(made.account)).toBe(PEOPLE)
    return made
  }
  const resolve = (broadcast: Broadcast, outcome: string) =>
    world.act(broadcast, 'batches/0/resolve', { outcome })

  test('as sent: it counts as handed over and keeps the month', async () => {
    const { account, broadcast } = await unknown()
    expect((await resolve(broadcast, 'sent')).body).toMatchObject({ label: 'sent' })
    expect(await world.people(broadcast)).toEqual({ 'delivered:marked_sent': PEOPLE })
    expect(await used(account)).toBe(PEOPLE)
    expect((await resolve(broadcast, 'not_sent')).status).toBe(409)
  })

  test('as not sent: given back, and then retried safely', async () => {
    const { account, broadcast } = await unknown()
    expect((await resolve(broadcast, 'not_sent')).body).toMatchObject({ label: 'failed' })
    expect(await used(account)).toBe(0)
    expect((await world.act(broadcast, 'batches/0/retry')).status).toBe(200)
    await world.drain()
    await expectAllOnce(account, broadcast)
  })
})

test('E8: content that WeChat refuses at once fails every batch with one call, and each can be retried', async () => {
  const { account, on, broadcast } = await make([3, 3, 3])
  await world.fault(on({ kind: 'error', errcode: 45166 }))
  await world.drain()
  expect(await world.people(broadcast)).toEqual({ 'failed:refused_by_platform': PEOPLE })
  expect(await world.read(broadcast)).toMatchObject({
    state: 'failed',
    failureReason: 'refused_by_platform',
    totals: { failed: PEOPLE },
  })
  expect(await calls(account)).toBe(1)
  expect(await used(account)).toBe(0)
  await world.fault()
  for (const seq of [0, 1, 2]) expect((await world.act(broadcast, `batches/${seq}/retry`)).status).toBe(200)
  await world.drain()
  await expectAllOnce(account, broadcast)
})

const calls = async (account: Bound) =>
  (
    await world.ctx.pool.query<{ calls: number }>('select calls from mass_days where account_id = $1', [
      account.id,
    ])
  ).rows.reduce((sum, row) => sum + row.calls, 0)

describe('design 5: waiting for an administrator is a state', () => {
  const jobs = async (account: Bound) =>
    (
      await world.control<{ items: { msgId: string; state: string }[] }>(
        'GET',
        `/mass?appid=${account.appid}`,
      )
    ).items
  const answer = async (account: Bound, accept: boolean) => {
    const [job] = await jobs(account)
    expect(job?.state).toBe('confirming')
    await world.control('POST', '/mass/confirm', { appid: account.appid, msgId: job?.msgId, accept })
  }

  test('confirmed: sent', async () => {
    const { account, broadcast } = await make([PEOPLE], { groupSendProtection: true })
    await world.drain()
    expect(await world.read(broadcast)).toMatchObject({ state: 'running', label: 'sending' })
    expect(await world.received(account)).toEqual(new Map())
    await later(11 * MINUTE)
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([{ state: 'accepted', reason: 'result_missing' }])
    await answer(account, true)
    await world.drain()
    await expectAllOnce(account, broadcast)
  })

  test.each([
    ['refused', 'administrator_refused'],
    ['not confirmed within 30 minutes', 'administrator_late'],
  ])('%s: failed, nobody reached, the month given back', async (how, reason) => {
    const { account, broadcast } = await make([PEOPLE], { groupSendProtection: true })
    await world.drain()
    if (how === 'refused') await answer(account, false)
    else await later(30 * MINUTE)
    await world.drain()
    expect(await world.people(broadcast)).toEqual({ [`failed:${reason}`]: PEOPLE })
    expect(await world.received(account)).toEqual(new Map())
    expect(await used(account)).toBe(0)
  })

  test('89504 at the call: said, still reserved, asked again under the same key', async () => {
    const { account, on, broadcast } = await make([PEOPLE])
    await world.fault(on({ kind: 'error', errcode: 89_504, remaining: 1 }))
    await work()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'sending', reason: 'awaiting_administrator' },
    ])
    expect(await used(account)).toBe(PEOPLE)
    await world.drain()
    await expectAllOnce(account, broadcast)
  })
})

test('design 8: after a restore nothing goes out until somebody confirmed', async () => {
  const { account, broadcast } = await make()
  await world.ctx.pool.query('update installation set sending_paused = true, restored_at = now()')
  await world.drain()
  expect((await world.batches(broadcast)).map((batch) => batch.state)).toEqual(['planned', 'planned'])
  const other = await world.draft(account)
  expect((await world.preflight(other)).blockers).toMatchObject([{ reason: 'sending_paused' }])
  expect(await world.received(account)).toEqual(new Map())
  const shown = await world.api<{ heldRecipients: number }>('GET', '/api/installation')
  expect(shown.body).toMatchObject({ sendingPaused: true, heldBatches: 2, heldRecipients: PEOPLE })
  expect((await world.api('POST', '/api/installation/confirm-restore', { understood: true })).status).toBe(
    200,
  )
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('design 8: a batch in flight at the moment of the backup is not repeated either before that', async () => {
  const { account, on, broadcast } = await make([PEOPLE])
  await world.fault(on({ kind: 'timeout-after-work', ms: 10, remaining: 1 }))
  await sendNextBatch(world.ctx, never)
  await world.ctx.pool.query('update installation set sending_paused = true')
  await later(2 * MINUTE)
  await world.drain()
  expect((await world.batches(broadcast))[0]).toMatchObject({ state: 'sending', reason: 'no_answer' })
  await world.api('POST', '/api/installation/confirm-restore', { understood: true })
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('design 4: a sandbox that is pointed at the real host refuses, and nothing leaves', async () => {
  const { account, broadcast } = await make([PEOPLE])
  const { channels } = world.ctx
  const real = {
    ...world.ctx,
    channels: {
      ...channels,
      officialAccount: (options: Parameters<typeof channels.officialAccount>[0]) =>
        channels.officialAccount({ ...options, baseUrl: 'https://api.weixin.qq.com' }),
    },
  }
  await expect(sendNextBatch(real, never)).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'real_host_in_sandbox',
  })
  expect(await world.received(account)).toEqual(new Map())
  // the intent is there: whoever comes next asks under its key
  expect(await world.batches(broadcast)).toMatchObject([{ state: 'sending' }])
  await world.ctx.pool.query('update broadcast_batches set lease_until = null where broadcast_id = $1', [
    broadcast.id,
  ])
  await world.drain()
  await expectAllOnce(account, broadcast)
})

test('E7: freezing and copying are done by one of two processes, whoever comes first', async () => {
  const account = await world.bind({ fans: PEOPLE })
  const other = await world.another()
  const broadcast = await world.draft(account)
  await world.confirm(broadcast)
  await Promise.all([world.ctx, other, world.ctx, other].map((ctx) => prepareNext(ctx, never)))
  await world.drain()
  await expectAllOnce(account, broadcast)
})

const massResult = (msgId: string, status: string, { total, sent }: { total: number; sent: number }) =>
  callbackXml(
    `${cdata('MsgType', 'event')}${cdata('Event', 'MASSSENDJOBFINISH')}<MsgID>${msgId}</MsgID>${cdata('Status', status)}
     <TotalCount>${total}</TotalCount><FilterCount>${total}</FilterCount><SentCount>${sent}</SentCount><ErrorCount>${total - sent}</ErrorCount>`,
    { from: 'oSender' },
  )

async function push(account: Bound, text: string) {
  const { path, secrets } = await readPushSecrets(world.ctx, account)
  const { url, body } = sealedPush(path, secrets, text)
  const answer = await fetch(`${world.apiUrl}${url}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/xml' },
  })
  expect(answer.status).toBe(200)
}
