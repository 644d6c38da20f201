import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideNext } from '../../src/modules/broadcasts/experiments/sweep.ts'
import type { Broadcast, Experiment, GroupDraft } from '../../src/modules/broadcasts/schema.ts'
import { withFigures } from '../article-figures/support.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'

let world: SendingWorld
let figures: ReturnType<typeof withFigures>

beforeAll(async () => {
  world = await createSendingWorld()
  figures = withFigures(world)
  await figures.morning(1)
})
afterAll(() => world?.close())

const now = () => world.ctx.clock.now()
const at = (days: number, time: string) => atBeijing(now(), days, time)
const GOOD = '人人都看的好文章'
const PLAIN = '没有人看的文章'
const QUALITY = {
  quality: [
    { title: '好', read: 1.8 },
    { title: '没', read: 0.4 },
    { title: '', read: 1 },
  ],
}

type Test = NonNullable<GroupDraft['test']>
type Plan = Partial<Omit<Test, 'variants'>> & {
  titles?: string[][]
  shares?: number[]
  group?: Partial<GroupDraft>
}

/** A send to all fans of a new account by list, tested with these messages at 11:30 today, the rest at 10:00 tomorrow. */
async function tested({
  titles = [[PLAIN], [GOOD]],
  shares = [2_000, 2_000],
  group = {},
  ...plan
}: Plan = {}) {
  const account = await world.bind({ fans: 200 })
  await figures.rates(account, { read: 0.5 }, QUALITY)
  const sendAt = at(0, '11:30')
  const variants: Test['variants'] = []
  for (const [index, one] of titles.entries())
    variants.push({
      share: shares[index] ?? 2_000,
      sendAt: sendAt.toISOString(),
      content: await figures.articles(account, one),
    })
  const broadcast = await world.draft(account, {
    audience: await world.list(account, account.fanIds),
    test: {
      restAt: at(1, '10:00').toISOString(),
      unsure: null,
      missing: { afterHours: 3, do: 'ask' },
      ...plan,
      variants,
    },
    missed: 'send',
    ...(group as object),
  })
  return { account, broadcast, sendAt }
}

/** Confirms it and lets the test groups go at their time. */
async function started(plan: Plan = {}) {
  const made = await tested(plan)
  const shown = await world.confirm(made.broadcast)
  await world.drain()
  await world.forward(made.sendAt)
  await world.drain()
  return { ...made, shown }
}

/** The next morning, with the figures read or not. */
async function nextMorning({ collect = true, time = '10:00' } = {}) {
  await figures.morning(1, '09:30')
  if (collect) await figures.collect()
  await world.forward(at(0, time))
  await world.drain()
}

/** The lead title that each fan received in mass sends, by the simulator's ledger. */
async function titlesOf(account: Bound): Promise<Map<string, string[]>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; titles: string[] }>(
    `select f.openid, array_agg(a.fields ->> 'title') as titles from simulator.receipt r
       join simulator.fan f on f.id = r.fan_id join simulator.account c on c.id = r.account_id
       join simulator.message m on m.id = r.message_id
       join simulator.article a on a.msg_data_id = m.msg_data_id and a.idx = 1
     where c.appid = $1 and r.kind = 'mass' group by 1`,
    [account.appid],
  )
  return new Map(rows.map(({ openid, titles }) => [openid, titles]))
}

const read = async (broadcast: Broadcast, place = 0) =>
  (
    await world.api<Experiment>(
      'GET',
      `/api/accounts/${broadcast.accountId}/broadcasts/${broadcast.id}/groups/${place}/experiment`,
    )
  ).body
const countOf = (titles: Map<string, string[]>, wanted: string) =>
  [...titles.values()].filter((own) => own.length === 1 && own[0] === wanted).length

test('E4: the better variant goes to the rest the next morning, and to nobody of the tests', async () => {
  const { account, broadcast, shown } = await started()
  const [a, b, rest] = shown.groups[0]?.arms ?? []
  expect([a?.label, b?.label, rest?.kind]).toEqual(['A', 'B', 'rest'])
  const before = await titlesOf(account)
  expect([countOf(before, PLAIN), countOf(before, GOOD)]).toEqual([a?.reached, b?.reached])
  expect(before.size).toBe((a?.reached ?? 0) + (b?.reached ?? 0))
  expect(await read(broadcast)).toMatchObject({ state: 'testing', chosen: null, canChoose: true })

  await nextMorning()
  const after = await titlesOf(account)
  expect(after.size).toBe(200)
  expect([...after.values()].every((own) => own.length === 1)).toBe(true)
  for (const [openid, own] of before) expect(after.get(openid)).toEqual(own)
  expect(countOf(after, GOOD)).toBe(200 - countOf(before, PLAIN))
  const experiment = await read(broadcast)
  expect(experiment).toMatchObject({
    state: 'decided',
    chosen: 1,
    chosenByName: null,
    verdict: { why: 'figures', leader: 1 },
  })
  const sent = await world.read(broadcast)
  expect(sent).toMatchObject({ label: 'sent', totals: { planned: 200, delivered: 200 } })
  await expectBalanced(world, sent)
})

test('E4: two deciders at once choose once', async () => {
  const { account, broadcast } = await started()
  await figures.morning(1, '09:30')
  await figures.collect()
  await world.forward(at(0, '10:00'))
  await Promise.all(Array.from({ length: 4 }, () => decideNext(world.ctx)))
  await world.drain()
  expect((await titlesOf(account)).size).toBe(200)
  expect([...(await world.received(account)).values()].every((times) => times === 1)).toBe(true)
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as times from audit_entries where subject_id = $1 and action = 'broadcast.winner_decided'`,
    [broadcast.id],
  )
  expect(rows).toEqual([{ times: 1 }])
})
