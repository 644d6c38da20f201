import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decideNext } from '../../src/modules/broadcasts/experiments/sweep.ts'
import type { MassRecord } from '../../src/modules/broadcasts/schema/records.ts'
import type { Broadcast, Experiment, GroupDraft, Lift } from '../../src/modules/broadcasts/schema.ts'
import { withFigures } from '../article-figures/support.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced, expectBalanced } from '../support/sums.ts'

let world: SendingWorld
let figures: ReturnType<typeof withFigures>

beforeAll(async () => {
  world = await createSendingWorld()
  figures = withFigures(world)
})
// each begins at ten of a new day
beforeEach(() => figures.morning(1))
afterAll(() => closeBalanced(world))

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
  const { body } = await world.api<{ items: MassRecord[] }>(
    'GET',
    `/api/mass-records?accountId=${account.id}`,
  )
  expect(body.items.map((one) => [one.groupName, one.isRest]).toSorted()).toEqual([
    [null, true],
    ['A', false],
    ['B', false],
  ])
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

const arms = (broadcast: Broadcast) => broadcast.groups.flatMap((group) => group.arms)
const restOf = async (broadcast: Broadcast) =>
  arms(await world.read(broadcast)).find(({ kind }) => kind === 'rest')
const post = (broadcast: Broadcast, path: string, body: object) =>
  world.api<Broadcast & { error?: { reason: string } }>(
    'POST',
    `/api/accounts/${broadcast.accountId}/broadcasts/${broadcast.id}/${path}`,
    body,
  )
const choose = async (broadcast: Broadcast, variant: number | null) =>
  post(broadcast, `arms/${(await restOf(broadcast))?.number}/choose`, { variant })
const answer = async (broadcast: Broadcast, what: 'send' | 'skip') =>
  post(broadcast, `arms/${(await restOf(broadcast))?.number}/answer`, { do: what })

test('E4: figures that are late are waited for, and those that came decide at once', async () => {
  const { account, broadcast } = await started()
  await figures.rates(account, { read: 0.5 }, { ...QUALITY, statisticsDelay: { until: '11:45' } })
  await nextMorning()
  expect(await restOf(broadcast)).toMatchObject({ state: 'deciding', chosenArm: null })
  expect((await read(broadcast)).now.arms.map(({ standing }) => standing)).toEqual(['late', 'late'])
  const before = await titlesOf(account)
  await world.forward(at(0, '11:44'))
  await figures.collect()
  await world.drain()
  expect(await titlesOf(account)).toEqual(before)
  await world.forward(at(0, '12:20'))
  await figures.collect()
  await world.drain()
  expect(countOf(await titlesOf(account), GOOD)).toBe(200 - countOf(before, PLAIN))
})

describe('E4: where the figures never come', () => {
  const silent = async (then: Test['missing']['do']) => {
    const made = await started({ missing: { afterHours: 3, do: then } })
    await nextMorning({ collect: false, time: '12:55' })
    expect(await restOf(made.broadcast)).toMatchObject({ state: 'deciding' })
    await world.forward(at(0, '13:00'))
    await world.drain()
    return made
  }

  test('the first variant goes', async () => {
    const { account, broadcast } = await silent('first')
    expect(await restOf(broadcast)).toMatchObject({ state: 'ended', chosenArm: 0, verdict: { why: 'first' } })
    expect((await titlesOf(account)).size).toBe(200)
  })

  test('nothing goes, and everybody of the rest is told why', async () => {
    const { account, broadcast, shown } = await silent('dont-send')
    const [a, b, rest] = shown.groups[0]?.arms ?? []
    const read = await world.read(broadcast)
    expect(read).toMatchObject({ label: 'sent' })
    expect(await world.people(broadcast)).toEqual({
      delivered: (a?.reached ?? 0) + (b?.reached ?? 0),
      'skipped:no_winner': rest?.reached,
    })
    expect((await titlesOf(account)).size).toBe((a?.reached ?? 0) + (b?.reached ?? 0))
    await expectBalanced(world, read)
  })

  test('an operator is asked, and says which', async () => {
    const { account, broadcast } = await silent('ask')
    expect(await restOf(broadcast)).toMatchObject({
      state: 'asking',
      listLabel: 'asking',
      reason: 'figures_missing',
      can: { answer: true, choose: true },
    })
    expect((await answer(broadcast, 'send')).body.error?.reason).toBe('variant_needed')
    expect((await choose(broadcast, null)).body.error?.reason).toBe('variant_needed')
    expect((await choose(broadcast, 1)).status).toBe(200)
    await world.drain()
    expect((await titlesOf(account)).size).toBe(200)
    expect(await restOf(broadcast)).toMatchObject({ chosenArm: 1, verdict: { why: 'operator' } })
  })
})

