import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backtest, type BacktestVariant, SAMPLE_PEOPLE } from '../../src/modules/backtests/schema.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import type { RecallRule } from '../../src/modules/recalls/schema.ts'
import { randomOf } from '../support/random.ts'
import { seed, sized } from '../support/size.ts'
import {
  type Act,
  type BacktestWorld,
  createBacktestWorld,
  DAY,
  HOUR,
  MINUTE,
  recallVariant,
} from './world.ts'

const PEOPLE = sized(24, 300)
const DAYS = sized(3, 7)
const STEP_HOURS = sized(3, 1)
const STAR = 2
const LATE_MS = 3 * HOUR + 11 * MINUTE
let world: BacktestWorld
let recall: RecallRule
const campaigns = new Map<string, { made: Campaign; variant: BacktestVariant }>()

const ORDERED = { event: 'order_created', where: [] }
const PAID = { event: 'order_done', where: [] }
const PLANS = {
  event: {
    trigger: {
      kind: 'event',
      event: ORDERED,
      count: { mode: 'every', n: 2 },
      perPerson: 2,
      reach: { kind: 'delay', length: { amount: 7, unit: 'minute' } },
    },
    limits: { quiet: 'none', caps: 'none' },
  },
  'event-not': {
    trigger: {
      kind: 'event-not',
      event: ORDERED,
      without: PAID,
      within: { amount: 5, unit: 'hour' },
      reach: { kind: 'now' },
    },
    limits: {
      caps: 'none',
      quiet: { fromMinute: 0, untilMinute: 480, zone: 'Asia/Shanghai', action: 'drop' },
    },
    purpose: 'service',
  },
  repeat: {
    trigger: {
      kind: 'repeat',
      schedule: { kind: 'daily', times: ['12:33'] },
    },
    audience: { kind: 'tags', any: [STAR] },
    limits: { quiet: 'none', caps: 'none' },
  },
} as const

/**
 * Days of some people: acts on whole hours, some told hours late, people who leave, tags that come and go, two who turn out to
 * be one; a recall, what follows orders and what goes every day, all of them live, under caps and quiet hours.
 */
beforeAll(async () => {
  world = await createBacktestWorld(PEOPLE)
  const random = randomOf(seed)
  const start = world.now().getTime()
  let known = PEOPLE - 1
  const anybody = () => Math.floor(random() * known)
  const some = (most: number) => [...new Set(Array.from({ length: most }, anybody))]
  await setLimits()
  await star(Array.from({ length: PEOPLE / 2 }, (_, n) => n))
  const [wanted = '', unwanted = ''] = await makeTags()
  await give(
    wanted,
    Array.from({ length: Math.round(PEOPLE * 0.8) }, (_, n) => n),
  )
  recall = await world.recall({
    minutes: 1_470,
    include: [{ of: 'own', tagId: wanted }],
    exclude: [{ of: 'own', tagId: unwanted }],
  })
  for (const [name, plan] of Object.entries(PLANS)) {
    const made = await world.campaign(plan, { name })
    const { audience, trigger, limits, purpose } = made.plan
    campaigns.set(name, {
      made,
      variant: { kind: 'campaign', campaignKind: made.kind, plan: { audience, trigger, limits, purpose } },
    })
  }
  for (let hour = 0; hour < DAYS * 24; hour += STEP_HOURS) {
    await world.live(new Date(start + hour * HOUR))
    await world.act(
      some(Math.round(random() * PEOPLE * 0.1 * STEP_HOURS)).map((person) => ({
        person,
        ...actOf(person, random),
      })),
    )
    if (hour % 3 === 0) await world.happen(some(4).map((person) => ({ person, name: ORDERED.event })))
    if (hour % 6 === 0) await world.happen(some(3).map((person) => ({ person, name: PAID.event })))
    if (hour % 24 === 15) await give(unwanted, some(3))
    if (hour % 24 === 21) await take(unwanted, some(PEOPLE / 2))
    if (hour % 24 === 9) await take(wanted, some(2))
    if (hour % 24 === 18) await give(wanted, some(4))
    // nothing has come of the one that goes yet
    if (hour === 21) {
      await world.merge(PEOPLE - 1, PEOPLE - 2)
      known = PEOPLE
    }
    await world.work()
  }
  await world.live(new Date(start + DAYS * DAY))
}, 600_000)
afterAll(() => world?.close())

const gone = new Set<number>()

/** Only who has left follows. */
function actOf(person: number, random: () => number): { act: Act; agoMs: number } {
  const what = random()
  const act =
    what < 0.7 ? 'text' : what < 0.8 ? 'tap' : what < 0.88 ? 'scan' : gone.has(person) ? 'follow' : 'unfollow'
  if (act === 'unfollow') gone.add(person)
  else gone.delete(person)
  return { act, agoMs: random() < 0.1 ? LATE_MS : 0 }
}

