import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import type { JsonObject } from '../../json.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
const MINUTE = 60_000
const HOUR = 60 * MINUTE

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 60, rates: STILL })
})
afterAll(() => world.close())

const STILL = { tap: 0, answer: 0, unfollow: 0, text: 0 }
let next = 0
/** A follower nobody has used yet. */
const fan = (): string => {
  next += 1
  return account.openids[next] as string
}
const act = (openid: string, action: string, more: JsonObject = {}) =>
  world.control('POST', '/act', { appid: account.appid, openid, action, ...more })
const send = (openid: string, body: JsonObject = { msgtype: 'text', text: { content: '你好' } }) =>
  account.post('/cgi-bin/message/custom/send', { touser: openid, ...body })
/** What calls made at the same moment came to, in order of the codes. */
const codes = async (answers: Promise<JsonObject>[]) =>
  (await Promise.all(answers)).map((answer) => Number(answer['errcode'])).toSorted((a, b) => a - b)
const received = async (openid: string, kind: string) =>
  (await world.control('GET', `/ledger?appid=${account.appid}&openid=${openid}&kind=${kind}`)).items
const texts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ msgtype: 'text', text: { content: `第 ${n} 条` } }))

describe('F7: customer-service messages', () => {
  test('a message of the fan allows five within 48 hours, a tap of the menu three within a minute', async () => {
    const writer = fan()
    expect(await codes([send(writer)])).toEqual([45015])
    await act(writer, 'text', { content: '在吗' })
    expect(await codes(texts(6).map((body) => send(writer, body)))).toEqual([0, 0, 0, 0, 0, 45047])
    const tapper = fan()
    await act(tapper, 'menu', { button: [0] })
    expect(await codes(texts(4).map((body) => send(tapper, body)))).toEqual([0, 0, 0, 45047])
    const late = fan()
    await act(late, 'menu', { button: [0] })
    await world.forward(MINUTE + 1_000)
    expect(await codes([send(late)])).toEqual([45015])
    const quiet = fan()
    await act(quiet, 'menu', { button: [1, 1] })
    expect(await codes([send(quiet)])).toEqual([45015])
  })

  test('windows are spent soonest first, start anew by kind, and end with leaving', async () => {
    const one = fan()
    await act(one, 'text', { content: '你好' })
    await act(one, 'scan', { scene: 'desk' })
    // three of the scan, five of the message
    expect(await codes(texts(9).map((body) => send(one, body)))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 45047])
    await act(one, 'text', { content: '还在' })
    expect(await codes([send(one)])).toEqual([0])
    await act(one, 'unfollow')
    expect(await codes([send(one)])).toEqual([45015])
    await act(one, 'follow')
    expect(await codes([send(one)])).toEqual([0])
    await world.forward(48 * HOUR)
    expect(await codes([send(one)])).toEqual([45015])
  })

  test('a menu message’s item arrives as a text and counts as a tap', async () => {
    const one = fan()
    await act(one, 'text', { content: '你好' })
    const msgmenu = { head_content: '满意吗', list: [{ id: '1', content: '满意' }], tail_content: '' }
    expect(await codes([send(one, { msgtype: 'msgmenu', msgmenu })])).toEqual([0])
    const [{ msgId }] = await received(one, 'custom')
    await world.forward(49 * HOUR)
    await act(one, 'msgmenu', { msgId, itemId: '1' })
    expect(await codes(texts(4).map((body) => send(one, body)))).toEqual([0, 0, 0, 45047])
  })

  test('the older table and payments are settings', async () => {
    const older = await world.account({ fans: 3, rates: STILL, settings: { windowRules: '2021' } })
    const openid = older.openids[0] as string
    await world.control('POST', '/act', { appid: older.appid, openid, action: 'text', content: 'x' })
    const post = (content: string) =>
      older.post('/cgi-bin/message/custom/send', { touser: openid, msgtype: 'text', text: { content } })
    expect(await codes(Array.from({ length: 21 }, (_, n) => post(`${n}`)))).toEqual([
      ...Array(20).fill(0),
      45047,
    ])
    const payer = fan()
    await act(payer, 'pay')
    expect(await codes([send(payer)])).toEqual([45015])
    await world.control('PATCH', `/accounts/${account.appid}`, { settings: { paymentWindow: true } })
    await act(payer, 'pay')
    expect(await codes([send(payer)])).toEqual([0])
  })

  test.each([
    ['nobody', { touser: 'oNobody' }, 40003],
    ['an unknown kind', { msgtype: 'hologram' }, 40008],
    ['no text', { text: { content: ' ' } }, 44004],
    ['2,048 bytes', { text: { content: 'a'.repeat(2_048) } }, 0],
    ['2,049 bytes', { text: { content: 'a'.repeat(2_049) } }, 45002],
    ['no such picture', { msgtype: 'image', image: { media_id: 'x' } }, 40007],
    [
      'two articles',
      {
        msgtype: 'news',
        news: { articles: [1, 2].map((n) => ({ title: `${n}`, url: 'https://a.cn', picurl: '' })) },
      },
      45008,
    ],
    ['no article', { msgtype: 'news', news: { articles: [] } }, 44003],
    [
      'an article that was never published',
      { msgtype: 'mpnewsarticle', mpnewsarticle: { article_id: 'x' } },
      53600,
    ],
    ['an empty menu', { msgtype: 'msgmenu', msgmenu: { list: [] } }, 40035],
  ])('refuses what the platform refuses: %s', async (_name, body, errcode) => {
    const one = fan()
    await act(one, 'text', { content: '你好' })
    expect((await send(one, { msgtype: 'text', text: { content: '你好' }, ...body })).errcode).toBe(errcode)
  })

  test('only a mini program linked to the account can be opened', async () => {
    const linked = await world.account({
      fans: 3,
      rates: STILL,
      settings: { miniPrograms: ['wx1111111111111111'] },
    })
    const openid = linked.openids[0] as string
    await world.control('POST', '/act', { appid: linked.appid, openid, action: 'text', content: 'x' })
    const { item } = await linked.post('/cgi-bin/material/batchget_material', {
      type: 'image',
      offset: 0,
      count: 1,
    })
    const card = (appid: string) =>
      linked.post('/cgi-bin/message/custom/send', {
        touser: openid,
        msgtype: 'miniprogrampage',
        miniprogrampage: { title: '点单', appid, pagepath: 'pages/index', thumb_media_id: item[0].media_id },
      })
    expect((await card('wx2222222222222222')).errcode).toBe(40013)
    expect((await card('wx1111111111111111')).errcode).toBe(0)
  })

  test('thousands at the same moment: each in the ledger once, none beyond its allowance', async () => {
    const crowd = await world.account({
      fans: 300,
      rates: STILL,
      quotas: { '/cgi-bin/message/custom/send': 2_000 },
    })
    for (const openid of crowd.openids)
      await world.control('POST', '/act', { appid: crowd.appid, openid, action: 'menu', button: [0] })
    const answers = await Promise.all(
      crowd.openids.flatMap((openid) =>
        [1, 2, 3, 4].map((n) =>
          crowd.post('/cgi-bin/message/custom/send', {
            touser: openid,
            msgtype: 'text',
            text: { content: `${n}` },
          }),
        ),
      ),
    )
    const count = (errcode: number) => answers.filter((answer) => answer.errcode === errcode).length
    expect([count(0), count(45047)]).toEqual([crowd.openids.length * 3, crowd.openids.length])
    const summary = await world.control('GET', `/ledger/summary?appid=${crowd.appid}&kind=custom`)
    expect(summary).toMatchObject({
      total: crowd.openids.length * 3,
      fansReached: crowd.openids.length,
      duplicates: 0,
    })
  })

  test('typing needs a contact of the last 30 seconds, and runs once', async () => {
    const one = fan()
    const type = (command: string) =>
      account
        .post('/cgi-bin/message/custom/typing', { touser: one, command })
        .then((answer) => answer.errcode)
    expect(await type('Typing')).toBe(45080)
    await act(one, 'text', { content: '在吗' })
    expect([
      await type('Typing'),
      await type('Typing'),
      await type('CancelTyping'),
      await type('Typing'),
    ]).toEqual([0, 45081, 0, 0])
    expect(await type('Dancing')).toBe(45072)
  })

  test('who got a link taps it by the given rate, and who does is the same for the same seed', async () => {
    const tapping = await world.account({ fans: 40, rates: { ...STILL, tap: 1, answer: 1 } })
    const openid = tapping.openids[0] as string
    await world.control('POST', '/act', { appid: tapping.appid, openid, action: 'text', content: 'x' })
    await tapping.post('/cgi-bin/message/custom/send', {
      touser: openid,
      msgtype: 'text',
      text: { content: '看 <a href="https://shop.example.com/a">这里</a>' },
    })
    await world.forward(HOUR)
    await world.settle()
    const chat = await world.control('GET', `/chat?appid=${tapping.appid}&openid=${openid}`)
    expect(chat.items.filter((item: JsonObject) => item['from'] === 'fan')).toHaveLength(2)
  })
})

