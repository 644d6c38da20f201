import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XMLParser } from 'fast-xml-parser'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import type { JsonObject } from '../../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

type Pushed = Record<string, JsonObject>

const STILL = { tap: 0, answer: 0, unfollow: 0, text: 0 }
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'List' })
let world: TestWorld
let receiver: Server
let pushed: Pushed[]
let opened: { url: string; agent: string }[]

beforeAll(async () => {
  world = await startTestWorld()
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'POST') pushed.push(parser.parse(Buffer.concat(chunks).toString()).xml)
      else opened.push({ url: request.url ?? '', agent: request.headers['user-agent'] ?? '' })
      response.end('success')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await world.close()
})
beforeEach(() => {
  pushed = []
  opened = []
})

const here = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
const open = (rates: JsonObject, more: JsonObject = {}) =>
  world.account({
    fans: 30,
    rates: { ...STILL, ...rates },
    callback: {
      url: `${here()}/wx`,
      token: 'demoToken01',
      aesKey: 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ',
      mode: 'plain',
    },
    ...more,
  })
const act = (account: TestAccount, openid: string, action: string, more: JsonObject = {}) =>
  world.control('POST', '/act', { appid: account.appid, openid, action, ...more })
const event = (name: string): Promise<Pushed> =>
  until(() => pushed.find((one) => String(one['Event']) === name), { what: name })
const results = async () => {
  await world.forward(2_000)
  await world.settle()
}

const REVIEW = {
  character_string1: { value: 'A1' },
  thing2: { value: '门店自取' },
  time3: { value: '2026-11-21 10:20' },
}
async function review(account: TestAccount, openid: string, more: JsonObject = {}) {
  const { template_list: list } = await account.get('/cgi-bin/template/get_all_private_template')
  const { template_id } = list.find((one: JsonObject) => one['title'] === '服务评价提醒')
  return account.post('/cgi-bin/message/template/send', {
    touser: openid,
    template_id,
    data: REVIEW,
    ...more,
  })
}
async function notice(account: TestAccount, openid: string) {
  const { data } = await account.get('/wxaapi/newtmpl/gettemplate')
  const { priTmplId } = data.find((one: JsonObject) => one['title'] === '新品上市通知')
  await act(account, openid, 'subscribe', {
    popup: 'article',
    answers: [{ templateId: priTmplId, accept: true }],
  })
  return account.post('/cgi-bin/message/subscribe/bizsend', {
    touser: openid,
    template_id: priTmplId,
    data: { thing1: { value: '桂花拿铁' }, date2: { value: '2026-12-01' }, amount3: { value: '￥32.00' } },
  })
}

describe('F7: results of template messages and notifications', () => {
  test.each([
    [{}, 'success', '0', 1],
    [{ noticeBlocked: 1 }, 'failed:user block', '43101', 0],
    [{ noticeFailed: 1 }, 'failed: system failed', '20000', 0],
  ])('%j: told as %s, and only a success arrives', async (rates, status, errorCode, arrived) => {
    const account = await open(rates)
    const openid = account.openids[0] as string
    const sent = await review(account, openid)
    expect(sent.errcode).toBe(0)
    expect((await notice(account, openid)).errcode).toBe(0)
    await results()
    const told = await event('TEMPLATESENDJOBFINISH')
    expect(told).toMatchObject({ FromUserName: openid, MsgID: String(sent.msgid), Status: status })
    const { SubscribeMsgSentEvent } = await event('subscribe_msg_sent_event')
    expect(SubscribeMsgSentEvent?.['List']).toMatchObject([{ ErrorCode: errorCode }])
    const summary = await world.control('GET', `/ledger/summary?appid=${account.appid}`)
    expect(summary.total).toBe(arrived * 2)
  })
})