test('G6: too near to tell is asked about where that was chosen; left out, the rest gets nothing', async () => {
  const { account, broadcast } = await started({
    titles: [['同样的文章'], ['一样的文章']],
    unsure: { below: 0.99, do: 'ask' },
  })
  const before = await titlesOf(account)
  await nextMorning()
  const asked = await read(broadcast)
  expect(asked).toMatchObject({ state: 'asking', reason: 'unsure', chosen: null })
  expect(asked.now.arms.reduce((sum, { best }) => sum + (best ?? 0), 0)).toBeCloseTo(1, 10)
  expect((await answer(broadcast, 'skip')).body).toMatchObject({ state: 'ended' })
  await world.drain()
  expect(await titlesOf(account)).toEqual(before)
  expect((await choose(broadcast, 0)).body.error?.reason).toBe('already_started')
})

test('E4: an operator’s choice holds against the figures, can be taken back until the rest goes, and is in the trail with them', async () => {
  const { account, broadcast } = await started()
  expect((await choose(broadcast, 1)).status).toBe(200)
  expect((await choose(broadcast, null)).status).toBe(200)
  expect((await choose(broadcast, 2)).body.error?.reason).toBe('no_such_variant')
  expect((await choose(broadcast, 0)).status).toBe(200)
  expect(await read(broadcast)).toMatchObject({ state: 'testing', chosen: 0 })
  const before = await titlesOf(account)
  await nextMorning()
  const after = await titlesOf(account)
  expect(countOf(after, PLAIN)).toBe(200 - countOf(before, GOOD))
  expect((await choose(broadcast, 1)).body.error?.reason).toBe('already_started')
  const { rows } = await world.ctx.pool.query(
    `select detail from audit_entries where subject_kind = 'broadcast' and subject_id = $1 and action = 'broadcast.winner_chosen' order by id`,
    [broadcast.id],
  )
  expect(rows.map(({ detail }) => detail.variant)).toEqual(['B', null, 'A'])
  expect(rows[2]?.detail.figures).toMatchObject([
    { label: 'A', delivered: countOf(before, PLAIN) },
    { label: 'B' },
  ])
})

test('E4: second articles, other sends of that day and articles of the same title don’t decide', async () => {
  const account = await world.bind({ fans: 300 })
  await figures.rates(account, { read: 0.5 }, QUALITY)
  const sendAt = at(0, '11:30')
  const named = account.fanIds.slice(0, 100)
  const variants = [
    { share: 2_500, content: await figures.articles(account, [PLAIN, GOOD]) },
    { share: 2_500, content: await figures.articles(account, ['好一点的文章']) },
  ].map((variant) => ({ ...variant, sendAt: sendAt.toISOString() }))
  const missing = { afterHours: 3, do: 'ask' as const }
  const broadcast = await world.draft(account, {
    audience: await world.list(account, named),
    test: { restAt: at(1, '10:00').toISOString(), unsure: null, missing, variants },
  })
  await world.confirm(broadcast)
  await world.drain()
  await figures.send(account, [PLAIN], { from: 100, people: 200 })
  await world.forward(sendAt)
  await world.drain()
  await nextMorning()
  const { verdict } = await read(broadcast)
  expect(verdict).toMatchObject({ why: 'figures', leader: 1 })
  const [a, b] = verdict?.arms ?? []
  expect(a?.readers).toBeLessThan(b?.readers ?? 0)
})