describe('F7: template messages', () => {
  const data = {
    character_string1: { value: 'A1' },
    thing2: { value: '拿铁' },
    amount3: { value: '￥28.00' },
    time4: { value: '2026-11-21 10:00' },
  }
  const template = async (title = '订单支付成功通知'): Promise<string> =>
    (await account.get('/cgi-bin/template/get_all_private_template')).template_list.find(
      (one: JsonObject) => one['title'] === title,
    ).template_id
  const sendTo = async (openid: string, more: JsonObject = {}) =>
    account.post('/cgi-bin/message/template/send', {
      touser: openid,
      template_id: await template(),
      data,
      ...more,
    })

  test('go to followers without any window, and the same key within ten minutes goes once', async () => {
    const one = fan()
    const first = await sendTo(one, { client_msg_id: 'k1' })
    expect(first.errcode).toBe(0)
    expect(BigInt(first.msgid) > 2n ** 53n).toBe(true)
    expect((await sendTo(one, { client_msg_id: 'k1' })).msgid).toEqual(first.msgid)
    expect(await received(one, 'template')).toHaveLength(1)
    await world.forward(10 * MINUTE + 1_000)
    expect((await sendTo(one, { client_msg_id: 'k1' })).msgid).not.toEqual(first.msgid)
    const gone = fan()
    await act(gone, 'unfollow')
    expect((await sendTo(gone)).errcode).toBe(43004)
  })

  test.each([
    ['a phone number with letters', { time4: { value: '25:00' } }, 'time4'],
    ['a day that is none', { time4: { value: '2026-02-30 10:00' } }, 'time4'],
    ['Chinese in a character string', { character_string1: { value: '单号' } }, 'character_string1'],
    ['an amount without a number', { amount3: { value: '很多' } }, 'amount3'],
    ['nothing', { thing2: { value: '' } }, 'thing2'],
  ])('%s is refused with the name of the field', async (_name, wrong, key) => {
    const answer = await sendTo(fan(), { data: { ...data, ...wrong } })
    expect(answer.errcode).toBe(47003)
    expect(answer.errmsg).toContain(`data.${key}.value`)
  })

  test('what is too long is cut with an ellipsis', async () => {
    const one = fan()
    await sendTo(one, { data: { ...data, thing2: { value: '拿'.repeat(21) } } })
    const [{ content }] = await received(one, 'template')
    expect(content.data.thing2).toBe(`${'拿'.repeat(19)}…`)
  })

  test('a template that was deleted, or never was, is refused; old ones can’t be added', async () => {
    const { template_id } = await account.post('/cgi-bin/template/api_add_template', {
      template_id_short: '43355',
      keyword_name_list: [],
    })
    expect((await sendTo(fan(), { template_id, data: { thing1: { value: 'a' } } })).errcode).toBe(47003)
    await account.post('/cgi-bin/template/del_private_template', { template_id })
    expect((await sendTo(fan(), { template_id })).errcode).toBe(40037)
    const old = await account.post('/cgi-bin/template/api_add_template', {
      template_id_short: 'OPENTM200',
      keyword_name_list: [],
    })
    expect(old.errcode).toBe(40037)
  })

  test('the industry changes once a month', async () => {
    const set = (id: string) =>
      account
        .post('/cgi-bin/template/api_set_industry', { industry_id1: id, industry_id2: '4' })
        .then((answer) => answer.errcode)
    expect([await set('1'), await set('2'), await set('99')]).toEqual([0, 43100, 40035])
  })
})

