import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const SOURCE = readFileSync(join(import.meta.dirname, 'weida.js'), 'utf8')

type Message = {
  type: string
  event?: string
  messageId: string
  anonymousId: string
  properties?: Record<string, unknown>
  context: Record<string, unknown>
}
type Request = {
  url: string
  data: { writeKey: string; batch: Message[] }
  success(answer: { statusCode: number }): void
  fail(): void
}
// biome-ignore lint/suspicious/noExplicitAny: what the module exports is plain JavaScript
type Tracker = any
type Hooks = Record<string, (...args: unknown[]) => unknown>

/** The phone as far as the module touches it: storage, requests, timers, and the program's own globals. */
function phone(storage = new Map<string, unknown>()) {
  const requests: Request[] = []
  const timers: { work: () => void; ms: number }[] = []
  const made: { app?: Hooks; page?: Hooks } = {}
  const keep = (name: 'app' | 'page') => (given: Hooks) => {
    made[name] = given
  }
  const wx = {
    getStorageSync: (name: string) => storage.get(name) ?? '',
    setStorageSync: (name: string, value: unknown) => void storage.set(name, structuredClone(value)),
    removeStorageSync: (name: string) => void storage.delete(name),
    request: (request: Request) => void requests.push(request),
  }
  const globals = {
    wx,
    module: { exports: {} as Tracker },
    console,
    structuredClone,
    setTimeout: (work: () => void, ms: number) => timers.push({ work, ms }),
    getCurrentPages: () => [{ route: 'pages/shoe', options: { sku: 'S101', code: 'secret' } }],
    App: keep('app'),
    Page: keep('page'),
  }
  runInNewContext(SOURCE, globals)
  /** Runs what waits, then answers every request with this status; 0 is no answer. */
  const answer = (status: number) => {
    for (const { work } of timers.splice(0)) work()
    const asked = requests.splice(0)
    for (const request of asked) status === 0 ? request.fail() : request.success({ statusCode: status })
    return asked
  }
  const { module } = globals
  return { tracker: module.exports as Tracker, storage, wx, timers, globals, made, answer }
}

const SET = { key: 'pub_key', api: 'https://weida.example.com/' }
const names = (requests: Request[]) =>
  requests.flatMap(({ data }) => data.batch.map(({ event, type }) => event ?? type))

test('F1: a mini program’s views, actions and shares arrive in one batch, under one anonymous id', () => {
  const { tracker, globals, made, answer } = phone()
  tracker.init(SET)
  globals.App({})
  globals.Page({ onShareAppMessage: () => ({ title: '跑鞋', path: '/pages/shoe?sku=S101' }) })
  made.app?.['onShow']?.({ scene: 1007, path: 'pages/shoe', query: { wd_send: '42' } })
  made.page?.['onShow']?.()
  tracker.track('favourite', { sku: 'S101' })
  const shared = made.page?.['onShareAppMessage']?.({ from: 'menu' }) as { path: string; title: string }
  const [request] = answer(200)
  expect(request?.url).toBe('https://weida.example.com/v1/batch')
  expect(request?.data.writeKey).toBe('pub_key')
  const batch = request?.data.batch ?? []
  expect(batch.map(({ event, type }) => event ?? type)).toEqual([
    'weida.open',
    'weida.click',
    'page',
    'favourite',
    'weida.share',
  ])
  expect(batch[1]?.properties).toEqual({ send: '42' })
  expect(batch[2]?.properties).toMatchObject({ path: '/pages/shoe', url: '/pages/shoe?sku=S101' })
  expect(new Set(batch.map(({ anonymousId }) => anonymousId)).size).toBe(1)
  expect(new Set(batch.map(({ messageId }) => messageId)).size).toBe(5)
  expect(shared).toEqual({
    title: '跑鞋',
    path: `/pages/shoe?sku=S101&wd_share=${batch[4]?.properties?.['share']}`,
  })
})

test('A6: a program opened through a message tells the code of its link, once until it is opened through another; a share leaves it behind', () => {
  const { tracker, globals, made, answer } = phone()
  tracker.init(SET)
  globals.App({})
  globals.Page({ onShareAppMessage: () => ({ path: '/pages/shoe?wd=Ab3dEf7h&sku=S101&wd_send=4' }) })
  for (const wd of ['Ab3dEf7h', 'Ab3dEf7h', undefined, 'not a code!', 'Zz3dEf7h'])
    made.app?.['onShow']?.({ query: { wd } })
  const shared = made.page?.['onShareAppMessage']?.({ from: 'menu' }) as { path: string }
  const opened = answer(200)
    .flatMap(({ data }) => data.batch)
    .filter(({ event }) => event === 'weida.link_open')
  expect(opened.map(({ properties }) => properties)).toEqual([{ link: 'Ab3dEf7h' }, { link: 'Zz3dEf7h' }])
  expect(shared.path).toMatch(/^\/pages\/shoe\?sku=S101&wd_share=[\w-]+$/)
})