test('E4: times of a test are refused before they are confirmed, and can’t be changed afterwards; the group can be deleted', async () => {
  const blockers = async (fields: { sendAt: Date; restAt: Date }) => {
    const made = await tested()
    const [first, second] = made.broadcast.groups[0]?.arms ?? []
    const body = {
      name: 'x',
      version: made.broadcast.version,
      groups: [
        {
          name: 'x',
          path: 'list',
          audience: made.broadcast.groups[0]?.audience,
          test: {
            restAt: fields.restAt.toISOString(),
            variants: [first, second].map((arm) => ({
              share: arm?.share,
              content: arm?.content,
              sendAt: fields.sendAt.toISOString(),
            })),
          },
        },
      ],
    }
    const url = `/api/accounts/${made.account.id}/broadcasts/${made.broadcast.id}`
    const saved = await world.api<Broadcast>('PUT', url, body)
    expect(saved.status).toBe(200)
    return (await world.preflight(saved.body)).blockers.map(({ reason }) => reason)
  }
  const soon = (minutes: number) => new Date(now().getTime() + minutes * 60_000)
  expect(await blockers({ sendAt: soon(59), restAt: at(2, '10:00') })).toEqual(['test_too_soon'])
  expect(await blockers({ sendAt: soon(65), restAt: at(2, '10:00') })).toEqual([])
  expect(await blockers({ sendAt: at(1, '23:59'), restAt: at(2, '09:59') })).toEqual(['rest_too_soon'])
  expect(await blockers({ sendAt: at(1, '23:59'), restAt: at(2, '10:00') })).toEqual([])

  const { account, broadcast } = await tested()
  await world.confirm(broadcast)
  await world.drain()
  expect(arms(await world.read(broadcast)).map(({ can }) => can.retime)).toEqual([false, false, false])
  const retimed = await world.api<{ error: { reason: string } }>(
    'PUT',
    `/api/accounts/${account.id}/broadcasts/${broadcast.id}/groups/0/time`,
    { sendAt: at(2, '12:00').toISOString() },
  )
  expect([retimed.status, retimed.body.error.reason]).toEqual([409, 'test_time_fixed'])
  expect((await post(broadcast, 'groups/0/cancel', {})).body).toMatchObject({ state: 'cancelled' })
  await expectBalanced(world, await world.read(broadcast))
})

test('E4: a tested group keeps its times beside others; each person gets one', async () => {
  const account = await world.bind({ fans: 200 })
  // an article that none of a handful reads has no row of figures until noon
  await figures.rates(account, { read: 1 }, QUALITY)
  const variants = []
  for (const title of [PLAIN, GOOD])
    variants.push({
      share: 3_000,
      sendAt: at(0, '11:30').toISOString(),
      content: await figures.articles(account, [title]),
    })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 10) },
    timing: { kind: 'at', at: at(0, '13:00').toISOString() },
    comparisons: [
      {
        audience: { kind: 'fans', fanIds: account.fanIds.slice(5, 200) },
        test: {
          restAt: at(1, '10:00').toISOString(),
          unsure: null,
          missing: { afterHours: 3, do: 'ask' },
          variants,
        },
      },
    ],
  })
  const shown = await world.confirm(broadcast)
  expect(shown.groups.map(({ total, filtered }) => [total, filtered])).toEqual([
    [10, 0],
    [195, 5],
  ])
  await world.drain()
  await world.forward(at(0, '11:30'))
  await world.drain()
  const tests = shown.groups[1]?.arms ?? []
  expect((await world.received(account)).size).toBe((tests[0]?.reached ?? 0) + (tests[1]?.reached ?? 0))
  await world.forward(at(0, '13:00'))
  await world.drain()
  await nextMorning()
  expect([...(await world.received(account)).values()]).toEqual(Array(200).fill(1))
  await expectBalanced(world, await world.read(broadcast))
})

