import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, dayOf, startOfDay } from '../../calendar.ts'
import type { JsonObject } from '../../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  world = await startTestWorld()
})
afterAll(() => world.close())

let texts = 0
/** A text that was never sent before, so that no derived key stands in the way. */
const text = (): JsonObject => {
  texts += 1
  return { msgtype: 'text', text: { content: `你好 ${texts}` } }
}
const send = (touser: readonly string[], body: JsonObject = text(), from = account) =>
  from.post('/cgi-bin/message/mass/send', { touser, ...body })
const sendAll = (filter: JsonObject, body: JsonObject = text(), from = account) =>
  from.post('/cgi-bin/message/mass/sendall', { filter, ...body })
const ledger = (msgId: unknown) => world.control('GET', `/ledger?msgId=${msgId}&limit=1000`)

describe('a send', () => {
  test('to a list arrives with each of them once, and the draft dies with it', async () => {
    account = await world.account({ fans: 100 })
    const media_id = await account.draft()
    const answer = await send(account.openids.slice(0, 60), { msgtype: 'mpnews', mpnews: { media_id } })
    expect(answer).toMatchObject({ errcode: 0, errmsg: 'send job submission success' })
    expect(BigInt(answer.msg_id) > 2n ** 53n && BigInt(answer.msg_data_id) > 2n ** 53n).toBe(true)
    const status = async () =>
      (await account.post('/cgi-bin/message/mass/get', { msg_id: answer.msg_id })).msg_status
    expect(await status()).toBe('SENDING')
    expect(await account.finish(answer.msg_id)).toMatchObject({
      outcome: 'send success',
      total: 60,
      filtered: 60,
      sent: 60,
      errors: 0,
    })
    expect(await status()).toBe('SEND_SUCCESS')
    const received = (await ledger(answer.msg_id)).items
    expect(received.map((item: JsonObject) => item['openid']).toSorted()).toEqual(
      account.openids.slice(0, 60).toSorted(),
    )
    expect((await account.post('/cgi-bin/draft/get', { media_id })).errcode).toBe(40007)
    expect((await send(account.openids, { msgtype: 'mpnews', mpnews: { media_id } })).errcode).toBe(40007)
    const summary = await world.control('GET', `/ledger/summary?appid=${account.appid}`)
    expect(summary).toMatchObject({ total: 60, fansReached: 60, duplicates: 0 })
  })

  test('to a tag reaches its members; to all, everybody who follows', async () => {
    const { tag } = await account.post('/cgi-bin/tags/create', { tag: { name: '这一批' } })
    const members = account.openids.slice(0, 30)
    await account.post('/cgi-bin/tags/members/batchtagging', { openid_list: members, tagid: tag.id })
    await world.control('POST', '/act', {
      appid: account.appid,
      openid: account.openids[99],
      action: 'unfollow',
    })
    const tagged = await sendAll({ is_to_all: false, tag_id: tag.id })
    expect(await account.finish(tagged.msg_id)).toMatchObject({ total: 30, sent: 30 })
    expect(tagged).not.toHaveProperty('msg_data_id')
    const all = await sendAll({ is_to_all: true })
    expect(await account.finish(all.msg_id)).toMatchObject({ total: 99, sent: 99 })
    expect((await sendAll({ is_to_all: false, tag_id: 9_999 })).errcode).toBe(40152)
    expect((await sendAll({ is_to_all: false })).errcode).toBe(40152)
  })

  test('2 to 10,000 openids', async () => {
    const big = await world.account({ fans: 10_001 })
    const page = (await big.get('/cgi-bin/user/get')).data.openid as string[]
    const more = (await big.get(`/cgi-bin/user/get?next_openid=${page.at(-1)}`)).data.openid as string[]
    expect((await send([], text(), big)).errcode).toBe(40130)
    expect((await send(page.slice(0, 1), text(), big)).errcode).toBe(40130)
    expect((await send([page[0]!, page[0]!], text(), big)).errcode).toBe(40130)
    expect((await send([...page, ...more], text(), big)).errcode).toBe(40032)
    expect((await send(page.slice(0, 2), text(), big)).errcode).toBe(0)
    const full = await send(page, text(), big)
    expect(await big.finish(full.msg_id)).toMatchObject({ total: 10_000, sent: 10_000 })
    expect((await big.post('/cgi-bin/message/mass/send', { touser: 'all', ...text() })).errcode).toBe(40031)
  })

  test('another account’s openids are refused, people who left are filtered', async () => {
    const other = await world.account({ fans: 5 })
    expect((await send([account.openids[0]!, other.openids[0]!])).errcode).toBe(40003)
    const own = await world.account({ fans: 10 })
    await world.control('POST', '/act', { appid: own.appid, openid: own.openids[0], action: 'unfollow' })
    const blocked = [own.openids[1]]
    await own.post('/cgi-bin/tags/members/batchblacklist', { openid_list: blocked })
    const { msg_id } = await send(own.openids, text(), own)
    expect(await own.finish(msg_id)).toMatchObject({
      outcome: 'send success',
      total: 10,
      filtered: 8,
      sent: 8,
    })
  })

  test('each kind of content, and what is refused', async () => {
    const two = account.openids.slice(0, 2)
    const image = (
      await account.post('/cgi-bin/material/batchget_material', { type: 'image', offset: 0, count: 1 })
    ).item[0].media_id
    const pictures = (count: number) => ({
      msgtype: 'image',
      images: { media_ids: Array(count).fill(image), recommend: '看' },
    })
    expect((await send(two, pictures(20))).errcode).toBe(0)
    expect((await send(two, pictures(21))).errcode).toBe(40215)
    expect((await send(two, pictures(0))).errcode).toBe(40215)
    expect((await send(two, { msgtype: 'image', image: { media_id: image } })).errcode).toBe(40007)
    expect((await send(two, { msgtype: 'wxcard', wxcard: { card_id: 'x' } })).errcode).toBe(45113)
    expect((await send(two, { msgtype: 'poem' })).errcode).toBe(40008)
    expect((await send(two, { msgtype: 'text', text: { content: ' ' } })).errcode).toBe(44004)
    expect((await send(two, { msgtype: 'text', text: { content: '字'.repeat(600) } })).errcode).toBe(0)
    expect((await send(two, { msgtype: 'text', text: { content: '字'.repeat(601) } })).errcode).toBe(45002)
    expect((await send(two, { msgtype: 'voice', voice: { media_id: image } })).errcode).toBe(40007)
  })
})

