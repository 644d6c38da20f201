import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { ingestOccurrences } from '../../src/modules/ingest/index.ts'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import { countWaiting, estimate, numbersOf } from '../../src/modules/recalls/numbers.ts'
import { momentOf, type RecallRule } from '../../src/modules/recalls/schema.ts'
import { takeTurns } from '../../src/modules/recalls/turns.ts'
import type { Bound } from '../support/sending.ts'
import { createRecallWorld, DAY, MINUTE, type RecallWorld } from './world.ts'

const PEOPLE = 120
let world: RecallWorld
let account: Bound
let ctx: Ctx
let now: Date
let tagId: string
const rules: RecallRule[] = []

type Person = {
  openid: string
  starred: boolean
  tagged: boolean
  following: boolean
  acts: { at: Date; kind: Kind }[]
}
type Kind = 'message' | 'menu' | 'follow' | 'scan'
const NAMES = { message: EVENTS.message, menu: EVENTS.menuClick, follow: EVENTS.follow, scan: EVENTS.scan }
const KINDS = Object.keys(NAMES) as Kind[]
const people: Person[] = []

beforeAll(async () => {
  world = await createRecallWorld()
  account = await world.bind({ fans: PEOPLE })
  const made = await world.ctx.pool.query<{ id: string }>(
    `insert into tags (name, created_at) values ('老客户', now()) returning id`,
  )
  tagId = made.rows[0]?.id as string
  const star = { of: 'wechat', accountId: account.id, tagId: 2 }
  const own = { of: 'own', tagId }
  rules.push(
    await world.rule(account, { minutes: 10 }),
    await world.rule(account, { minutes: 600, reading: 'after-silence', include: [star] }),
    await world.rule(account, { minutes: 1_440, include: [star, own], exclude: [own] }),
    await world.rule(account, { minutes: 1_440, exclude: [own], on: false }),
  )
  // people who did this and that in the three days since
  const since = world.ctx.clock.now().getTime() + 1_000
  now = new Date(Math.floor((since + 3 * DAY) / 1_000) * 1_000)
  ctx = { ...world.ctx, clock: { now: () => now } }
  for (const [n, openid] of account.openids.entries()) {
    const acts = Array.from({ length: n % 4 }, (_, k) => ({
      at: new Date(Math.floor((since + ((n * 37 + k * 1_013) % 4_320) * MINUTE) / 1_000) * 1_000),
      kind: KINDS[(n + k) % KINDS.length] as Kind,
    }))
    people.push({
      openid,
      starred: n % 2 === 0,
      tagged: n % 3 === 0,
      following: n % 11 !== 0,
      acts: acts.sort((a, b) => a.at.getTime() - b.at.getTime()),
    })
  }
  for (const { openid, acts } of people)
    await ingestOccurrences(
      ctx,
      account.id,
      acts.map(({ at, kind }) => ({
        key: randomUUID(),
        name: NAMES[kind],
        at,
        properties: { type: 'image' },
        person: { openid, effect: 'interaction' as const },
      })),
    )
  await world.follow(ctx)
  const named = (pick: (one: Person) => boolean) => people.filter(pick).map(({ openid }) => openid)
  await ctx.pool.query('update fans set tag_ids = array[2] where openid = any($1)', [named((p) => p.starred)])
  await ctx.pool.query('update fans set following = false where openid = any($1)', [
    named((p) => !p.following),
  ])
  await ctx.pool.query(
    `insert into contact_tags (tag_id, contact_id, since) select $1, contact_id, $3 from fans where openid = any($2)`,
    [tagId, named((p) => p.tagged), new Date(since)],
  )
})
afterAll(() => world?.close())

const inScope = (index: number, { starred, tagged }: Person) =>
  [true, starred, (starred || tagged) && !tagged, !tagged][index] as boolean

/** Until when each can be written to: 48 hours after their last message, a minute after anything else. */
const openUntil = ({ acts }: Person) =>
  Math.max(
    0,
    ...KINDS.map((kind) => {
      const last = acts.findLast((act) => act.kind === kind)
      return last === undefined ? 0 : last.at.getTime() + (kind === 'message' ? 2 * DAY : MINUTE)
    }),
  )

