import { afterAll, beforeAll, expect, test } from 'vitest'
import { addBeijingDays, beijingDay } from '../../src/kernel/beijing.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { qrCodesModule } from '../../src/modules/qr-codes/module.ts'
import type { CodeScan } from '../../src/modules/qr-codes/schema.ts'
import { createQrWorld, type QrWorld } from './world.ts'

let world: QrWorld
let stranger: string

beforeAll(async () => {
  world = await createQrWorld()
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    `update simulator.fan set following = false where openid = $1 returning openid`,
    [world.bound.openids[11]],
  )
  stranger = rows[0]?.openid as string
  // nobody we ever heard of
  await world.ctx.pool.query('delete from fans where openid = $1', [stranger])
})
afterAll(() => world?.close())

const openid = (place: number) => world.bound.openids[place] as string
const figures = async (code: { id: string }) => (await world.get(code)).figures
const scans = async (code: { id: string }, query = '') =>
  (await world.api<{ items: CodeScan[] }>('GET', world.url(`/${code.id}/scans${query}`))).body.items

test('D12: who follows already, who is new and who comes back are told apart, and who left again is no longer counted', async () => {
  const code = await world.made({ name: '收银台' })
  expect(code).toMatchObject({ state: 'ready', life: 'permanent', expiresAt: null, problem: null })
  expect(code.scene.text).toMatch(/^wd[0-9a-z]+$/)
  await world.does(openid(0), 'scan', { url: code.url })
  await world.does(openid(0), 'scan', { scene: code.scene.text })
  await world.does(stranger, 'scan', { url: code.url })
  await world.does(openid(1), 'unfollow')
  await world.does(openid(1), 'scan', { url: code.url })
  expect(await figures(code)).toEqual({
    scans: 4,
    people: 3,
    newFollows: 1,
    backFollows: 1,
    stillFollowing: 2,
  })
  await world.does(stranger, 'unfollow')
  expect(await figures(code)).toMatchObject({ newFollows: 1, stillFollowing: 1 })
  await world.does(stranger, 'scan', { url: code.url })
  // still the one new fan they were; this follow is another's kind
  expect(await figures(code)).toMatchObject({ scans: 5, newFollows: 1, backFollows: 2, stillFollowing: 2 })
  expect((await scans(code)).map((scan) => [scan.openid, scan.how, scan.scans])).toEqual([
    [openid(1), 'back', 1],
    [stranger, 'new', 2],
    [openid(0), 'fan', 2],
  ])
  expect(await scans(code, '?how=new&limit=1')).toMatchObject([{ openid: stranger, following: true }])
})

test('D12: scenes of other codes and follows by search are nobody’s; the same events read again add nothing', async () => {
  const code = await world.made({ name: '橱窗' })
  await world.does(openid(2), 'scan', { scene: 'somebody-elses' })
  await world.does(openid(3), 'unfollow')
  await world.does(openid(3), 'follow')
  expect(await figures(code)).toMatchObject({ scans: 0, people: 0 })
  await world.does(openid(2), 'scan', { url: code.url })
  while (
    (await createReactionSweep(qrCodesModule.reactions ?? []).run(world.ctx, new AbortController().signal)) >
    0
  );
  expect(await figures(code)).toMatchObject({ scans: 1, people: 1 })
})

test('D12: days are Beijing days, and add up to the total', async () => {
  const code = await world.made({ name: '海报' })
  for (const place of [4, 5, 6]) {
    await world.does(openid(place), 'scan', { url: code.url })
    await world.later(86_400_000)
  }
  const days = (await scans(code)).map(({ firstAt }) => beijingDay(new Date(firstAt))).toReversed()
  expect(new Set(days).size).toBe(3)
  const { body } = await world.api<{ days: { day: string; scans: number }[] }>(
    'GET',
    world.url(`/${code.id}/figures?from=${days[0]}&to=${days[2]}`),
  )
  expect(body.days.map((one) => [one.day, one.scans])).toEqual(days.map((day) => [day, 1]))
  expect(await figures(code)).toMatchObject({ scans: 3 })
})

