import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { sendNextBatch } from '../../src/modules/broadcasts/send.ts'
import { callbackXml, cdata, readPushSecrets, sealedPush } from '../support/pushes.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'
import { incidents, MINUTE, PEOPLE } from './incident.ts'

let world: SendingWorld
const never = new AbortController().signal
const { everyone, expectAllOnce, later, make, used, work } = incidents(() => world)

beforeAll(async () => {
  world = await createSendingWorld()
  await world.forward(atBeijing(world.ctx.clock.now(), 1, '02:00'))
})
afterAll(() => closeBalanced(world))
afterEach(() => world.fault())

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
