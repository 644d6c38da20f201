import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, dayOf, startOfDay } from '../../calendar.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

let texts = 0
const body = () => {
  texts += 1
  return { msgtype: 'text', text: { content: `第 ${texts} 条` } }
}
const send = async (own: TestAccount, touser: readonly string[]) =>
  own.finish((await own.post('/cgi-bin/message/mass/send', { touser, ...body() })).msg_id)

/** The first instant of the next Beijing month. */
const nextMonth = (now: Date): Date => {
  const [year = 0, month = 0] = dayOf(now).split('-').map(Number)
  return startOfDay(
    `${month === 12 ? year + 1 : year}-${String(month === 12 ? 1 : month + 1).padStart(2, '0')}-01`,
  )
}

test('a fan gets four a calendar month; the fifth skips them while the job succeeds; Beijing midnight of the 1st lets them in', async () => {
  const own = await world.account({ fans: 10 })
  const [a, b, c] = own.openids as [string, string, string]
  for (let n = 1; n <= 4; n += 1) expect(await send(own, [a, b])).toMatchObject({ sent: 2 })
  const fifth = await send(own, [a, b, c])
  expect(fifth).toMatchObject({ outcome: 'send success', total: 3, filtered: 1, sent: 1 })
  const midnight = nextMonth(await world.now())
  await world.forward(new Date(midnight.getTime() - 30_000))
  expect(await send(own, [a, b])).toMatchObject({ outcome: 'send success', filtered: 0, sent: 0 })
  await world.forward(midnight)
  expect(await send(own, [a, b])).toMatchObject({ filtered: 2, sent: 2 })
})

test('to all: four a month for a service account, then 45028', async () => {
  const own = await world.account({ fans: 10 })
  const toAll = () => own.post('/cgi-bin/message/mass/sendall', { filter: { is_to_all: true }, ...body() })
  for (let n = 1; n <= 4; n += 1) await own.finish((await toAll()).msg_id)
  expect(await toAll()).toMatchObject({
    errcode: 45028,
    errmsg: expect.stringMatching(/^has no masssend quota rid/),
  })
  await world.forward(nextMonth(await world.now()))
  expect((await toAll()).errcode).toBe(0)
})

test('a subscription account sends once a day; a failed job gives the day back', async () => {
  const own = await world.account({ kind: 'subscription', fans: 10 })
  await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
  const toAll = () => own.post('/cgi-bin/message/mass/sendall', { filter: { is_to_all: true }, ...body() })
  await world.control('PATCH', `/accounts/${own.appid}`, {
    settings: { nextMass: [{ status: 'err(10001)' }] },
  })
  expect(await own.finish((await toAll()).msg_id)).toMatchObject({ outcome: 'err(10001)' })
  expect(await own.finish((await toAll()).msg_id)).toMatchObject({ sent: 10 })
  expect((await toAll()).errcode).toBe(45028)
  await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
  expect(await own.finish((await toAll()).msg_id)).toMatchObject({ sent: 10 })
})

test('100 calls a day for send and sendall together, 60 a minute', async () => {
  const own = await world.account({ fans: 10, quotas: { '/cgi-bin/message/mass/send': 63 } })
  const call = (n: number) =>
    n % 2
      ? own.post('/cgi-bin/message/mass/send', { touser: own.openids, ...body() })
      : own.post('/cgi-bin/message/mass/sendall', { filter: { is_to_all: false, tag_id: 100 }, ...body() })
  // To the beginning of a minute, well inside a day.
  await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
  for (let n = 0; n < 60; n += 1) expect((await call(n)).errcode).toBe(0)
  expect(await call(60)).toMatchObject({
    errcode: 45011,
    errmsg: expect.stringMatching(/^api minute-quota reach limit, must slower, retry next minute rid/),
  })
  await world.forward(60_000)
  for (let n = 0; n < 3; n += 1) expect((await call(n)).errcode).toBe(0)
  expect(await call(3)).toMatchObject({
    errcode: 45009,
    errmsg: expect.stringMatching(/^reach max api daily quota limit rid/),
  })
  const quota = await own.post('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/message/mass/sendall' })
  expect(quota).toMatchObject({
    quota: { daily_limit: 63, used: 63, remain: 0 },
    rate_limit: { call_count: 60, refresh_second: 60 },
  })
  await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
  expect((await call(4)).errcode).toBe(0)
})

test('previews by WeChat id: 100 a day', async () => {
  const own = await world.account({ fans: 10, quotas: { '/cgi-bin/message/mass/preview/minute': 1_000 } })
  const fan = (await world.control('GET', `/fans?appid=${own.appid}&q=${own.openids[0]}`)).items[0]
  const preview = (to: object) => own.post('/cgi-bin/message/mass/preview', { ...to, ...body() })
  await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
  for (let n = 0; n < 100; n += 1) expect((await preview({ towxname: fan.wechatId })).errcode).toBe(0)
  expect((await preview({ towxname: fan.wechatId })).errcode).toBe(45009)
  expect((await preview({ touser: fan.openid })).errcode).toBe(0)
})