test('D12: of people merged into one, each fan stays who scanned, under the person they are now', async () => {
  const code = await world.made({ name: '两个号' })
  await world.does(openid(7), 'scan', { url: code.url })
  await world.does(openid(8), 'scan', { url: code.url })
  const { pool } = world.ctx
  const contactOf = async (one: string) =>
    (await pool.query<{ id: string }>('select contact_id as id from fans where openid = $1', [one])).rows[0]
      ?.id
  const into = await contactOf(openid(7))
  await pool.query('update fans set contact_id = $1 where openid = $2', [into, openid(8)])
  expect((await scans(code)).map((scan) => scan.contactId)).toEqual([into, into])
  expect(await figures(code)).toMatchObject({ people: 2 })
})

test('D12: what people did after their scan counts once a person, by every id they had, and only within the days asked', async () => {
  const code = await world.made({ name: '转化' })
  const { pool, clock } = world.ctx
  for (const place of [0, 2, 9]) await world.does(openid(place), 'scan', { url: code.url })
  const contacts = await Promise.all(
    [0, 2, 9].map(async (place) => {
      const { rows } = await pool.query<{ id: string }>(
        'select contact_id as id from fans where openid = $1',
        [openid(place)],
      )
      return rows[0]?.id as string
    }),
  )
  const former = (
    await pool.query<{ id: string }>('insert into contacts (created_at) values (now()) returning id')
  ).rows[0]?.id
  await pool.query(
    `insert into contact_aliases (contact_id, merged_into, merged_at, cause) values ($1, $2, now(), 'x')`,
    [former, contacts[1]],
  )
  const order = (contactId: string | undefined, hours: number, properties = {}) =>
    pool.query(
      `insert into events (contact_id, name, at, received_at, properties) values ($1, 'order_paid', $2, now(), $3)`,
      [contactId, new Date(clock.now().getTime() + hours * 3_600_000), JSON.stringify(properties)],
    )
  await order(contacts[0], 1, { amount: 10 })
  await order(contacts[0], 2, { amount: 200 })
  await order(former, 25)
  // before the scan
  await order(contacts[2], -48)
  const asked = async (days: number, where: object[] = []) => {
    const { body } = await world.api<{ items: object[] }>('POST', world.url(`/${code.id}/conversions`), {
      event: { event: 'order_paid', where },
      days,
    })
    return body.items
  }
  expect(await asked(1)).toEqual([{ how: 'fan', people: 3, converted: 1, events: 2 }])
  expect(await asked(2)).toEqual([{ how: 'fan', people: 3, converted: 2, events: 3 }])
  expect(
    (await world.api('POST', world.url(`/${code.id}/conversions`), { event: { event: 'x' }, days: 91 }))
      .status,
  ).toBe(400)
})

test('D12: placements stand side by side, a fan of two codes of one counted once; a day outside counts for nothing', async () => {
  const at = `/api/accounts/${world.bound.id}`
  const { body } = await world.api<{ id: string }>('POST', `${at}/qr-placements`, { name: '收银台' })
  const here = { placementId: body.id }
  const [first, second] = [await world.made(here), await world.made(here)]
  for (const { url } of [first, second, second]) await world.does(openid(10), 'scan', { url })
  await world.does(openid(9), 'unfollow')
  await world.does(openid(9), 'scan', { url: first.url })
  const days = async (from: string, to = from) => {
    const answer = await world.api<{ items: { id: string | null; scans: number }[] }>(
      'GET',
      `${at}/qr-placement-figures?from=${from}&to=${to}`,
    )
    return answer.body.items?.find(({ id }) => id === body.id)
  }
  const today = beijingDay(world.ctx.clock.now())
  expect(await days(addBeijingDays(today, -1), today)).toEqual({
    id: body.id,
    name: '收银台',
    codes: 2,
    scans: 4,
    people: 2,
    newFollows: 0,
    backFollows: 1,
    stillFollowing: 1,
  })
  expect(await days(addBeijingDays(today, -9), addBeijingDays(today, -8))).toMatchObject({
    scans: 0,
    people: 0,
  })
  expect(await days(today, addBeijingDays(today, -1))).toBeUndefined()
})
