import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Moment } from '../support/doomed-worker.ts'
import { seed, sized } from '../support/index.ts'
import { randomOf } from '../support/random.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { createDeliveryWorld, type DeliveryWorld, makeTemplate } from './world.ts'

let world: DeliveryWorld
let workers: WorkerProcess[] = []
const FANS = 40

beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  workers = []
  world.recorder.clear()
})

function fork(moment?: Moment): WorkerProcess {
  const worker = forkWorker(world, moment)
  workers.push(worker)
  return worker
}

const CLAIM = 'for update of d skip locked\\) c'
const INTENT =
  'update deliveries d set state = u.state, reason = u.reason, detail = u.detail::jsonb, reserved'
const ANSWER = 'attempts = d.attempts \\+ u.attempt'
const CALL = 'message/(custom|template)/send'
/** `left`: what there must be when the worker is dead, so that each moment is the one it says. */
const moments: Record<
  string,
  Omit<Moment, 'nth'> & { left: Record<'sending' | 'reached' | 'accepted', boolean> }
> = {
  'before the intent': {
    at: 'sql',
    what: CLAIM,
    when: 'after',
    left: { sending: false, reached: false, accepted: false },
  },
  'in the intent, before its commit': {
    at: 'commit',
    what: INTENT,
    when: 'before',
    left: { sending: false, reached: false, accepted: false },
  },
  'after the intent': {
    at: 'commit',
    what: INTENT,
    when: 'after',
    left: { sending: true, reached: false, accepted: false },
  },
  'before the call': {
    at: 'call',
    what: CALL,
    when: 'before',
    left: { sending: true, reached: false, accepted: false },
  },
  'after the answer': {
    at: 'call',
    what: CALL,
    when: 'after',
    left: { sending: true, reached: true, accepted: false },
  },
  'with the answers, before their commit': {
    at: 'commit',
    what: ANSWER,
    when: 'before',
    left: { sending: true, reached: true, accepted: false },
  },
  'after the commit of answers': {
    at: 'commit',
    what: ANSWER,
    when: 'after',
    left: { sending: false, reached: true, accepted: true },
  },
}

async function begin(channel: 'customer-service' | 'template'): Promise<{ account: Bound; sendId: string }> {
  const account = await world.bind({ fans: FANS })
  const sendId = await world.send(account, channel === 'template' ? await makeTemplate(world, account) : {})
  await world.plan(sendId, account)
  return { account, sendId }
}

const left = async (sendId: string) => {
  const states = await world.states(sendId)
  return {
    sending: 'sending' in states || 'sending:no_answer' in states,
    reached: world.recorder.reached.length > 0,
    accepted: 'accepted' in states,
  }
}

/** Every person once at most; who is said to have it has it, and who has it is said to, or in doubt. */
async function expectTruth({ account, sendId }: { account: Bound; sendId: string }, mostUnknown: number) {
  const states = await world.states(sendId)
  expect(await world.tallies(sendId)).toEqual(states)
  const received = world.recorder.received()
  for (const times of received.values()) expect(times).toBe(1)
  const { accepted = 0, 'unknown:answer_never_came': unknown = 0, ...others } = states
  expect(others).toEqual({})
  expect(accepted + unknown).toBe(account.openids.length)
  expect(unknown).toBeLessThanOrEqual(mostUnknown)
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    `select f.openid from deliveries d join fans f on f.id = d.fan_id where d.send_id = $1 and d.state = 'accepted'`,
    [sendId],
  )
  expect(rows.filter(({ openid }) => !received.has(openid))).toEqual([])
  return unknown
}

describe.each(['customer-service', 'template'] as const)('G3: a worker of %s messages killed', (channel) => {
  test.each(Object.entries(moments).map(([name, moment]) => ({ name, moment })))(
    '$name: nobody twice, nobody lost',
    async ({ moment: { left: expected, ...moment } }) => {
      const send = await begin(channel)
      expect(await fork({ ...moment, nth: 1 }).ended).toBe('SIGKILL')
      const found = await left(send.sendId)
      expect(found).toMatchObject(
        // by the time the first answer is committed others are on their way
        moment.at === 'commit' && moment.what === ANSWER
          ? { reached: true, accepted: expected.accepted }
          : expected,
      )
      const inFlight = (await world.states(send.sendId))['sending'] ?? 0
      await world.endLeases()
      await world.pump([send.sendId])
      const unknown = await expectTruth(send, inFlight)
      if (channel === 'template') expect(unknown).toBe(0)
    },
  )
})

test('G3: a template message whose worker died after the platform’s memory is not repeated', async () => {
  const send = await begin('template')
  expect(await fork({ at: 'call', what: CALL, when: 'after', nth: 1 }).ended).toBe('SIGKILL')
  const inFlight = (await world.states(send.sendId))['sending'] ?? 0
  const reached = world.recorder.reached.length
  await world.endLeases()
  await world.forward(new Date(world.ctx.clock.now().getTime() + 9 * 60_000 + 1_000))
  await world.pump([send.sendId])
  expect(await expectTruth(send, inFlight)).toBe(inFlight)
  expect(world.recorder.reached.length).toBe(reached + send.account.openids.length - inFlight)
})

test(
  'G3: two workers, one killed again and again at random moments: nobody twice, nobody lost',
  async () => {
    const account = await world.bind({ fans: sized(400, 100_000) })
    const sendId = await world.send(account, { ratePerMinute: sized(24_000, 120_000) })
    await world.plan(sendId, account)
    const random = randomOf(seed)
    let mostUnknown = 0
    const steady = fork()
    await steady.ready
    for (let kills = 0; kills < sized(3, 100); kills += 1) {
      const worker = fork()
      await worker.ready
      const until_ = world.recorder.reached.length + Math.floor(random() * 60)
      await until(
        async () =>
          world.recorder.reached.length > until_ || (await world.states(sendId))['planned'] === undefined,
      )
      await worker.kill()
      mostUnknown += 600
      await world.endLeases()
    }
    await until(async () => (await world.states(sendId))['planned'] === undefined, {
      timeoutMs: sized(60_000, 600_000),
    })
    await until(async () => !('sending' in (await world.states(sendId))), { timeoutMs: 20_000 }).catch(
      () => undefined,
    )
    await steady.kill()
    await world.endLeases()
    await world.pump([sendId])
    await expectTruth({ account, sendId }, mostUnknown)
  },
  sized(300_000, 1_800_000),
)