describe('F7: subscription notifications', () => {
  const templates = async () => (await account.get('/wxaapi/newtmpl/gettemplate')).data
  const answer = (openid: string, templateId: string, accept: boolean) =>
    act(openid, 'subscribe', { popup: 'h5', answers: [{ templateId, accept }] })
  const notice = (openid: string, templateId: string, more: JsonObject = {}) =>
    account.post('/cgi-bin/message/subscribe/bizsend', {
      touser: openid,
      template_id: templateId,
      data: {
        thing1: { value: '会员日' },
        date2: { value: '2026年11月25日' },
        thing3: { value: '见' },
        ...more,
      },
    })

  test('one acceptance is one notification, also for who does not follow; refusing ends it', async () => {
    const [{ priTmplId }] = await templates()
    const one = fan()
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
    await answer(one, priTmplId, true)
    await act(one, 'unfollow')
    expect((await notice(one, priTmplId)).errcode).toBe(0)
    expect((await received(one, 'subscription'))[0].content.where).toBe('notices')
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
    await answer(one, priTmplId, true)
    await answer(one, priTmplId, true)
    await act(one, 'unsubscribe-template', { templateId: priTmplId })
    expect((await notice(one, priTmplId)).errcode).toBe(43101)
  })

  test('a failed one is not spent', async () => {
    const failing = await world.account({ fans: 3, rates: { ...STILL, noticeFailed: 1 } })
    const openid = failing.openids[0] as string
    const [{ priTmplId }] = (await failing.get('/wxaapi/newtmpl/gettemplate')).data
    await world.control('POST', '/act', {
      appid: failing.appid,
      openid,
      action: 'subscribe',
      answers: [{ templateId: priTmplId, accept: true }],
    })
    const bizsend = () =>
      failing.post('/cgi-bin/message/subscribe/bizsend', {
        touser: openid,
        template_id: priTmplId,
        data: { thing1: { value: 'a' }, date2: { value: '2026-11-25' }, thing3: { value: 'b' } },
      })
    expect((await bizsend()).errcode).toBe(0)
    expect((await bizsend()).errcode).toBe(43101)
    await world.forward(3_000)
    await world.settle()
    expect((await bizsend()).errcode).toBe(0)
  })

  test('over-long values are refused, overlapping calls for one openid as well', async () => {
    const [{ priTmplId }] = await templates()
    const one = fan()
    await answer(one, priTmplId, true)
    await answer(one, priTmplId, true)
    expect((await notice(one, priTmplId, { thing1: { value: '长'.repeat(21) } })).errcode).toBe(47003)
    expect((await codes([notice(one, priTmplId), notice(one, priTmplId)])).toSorted()).toEqual([0, 43108])
  })

  test('templates come from the public library, 2 to 5 keywords', async () => {
    const { data } = await account.get('/wxaapi/newtmpl/getpubtemplatetitles?ids=612&start=0&limit=30')
    expect(data).toHaveLength(3)
    const keywords = await account.get(`/wxaapi/newtmpl/getpubtemplatekeywords?tid=${data[0].tid}`)
    const add = (kidList: number[]) =>
      account.post('/wxaapi/newtmpl/addtemplate', { tid: String(data[0].tid), kidList, sceneDesc: '会员日' })
    expect((await add([keywords.data[0].kid])).errcode).toBe(200016)
    const { priTmplId } = await add([1, 2])
    expect((await templates()).some((one: JsonObject) => one['priTmplId'] === priTmplId)).toBe(true)
    expect((await account.post('/wxaapi/newtmpl/deltemplate', { priTmplId })).errcode).toBe(0)
  })
})

