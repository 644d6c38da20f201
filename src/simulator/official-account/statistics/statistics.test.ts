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
    rates: { read: 0.5, share: 0.1, comment: 0.02, unfollow: 0.01, follow: 0.01 },
  })
  await world.forward(new Date(startOfDay(addDays(await today(), 1)).getTime() + 9 * 3_600_000))
  sentOn = await today()
  const body = { msgtype: 'mpnews', mpnews: { media_id: await account.draft({ need_open_comment: 1 }) } }
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

  test('adds up to the rates after three days', async () => {
    const { list, is_delay } = await cube('getarticletotaldetail', sentOn)
    const own = list.find((row: JsonObject) => row['msgid'] === `${msgDataId}_1`)
    expect(own).toMatchObject({ publish_type: 0, title: '标题' })
    const reads = own.detail_list.map((day: { read_user: number }) => day.read_user)
    const total = reads.reduce((sum: number, count: number) => sum + count)
    expect(total).toBeGreaterThan(1_350)
    expect(total).toBeLessThan(1_650)
    expect(own.detail_list[0].stat_date).toBe(sentOn)
    // Its thirty days aren't over.
    expect(is_delay).toBe(true)
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
    expect(last).toBe((await account.get('/cgi-bin/user/get')).total)
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