/** Carried on WeChat’s side by half of them, all week. */
async function star(people: readonly number[]) {
  const fans = people.map((person) => world.people[person]?.fanId)
  await world.ctx.pool.query('update fans set tag_ids = array[$2::int] where id = any($1::bigint[])', [
    fans,
    STAR,
  ])
  await world.ctx.pool.query('update fan_tags set since = $1', [new Date(world.now().getTime() - DAY)])
}

async function setLimits() {
  const { pool } = world.ctx
  await pool.query(
    `insert into frequency_caps (account_id, channel, purpose, most, window_amount, window_unit, calendar, action, created_at)
     values (null, null, 'marketing', 1, 20, 'hour', false, 'postpone', now()),
       ($1, 'customer-service', 'any', 3, 1, 'week', true, 'drop', now())`,
    [world.accountId],
  )
  await pool.query(
    `insert into quiet_hours (account_id, from_minute, until_minute, zone, action, purpose, created_at)
     values (null, 1320, 480, 'Asia/Shanghai', 'postpone', 'marketing', now())`,
  )
}

async function makeTags(): Promise<string[]> {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into tags (name, created_at) values ('要', now()), ('不要', now()) returning id`,
  )
  return rows.map(({ id }) => id)
}

async function give(tagId: string | undefined, people: readonly number[]) {
  await world.ctx.pool.query(
    `insert into contact_tags (tag_id, contact_id, since) select $1, c, $3 from unnest($2::bigint[]) c
     where not exists (select from contact_tags t where t.tag_id = $1 and t.contact_id = c and t.until = 'infinity')`,
    [tagId, people.map((person) => world.people[person]?.contactId), world.now()],
  )
}

async function take(tagId: string | undefined, people: readonly number[]) {
  await world.ctx.pool.query(
    `update contact_tags set until = $3 where tag_id = $1 and contact_id = any($2::bigint[]) and until = 'infinity'`,
    [tagId, people.map((person) => world.people[person]?.contactId), world.now()],
  )
}

/** What became of everybody live: the promises by day and hour, and everybody else by reason. */
async function lived(owner: 'recall' | 'campaign', id: string) {
  const sent = await world.sent(owner, id)
  const { rows } = await world.ctx.pool.query<{ reason: string; n: number }>(
    `select reason, sum(n)::int as n from (
       select d.reason, count(*) as n from deliveries d join sends s on s.id = d.send_id
       where s.owner_kind = $1 and s.owner_id = $2 and d.intent_at is null group by 1
       union all select outcome, n from recall_passes where $1 = 'recall' and rule_id = $2) r
     group by 1 order by 2 desc, 1`,
    [owner, id],
  )
  const first = new Map<string, number>()
  for (const { contactId, at } of sent) if (!first.has(contactId)) first.set(contactId, at)
  return { sent, notReached: rows, first }
}

async function expectAsLived(owner: 'recall' | 'campaign', id: string, done: Backtest) {
  const { sent, notReached, first } = await lived(owner, id)
  const [result] = done.result?.variants ?? []
  if (result === undefined) throw new Error(`no result: ${JSON.stringify(done)}`)
  // both ways out are taken, or nothing was said
  expect(sent.length).toBeGreaterThan(0)
  expect(notReached.length).toBeGreaterThan(0)
  const others = notReached.reduce((sum, { n }) => sum + n, 0)
  expect(result).toMatchObject({
    turns: sent.length + others,
    reached: sent.length,
    people: first.size,
    notReached,
  })
  const byHour = Array.from({ length: 24 }, () => 0)
  for (const { at } of sent) byHour[Math.floor(at / HOUR + 8) % 24]! += 1
  expect(result.byHour).toEqual(byHour)
  const shown = await world.sample(done)
  expect(shown).toHaveLength(Math.min(first.size, SAMPLE_PEOPLE))
  for (const { contactId, decidedAt } of shown)
    expect([contactId, Date.parse(decidedAt)]).toEqual([contactId, first.get(contactId)])
}

test('G5: days lived with a recall and the same days tested name the same people at the same instants', async () => {
  const { include, exclude } = recall
  const done = await world.backtest(recallVariant({ minutes: 1_470, include, exclude }), {
    subjectId: recall.id,
  })
  await expectAsLived('recall', recall.id, done)
})

test.each(Object.keys(PLANS))(
  'G5: days lived with a campaign on %s and the same days tested name the same people at the same instants',
  async (name) => {
    const { made, variant } = campaigns.get(name) as { made: Campaign; variant: BacktestVariant }
    const done = await world.backtest(variant, { subjectId: made.id, days: DAYS })
    await expectAsLived('campaign', made.id, done)
  },
)
