import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, dayOf, startOfDay } from '../../calendar.ts'
import type { JsonObject } from '../../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
let sentOn: string
let msgDataId: string

const cube = (name: string, begin_date: string, end_date = begin_date) =>
  account.post(`/datacube/${name}`, { begin_date, end_date })
const today = async (): Promise<string> => dayOf(await world.now())

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({
    fans: 3_000,
    rates: {
      read: 0.5,
      share: 0.1,
      comment: 0.02,
      unfollow: 0.01,
      follow: 0.01,
      readOriginal: 0.1,
      favourite: 0.05,
    },
    settings: { quality: [{ title: '标题', read: 1 }] },
  })
  await world.forward(new Date(startOfDay(addDays(await today(), 1)).getTime() + 9 * 3_600_000))
  sentOn = await today()
  const body = {
    msgtype: 'mpnews',
    mpnews: {
      media_id: await account.draft({
        need_open_comment: 1,
        content_source_url: 'https://shop.example.com/a',
      }),
    },
  }
  const sent = await account.post('/cgi-bin/message/mass/sendall', { filter: { is_to_all: true }, ...body })
  msgDataId = String(sent.msg_data_id)
  await account.finish(sent.msg_id)
  await world.forward(4 * 86_400_000)
  await world.settle()
})
afterAll(() => world.close())

describe('dates', () => {
  test('yesterday is ready at 08:00, not before; today never', async () => {
    const day = addDays(await today(), 1)
    const yesterday = addDays(day, -1)
    await world.forward(new Date(startOfDay(day).getTime() + 8 * 3_600_000 - 30_000))
    expect((await cube('getusersummary', yesterday)).errcode).toBe(61503)
    expect((await cube('getusersummary', addDays(day, -2))).list).toBeInstanceOf(Array)
    await world.forward(30_000)
    expect((await cube('getusersummary', yesterday)).list).toBeInstanceOf(Array)
    expect((await cube('getusersummary', day)).errcode).toBe(61501)
  })

  test.each([
    ['getusersummary', 7],
    ['getusercumulate', 7],
    ['getarticleread', 1],
    ['getarticleshare', 1],
    ['getbizsummary', 30],
    ['getarticletotaldetail', 1],
  ])('%s spans %i days, not one more', async (name, days) => {
    const end = addDays(await today(), -2)
    expect((await cube(name, addDays(end, 1 - days), end)).list).toBeInstanceOf(Array)
    expect((await cube(name, addDays(end, -days), end)).errcode).toBe(61501)
  })

  test('badly written and turned round', async () => {
    const end = addDays(await today(), -2)
    expect((await cube('getusersummary', '2026-1-1')).errcode).toBe(61500)
    expect((await cube('getusersummary', '2026-02-30')).errcode).toBe(61500)
    expect((await cube('getusersummary', end, addDays(end, -1))).errcode).toBe(61501)
    expect((await account.post('/datacube/getusersummary', {})).errcode).toBe(61500)
  })

  test.each([
    'getarticlesummary',
    'getarticletotal',
    'getuserread',
    'getuserreadhour',
    'getusershare',
    'getusersharehour',
  ])('%s is offline', async (name) => {
    expect(await cube(name, '2025-10-01')).toMatchObject({
      errcode: 47009,
      errmsg: expect.stringMatching(/^this api is offline, please use the new api rid/),
    })
  })
})