test('G6: a hold-out gets nothing, is shown before, and tells what the send brought', async () => {
  const account = await world.bind({ fans: 400 })
  const all = account.fanIds.length
  const broadcast = await world.draft(account, {
    audience: await world.list(account, account.fanIds),
    holdout: 4_000,
  })
  const shown = await world.confirm(broadcast)
  const heldOut = shown.groups[0]?.heldOut ?? 0
  expect(heldOut).toBeGreaterThan(110)
  expect(heldOut).toBeLessThan(210)
  await world.drain()
  expect(await world.people(broadcast)).toEqual({ delivered: all - heldOut, 'skipped:held_out': heldOut })
  expect((await world.received(account)).size).toBe(all - heldOut)
  await expectBalanced(world, await world.read(broadcast))
  await world.ctx.pool.query(
    `insert into events (account_id, contact_id, name, at, received_at)
     select $1, f.contact_id, 'order_paid', a.started_at + case when n % 4 = 0 then interval '8 days' else interval '1 hour' end, now()
     from (select r.*, row_number() over (partition by r.reason order by r.fan_id) as n from broadcast_recipients r
       where r.broadcast_id = $2) r
     join fans f on f.id = r.fan_id join broadcast_arms a on a.broadcast_id = r.broadcast_id
     where n <= case when r.reason is null then 80 else 20 end`,
    [account.id, broadcast.id],
  )
  await figures.morning(9)
  const lift = async (query: string) =>
    (
      await world.api<Lift>(
        'GET',
        `/api/accounts/${account.id}/broadcasts/${broadcast.id}/groups/0/lift?${query}`,
      )
    ).body
  const week = await lift('event=order_paid')
  expect(week).toMatchObject({
    sent: { people: all - heldOut, did: 60 },
    heldOut: { people: heldOut, did: 15 },
    tooFew: false,
  })
  expect(week.difference).toBeCloseTo(60 / (all - heldOut) - 15 / heldOut, 10)
  expect(week.low).toBeLessThan(week.difference ?? 0)
  expect(await lift('event=order_paid&days=9')).toMatchObject({ sent: { did: 80 }, heldOut: { did: 20 } })
  expect(await lift('event=never_seen')).toMatchObject({ sent: { did: 0 }, difference: 0 })
})

test('E4, G6: tests of all fans, of texts, and hold-outs where WeChat chooses are refused when they are saved', async () => {
  const { account, broadcast } = await tested()
  const [group] = broadcast.groups
  const variants = group?.arms.slice(0, 2).map(({ share, sendAt, content }) => ({ share, sendAt, content }))
  const plan = { restAt: group?.test?.restAt, variants }
  const save = async (fields: object) =>
    (
      await world.api<{ error?: { reason: string } }>('POST', `/api/accounts/${account.id}/broadcasts`, {
        name: 'x',
        groups: [{ name: 'x', path: 'list', audience: group?.audience, test: plan, ...fields }],
      })
    ).body.error?.reason
  expect(await save({})).toBeUndefined()
  expect(await save({ audience: { kind: 'all' } })).toBe('test_needs_groups')
  expect(await save({ audience: { kind: 'tag', tagId: 2 }, path: 'tag' })).toBe('test_needs_list')
  const text = { kind: 'text', text: 'x' }
  expect(
    await save({ test: { ...plan, variants: variants?.map((one) => ({ ...one, content: text })) } }),
  ).toBe('test_needs_articles')
  expect(
    await save({ test: { ...plan, variants: variants?.map((one) => ({ ...one, share: 5_000 })) } }),
  ).toBe('test_leaves_nobody')
  const all = { audience: { kind: 'all' }, test: null, content: text, holdout: 100 }
  expect(await save(all)).toBeUndefined()
  expect(await save({ ...all, path: 'all' })).toBe('holdout_needs_list')
})

test('D6: a copy and a draft taken back keep the test', async () => {
  const { broadcast } = await tested({ group: { holdout: 700 } })
  await world.confirm(broadcast)
  await world.drain()
  const shapeOf = ({ groups }: Broadcast) =>
    groups.map(({ test, holdout, arms: parts }) => [
      test,
      holdout,
      parts.map(({ kind, share, sendAt, content, chosenArm }) => [kind, share, sendAt, content, chosenArm]),
    ])
  expect(shapeOf((await world.act(broadcast, 'copy')).body)).toEqual(shapeOf(broadcast))
  await choose(broadcast, 1)
  expect(shapeOf((await world.act(broadcast, 'unschedule')).body)).toEqual(shapeOf(broadcast))
})