test('F1: the program’s own hooks run as before, with what they are given', () => {
  const { tracker, globals, made } = phone()
  tracker.init(SET)
  const seen: unknown[] = []
  globals.App({ onShow: (launch: unknown) => void seen.push(launch), onHide: () => void seen.push('hide') })
  globals.Page({ data: { a: 1 } as never, onShow: () => void seen.push('page') })
  made.app?.['onShow']?.({ scene: 1 })
  made.page?.['onShow']?.()
  made.app?.['onHide']?.()
  expect(seen).toEqual([{ scene: 1 }, 'page', 'hide'])
  expect(made.page?.['data']).toEqual({ a: 1 })
  // a page that can't be shared doesn't become one that can
  expect(made.page?.['onShareAppMessage']).toBeUndefined()
})

test('F1: what was not confirmed when the program closed is sent when it opens again, as the same messages', () => {
  const first = phone()
  first.tracker.init(SET)
  first.tracker.track('order')
  const [lost] = first.answer(0)
  const next = phone(first.storage)
  next.tracker.init(SET)
  const [sent] = next.answer(200)
  expect(sent?.data.batch).toEqual(JSON.parse(JSON.stringify(lost?.data.batch)))
  expect(next.tracker.anonymousId()).toBe(lost?.data.batch[0]?.anonymousId)
  const third = phone(first.storage)
  third.tracker.init(SET)
  expect(third.answer(200)).toEqual([])
})

test('F1: a server that fails is asked again later and later; a wrong key not at all, and nothing is lost', () => {
  const { tracker, timers, answer, storage } = phone()
  tracker.init(SET)
  tracker.track('order')
  const waits: number[] = []
  for (let n = 0; n < 10; n += 1) {
    expect(names(answer(n % 2 ? 503 : 0))).toEqual(['order'])
    waits.push(timers[0]?.ms ?? -1)
  }
  expect(waits[0]).toBeGreaterThanOrEqual(750)
  expect(waits[0]).toBeLessThanOrEqual(1_250)
  expect(waits[5]).toBeGreaterThan(waits[0]! * 8)
  expect(Math.max(...waits)).toBeLessThanOrEqual(75_000)
  answer(401)
  expect(timers).toEqual([])
  tracker.track('more')
  expect(answer(200)).toEqual([])
  expect(storage.get('weida.queue')).toHaveLength(2)
})

test('F1: at most 200 messages are kept, the newest, and 50 go at a time', () => {
  const { tracker, answer, storage } = phone()
  tracker.init(SET)
  for (let n = 0; n < 260; n += 1) tracker.track(`e${n}`)
  expect(storage.get('weida.queue')).toHaveLength(200)
  const sent: string[] = []
  for (let n = 0; n < 10; n += 1) {
    const asked = answer(200)
    for (const { data } of asked) expect(data.batch.length).toBeLessThanOrEqual(50)
    sent.push(...names(asked))
  }
  expect(sent).toEqual(Array.from({ length: 200 }, (_, n) => `e${n + 60}`))
})

test('F1: openid and signature go with every message once they are known, and not any more after reset', () => {
  const { tracker, answer } = phone()
  tracker.init(SET)
  tracker.track('before')
  tracker.identify({ openid: 'oAbc', signature: 'f00', traits: { city: '上海' } })
  tracker.track('after')
  tracker.reset()
  tracker.track('someone else')
  const [request] = answer(200)
  const [before, said, after, other] = request?.data.batch ?? []
  expect(before?.context).not.toHaveProperty('openid')
  expect([said?.context, after?.context]).toEqual([
    expect.objectContaining({ openid: 'oAbc', signature: 'f00' }),
    expect.objectContaining({ openid: 'oAbc', signature: 'f00' }),
  ])
  expect(other?.context).not.toHaveProperty('openid')
  expect(other?.anonymousId).not.toBe(after?.anonymousId)
})

test('F1: nothing it does reaches the program: broken storage, odd arguments, a huge event', () => {
  const { tracker, wx, answer } = phone()
  const broken = () => {
    throw new Error('storage is full')
  }
  Object.assign(wx, { getStorageSync: broken, setStorageSync: broken, removeStorageSync: broken })
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  tracker.init(SET)
  tracker.track()
  tracker.track('circle', circle)
  tracker.track('huge', { text: '长'.repeat(20_000) })
  tracker.identify(null)
  tracker.track('fine')
  expect(names(answer(200))).toEqual(['fine'])
})
