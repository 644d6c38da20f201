import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addDraft, listDrafts } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import type { Moment } from '../support/doomed-worker.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'
import { until } from '../support/until.ts'
import { endLeases, forkWorker, type WorkerProcess } from '../support/workers.ts'

let world: SendingWorld
let worker: WorkerProcess | undefined
const SIZES = [3, 4, 5]
const PEOPLE = 12
const CALL = '/cgi-bin/message/mass/send'

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
afterEach(async () => {
  await worker?.kill()
  await world.fault()
})

const INTENT = 'insert into mass_allowances'
const CLAIM = 'update broadcast_batches t set lease_until'
const ANSWER = 'update "broadcast_batches" set .*"accepted_at"'
const RESULT = 'update "broadcast_batches" set .*"sent_count"'
/** `left`: what the dead worker's first such moment must have left behind, so that each is the moment it says. */
type Case = Omit<Moment, 'nth'> & {
  left: Partial<Record<'sending' | 'jobs' | 'accepted' | 'delivered', boolean>>
}
const moments: Record<string, Case> = {
  'before the intent': { at: 'sql', what: CLAIM, when: 'after', left: { sending: false, jobs: false } },
  'in the intent, before its commit': {
    at: 'commit',
    what: INTENT,
    when: 'before',
    left: { sending: false, jobs: false },
  },
  'after the intent': { at: 'commit', what: INTENT, when: 'after', left: { sending: true, jobs: false } },
  'before the call': { at: 'call', what: CALL, when: 'before', left: { sending: true, jobs: false } },
  'after the answer': {
    at: 'call',
    what: CALL,
    when: 'after',
    left: { sending: true, jobs: true, accepted: false },
  },
  'with the answer, before its commit': {
    at: 'commit',
    what: ANSWER,
    when: 'before',
    left: { sending: true, jobs: true, accepted: false },
  },
  'after the answer’s commit': {
    at: 'commit',
    what: ANSWER,
    when: 'after',
    left: { jobs: true, accepted: true },
  },
  'with the result, before its commit': {
    at: 'commit',
    what: RESULT,
    when: 'before',
    left: { accepted: true, delivered: false },
  },
  'after the result’s commit': { at: 'commit', what: RESULT, when: 'after', left: { delivered: true } },
}

/** Which of these exist: what a dead worker did not commit is gone at once. */
async function leftBehind(account: Bound, broadcast: Broadcast, expected: Case['left']) {
  const { items } = await world.control<{ items: object[] }>('GET', `/mass?appid=${account.appid}`)
  const states = (await world.batches(broadcast)).map((batch) => batch.state)
  return Object.fromEntries(
    Object.keys(expected).map((key) => [
      key,
      key === 'jobs' ? items.length > 0 : states.some((state) => state === key),
    ]),
  )
}

/** What must hold whatever happened: the simulator's ledger, our states, our month. */
async function expectEverybodyOnce(account: Bound, broadcast: Broadcast) {
  expect(await world.received(account)).toEqual(new Map(account.openids.map((openid) => [openid, 1])))
  expect(await world.people(broadcast)).toEqual({ delivered: PEOPLE })
  expect(await world.read(broadcast)).toMatchObject({
    label: 'sent',
    totals: { planned: PEOPLE, submitted: PEOPLE, delivered: PEOPLE, waiting: 0, unknown: 0 },
  })
  const { rows } = await world.ctx.pool.query(
    'select used, count(*)::int as fans from mass_allowances where account_id = $1 group by used',
    [account.id],
  )
  expect(rows).toEqual([{ used: 1, fans: PEOPLE }])
  await expectBalanced(world, broadcast)
}

/** The next worker begins when the dead one's minute is over, and asks about its key after another. */
const recover = async () => {
  await endLeases(world)
  await world.drain()
}

describe('G3: a worker killed', () => {
  const cases = Object.entries(moments).flatMap(([name, { left, ...moment }]) => [
    { name, moment: { ...moment, nth: 1 }, left },
    { name: `${name}, at a later batch`, moment: { ...moment, nth: 2 }, left: {} },
  ])
  test.each(cases)('$name: everybody once, in one end state', async ({ moment, left }) => {
    const account = await world.bind({ fans: PEOPLE })
    const broadcast = await world.frozen(account, SIZES)
    worker = forkWorker(world, moment)
    expect(await worker.ended).toBe('SIGKILL')
    expect(await leftBehind(account, broadcast, left)).toEqual(left)
    await recover()
    await expectEverybodyOnce(account, broadcast)
  })

  test('after the call, before its answer: everybody once, in one end state', async () => {
    const account = await world.bind({ fans: PEOPLE })
    const broadcast = await world.frozen(account, SIZES)
    await world.fault({
      match: { path: CALL, appid: account.appid },
      kind: 'timeout-after-work',
      ms: 5_000,
      remaining: 1,
    })
    worker = forkWorker(world)
    await until(async () => (await world.received(account)).size > 0, { what: 'the work of the call' })
    await worker.kill()
    await recover()
    await expectEverybodyOnce(account, broadcast)
  })

  test('twice at the same place: everybody once', async () => {
    const account = await world.bind({ fans: PEOPLE })
    const broadcast = await world.frozen(account, SIZES)
    for (let times = 0; times < 2; times += 1) {
      worker = forkWorker(world, { at: 'call', what: CALL, when: 'after', nth: 1 })
      expect(await worker.ended).toBe('SIGKILL')
      await endLeases(world)
    }
    await recover()
    await expectEverybodyOnce(account, broadcast)
  })
})

describe('G3: a worker killed while it prepares', () => {
  const FREEZE = 'insert into broadcast_recipients'
  const COPY = 'update "broadcast_batches" set "draft_media_id"'
  test.each([
    ['before the commit of the freeze', { at: 'commit', what: FREEZE, when: 'before' }, 0],
    ['after the commit of the freeze', { at: 'commit', what: FREEZE, when: 'after' }, 0],
    ['before the copy of the draft', { at: 'call', what: '/cgi-bin/draft/add', when: 'before' }, 0],
    // the one thing it may leave behind: a copy nobody uses
    ['after the copy, before it is written', { at: 'call', what: '/cgi-bin/draft/add', when: 'after' }, 1],
    ['after the copy is written', { at: 'commit', what: COPY, when: 'after' }, 0],
  ] as const)('%s: everybody once, and the original draft lives', async (_name, moment, unused) => {
    const account = await world.bind({ fans: PEOPLE })
    const client = await accountClient(world.ctx, account.id)
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    const cover = await uploadPermanent(client, 'image', {
      name: 'c.png',
      contentType: 'image/png',
      data: png,
    })
    const original = await addDraft(client, [
      { title: '新品', content: '<p>正文</p>', thumb_media_id: cover.mediaId },
    ])
    await world.sync(account)
    const { rows } = await world.ctx.pool.query<{ id: string }>(
      'select id from article_sets where wechat_id = $1',
      [original],
    )
    const articles = [{ articleSetId: rows[0]?.id as string, index: 0 }]
    const broadcast = await world.draft(account, { content: { kind: 'articles', articles } })
    await world.confirm(broadcast)
    worker = forkWorker(world, { ...moment, nth: 1 })
    expect(await worker.ended).toBe('SIGKILL')
    await recover()
    await expectEverybodyOnce(account, broadcast)
    const { items } = await listDrafts(client, { offset: 0, count: 20, withContent: false })
    expect(items.map((item) => item.media_id)).toContain(original)
    expect(items).toHaveLength(1 + unused)
  })
})