describe('what the fans of a mass send did', () => {
  test('is counted under <msg_data_id>_<place>', async () => {
    const read = await cube('getarticleread', sentOn)
    const own = read.list.find((row: JsonObject) => row['msgid'] === `${msgDataId}_1`)
    expect(own.detail.read_user).toBeGreaterThan(600)
    const sources = own.detail.read_user_source.map((source: { user_count: number }) => source.user_count)
    expect(sources.reduce((sum: number, count: number) => sum + count)).toBe(own.detail.read_user)
    const shares = await cube('getarticleshare', sentOn)
    expect(
      shares.list.find((row: JsonObject) => row['msgid'] === `${msgDataId}_1`).detail.share_user,
    ).toBeGreaterThan(50)
  })

  const totalOf = async (day: string, id = msgDataId) => {
    const { list, is_delay } = await cube('getarticletotaldetail', day)
    const own = list.find((row: JsonObject) => row['msgid'] === `${id}_1`)
    return { own, details: (own?.detail_list ?? []) as Record<string, number | string>[], isDelay: is_delay }
  }

  test('each row is the sum since publication, and comes to the rates after three days', async () => {
    const { own, details, isDelay } = await totalOf(sentOn)
    expect(own).toMatchObject({ publish_type: 0, title: '标题' })
    expect(details.map((day) => day['stat_date'])).toEqual([0, 1, 2, 3, 4].map((day) => addDays(sentOn, day)))
    const reads = details.map((day) => Number(day['read_user']))
    expect(reads).toEqual([...reads].sort((a, b) => a - b))
    expect(reads[0]).toBeLessThan(reads[3] as number)
    expect(reads[3]).toBeGreaterThan(1_350)
    expect(reads[3]).toBeLessThan(1_650)
    const last = details[3] as Record<string, number>
    expect(last['redirect_ori_page_user']).toBeGreaterThan(240)
    expect(last['redirect_ori_page_user']).toBeLessThan(360)
    expect(last['collection_user']).toBeGreaterThan(100)
    expect(last['comment_count']).toBeGreaterThan(30)
    const perDay = await Promise.all([0, 1, 2, 3].map((day) => cube('getarticleread', addDays(sentOn, day))))
    const sum = perDay
      .flatMap(({ list }) => list)
      .filter((row: JsonObject) => row['msgid'] === `${msgDataId}_1`)
      .reduce((all, row) => all + row.detail.read_user, 0)
    expect(sum).toBe(reads[3])
    // yesterday is in it
    expect(isDelay).toBe(false)
  })

  test('the control interface tells the truth: quality and everything that was done', async () => {
    const { items } = await world.control('GET', `/articles?appid=${account.appid}&msgDataId=${msgDataId}`)
    const { details } = await totalOf(sentOn)
    expect(items).toMatchObject([
      { idx: 1, title: '标题', quality: 1, read: details.at(-1)?.['read_user'], notified: true },
    ])
    const all = await world.control('GET', `/articles?appid=${account.appid}`)
    const qualities = all.items.map((item: { quality: number }) => item.quality)
    expect(new Set(qualities).size).toBeGreaterThan(1)
    expect(Math.min(...qualities)).toBeGreaterThanOrEqual(0.6)
    expect(Math.max(...qualities)).toBeLessThanOrEqual(1.6)
  })

  test('figures that are late: without yesterday, and said so, until their hour', async () => {
    const delay = (statisticsDelay: object) =>
      world.control('PATCH', `/accounts/${account.appid}`, { settings: { statisticsDelay } })
    const yesterday = addDays(await today(), -1)
    await delay({ days: [addDays(yesterday, -1)] })
    expect((await totalOf(sentOn)).isDelay).toBe(false)
    await delay({})
    const late = await totalOf(sentOn)
    expect(late.isDelay).toBe(true)
    expect(late.details.map((day) => day['stat_date'])).not.toContain(yesterday)
    await delay({ until: '00:00' })
    expect((await totalOf(sentOn)).details.at(-1)?.['stat_date']).toBe(yesterday)
  })

  test('a better article is read more, by as much as it is better', async () => {
    const rival = await world.account({
      fans: 4_000,
      rates: { read: 0.2, unfollow: 0, follow: 0 },
      settings: {
        quality: [
          { title: '好文', read: 1.5 },
          { title: '平常', read: 0.5 },
        ],
      },
    })
    const send = async (title: string, tag: string[]) => {
      const media_id = await rival.draft({ title })
      const sent = await rival.post('/cgi-bin/message/mass/send', {
        touser: tag,
        msgtype: 'mpnews',
        mpnews: { media_id },
      })
      await rival.finish(sent.msg_id)
      return String(sent.msg_data_id)
    }
    const { openid } = (await rival.get('/cgi-bin/user/get')).data
    const [good, plain] = [
      await send('好文一', openid.slice(0, 1_500)),
      await send('平常一', openid.slice(1_500, 3_000)),
    ]
    await world.forward(4 * 86_400_000)
    await world.settle()
    const { items } = await world.control('GET', `/articles?appid=${rival.appid}`)
    const readOf = (id: string) => items.find((item: { msgDataId: string }) => item.msgDataId === id).read
    expect(readOf(good)).toBeGreaterThan(380)
    expect(readOf(good)).toBeLessThan(520)
    expect(readOf(plain)).toBeGreaterThan(100)
    expect(readOf(plain)).toBeLessThan(200)
  })

  test('without a source there is nothing to go on to; a deleted one is no longer listed', async () => {
    const day = await today()
    const media_id = await account.draft({ title: '标题二' })
    const { openid } = (await account.get('/cgi-bin/user/get')).data
    const sent = await account.post('/cgi-bin/message/mass/send', {
      touser: openid.slice(0, 1_000),
      msgtype: 'mpnews',
      mpnews: { media_id },
    })
    await account.finish(sent.msg_id)
    await world.forward(4 * 86_400_000)
    await world.settle()
    const { own, details } = await totalOf(day, String(sent.msg_data_id))
    expect(own.title).toBe('标题二')
    expect(details.at(-1)?.['read_user']).toBeGreaterThan(300)
    expect(details.at(-1)?.['redirect_ori_page_user']).toBe(0)
    expect((await account.post('/cgi-bin/message/mass/delete', { msg_id: sent.msg_id })).errcode).toBe(0)
    expect((await totalOf(day, String(sent.msg_data_id))).own).toBeUndefined()
  })

  test('moves the number of fans', async () => {
    const summary = await cube('getusersummary', sentOn, addDays(sentOn, 3))
    const sum = (field: string) =>
      summary.list.reduce((all: number, row: Record<string, number>) => all + row[field]!, 0)
    expect(sum('new_user')).toBeGreaterThan(10)
    expect(sum('cancel_user')).toBeGreaterThan(10)
    const cumulate = await cube('getusercumulate', addDays(sentOn, -1), addDays(sentOn, 3))
    const [before, last] = [cumulate.list[0].cumulate_user, cumulate.list.at(-1).cumulate_user]
    expect(last - before).toBe(sum('new_user') - sum('cancel_user'))
    // a few may have come or left in the days after
    const { total } = await account.get('/cgi-bin/user/get')
    expect(Math.abs(total - last)).toBeLessThan(last * 0.02)
  })

  test('a fan counts once, however often the article is opened', async () => {
    const key = (await world.control('GET', `/chat?appid=${account.appid}&openid=${account.openids[0]}`))
      .items[0].content
    const article = key.articles[0].url
    const day = await today()
    for (let n = 0; n < 3; n += 1)
      await world.control('POST', '/act', {
        appid: account.appid,
        openid: account.openids[0],
        action: 'favourite',
        article,
      })
    await world.forward(new Date(startOfDay(addDays(day, 1)).getTime() + 8 * 3_600_000))
    const { list } = await cube('getbizsummary', day)
    expect(list[0].detail.collection_user).toBe(1)
  })
})

