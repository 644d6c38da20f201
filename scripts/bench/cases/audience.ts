import { rmSync } from 'node:fs'
import { type RawBuilder, sql } from 'kysely'
import { estimateRule } from '../../../src/modules/segments/ask/estimate.ts'
import { decide, forAudience, peopleOf } from '../../../src/modules/segments/ask/people.ts'
import { readCatalogue } from '../../../src/modules/segments/compiler/index.ts'
import { type Rule, ruleSchema } from '../../../src/modules/segments/schema/rule.ts'
import type { Bench } from '../bench.ts'
import { type Crowd, makeCrowd } from '../crowd.ts'
import { median, spread, timed } from '../measure.ts'
import type { CaseResult, Figure } from '../report.ts'

type Query = { name: string; says: string; rule: Rule; byHand: string }

const last = (days: number) => ({ kind: 'last', length: { amount: days, unit: 'day' } })
const shanghai = { kind: 'attribute', attribute: 'city', test: { op: 'is', values: ['上海'] } }
const did = (event: string, days: number, times = 1) => ({
  kind: 'behaviour',
  event,
  window: last(days),
  compare: { op: 'gte', value: times },
})
const shoes = (least: number) => ({
  kind: 'detail',
  dataset: 'orders',
  over: 'lines',
  where: [{ level: 'line', field: 'category', test: { op: 'is', values: ['鞋'] } }],
  window: last(90),
  measure: { of: 'sum', field: 'price' },
  compare: { op: 'gte', value: least },
})
const and = (...of: unknown[]) => ({ kind: 'and', of })
const not = (of: unknown) => ({ kind: 'not', of })

/** What somebody who knows the tables would write for the same question. `$at` stands for the instant. */
function suite(crowd: Crowd): Query[] {
  const inShanghai = `select contact_id from contact_attributes
    where attribute_id = (select id from attributes where key = 'city') and text_value = '上海' and until = 'infinity'`
  const events = (name: string, days: number) =>
    `select contact_id from events where name = '${name}' and at > $at - interval '${days} days' and at <= $at and contact_id is not null`
  const bought = (least: number) => `select contact_id from ${crowd.orders.lines}
    where ${crowd.orders.category} = '鞋' and at > $at - interval '90 days' and at <= $at and until = 'infinity'
    group by 1 having sum(${crowd.orders.price}) >= ${least}`
  const twice = (name: string) => `${events(name, 30)} group by 1 having count(*) >= 2`
  const members = (id: string) =>
    `select segment_member_ids(current_snapshot_id) as contact_id from segments where id = ${id}`
  const [a, b] = crowd.segments
  const query = (name: string, says: string, rule: unknown, byHand: string): Query => ({
    name,
    says,
    rule: ruleSchema.parse(rule),
    byHand,
  })
  return [
    query('Q1', 'attribute', shanghai, inShanghai),
    query(
      'Q2',
      'attribute and behaviour count in 30 days',
      and(shanghai, did('order_paid', 30, 2)),
      `select contact_id from (${inShanghai}) x where contact_id in (${twice('order_paid')})`,
    ),
    query(
      'Q3',
      'did one thing but not another in 7 days',
      and(did('add_to_cart', 7), not(did('order_paid', 7))),
      `select distinct contact_id from (${events('add_to_cart', 7)}) x
       where not exists (select from (${events('order_paid', 7)}) y where y.contact_id = x.contact_id)`,
    ),
    query('Q4', 'order lines: category, sum in 90 days', shoes(500), bought(500)),
    query(
      'Q5',
      'segment minus segment',
      and({ kind: 'segment', segmentId: a }, not({ kind: 'segment', segmentId: b })),
      `select contact_id from (${members(a)}) x
       where not exists (select from (${members(b)}) y where y.contact_id = x.contact_id)`,
    ),
    query(
      'Q6',
      'three clauses: attribute, behaviour twice in 30 days, order lines',
      and(shanghai, did('view_product', 30, 2), shoes(500)),
      `select contact_id from (${inShanghai}) x
       where contact_id in (${twice('view_product')}) and contact_id in (${bought(500)})`,
    ),
  ]
}

/**
 * Rules compiled and counted, against SQL written by hand for the same tables, in transactions prepared alike; both must
 * find the same people. Then what an operator waits for: the first estimate after PostgreSQL was restarted, a second one
 * after one condition changed, and one person asked about.
 */
export async function measureAudience(bench: Bench): Promise<CaseResult> {
  const crowd = await makeCrowd(bench.directory, bench.sizes.fans)
  try {
    const figures: Figure[] = []
    const notes: string[] = [
      `${crowd.people.toLocaleString('en')} people, 5 attributes, 3 tags, 10 events (90 days) and about 3 order lines each`,
    ]
    const large = await measureSuite(crowd, bench.sizes.rounds)
    for (const { query, ours, byHand, count } of large) {
      const ratio = median(ours) / median(byHand)
      figures.push({
        name: `${query.name} ${query.says}`,
        value: median(ours) * 1000,
        unit: 'ms',
        ceiling: { what: 'the same by hand', value: median(byHand) * 1000 },
        goal: { says: '≤ 1.5 × of it', met: ratio <= 1.5 },
      })
      notes.push(
        `${query.name}: ${count.toLocaleString('en')} people; ours ${spread(inMs(ours), 'ms')}, by hand ${spread(inMs(byHand), 'ms')}`,
      )
    }
    figures.push(...(await measureEditing(crowd)), ...(await measureOne(crowd)))
    figures.push(await measureGrowth(bench, large))
    return { figures, notes }
  } finally {
    await crowd.close()
    rmSync(`${bench.directory}/crowd-${crowd.people}`, { recursive: true, force: true })
  }
}