/** The same counts in the plainest way, person by person. */
function slowly(rule: RecallRule, index: number, lookedTo: number) {
  const counts = { waiting: 0, reachable: 0, due: 0 }
  for (const person of people) {
    const last = person.acts.at(-1)
    if (last === undefined || !person.following || !inScope(index, person)) continue
    const moment = momentOf(rule, last.at)
    const dealtWith = rule.state === 'on' ? last.at.getTime() <= lookedTo : moment <= now
    if (dealtWith) continue
    counts.waiting += 1
    if (openUntil(person) > moment.getTime()) counts.reachable += 1
    if (moment <= now) counts.due += 1
  }
  return counts
}

test('C5: who waits, who can be reached and who is due equals a slow count, before and after a look', async () => {
  const expected = (lookedTo: (rule: RecallRule) => number) =>
    rules.map((rule, index) => ({ ruleId: rule.id, ...slowly(rule, index, lookedTo(rule)) }))
  const before = await countWaiting(ctx, account.id)
  expect(before).toMatchObject({ at: now.toISOString(), behindSeconds: null })
  expect(before.rules).toEqual(expected(() => 0))
  expect(before.rules[0]?.due).toBeGreaterThan(0)
  expect(before.rules.every(({ waiting, reachable }) => reachable < waiting)).toBe(true)
  while ((await takeTurns(ctx, 7)) > 0);
  const after = await countWaiting(ctx, account.id)
  expect(after.rules).toEqual(expected((rule) => now.getTime() - momentOf(rule, new Date(0)).getTime()))
  expect(after.rules.map(({ due }) => due)).toEqual([0, 0, 0, 0])
})

test('C5: a process counts once in a few seconds; nobody is counted for another account', async () => {
  const other = await world.bind({ fans: 2 })
  expect((await countWaiting(ctx, other.id)).rules).toEqual([])
  const first = await numbersOf(ctx, account.id)
  expect(await numbersOf(ctx, account.id)).toBe(first)
})

test('C2: the estimate says whom the time and the tags leave out, by what they did last', async () => {
  const star = { of: 'wechat' as const, accountId: account.id, tagId: 2 }
  const asked = { minutes: 120, reading: 'before-end' as const, include: [star], exclude: [], ruleId: null }
  const { active, reachable, ...rest } = await estimate(ctx, account.id, asked)
  const followers = people.filter(({ following }) => following)
  const tagged = followers.filter(({ starred }) => starred)
  expect(rest).toEqual({
    at: now.toISOString(),
    followers: followers.length,
    inTags: tagged.length,
    atOnce: null,
  })
  for (const kind of KINDS) {
    const lately = tagged.filter(({ acts }) => {
      const last = acts.at(-1)
      return last !== undefined && last.kind === kind && last.at.getTime() > now.getTime() - 2 * DAY
    })
    expect([kind, active[kind]]).toEqual([kind, lately.length])
    const inTime = lately.filter(
      (person) => openUntil(person) > momentOf(asked, person.acts.at(-1)?.at as Date).getTime(),
    )
    expect([kind, reachable[kind]]).toEqual([kind, inTime.length])
  }
})

test('C6: the form says whose moment an earlier time makes come at once', async () => {
  const [rule] = rules as [RecallRule]
  const asked = { minutes: 1_500, reading: 'before-end' as const, include: [], exclude: [], ruleId: rule.id }
  const { rows } = await ctx.pool.query<{ looked_to: Date }>(
    'select looked_to from recall_rules where id = $1',
    [rule.id],
  )
  const lookedTo = rows[0]?.looked_to.getTime() ?? 0
  const soon = people.filter((person) => {
    const last = person.acts.at(-1)
    if (last === undefined || !person.following || last.at.getTime() <= lookedTo) return false
    const moment = momentOf(asked, last.at).getTime()
    return moment <= now.getTime() && openUntil(person) > Math.max(moment, now.getTime())
  })
  expect(soon.length).toBeGreaterThan(0)
  expect((await estimate(ctx, account.id, asked)).atOnce).toBe(soon.length)
})