describe('comments', () => {
  const call = (name: string, more: object = {}) =>
    account.post(`/cgi-bin/comment/${name}`, { msg_data_id: msgDataId, index: 0, ...more })

  test('are listed 49 at a time, elected, answered and deleted', async () => {
    const list = (more: object = {}) => call('list', { begin: 0, count: 49, type: 0, ...more })
    const all = await list()
    expect(all.total).toBeGreaterThan(30)
    expect(all.comment.length).toBe(Math.min(49, all.total))
    expect((await list({ count: 50 })).errcode).toBe(88010)
    expect((await list({ count: 0 })).errcode).toBe(88010)
    const { user_comment_id } = all.comment[0]
    expect(BigInt(user_comment_id) > 2n ** 53n).toBe(true)
    expect((await call('markelect', { user_comment_id })).errcode).toBe(0)
    expect((await list({ type: 2 })).comment).toMatchObject([{ user_comment_id, comment_type: 1 }])
    expect((await call('reply/add', { user_comment_id, content: '谢谢' })).errcode).toBe(0)
    expect((await call('reply/add', { user_comment_id, content: '再谢' })).errcode).toBe(88005)
    expect((await list({ type: 2 })).comment[0].reply.content).toBe('谢谢')
    expect((await call('reply/delete', { user_comment_id })).errcode).toBe(0)
    expect((await call('unmarkelect', { user_comment_id })).errcode).toBe(0)
    expect((await call('delete', { user_comment_id })).errcode).toBe(0)
    expect((await call('delete', { user_comment_id })).errcode).toBe(88008)
    expect((await list()).total).toBe(all.total - 1)
  })

  test('can be closed; unknown articles are refused', async () => {
    const chat = await world.control('GET', `/chat?appid=${account.appid}&openid=${account.openids[0]}`)
    const article = chat.items[0].content.articles[0].url
    const write = () =>
      world.control('POST', '/act', {
        appid: account.appid,
        openid: account.openids[0],
        action: 'comment',
        content: '好文',
        article,
      })
    expect(await write()).toEqual({ changed: true })
    expect((await call('close')).errcode).toBe(0)
    expect((await write()).error).toBe('comments are closed')
    expect((await call('open')).errcode).toBe(0)
    expect((await call('list', { index: 7, begin: 0, count: 1, type: 0 })).errcode).toBe(88001)
    expect((await call('list', { msg_data_id: 1, begin: 0, count: 1, type: 0 })).errcode).toBe(88001)
    const mute = await world.account({ fans: 5, settings: { commentRight: false } })
    expect((await mute.post('/cgi-bin/comment/list', { msg_data_id: msgDataId })).errcode).toBe(88000)
  })
})
