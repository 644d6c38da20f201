import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { GroupDraft } from '../../src/modules/broadcasts/schema.ts'
import { withFigures } from '../article-figures/support.ts'
import { atBeijing, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'
import { endLeases, forkWorker, type WorkerProcess } from '../support/workers.ts'

let world: SendingWorld
let figures: ReturnType<typeof withFigures>
let worker: WorkerProcess | undefined
const PEOPLE = 60

beforeAll(async () => {
  world = await createSendingWorld()
  figures = withFigures(world)
})
afterAll(() => world?.close())
afterEach(() => worker?.kill())

/** A test whose variants have gone and been counted, at the time of its rest. */
async function undecided() {
  await figures.morning(1)
  const at = (days: number, time: string) => atBeijing(world.ctx.clock.now(), days, time)
  const account = await world.bind({ fans: PEOPLE })
  await figures.rates(account, { read: 0.5 })
  const sendAt = at(0, '11:30')
  const variants: NonNullable<GroupDraft['test']>['variants'] = []
  for (const title of ['甲', '乙'])
    variants.push({
      share: 3_000,
      sendAt: sendAt.toISOString(),
      content: await figures.articles(account, [title]),
    })
  const broadcast = await world.draft(account, {
    audience: await world.list(account, account.fanIds),
    test: {
      restAt: at(1, '10:00').toISOString(),
      unsure: null,
      missing: { afterHours: 3, do: 'ask' },
      variants,
    },
  })
  await world.confirm(broadcast)
  await world.drain()
  await world.forward(sendAt)
  await world.drain()
  await figures.morning(1, '09:30')
  await figures.collect()
  await world.forward(at(0, '10:00'))
  return { account, broadcast }
}

test.each([
  ['before the commit of the choice', 'set state = .opening., chosen_arm', 'before'],
  ['after the commit of the choice', 'set state = .opening., chosen_arm', 'after'],
] as const)('E4, G3: a worker killed %s: one choice, and everybody gets one', async (_name, what, when) => {
  const { account, broadcast } = await undecided()
  worker = forkWorker(world, { at: 'commit', what, when, nth: 1 })
  expect(await worker.ended).toBe('SIGKILL')
  await endLeases(world)
  await world.drain()
  expect(await world.received(account)).toEqual(new Map(account.openids.map((openid) => [openid, 1])))
  const sent = await world.read(broadcast)
  expect(sent).toMatchObject({ label: 'sent', totals: { planned: account.openids.length } })
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as times from audit_entries
     where subject_kind = 'broadcast' and subject_id = $1 and action = 'broadcast.winner_decided'`,
    [broadcast.id],
  )
  expect(rows).toEqual([{ times: 1 }])
  await expectBalanced(world, sent)
})