describe('clientmsgid', () => {
  test('45066 within a minute, 45065 with the msg_id for a day, then free again', async () => {
    const own = await world.account({ fans: 10 })
    const body = { ...text(), clientmsgid: 'cmp-42-arm-b' }
    const first = await send(own.openids, body, own)
    await world.forward(57_000)
    expect((await send(own.openids, body, own)).errcode).toBe(45066)
    await world.forward(4_000)
    expect(await send(own.openids, { ...text(), clientmsgid: 'cmp-42-arm-b' }, own)).toMatchObject({
      errcode: 45065,
      msg_id: first.msg_id,
    })
    await world.forward(24 * 3_600_000 - 90_000)
    expect((await send(own.openids, body, own)).errcode).toBe(45065)
    await world.forward(40_000)
    const again = await send(own.openids, body, own)
    expect(again.errcode).toBe(0)
    expect(again.msg_id).not.toBe(first.msg_id)
  })

  test('a repeat after success is 45065, although the draft is dead', async () => {
    const own = await world.account({ fans: 10 })
    const body = { msgtype: 'mpnews', mpnews: { media_id: await own.draft() }, clientmsgid: 'once' }
    const first = await send(own.openids, body, own)
    await own.finish(first.msg_id)
    await world.forward(61_000)
    expect(await send(own.openids, body, own)).toMatchObject({ errcode: 45065, msg_id: first.msg_id })
    expect((await world.control('GET', `/ledger/summary?appid=${own.appid}`)).total).toBe(10)
  })

  test('32 bytes, not 33; without one the platform makes its own', async () => {
    const own = await world.account({ fans: 10 })
    expect((await send(own.openids, { ...text(), clientmsgid: 'x'.repeat(32) }, own)).errcode).toBe(0)
    expect((await send(own.openids, { ...text(), clientmsgid: 'x'.repeat(33) }, own)).errcode).toBe(45067)
    const same = text()
    expect((await send(own.openids, same, own)).errcode).toBe(0)
    await world.forward(61_000)
    expect((await send(own.openids, same, own)).errcode).toBe(45065)
    expect((await send(own.openids.slice(1), same, own)).errcode).toBe(0)
  })

  test('ten calls at once with one id make one job', async () => {
    const own = await world.account({ fans: 10 })
    const body = { ...text(), clientmsgid: 'at-once' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(own.openids, body, own)))
    expect(answers.map((answer) => answer.errcode).toSorted()).toEqual([0, ...Array(9).fill(45066)])
  })
})