test('F7: answers of the popup and their withdrawal are told with where they came from', async () => {
  const account = await open({})
  const openid = account.openids[1] as string
  const { data } = await account.get('/wxaapi/newtmpl/gettemplate')
  const [one, other] = data.map(({ priTmplId }: { priTmplId: string }) => priTmplId)
  const answers = [
    { templateId: one, accept: true },
    { templateId: other, accept: false },
  ]
  await act(account, openid, 'subscribe', { popup: 'h5', answers })
  expect((await event('subscribe_msg_popup_event'))['SubscribeMsgPopupEvent']?.['List']).toEqual([
    { TemplateId: one, SubscribeStatusString: 'accept', PopupScene: '1' },
    { TemplateId: other, SubscribeStatusString: 'reject', PopupScene: '1' },
  ])
  await act(account, openid, 'unsubscribe-template', { templateId: one })
  expect((await event('subscribe_msg_change_event'))['SubscribeMsgChangeEvent']?.['List']).toEqual([
    { TemplateId: one, SubscribeStatusString: 'reject' },
  ])
})

describe('F7: the ledger of messages to single people', () => {
  test('tells who got the same content twice, and two messages under one key', async () => {
    const account = await open({})
    const [one = '', other = ''] = account.openids
    const summary = () => world.control('GET', `/ledger/summary?appid=${account.appid}`)
    await review(account, one, { client_msg_id: 'k' })
    await review(account, one, { client_msg_id: 'k' })
    await review(account, other, { client_msg_id: 'k' })
    expect(await summary()).toMatchObject({ total: 2, duplicates: 0, duplicatesByKey: 0 })
    await world.forward(10 * 60_000 + 1_000)
    await review(account, one, { client_msg_id: 'k', data: { ...REVIEW, thing2: { value: '外卖' } } })
    expect(await summary()).toMatchObject({ total: 3, duplicates: 0, duplicatesByKey: 1 })
    await act(account, other, 'text', { content: '在吗' })
    const text = { touser: other, msgtype: 'text', text: { content: '您好' } }
    await account.post('/cgi-bin/message/custom/send', text)
    await account.post('/cgi-bin/message/custom/send', text)
    const after = await summary()
    expect(after).toMatchObject({ duplicates: 1, duplicatesByContent: [other], byMsg: [] })
    expect(after.byKind).toEqual([
      { kind: 'custom', count: 2, fans: 1 },
      { kind: 'template', count: 3, fans: 2 },
    ])
  })

  test('a card opens where it says, on the phone too, and by whoever taps it: once, as WeChat’s browser', async () => {
    const account = await open({ tap: 1 })
    const openid = account.openids[2] as string
    const card = { title: '新品', description: '桂花拿铁', url: `${here()}/t/abc`, picurl: '' }
    await act(account, openid, 'text', { content: '在吗' })
    const body = { touser: openid, msgtype: 'news', news: { articles: [card] } }
    expect((await account.post('/cgi-bin/message/custom/send', body)).errcode).toBe(0)
    const chat = await world.control('GET', `/chat?appid=${account.appid}&openid=${openid}`)
    expect(chat.items.at(-1).content.articles[0].url).toBe(card.url)
    await world.forward(3_600_000)
    await world.settle()
    expect(opened).toEqual([{ url: '/t/abc', agent: expect.stringContaining('MicroMessenger') }])
  })
})

describe('F7: what the platform does to values and links', () => {
  test('emoji are dropped from template messages, not from notifications', async () => {
    const account = await open({})
    const openid = account.openids[3] as string
    await review(account, openid, { data: { ...REVIEW, thing2: { value: '☕️门店👨‍👩‍👧自取🇨🇳1️⃣号' } } })
    const only = await review(account, openid, { data: { ...REVIEW, thing2: { value: '🎉' } } })
    expect(only.errcode).toBe(47003)
    const { items } = await world.control('GET', `/ledger?appid=${account.appid}&kind=template`)
    expect(items.map((one: Answered) => one.content.data.thing2)).toEqual(['门店自取号'])
  })

  test('a link to a mini program that isn’t linked to the account is refused in a text too', async () => {
    const account = await open({}, { settings: { miniPrograms: ['wx1111111111111111'] } })
    const openid = account.openids[4] as string
    await act(account, openid, 'text', { content: '在吗' })
    const send = (appid: string) =>
      account.post('/cgi-bin/message/custom/send', {
        touser: openid,
        msgtype: 'text',
        text: {
          content: `<a href="https://a.cn" data-miniprogram-appid="${appid}" data-miniprogram-path="p">去</a>`,
        },
      })
    expect((await send('wx2222222222222222')).errcode).toBe(40013)
    expect((await send('wx1111111111111111')).errcode).toBe(0)
  })
})
type Answered = { content: { data: { thing2: string } } }
