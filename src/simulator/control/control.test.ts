import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { SECRET, startTestWorld, type TestAccount, type TestWorld } from '../test-world.ts'

let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 30 })
})
afterAll(() => world.close())
afterEach(() => world.control('DELETE', '/faults'))

const faults = (...list: object[]) => world.control('PUT', '/faults', list)
const text = (content: string) => ({
  touser: account.openids.slice(0, 3),
  msgtype: 'text',
  text: { content },
})

describe('accounts', () => {
  test('are made once; a second call only changes the callback', async () => {
    const callback = { url: 'http://127.0.0.1:9/x', token: 'abc', aesKey: 'a'.repeat(43), mode: 'safe' }
    const again = await world.control('POST', '/accounts', {
      appid: account.appid,
      secret: 'f'.repeat(32),
      kind: 'subscription',
      name: '别名',
      ghId: 'gh_other',
      fans: 999,
      callback,
    })
    expect(again).toMatchObject({ secret: SECRET, kind: 'service', callback })
    const { items } = await world.control('GET', '/accounts')
    expect(items).toMatchObject([{ appid: account.appid, fans: 30, people: 31 }])
    await world.control('PATCH', `/accounts/${account.appid}`, { callback: null })
  })

  test('wrong input is a 400, an unknown account a 404', async () => {
    const status = async (path: string, body: object) =>
      (await fetch(`${world.sim().url}/control${path}`, { method: 'POST', body: JSON.stringify(body) }))
        .status
    expect(await status('/accounts', { appid: 'nonsense' })).toBe(400)
    expect(await status('/act', { appid: 'wxnone', openid: 'o', action: 'follow' })).toBe(404)
  })

  test('pages of other sites are kept out', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect((await fetch(`${world.sim().url}/control/accounts`, { headers })).status).toBe(403)
  })
})

describe('the clock', () => {
  test('moves forward only, and a restart keeps it', async () => {
    await world.forward(3_600_000)
    const { offsetMs } = await world.control('GET', '/clock')
    expect(offsetMs).toBeGreaterThan(3_599_000)
    const back = new Date((await world.now()).getTime() - 1_000).toISOString()
    expect((await world.control('POST', '/clock', { now: back })).error).toBe('the clock only moves forward')
    await world.restart()
    expect((await world.control('GET', '/clock')).offsetMs).toBe(offsetMs)
  })

  test('tells what is due next', async () => {
    const { msg_id } = await account.post('/cgi-bin/message/mass/send', text('下一个'))
    const { nextDueAt } = await world.control('GET', '/next-due')
    const job = (await world.control('GET', `/mass?appid=${account.appid}`)).items[0]
    expect(nextDueAt).toBe(job.dueAt)
    await account.finish(msg_id)
  })
})

describe('faults', () => {
  test('busy, error and 5xx answer without doing the work, as often as they count', async () => {
    const path = '/cgi-bin/message/mass/send'
    await faults({ match: { path }, kind: 'busy', remaining: 2 })
    for (let n = 0; n < 2; n += 1)
      expect(await account.post(path, text('忙'))).toMatchObject({
        errcode: -1,
        errmsg: expect.stringMatching(/^system error rid: /),
      })
    expect((await account.get('/cgi-bin/tags/get')).tags).toBeInstanceOf(Array)
    await faults({ match: { path }, kind: 'error', errcode: 45062, remaining: 1 })
    expect((await account.post(path, text('忙'))).errcode).toBe(45062)
    await faults({ match: { path }, kind: 'http-500', remaining: 1 })
    expect((await account.post(path, text('忙'))).status).toBe(500)
    expect((await account.post(path, text('忙'))).errcode).toBe(0)
  })

  test('a time-out after the work leaves the work done', async () => {
    const path = '/cgi-bin/message/mass/send'
    await faults({ match: { path, appid: account.appid }, kind: 'timeout-after-work', ms: 100, remaining: 1 })
    const body = { ...text('做了没回'), clientmsgid: 'hang' }
    await expect(account.post(path, body)).rejects.toThrow()
    await world.forward(61_000)
    expect(await account.post(path, body)).toMatchObject({ errcode: 45065 })
  })

  test('tokens end for good: expired, or replaced by somebody else', async () => {
    const other = await world.account({ fans: 5 })
    await faults(
      { match: { appid: account.appid, path: '/cgi-bin/tags' }, kind: 'token-expired', remaining: 1 },
      { match: { appid: other.appid, path: '/cgi-bin/tags' }, kind: 'token-revoked', remaining: 1 },
    )
    const token = await account.token()
    expect((await world.raw('GET', '/cgi-bin/tags/get', { token })).errcode).toBe(42001)
    expect((await world.raw('GET', '/cgi-bin/tags/get', { token })).errcode).toBe(42001)
    expect((await account.get('/cgi-bin/tags/get')).tags).toBeInstanceOf(Array)
    expect((await other.get('/cgi-bin/tags/get')).errcode).toBe(40001)
    expect((await other.get('/cgi-bin/tags/get')).tags).toBeInstanceOf(Array)
  })

  test('down cuts the line; latency waits; both outlive a restart until they are switched off', async () => {
    await faults({ match: { path: '/cgi-bin/tags' }, kind: 'down' })
    await expect(account.get('/cgi-bin/tags/get')).rejects.toThrow()
    await world.restart()
    await expect(account.get('/cgi-bin/tags/get')).rejects.toThrow()
    await faults({ match: { path: '/cgi-bin/tags' }, kind: 'latency', ms: 120 })
    const startedAt = performance.now()
    expect((await account.get('/cgi-bin/tags/get')).tags).toBeInstanceOf(Array)
    expect(performance.now() - startedAt).toBeGreaterThan(115)
  })
})

