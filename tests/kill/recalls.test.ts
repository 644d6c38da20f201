import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRecallWorld, DAY, HOUR, MINUTE, type RecallWorld } from '../recalls/world.ts'
import type { Moment } from '../support/doomed-worker.ts'
import { forkWorker } from '../support/workers.ts'

const FANS = 5
let world: RecallWorld
beforeAll(async () => {
  world = await createRecallWorld()
})
afterAll(() => world?.close())

const PLAN = 'insert into deliveries'
const PASSED = 'update recall_rules set looked_to'
const INTENT =
  'update deliveries d set state = u.state, reason = u.reason, detail = u.detail::jsonb, reserved'
const CALL = 'message/custom/send'

/** `left`: what there must be when the worker is dead, so that each moment is the one it says. */
const moments: readonly (readonly [string, Omit<Moment, 'nth'>, { planned: boolean; mayDoubt: boolean }])[] =
  [
    [
      'planned, before the place moves',
      { at: 'sql', what: PASSED, when: 'before' },
      { planned: false, mayDoubt: false },
    ],
    [
      'before the plan is committed',
      { at: 'commit', what: PLAN, when: 'before' },
      { planned: false, mayDoubt: false },
    ],
    [
      'after the plan is committed',
      { at: 'commit', what: PLAN, when: 'after' },
      { planned: true, mayDoubt: false },
    ],
    [
      'before the intent is committed',
      { at: 'commit', what: INTENT, when: 'before' },
      { planned: true, mayDoubt: false },
    ],
    ['before the call', { at: 'call', what: CALL, when: 'before' }, { planned: true, mayDoubt: true }],
    ['after the call', { at: 'call', what: CALL, when: 'after' }, { planned: true, mayDoubt: true }],
  ]

test.each(moments)(
  'C6, G3: a worker killed %s: nobody twice for one silence, nobody lost',
  async (_name, moment, left) => {
    const account = await world.bind({ fans: FANS })
    const rule = await world.rule(account)
    for (const openid of account.openids) await world.act(account, openid)
    await world.follow()
    await world.pass(2 * DAY - 9 * MINUTE)
    const worker = forkWorker(world, { ...moment, nth: 1 })
    expect(await worker.ended).toBe('SIGKILL')
    expect((await world.rows(rule)).length).toBe(left.planned ? FANS : 0)
    await world.ctx.pool.query(
      `update deliveries set lease_until = clock_timestamp() - interval '1 second' where state = 'sending'`,
    )
    await world.work()
    await world.pass(HOUR)
    await world.work()
    const rows = await world.rows(rule)
    expect(rows.map(({ openid }) => openid).sort()).toEqual([...account.openids].sort())
    const got = await world.got(account)
    for (const { openid, told } of rows) {
      const times = got.get(openid) ?? 0
      if (told === 'accepted') expect(times).toBe(1)
      else {
        expect(left.mayDoubt).toBe(true)
        expect(told).toMatch(/^unknown:/)
        expect(times).toBeLessThanOrEqual(1)
      }
    }
    await world.turn(rule, false)
  },
)
