import { afterEach, expect, test } from 'vitest'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { long } from '../support/index.ts'
import { randomOf } from '../support/random.ts'
import { beyondCap, firedWrongly, type Started, twice, unaccounted, untrue } from './judge.ts'
import { createWeeks, DAY, HOUR, MINUTE, type Weeks } from './world.ts'

/** Virtual weeks of a brand: who does what and what breaks is drawn from a seed, which the name of the test tells. */
const SEEDS = long ? Array.from({ length: 40 }, (_, n) => 1_000 + n) : [11]
const STEPS = long ? 80 : 12
const WITHIN_MS = 20 * MINUTE

let weeks: Weeks | undefined
afterEach(async () => {
  await weeks?.close()
  weeks = undefined
})

function drawing(seed: number) {
  const random = randomOf(seed * 2_654_435_761)
  const below = (n: number) => Math.floor(random() * n)
  return { random, pick: <T>(items: readonly T[]): T => items[below(items.length)] as T }
}

/** What goes wrong for a while; nothing of it may show in who got what. */
const FAULTS: readonly (readonly object[])[] = [
  [{ match: { path: '/cgi-bin/message/' }, kind: 'busy', rate: 0.3 }],
  [{ match: { path: '/cgi-bin/message/' }, kind: 'timeout-after-work', ms: 20, remaining: 3 }],
  [{ match: {}, kind: 'token-expired', remaining: 2 }],
  [{ match: {}, kind: 'repeat-callback', rate: 0.5 }],
  [{ match: { path: '/cgi-bin/message/' }, kind: 'http-500', remaining: 3 }],
]
/** Marketing messages a person may get in any day. */
const MOST_A_DAY = 2
const CAP = {
  accountId: null,
  channel: null,
  purpose: 'marketing',
  most: MOST_A_DAY,
  amount: 24,
  unit: 'hour',
  calendar: false,
  action: 'drop',
  enabled: true,
}
const EVERY_TIME = { limits: { caps: 'none', quiet: 'none' }, purpose: 'service' }
const KEY = { key: { source: { from: 'event', property: 'order' }, missing: 'skip' } }

/** By mark, which every message carries: `#campaign#order.`. */
const text = (mark: string) => ({ kind: 'text', text: `${mark}{{key}}.`, variables: KEY })
const review = (templateId: string, mark: string) => ({
  kind: 'template',
  templateId,
  variables: KEY,
  fields: { character_string1: `${mark}{{key}}.`, thing2: '门店自取', time3: '2026-11-21 10:20' },
})

test.each(SEEDS)(
  'F4, B6, G3: weeks of seed %i: everyone gets what they should, once, within every limit',
  async (seed) => {
    weeks = await createWeeks(seed)
    const { account, world } = weeks
    const { random, pick } = drawing(seed)
    const templateId = await weeks.template('服务评价提醒')
    const started: Started[] = []
    const begin = async (
      kind: Started['kind'],
      channel: Campaign['kind'],
      plan: (mark: string) => object,
    ) => {
      const mark = `#${started.length}#`
      const campaign = await (weeks as Weeks).start(channel, plan(mark))
      started.push({ campaign, mark, kind })
    }
    const cap = await world.api('POST', '/api/limits/caps', CAP)
    expect(cap.status).toBe(200)
    await begin('every', 'customer-service', (mark) => ({
      content: text(mark),
      trigger: { kind: 'event', event: { event: 'order' } },
      ...EVERY_TIME,
    }))
    await begin('not', 'template', (mark) => ({
      content: review(templateId, mark),
      trigger: {
        kind: 'event-not',
        event: { event: 'order' },
        without: { event: 'comment' },
        within: { amount: WITHIN_MS / MINUTE, unit: 'minute' },
      },
      ...EVERY_TIME,
    }))
    const orders: { openid: string; order: string; at: Date }[] = []
    const comments: { openid: string; at: Date }[] = []
    for (let step = 0; step < STEPS; step += 1) {
      for (const openid of account.openids.filter(() => random() < 0.2)) {
        await weeks.act(openid, pick(['text', 'menu', 'scan']), { content: '你好', button: [0], scene: 'a' })
        if (random() > 0.6) continue
        const order = `${step}-${orders.length}`
        orders.push({ openid, order, at: weeks.now() })
        await weeks.happens(openid, 'order', weeks.now(), { order })
        if (random() > 0.3) continue
        comments.push({ openid, at: weeks.now() })
        await weeks.happens(openid, 'comment', weeks.now(), {})
      }
      if (random() < 0.35) await world.fault(...pick(FAULTS))
      if (random() < 0.3) {
        const channel = pick(['customer-service', 'template'] as const)
        await begin('once', channel, (mark) => ({
          content:
            channel === 'template'
              ? {
                  ...review(templateId, mark),
                  fields: { ...review(templateId, mark).fields, character_string1: mark },
                  variables: {},
                }
              : { kind: 'text', text: mark },
          trigger: { kind: 'once', at: pick(['now', { after: { amount: 3, unit: 'hour' } }]) },
          purpose: 'marketing',
        }))
      }
      const single = started.filter(({ kind }) => kind === 'once')
      if (single.length > 0 && random() < 0.3)
        await weeks.command(pick(single).campaign, pick(['pause', 'resume', 'end']))
      if (random() < 0.15) await weeks.restartWorker()
      await weeks.pass(pick([MINUTE / 2, 10 * MINUTE, HOUR, 5 * HOUR, DAY]))
      if (random() < 0.5) await world.fault()
    }
    await world.fault()
    for (const { campaign } of started) await weeks.command(campaign, 'resume')
    await weeks.pass(3 * DAY)
    const receipts = await weeks.receipts()
    expect(receipts.length).toBeGreaterThan(0)
    expect(twice(receipts)).toEqual([])
    expect(beyondCap(receipts, { started, most: MOST_A_DAY, windowMs: DAY })).toEqual([])
    expect(await untrue(world.ctx)).toEqual([])
    expect(await unaccounted(world.ctx, receipts, started)).toEqual([])
    expect(await firedWrongly(world.ctx, started, { orders, comments, withinMs: WITHIN_MS })).toEqual([])
  },
  600_000,
)
