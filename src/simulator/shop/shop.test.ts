import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../test-world.ts'

type Message = { messageId: string; type: string; event?: string; timestamp: string } & Record<
  string,
  unknown
>
type Call = { path: string; key: string; messages: Message[]; rows: { key: string }[] }

/** Whoever the shop tells: it keeps what it is told, and fails when it is asked to. */
let calls: Call[] = []
let status = 200
let listener: Server
let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  listener = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString())
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (status === 200)
      calls.push({
        path: request.url ?? '',
        key: Buffer.from(basic, 'base64').toString(),
        messages: body.batch ?? [],
        rows: body.rows ?? [],
      })
    response.writeHead(status).end('{}')
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  world = await startTestWorld()
})
afterAll(async () => {
  await world?.close()
  listener?.closeAllConnections()
  listener?.close()
})
beforeEach(async () => {
  await world.control('POST', '/reset')
  calls = []
  status = 200
  account = await world.account({ fans: 900, rates: { read: 0.5 } })
})

const url = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
const open = (more = {}) =>
  world.control('PUT', '/shop', {
    appid: account.appid,
    url: url(),
    writeKey: 'srv_key',
    ordersDataset: 'orders',
    ...more,
  })
const shop = async () => (await world.control('GET', '/shop')).shop
const toldAll = () =>
  until(
    async () => {
      const { history } = await shop()
      return history.total > 0 && history.done === history.total
    },
    { what: 'the past being told', timeoutMs: 20_000 },
  )
const messages = () => calls.flatMap((call) => call.messages)
const ids = (all: Message[]) => all.map(({ messageId }) => messageId).toSorted()
const unique = (all: string[]) => [...new Set(all)]

describe('the past', () => {
  test('is told whole by the write key: every follower is introduced, orders go to their dataset', async () => {
    await open({ visitsPerHour: 0 })
    await toldAll()
    expect(unique(calls.map(({ key }) => key))).toEqual(['srv_key:'])
    expect(messages().filter(({ type }) => type === 'identify')).toHaveLength(900)
    const { events, orders } = await shop()
    expect(messages().filter(({ type }) => type === 'track')).toHaveLength(events)
    const rows = calls.filter(({ path }) => path === '/v1/datasets/orders').flatMap((call) => call.rows)
    expect(rows).toHaveLength(orders)
    expect(messages().filter(({ event }) => event === 'order_paid')).toHaveLength(orders)
  })

  test('survives refusals and a kill in its middle: every message of it arrives, under the id it had', async () => {
    status = 503
    await open({ visitsPerHour: 0 })
    await until(async () => (await shop()).problem !== null, { what: 'the refusal being noted' })
    expect((await shop()).history.done).toBe(0)
    status = 200
    await until(() => calls.length > 0)
    await world.restart()
    await toldAll()
    const { events, problem } = await shop()
    expect(problem).toBeNull()
    expect(unique(ids(messages()))).toHaveLength(900 + events)
  })
})

describe('business', () => {
  const openToday = async () => {
    await open({ historyDays: 0, visitsPerHour: 60 })
    await toldAll()
    calls = []
  }
  const toldPast = (instant: Date) =>
    until(async () => new Date((await shop()).toldUntil) >= instant, { what: 'the period being told' })

  test('goes on as the clock moves, within the time that passed and at the rate that was set', async () => {
    await openToday()
    const from = new Date((await shop()).toldUntil)
    await world.forward(3_600_000)
    const to = await world.now()
    await toldPast(new Date(to.getTime() - 1_000))
    const { visits } = await shop()
    expect(visits).toBeGreaterThan(45)
    expect(visits).toBeLessThanOrEqual(61)
    const times = messages()
      .filter(({ type }) => type === 'track')
      .map(({ timestamp }) => new Date(timestamp).getTime())
    expect(Math.min(...times)).toBeGreaterThan(from.getTime() - 200_000)
    expect(Math.max(...times)).toBeLessThanOrEqual((await world.now()).getTime())
  })

  test('of a month that was jumped over is bounded', async () => {
    await openToday()
    await world.forward(30 * 86_400_000)
    await toldPast(new Date((await world.now()).getTime() - 60_000))
    const { visits } = await shop()
    expect(visits).toBeGreaterThan(200)
    expect(visits).toBeLessThanOrEqual(302)
  })

  test('rests while it is closed, and does not make up for it afterwards', async () => {
    await openToday()
    await world.control('PATCH', '/shop', { isOpen: false })
    await until(async () => (await shop()).isOpen === false)
    const { visits } = await shop()
    await world.forward(86_400_000)
    await world.control('PATCH', '/shop', { isOpen: true })
    const reopened = await world.now()
    await world.forward(600_000)
    await toldPast(reopened)
    const since = (await shop()).visits - visits
    expect(since).toBeGreaterThan(0)
    expect(since).toBeLessThanOrEqual(11)
  })

  test('readers of a news card come by its link, each once, and only who received it', async () => {
    await openToday()
    const draft = await account.draft({ content_source_url: 'https://shop.example.com/x?wd_send=4711' })
    const touser = account.openids.slice(0, 100)
    const { msg_id } = await account.post('/cgi-bin/message/mass/send', {
      touser,
      mpnews: { media_id: draft },
      msgtype: 'mpnews',
      send_ignore_reprint: 1,
    })
    await account.finish(msg_id)
    await world.forward(73 * 3_600_000)
    await until(async () => (await shop()).clicks > 0, { what: 'clicks' })
    await toldPast(new Date((await world.now()).getTime() - 60_000))
    const clicks = messages().filter(({ event }) => event === 'weida.click')
    expect(clicks.length).toBeGreaterThan(3)
    expect(clicks.length).toBeLessThan(60)
    expect(unique(ids(clicks))).toHaveLength(clicks.length)
    for (const click of clicks) {
      expect(click['properties']).toEqual({ send: '4711' })
      expect(touser).toContain((click['context'] as { openid: string }).openid)
    }
  })
})

test('a reset forgets the shop; a report that is under way then counts for nobody', async () => {
  await open()
  await world.control('POST', '/reset')
  expect(await shop()).toBeNull()
  account = await world.account({ fans: 10 })
  await open({ visitsPerHour: 0, historyDays: 1 })
  await toldAll()
  expect((await shop()).history.total).toBe(10)
})
