import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OwnedCtx } from '../../src/context.ts'
import type { RecallFigures, RecallRule } from '../../src/modules/recalls/schema.ts'
import { randomOf } from '../support/random.ts'
import { seed, sized } from '../support/size.ts'
import { createRecallWorld, DAY, HOUR, MINUTE, type RecallWorld } from './world.ts'

let world: RecallWorld
let other: OwnedCtx
beforeAll(async () => {
  world = await createRecallWorld()
  other = await world.another()
})
afterAll(() => world?.close())

type Act = { openid: string; at: Date; kind: 'text' | 'scan' }
type Receipt = { openid: string; at: Date }

/** What fans got and when, by the simulator's ledger. */
async function receipts(appid: string): Promise<Receipt[]> {
  const { rows } = await world.ctx.pool.query<Receipt>(
    `select f.openid, r.received_at as at from simulator.receipt r join simulator.fan f on f.id = r.fan_id
       join simulator.account a on a.id = r.account_id
     where a.appid = $1 and r.kind = 'custom' order by r.received_at`,
    [appid],
  )
  return rows
}

/** Acts as WeChat told them. */
async function told(accountId: string): Promise<Act[]> {
  const { rows } = await world.ctx.pool.query<{ openid: string; at: Date; name: string }>(
    `select f.openid, e.at, e.name from events e join fans f on f.id = e.fan_id
     where e.account_id = $1 and e.name in ('wechat.message', 'wechat.scan') order by e.at, e.id`,
    [accountId],
  )
  return rows.map(({ name, ...row }) => ({ ...row, kind: name === 'wechat.message' ? 'text' : 'scan' }))
}

test('C6: edits earlier and later, off and on, a restart and two workers: one recall for each silence, none too late', async () => {
  const account = await world.bind({ fans: 8 })
  const fans = account.openids.slice(0, 6)
  const random = randomOf(seed)
  const pick = <T>(some: readonly T[]) => some[Math.floor(random() * some.length)] as T
  let rule = await world.rule(account, { minutes: 60, content: SEVERAL })
  const began = world.ctx.clock.now()
  const steps = sized(18, 600)
  const switches: { at: Date; on: boolean }[] = []
  for (let step = 0; step < steps; step += 1) {
    const what = random()
    if (what < 0.35) await world.act(account, pick(fans))
    else if (what < 0.45) await world.act(account, pick(fans), 'scan', { scene: 'a' })
    else if (what < 0.65) rule = await edited(rule, random)
    else if (what < 0.72) {
      const on = !(switches.at(-1)?.on ?? true)
      await world.turn(rule, on)
      switches.push({ at: world.ctx.clock.now(), on })
    } else if (what < 0.78) other = await restarted()
    await world.pass(Math.floor(random() * 13 * HOUR) + MINUTE)
    await other.clock.refresh()
    await Promise.all([world.work(), world.work(other)])
  }
  // after all of it, whoever falls silent is written to
  rule = await world.edit(rule, { minutes: 60, reading: 'before-end' })
  await world.turn(rule, true)
  switches.push({ at: world.ctx.clock.now(), on: true })
  await world.act(account, fans[0] as string)
  await world.pass(2 * DAY - 50 * MINUTE)
  await world.work()
  const acts = await told(account.id)
  const got = await receipts(account.appid)
  expect(got.length).toBeGreaterThan(0)
  const silences = new Set<string>()
  for (const { openid, at } of got) {
    const own = acts.filter((act) => act.openid === openid && act.at <= at)
    const last = own.at(-1)
    const wrote = own.findLast(({ kind }) => kind === 'text')
    if (last === undefined || wrote === undefined) throw new Error(`${openid} got one and has never written`)
    silences.add(`${openid}:${last.at.getTime()}`)
    expect(at.getTime() - wrote.at.getTime()).toBeLessThan(2 * DAY)
    expect(last.at.getTime()).toBeGreaterThanOrEqual(Math.floor(began.getTime() / 1_000) * 1_000 - 1_000)
    expect(switches.findLast((one) => one.at <= at)?.on ?? true).toBe(true)
  }
  expect(silences.size).toBe(got.length)
  await expectFigures(rule, { acts, got })
})

/** C5: what the page says is what the platform's ledger and the log say. */
async function expectFigures(rule: RecallRule, { acts, got }: { acts: Act[]; got: Receipt[] }) {
  const second = (at: Date) => Math.floor(at.getTime() / 1_000) * 1_000
  const back = got.flatMap(({ openid, at }, index) => {
    const next = got.slice(index + 1).find((one) => one.openid === openid)
    const act = acts.find((one) => one.openid === openid && one.at.getTime() >= second(at))
    const own = act !== undefined && (next === undefined || act.at.getTime() < second(next.at))
    return own && act.at.getTime() - at.getTime() < 2 * DAY ? [act.at] : []
  })
  expect(await world.read(rule)).toMatchObject({ sent: got.length, returned: back.length })
  const day = (at: Date) => new Date(at.getTime() + 8 * HOUR).toISOString().slice(0, 10)
  const { body } = await world.api<RecallFigures>(
    'GET',
    `/api/accounts/${rule.accountId}/recall-figures?ruleId=${rule.id}`,
  )
  const on = (days: readonly string[], one: string) => days.filter((each) => each === one).length
  for (const { day: one, sent, returned } of body.days)
    expect([one, sent, returned]).toEqual([
      one,
      on(
        got.map(({ at }) => day(at)),
        one,
      ),
      on(back.map(day), one),
    ])
  expect(body.days.reduce((sum, { sent }) => sum + sent, 0)).toBe(got.length)
}

const SEVERAL = {
  kind: 'custom',
  replies: ['一', '二', '三'].map((text) => ({ kind: 'text', text: `${text}，回复我` })),
}

/** At times another content, mostly another time. */
const edited = (rule: RecallRule, random: () => number) =>
  world.edit(rule, {
    minutes: 10 + Math.floor(random() * 2_871),
    reading: random() < 0.5 ? 'before-end' : 'after-silence',
    acceptDegenerate: true,
    ...(random() < 0.3 && { content: { ...SEVERAL, replies: SEVERAL.replies.slice(0, 2) } }),
  })

/** Another process in place of the second. */
async function restarted(): Promise<OwnedCtx> {
  return world.another()
}