describe('verdicts', () => {
  const verdict = async (own: TestAccount, ...nextMass: JsonObject[]) =>
    world.control('PATCH', `/accounts/${own.appid}`, { settings: { nextMass } })

  test.each(['send fail', 'err(10001)', 'err(20001)', 'err(21000)'])(
    '%s: nobody gets anything, the draft lives',
    async (status) => {
      const own = await world.account({ fans: 10 })
      await verdict(own, { status })
      const media_id = await own.draft()
      const { msg_id } = await send(own.openids, { msgtype: 'mpnews', mpnews: { media_id } }, own)
      expect(await own.finish(msg_id)).toMatchObject({ outcome: status, state: 'failed', sent: 0 })
      expect((await own.post('/cgi-bin/message/mass/get', { msg_id })).msg_status).toBe('SEND_FAIL')
      expect((await own.post('/cgi-bin/draft/get', { media_id })).news_item).toHaveLength(1)
      expect((await world.control('GET', `/ledger/summary?appid=${own.appid}`)).total).toBe(0)
    },
  )

  test.each([
    [1, 0, 'send success'],
    [2, 1, 'send success'],
    [2, 0, 'err(30003)'],
    [3, 1, 'err(30002)'],
  ])('originality %i with send_ignore_reprint %i: %s', async (checkState, send_ignore_reprint, outcome) => {
    const own = await world.account({ fans: 10 })
    await verdict(own, { checkState })
    const body = { msgtype: 'mpnews', mpnews: { media_id: await own.draft() }, send_ignore_reprint }
    expect((await own.finish((await send(own.openids, body, own)).msg_id)).outcome).toBe(outcome)
  })

  test('group-send protection: confirmed, refused, or expired after 30 minutes', async () => {
    const own = await world.account({ fans: 10, settings: { groupSendProtection: true } })
    const confirm = (msgId: string, accept: boolean) =>
      world.control('POST', '/mass/confirm', { appid: own.appid, msgId: String(msgId), accept })
    const yes = (await send(own.openids, text(), own)).msg_id
    await confirm(yes, true)
    expect(await own.finish(yes)).toMatchObject({ outcome: 'send success', sent: 10 })
    const no = (await send(own.openids, text(), own)).msg_id
    await confirm(no, false)
    expect((await own.finish(no)).outcome).toBe('err(40001)')
    const late = (await send(own.openids, text(), own)).msg_id
    await world.forward(29 * 60_000)
    expect((await own.post('/cgi-bin/message/mass/get', { msg_id: late })).msg_status).toBe('SENDING')
    expect((await own.finish(late)).outcome).toBe('err(40002)')
    expect((await confirm(late, true)).error).toBeTypeOf('string')
  })
})

