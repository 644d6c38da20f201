import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Moment } from '../support/doomed-worker.ts'
import { long, sized } from '../support/size.ts'
import { forkWorker } from '../support/workers.ts'
import { type CampaignWorld, createCampaignWorld, MINUTE } from './world.ts'

let world: CampaignWorld
const PEOPLE = sized(200, 20_000)
beforeAll(async () => {
  world = await createCampaignWorld(PEOPLE)
})
afterAll(() => world?.close())

/** What it was doing is nobody's for as long as its lease; whoever waits for that long finds it again. */
const endLeases = () =>
  world.ctx.pool.query(`update campaign_runs set lease_until = clock_timestamp() - interval '1 second'`)

const FREEZE = 'insert into deliveries'
const moments: Moment[] = [
  { at: 'sql', what: FREEZE, when: 'after', nth: 1 },
  { at: 'commit', what: FREEZE, when: 'after', nth: 1 },
]
const more: Moment[] = [
  { at: 'sql', what: 'update campaign_runs set state', when: 'after', nth: 1 },
  { at: 'sql', what: FREEZE, when: 'before', nth: 1 },
  { at: 'commit', what: FREEZE, when: 'before', nth: 1 },
]
test.each(long ? [...moments, ...more] : moments)(
  'G3: killed while freezing ($at $when "$what"), the audience is exact',
  async (moment) => {
    // the worker lives by the real clock
    world.forward(Date.now() - world.now().getTime() - MINUTE)
    const campaign = await world.start({ trigger: { kind: 'once', at: 'now', missed: 'send' } })
    const worker = forkWorker(world, moment)
    expect(await worker.ended).toBe('SIGKILL')
    world.forward(MINUTE)
    const frozen = (await world.planned(campaign)).length
    expect(frozen).toBe(moment.at === 'commit' && moment.when === 'after' ? PEOPLE : 0)
    await endLeases()
    await world.work()
    const people = (await world.planned(campaign)).map(({ person }) => person)
    expect(new Set(people).size).toBe(PEOPLE)
    expect(people).toHaveLength(PEOPLE)
    expect(await world.runs(campaign)).toMatchObject([{ planned: PEOPLE }])
    await world.act(campaign, 'end')
  },
  60_000,
)
