import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { RecallPerson } from '../../src/modules/recalls/schema.ts'
import { takeTurns } from '../../src/modules/recalls/turns.ts'
import { createRecallWorld, DAY, HOUR, MINUTE, type RecallWorld } from './world.ts'

let world: RecallWorld
beforeAll(async () => {
  world = await createRecallWorld()
})
afterAll(() => world?.close())
// rules of one test have nothing to do in the next
afterEach(() => world.ctx.pool.query('update recall_rules set archived_at = now()'))

test('C1, C2: who wrote gets it ten minutes before their 48 hours are over, once; who acts again, later', async () => {
  const account = await world.bind({ fans: 4 })
  const [quiet = '', lively = '', before = ''] = account.openids
  await world.act(account, before)
  await world.pass(2_000)
  const rule = await world.rule(account)
  await world.act(account, quiet)
  await world.act(account, lively)
  await world.work()
  await world.pass(2 * DAY - 11 * MINUTE)
  await world.act(account, lively)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  await world.pass(MINUTE)
  await world.work()
  // silences that began before the rule was made don't count
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(HOUR)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(2 * DAY - HOUR - 12 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[quiet, 1]]))
  await world.pass(MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(
    new Map([
      [quiet, 1],
      [lively, 1],
    ]),
  )
  expect(await world.read(rule)).toMatchObject({ sent: 2, returned: 0 })
})

test('C1: after being down for three days nobody whose window closed is written to, each with the reason', async () => {
  const account = await world.bind({ fans: 4 })
  const [gone = '', again = '', late = ''] = account.openids
  const rule = await world.rule(account)
  await world.act(account, gone)
  await world.act(account, again)
  await world.follow()
  await world.pass(30 * HOUR)
  await world.act(account, again)
  await world.pass(18 * HOUR)
  // told while nobody was there to read it: silences wait until it is
  await world.act(account, late)
  expect(await takeTurns(world.ctx)).toBe(0)
  await world.pass(DAY)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  expect((await world.rows(rule)).map(({ openid, told }) => [openid, told])).toEqual([
    [gone, 'skipped:window_closed'],
  ])
  // whose time is not over yet gets it in time
  await world.pass(5 * HOUR + 51 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[again, 1]]))
})