const inMs = (seconds: readonly number[]) => seconds.map((value) => value * 1000)

type Measured = { query: Query; ours: number[]; byHand: number[]; count: number }

async function measureSuite(crowd: Crowd, rounds: number): Promise<Measured[]> {
  const results: Measured[] = []
  for (const query of suite(crowd)) {
    const ours: number[] = []
    const byHand: number[] = []
    let count = 0
    for (let round = 0; round < rounds + 2; round += 1) {
      const at = crowd.ctx.clock.now()
      const hand = sql.raw(query.byHand.replaceAll('$at', `timestamptz '${at.toISOString()}'`))
      let counted = 0
      byHand.push(
        await timed(async () => {
          counted = await countOf(crowd, hand)
        }),
      )
      ours.push(
        await timed(async () => {
          count = await countOf(crowd, await peopleOf(atThat(crowd, at), { rule: query.rule }))
        }),
      )
      if (counted !== count) throw new Error(`${query.name}: ${count} people, by hand ${counted}`)
      if (round === 0) await sameMembers(crowd, query, at)
    }
    // the first round is for both to get warm
    results.push({ query, ours: ours.slice(1), byHand: byHand.slice(1), count })
  }
  return results
}

/** Both ask about now, and about the same now. */
const atThat = ({ ctx }: Crowd, at: Date) => ({ ...ctx, clock: { now: () => at } })

const countOf = (crowd: Crowd, people: RawBuilder<unknown>): Promise<number> =>
  crowd.ctx.db.transaction().execute(async (trx) => {
    await forAudience(trx)
    const { rows } = await sql<{ n: string }>`select count(*) as n from (${people}) p`.execute(trx)
    return Number(rows[0]?.n)
  })

async function sameMembers(crowd: Crowd, query: Query, at: Date): Promise<void> {
  const ours = await peopleOf(atThat(crowd, at), { rule: query.rule })
  const hand = sql.raw(query.byHand.replaceAll('$at', `timestamptz '${at.toISOString()}'`))
  const differing = await countOf(
    crowd,
    sql`(select contact_id from (${ours}) o except select contact_id from (${hand}) h)
      union all (select contact_id from (${hand}) h except select contact_id from (${ours}) o)`,
  )
  if (differing > 0) throw new Error(`${query.name}: ${differing} people differ`)
}

const q6Of = (crowd: Crowd): Rule => suite(crowd).find(({ name }) => name === 'Q6')?.rule as Rule

async function measureEditing(crowd: Crowd): Promise<Figure[]> {
  await crowd.restart()
  const { ctx } = crowd
  const rule = q6Of(crowd)
  let at = ''
  const cold = await timed(async () => {
    at = (await estimateRule(ctx, { rule, funnel: true })).at
  })
  const edited: number[] = []
  for (const least of [400, 300, 200]) {
    const next = ruleSchema.parse(and(shanghai, did('view_product', 30, 2), shoes(least)))
    edited.push(await timed(() => estimateRule(ctx, { rule: next, at, funnel: true })))
  }
  return [
    {
      name: 'Q6 with its funnel, the first query after a restart of PostgreSQL',
      value: cold,
      unit: 's',
      goal: { says: '≤ 3 s', met: cold <= 3 },
    },
    {
      name: 'the same with its funnel after one edit (the order lines)',
      value: median(edited),
      unit: 's',
      goal: { says: '≤ 0.5 s', met: median(edited) <= 0.5 },
    },
  ]
}

async function measureOne(crowd: Crowd): Promise<Figure[]> {
  const { ctx } = crowd
  const rule = q6Of(crowd)
  const at = ctx.clock.now()
  const catalogue = await readCatalogue(ctx.db, rule, at)
  const took: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    const contactId = String(1 + ((n * 7_919) % crowd.people))
    took.push(await timed(() => decide(ctx.db, rule, [{ n: 0, contactId, at }], { catalogue })))
  }
  const bare: number[] = []
  for (let n = 0; n < 1_000; n += 1) bare.push(await timed(() => sql`select 1`.execute(ctx.db)))
  const value = median(took)
  return [
    {
      name: 'one person against Q6',
      value: value * 1000,
      unit: 'ms',
      ceiling: { what: 'select 1', value: median(bare) * 1000 },
      goal: { says: '≤ 2 ms', met: value <= 0.002 },
    },
  ]
}

/** The whole suite on a tenth of the people. */
async function measureGrowth(bench: Bench, large: readonly Measured[]): Promise<Figure> {
  const small = await makeCrowd(bench.directory, Math.round(bench.sizes.fans / 10))
  try {
    const tenth = await measureSuite(small, bench.sizes.rounds)
    const sum = (results: readonly Measured[]) => results.reduce((total, { ours }) => total + median(ours), 0)
    const times = sum(large) / sum(tenth)
    return {
      name: 'Q1–Q6 together, against a tenth of the people',
      value: times,
      unit: '×',
      goal: { says: '≤ 11 ×', met: times <= 11 },
    }
  } finally {
    await small.close()
    rmSync(`${bench.directory}/crowd-${small.people}`, { recursive: true, force: true })
  }
}
