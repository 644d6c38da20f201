import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, dayOf, startOfDay } from '../calendar.ts'
import type { JsonObject } from '../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

const owner = (own: TestAccount, action: string, more: JsonObject = {}) =>
  world.control('POST', '/owner', { appid: own.appid, action, ...more })
let texts = 0
const text = () => {
  texts += 1
  return `后台发的第 ${texts} 条`
}
const byApi = (own: TestAccount, mediaId?: string) =>
  own.post('/cgi-bin/message/mass/send', {
    touser: own.openids,
    ...(mediaId === undefined
      ? { msgtype: 'text', text: { content: text() } }
      : { msgtype: 'mpnews', mpnews: { media_id: mediaId } }),
  })
const read = (own: TestAccount, media_id: string) => own.post('/cgi-bin/draft/get', { media_id })

describe('a mass send from the backend', () => {
  test('takes one of each fan’s four of the month; by tag it reaches its members alone', async () => {
    const own = await world.account({ fans: 10 })
    const { tag } = await own.post('/cgi-bin/tags/create', { tag: { name: '后台' } })
    const members = own.openids.slice(0, 3)
    await own.post('/cgi-bin/tags/members/batchtagging', { openid_list: members, tagid: tag.id })
    for (let n = 0; n < 3; n += 1)
      expect(await own.finish((await owner(own, 'mass', { text: text() })).msgId)).toMatchObject({
        call: 'console',
        sent: 10,
      })
    const tagged = await owner(own, 'mass', { text: text(), tagId: tag.id })
    expect(await own.finish(tagged.msgId)).toMatchObject({ sent: 3 })
    expect(await own.finish((await byApi(own)).msg_id)).toMatchObject({ filtered: 7, sent: 7 })
    expect((await owner(own, 'mass', { text: text(), tagId: 9_999 })).error).toContain('40152')
  })

  test('to all shares the four a month, and a subscription account’s day, with the interface', async () => {
    const own = await world.account({ fans: 10 })
    for (let n = 0; n < 4; n += 1) await own.finish((await owner(own, 'mass', { text: text() })).msgId)
    expect((await owner(own, 'mass', { text: text() })).error).toContain('45028')
    const daily = await world.account({ kind: 'subscription', fans: 10 })
    await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
    await daily.finish((await owner(daily, 'mass', { text: text() })).msgId)
    const toAll = () =>
      daily.post('/cgi-bin/message/mass/sendall', {
        filter: { is_to_all: true },
        msgtype: 'text',
        text: { content: text() },
      })
    expect((await toAll()).errcode).toBe(45028)
    await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
    expect((await toAll()).errcode).toBe(0)
  })

  test('uses its draft up; its articles are in the figures; no call names its msg_id or takes it back', async () => {
    const own = await world.account({ fans: 200, rates: { read: 1, comment: 0, unfollow: 0 } })
    const mediaId = await own.draft({ title: '后台图文' })
    const { msgId, msgDataId } = await owner(own, 'mass', { mediaId })
    const day = dayOf(await world.now())
    expect(await own.finish(msgId)).toMatchObject({ outcome: 'send success' })
    expect((await read(own, mediaId)).errcode).toBe(40007)
    expect((await own.post('/cgi-bin/message/mass/get', { msg_id: msgId })).errcode).toBe(40059)
    expect((await own.post('/cgi-bin/message/mass/delete', { msg_id: msgId })).errcode).toBe(40059)
    await world.forward(new Date(startOfDay(addDays(day, 1)).getTime() + 9 * 3_600_000))
    await world.settle()
    const { list } = await own.post('/datacube/getarticletotaldetail', { begin_date: day, end_date: day })
    expect(list).toMatchObject([{ msgid: `${msgDataId}_1`, publish_type: 0, title: '后台图文' }])
  })

  test('needs no confirmation on the phone, but passes the same checks', async () => {
    const own = await world.account({
      fans: 10,
      settings: { groupSendProtection: true, nextMass: [{ status: 'err(20001)' }] },
    })
    expect(await own.finish((await owner(own, 'mass', { text: text() })).msgId)).toMatchObject({
      outcome: 'err(20001)',
    })
    expect(await own.finish((await owner(own, 'mass', { text: text() })).msgId)).toMatchObject({ sent: 10 })
  })
})

describe('drafts in the backend', () => {
  test('an edit shows in the next look at it, under the same rules as of the interface', async () => {
    const own = await world.account({ fans: 10 })
    const mediaId = await own.draft({}, { title: '第二篇' })
    await world.forward(60_000)
    const before = await read(own, mediaId)
    expect(
      await owner(own, 'edit-draft', { mediaId, idx: 2, title: '改过', content: '<p>新的</p>' }),
    ).toEqual({ changed: true })
    const after = await read(own, mediaId)
    expect(after.news_item).toMatchObject([{ title: '标题' }, { title: '改过', content: '<p>新的</p>' }])
    expect(after.update_time).toBeGreaterThanOrEqual(before.update_time)
    expect((await owner(own, 'edit-draft', { mediaId, title: '字'.repeat(33) })).error).toContain('45003')
    expect((await owner(own, 'edit-draft', { mediaId, cover: 'none' })).error).toContain('40007')
    expect((await owner(own, 'edit-draft', { mediaId, idx: 3 })).error).toBe('no such article')
  })

  test('deleted ones are gone', async () => {
    const own = await world.account({ fans: 10 })
    const mediaId = await own.draft()
    expect(await owner(own, 'delete-draft', { mediaId })).toEqual({ changed: true })
    expect((await read(own, mediaId)).errcode).toBe(40007)
    expect((await owner(own, 'delete-draft', { mediaId })).error).toBe('no such draft')
  })

  test.each([
    [48021, { saved: false }, { saved: true }],
    [48022, { uploadedVideo: true }, { uploadedVideo: false }],
    [45062, { contractAd: true }, { contractAd: false }],
  ])(
    '%i: refused by the interface, sent from the backend; a copy of the draft is no way around it',
    async (errcode, flag, undo) => {
      const own = await world.account({ fans: 10 })
      const mediaId = await own.draft()
      await owner(own, 'edit-draft', { mediaId, ...flag })
      expect((await byApi(own, mediaId)).errcode).toBe(errcode)
      const preview = { touser: own.openids[0], msgtype: 'mpnews', mpnews: { media_id: mediaId } }
      expect((await own.post('/cgi-bin/message/mass/preview', preview)).errcode).toBe(errcode)
      if (errcode !== 48021) {
        const [{ content }] = (await read(own, mediaId)).news_item
        expect((await byApi(own, await own.draft({ content }))).errcode).toBe(errcode)
      }
      await owner(own, 'edit-draft', { mediaId, ...undo })
      expect((await own.post('/cgi-bin/message/mass/preview', preview)).errcode).toBe(0)
      await owner(own, 'edit-draft', { mediaId, ...flag })
      expect(await own.finish((await owner(own, 'mass', { mediaId })).msgId)).toMatchObject({ sent: 10 })
    },
  )
})