test('C3: any of the tags, less who carries an excluded one; a tag given between planning and the intent leaves them out', async () => {
  const account = await world.bind({ fans: 5 })
  const [star = '', both = '', none = '', late = ''] = account.openids
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into tags (name, created_at) values ('测试', now()) returning id`,
  )
  const tagId = rows[0]?.id as string
  const give = (openid: string) =>
    world.ctx.pool.query(
      `insert into contact_tags (tag_id, contact_id, since) select $1, contact_id, $2 from fans where openid = $3`,
      [tagId, world.ctx.clock.now(), openid],
    )
  await world.ctx.pool.query('update fans set tag_ids = array[2] where openid = any($1)', [
    [star, both, late],
  ])
  const rule = await world.rule(account, {
    include: [{ of: 'wechat', accountId: account.id, tagId: 2 }],
    exclude: [{ of: 'own', tagId }],
  })
  for (const openid of [star, both, none, late]) await world.act(account, openid)
  await give(both)
  await world.follow()
  await world.pass(2 * DAY - 5 * MINUTE)
  expect(await takeTurns(world.ctx)).toBe(4)
  await give(late)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[star, 1]]))
  expect((await world.rows(rule)).map(({ openid, told }) => [openid, told]).sort()).toEqual(
    [
      [star, 'accepted'],
      [late, 'skipped:left_audience'],
    ].sort(),
  )
  const { body } = await world.api<{ funnel: { passes: unknown[] } }>(
    'GET',
    `/api/accounts/${account.id}/recall-rules/${rule.id}`,
  )
  expect(body.funnel.passes).toEqual([
    { outcome: 'excluded', n: 1 },
    { outcome: 'not_in_tags', n: 1 },
  ])
})

test('C2: only a message opens 48 hours: whose last act was a tap without one is counted, not written to', async () => {
  const account = await world.bind({ fans: 3 })
  const [tapped = '', wrote = ''] = account.openids
  const rule = await world.rule(account, { minutes: 30 })
  await world.act(account, wrote)
  await world.act(account, wrote, 'scan', { scene: 'a' })
  await world.act(account, tapped, 'scan', { scene: 'a' })
  await world.pass(2 * DAY - 29 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[wrote, 1]]))
  const { body } = await world.api<{ funnel: { passes: unknown[] } }>(
    'GET',
    `/api/accounts/${account.id}/recall-rules/${rule.id}`,
  )
  expect(body.funnel.passes).toEqual([{ outcome: 'no_window', n: 1 }])
})

test('C6: an earlier time sends to those in between at once, a later one lets them wait; nobody is counted anew', async () => {
  const account = await world.bind({ fans: 2 })
  const [first = '', second = ''] = account.openids
  const rule = await world.rule(account, { minutes: 10 })
  await world.act(account, first)
  await world.pass(HOUR)
  await world.act(account, second)
  await world.pass(2 * DAY - 100 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  // 10 → 60 minutes before the end: the first, 40 minutes before theirs, gets it now
  await world.edit(rule, { minutes: 60 })
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[first, 1]]))
  // later again: the second waits for the new time
  await world.edit(rule, { minutes: 20 })
  await world.pass(75 * MINUTE)
  await world.work()
  expect((await world.got(account)).get(second)).toBeUndefined()
  await world.pass(6 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(
    new Map([
      [first, 1],
      [second, 1],
    ]),
  )
  // what they got is shown as it was, whatever the rule says today
  const content = { kind: 'custom', replies: [{ kind: 'text', text: '换了一句话' }] }
  await world.edit(rule, { content })
  const { body } = await world.api<{ items: RecallPerson[] }>(
    'GET',
    `/api/accounts/${account.id}/recall-rules/${rule.id}/people`,
  )
  const then = { reply: null, former: { kind: 'text', text: '好久不见，回复 1 领券' } }
  expect(body.items).toMatchObject([then, then])
})

test.each(['before', 'after', 'while'] as const)(
  'C6: a rule deleted %s the turns of its people are taken writes to nobody',
  async (when) => {
    const account = await world.bind({ fans: 2 })
    const rule = await world.rule(account)
    for (const openid of account.openids) await world.act(account, openid)
    await world.work()
    await world.pass(2 * DAY - 9 * MINUTE)
    const remove = () => world.api('DELETE', `/api/accounts/${account.id}/recall-rules/${rule.id}`)
    const take = () => takeTurns(world.ctx)
    const order = { before: [remove, take], after: [take, remove] }
    if (when === 'while') await Promise.all([take(), remove(), take()])
    else for (const step of order[when]) await step()
    await world.work()
    expect(await world.got(account)).toEqual(new Map())
    const states = (await world.rows(rule)).map(({ told }) => told)
    if (when !== 'while') expect(states).toHaveLength(when === 'after' ? 2 : 0)
    expect(states.filter((told) => !told.startsWith('skipped:'))).toEqual([])
  },
)

test('C1: what was missed while a rule was off is not made up for', async () => {
  const account = await world.bind({ fans: 2 })
  const [missed = '', waits = ''] = account.openids
  const rule = await world.rule(account, { minutes: 60, on: false })
  await world.act(account, missed)
  await world.pass(HOUR)
  await world.act(account, waits)
  await world.pass(2 * DAY - 110 * MINUTE)
  await world.turn(rule, true)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  await world.turn(rule, false)
  await world.pass(30 * MINUTE)
  await world.turn(rule, true)
  await world.work()
  expect(await world.got(account)).toEqual(new Map())
  await world.pass(21 * MINUTE)
  await world.work()
  expect(await world.got(account)).toEqual(new Map([[waits, 1]]))
})

test('C6: who is put off by quiet hours follows an edit of the content and the tags', async () => {
  const account = await world.bind({ fans: 2 })
  const [first = '', second = ''] = account.openids
  const rule = await world.rule(account, { minutes: 600 })
  await world.act(account, first)
  await world.act(account, second)
  await world.pass(2 * DAY - 595 * MINUTE)
  // an hour that it is now, whatever the time of day
  const minute = Math.floor((world.ctx.clock.now().getTime() + 8 * HOUR) / MINUTE) % 1_440
  await world.ctx.pool.query(
    `insert into quiet_hours (account_id, purpose, from_minute, until_minute, action, created_at)
     values ($1, 'marketing', $2, $3, 'postpone', now())`,
    [account.id, minute, (minute + 60) % 1_440],
  )
  await world.work()
  expect((await world.rows(rule)).map(({ told }) => told)).toEqual(['held:quiet_hours', 'held:quiet_hours'])
  await world.ctx.pool.query('update fans set tag_ids = array[2] where openid = $1', [second])
  const content = { kind: 'custom', replies: [{ kind: 'text', text: '换了一句话' }] }
  await world.edit(rule, { content, exclude: [{ of: 'wechat', accountId: account.id, tagId: 2 }] })
  await world.pass(61 * MINUTE)
  await world.work()
  expect(Object.fromEntries((await world.rows(rule)).map(({ openid, told }) => [openid, told]))).toEqual({
    [first]: 'accepted',
    [second]: 'skipped:left_audience',
  })
  const { items } = await world.control<{ items: { content: { content?: string } }[] }>(
    'GET',
    `/ledger?appid=${account.appid}&kind=custom&limit=10`,
  )
  expect(items.map((one) => one.content.content)).toEqual(['换了一句话'])
})