describe('other calls', () => {
  test('a preview reaches one fan at once, by openid or WeChat id, and spends no month', async () => {
    const own = await world.account({ fans: 10 })
    const media_id = await own.draft()
    const body = { msgtype: 'mpnews', mpnews: { media_id } }
    const fan = (await world.control('GET', `/fans?appid=${own.appid}&q=${own.openids[0]}`)).items[0]
    for (let n = 0; n < 5; n += 1) {
      const answer = await own.post('/cgi-bin/message/mass/preview', { touser: own.openids[0], ...body })
      expect(answer).toMatchObject({ errcode: 0, errmsg: 'preview success' })
    }
    const named = { touser: own.openids[1], towxname: fan.wechatId, ...body }
    expect((await own.post('/cgi-bin/message/mass/preview', named)).errcode).toBe(0)
    const summary = await world.control('GET', `/ledger/summary?appid=${own.appid}&openid=${own.openids[0]}`)
    expect(summary.total).toBe(6)
    expect((await own.post('/cgi-bin/draft/get', { media_id })).news_item).toHaveLength(1)
    expect(await own.finish((await send(own.openids, body, own)).msg_id)).toMatchObject({ sent: 10 })
    const unknown = { towxname: 'nobody', ...text() }
    expect((await own.post('/cgi-bin/message/mass/preview', unknown)).errcode).toBe(40132)
    expect((await own.post('/cgi-bin/message/mass/preview', { touser: 'o-x', ...text() })).errcode).toBe(
      40003,
    )
  })

  test('delete: articles only, after success only; the card opens an error page', async () => {
    const own = await world.account({ fans: 10 })
    const remove = (msg_id: unknown, more = {}) =>
      own.post('/cgi-bin/message/mass/delete', { msg_id, ...more })
    const { msg_id } = await send(
      own.openids,
      { msgtype: 'mpnews', mpnews: { media_id: await own.draft() } },
      own,
    )
    expect((await remove(msg_id)).errcode).toBe(40065)
    await own.finish(msg_id)
    expect((await remove(msg_id, { article_idx: 2 })).errcode).toBe(40060)
    expect((await remove(msg_id, { article_idx: 1 })).errcode).toBe(0)
    expect((await own.post('/cgi-bin/message/mass/get', { msg_id })).msg_status).toBe('DELETE')
    expect((await remove(msg_id)).errcode).toBe(40065)
    expect((await remove('1')).errcode).toBe(40059)
    const chat = await world.control('GET', `/chat?appid=${own.appid}&openid=${own.openids[0]}`)
    const page = await fetch(`${world.sim().url}${chat.items[0].content.articles[0].url}`)
    expect(await page.text()).toContain('该内容已被发布者删除')
    const words = await send(own.openids, text(), own)
    await own.finish(words.msg_id)
    expect((await remove(words.msg_id)).errcode).toBe(40065)
  })

  test('delete: ten a day, whatever becomes of them; the eleventh is 45009 and deletes nothing until Beijing midnight', async () => {
    const own = await world.account({ fans: 10 })
    await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
    const { msg_id } = await send(
      own.openids,
      { msgtype: 'mpnews', mpnews: { media_id: await own.draft() } },
      own,
    )
    await own.finish(msg_id)
    const remove = (id: unknown) => own.post('/cgi-bin/message/mass/delete', { msg_id: id })
    for (let n = 0; n < 10; n += 1) expect((await remove('1')).errcode).toBe(40059)
    expect((await remove(msg_id)).errcode).toBe(45009)
    expect((await own.post('/cgi-bin/message/mass/get', { msg_id })).msg_status).toBe('SEND_SUCCESS')
    await world.forward(startOfDay(addDays(dayOf(await world.now()), 1)))
    expect((await remove(msg_id)).errcode).toBe(0)
  })

  test('speed: 0 to 4, and a slower one takes longer', async () => {
    const own = await world.account({ fans: 10 })
    const set = (body: JsonObject) => own.post('/cgi-bin/message/mass/speed/set', body)
    expect(await own.post('/cgi-bin/message/mass/speed/get', {})).toEqual({ speed: 0, realspeed: 80 })
    expect(await set({ speed: 4 })).toMatchObject({ speed: 4, realspeed: 10 })
    expect((await set({ speed: 5 })).errcode).toBe(45083)
    expect((await set({ speed: -1 })).errcode).toBe(45083)
    expect((await set({})).errcode).toBe(45084)
  })

  test('who may not: unverified accounts at all, subscription accounts by openid', async () => {
    const plain = await world.account({ verified: false, fans: 10 })
    expect((await sendAll({ is_to_all: true }, text(), plain)).errcode).toBe(48001)
    const weekly = await world.account({ kind: 'subscription', fans: 10 })
    expect((await send(weekly.openids, text(), weekly)).errcode).toBe(48001)
    const unready = await world.account({ fans: 10, settings: { standing: 'protocol-not-agreed' } })
    expect((await send(unready.openids, text(), unready)).errcode).toBe(48003)
  })
})