describe('the ledger', () => {
  test('pages, and finds content that came twice', async () => {
    const own = await world.account({ fans: 10 })
    const send = async (touser: string[], content: string, clientmsgid: string) =>
      own.finish(
        (
          await own.post('/cgi-bin/message/mass/send', {
            touser,
            msgtype: 'text',
            text: { content },
            clientmsgid,
          })
        ).msg_id,
      )
    await send(own.openids.slice(0, 5), '甲', 'a')
    await send(own.openids.slice(5), '甲', 'b')
    const summary = () => world.control('GET', `/ledger/summary?appid=${own.appid}`)
    expect(await summary()).toMatchObject({
      total: 10,
      fansReached: 10,
      duplicates: 0,
      duplicatesByContent: [],
    })
    await send(own.openids.slice(4, 7), '甲', 'c')
    const after = await summary()
    expect(after).toMatchObject({ total: 13, fansReached: 10, duplicates: 3 })
    expect(after.duplicatesByContent).toEqual(own.openids.slice(4, 7).toSorted())
    expect(after.byMsg.map((row: { count: number }) => row.count)).toEqual([5, 5, 3])
    const page = await world.control('GET', `/ledger?appid=${own.appid}&limit=7`)
    expect(page.items).toHaveLength(7)
    const rest = await world.control('GET', `/ledger?appid=${own.appid}&limit=7&after=${page.next}`)
    expect(rest).toMatchObject({ next: null })
    expect(rest.items).toHaveLength(6)
  })

  test('outlives a stop in mid-job: the job ends after the next start, once', async () => {
    const own = await world.account({ fans: 10 })
    const body = { touser: own.openids, msgtype: 'text', text: { content: '停一下' } }
    const { msg_id } = await own.post('/cgi-bin/message/mass/send', body)
    await world.restart()
    await own.finish(msg_id)
    expect((await world.control('GET', `/ledger/summary?msgId=${msg_id}`)).total).toBe(10)
  })
})

describe('pages', () => {
  test('the phone and its parts are served, free to be framed', async () => {
    for (const path of [
      '/phone',
      '/phone/phone.js',
      '/phone/words.js',
      '/phone/draw.js',
      '/phone/phone.css',
    ]) {
      const response = await fetch(`${world.sim().url}${path}`)
      expect(response.status).toBe(200)
      expect(response.headers.has('x-frame-options')).toBe(false)
    }
  })

  test('fans are found by openid, WeChat id and nickname', async () => {
    const find = async (q: string) =>
      (await world.control('GET', `/fans?appid=${account.appid}&q=${encodeURIComponent(q)}`)).items
    const [fan] = await find(account.openids[0]!)
    expect(fan).toMatchObject({ openid: account.openids[0], following: true })
    expect(await find(fan.wechatId)).toEqual([fan])
    expect(await find(fan.nickname)).toContainEqual(fan)
  })
})

test('a reset forgets everything, the clock too', async () => {
  await world.forward(86_400_000)
  expect(await world.control('POST', '/reset')).toEqual({ ok: true })
  expect(await world.control('GET', '/accounts')).toEqual({ items: [] })
  expect((await world.control('GET', '/clock')).offsetMs).toBe(0)
  const fresh = await world.account({ fans: 5 })
  await until(async () => (await fresh.get('/cgi-bin/user/get')).total === 5)
})

test('an account that is made again has its drafts and covers under the addresses they had', async () => {
  const first = await world.account({ fans: 1, drafts: 2 })
  const { item } = await first.post('/cgi-bin/draft/batchget', { offset: 0, count: 20, no_content: 1 })
  const articles: { thumb_url: string; url: string; title: string }[] = item.flatMap(
    ({ content }: { content: { news_item: object[] } }) => content.news_item,
  )
  expect(articles.length).toBeGreaterThan(1)
  const open = async () => {
    const there = articles.map(async ({ thumb_url, url, title }) => [
      (await fetch(thumb_url)).ok,
      (await (await fetch(url)).text()).includes(title),
    ])
    return new Set((await Promise.all(there)).flat())
  }
  expect(await open()).toEqual(new Set([true]))
  const made = (await world.control('GET', '/accounts')).items.find(
    ({ appid }: { appid: string }) => appid === first.appid,
  )
  await world.control('POST', '/reset')
  expect(await open()).toEqual(new Set([false]))
  const { appid, secret, kind, name, ghId, seed } = made
  await world.control('POST', '/accounts', {
    appid,
    secret,
    kind,
    name,
    ghId,
    seed: Number(seed),
    fans: 1,
    drafts: 2,
  })
  expect(await open()).toEqual(new Set([true]))
})