describe('F7: menus and short keys', () => {
  test('a menu is checked when it is made, and read back', async () => {
    const create = (button: unknown) =>
      account.post('/cgi-bin/menu/create', { button }).then((answer) => answer.errcode)
    const click = (name: string) => ({ name, type: 'click', key: 'K' })
    expect(await create(Array.from({ length: 4 }, () => click('一')))).toBe(40016)
    expect(await create([{ name: '一', sub_button: Array.from({ length: 6 }, () => click('二')) }])).toBe(
      40023,
    )
    expect(await create([click('十七个字节才算太长')])).toBe(40018)
    expect(await create([click('五个汉字行')])).toBe(0)
    expect((await account.get('/cgi-bin/menu/get')).menu.button).toMatchObject([{ name: '五个汉字行' }])
    expect((await account.get('/cgi-bin/menu/delete')).errcode).toBe(0)
    expect((await account.get('/cgi-bin/menu/get')).errcode).toBe(46003)
  })

  test('a short key gives back what it stands for until it ends', async () => {
    const { short_key } = await account.post('/cgi-bin/shorten/gen', {
      long_data: '长长的',
      expire_seconds: 60,
    })
    expect(short_key).toHaveLength(15)
    expect(await account.post('/cgi-bin/shorten/fetch', { short_key })).toMatchObject({
      long_data: '长长的',
      expire_seconds: 60,
    })
    await world.forward(61_000)
    expect((await account.post('/cgi-bin/shorten/fetch', { short_key })).errcode).toBe(9410010)
  })
})

test('F7: fans of an account with a life write, tap, scan and agree by themselves, two days back and on', async () => {
  const lively = await world.account({ fans: 200, rates: STILL })
  const life = { texts: 0.1, taps: 0.1, scans: 0.05, accepts: 0.1 }
  await world.control('PATCH', `/accounts/${lively.appid}`, { settings: { life } })
  const wrote = async () => {
    const chats = await Promise.all(
      lively.openids.map((openid) => world.control('GET', `/chat?appid=${lively.appid}&openid=${openid}`)),
    )
    return chats.flatMap((chat) => chat.items).filter((item: JsonObject) => item['from'] === 'fan').length
  }
  const first = await until(async () => (await wrote()) || undefined, { what: 'the two days before' })
  expect(first).toBeGreaterThan(20)
  expect(first).toBeLessThan(60)
  await world.forward(24 * HOUR)
  const second = await until(
    async () => {
      const now = await wrote()
      return now > first ? now : undefined
    },
    { what: 'a day more' },
  )
  expect(second - first).toBeLessThan(40)
})
