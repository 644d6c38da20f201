import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { codes, HOUR, MINUTE, type PersonalWorld, STILL, startPersonalWorld } from './test-world.ts'

let world: PersonalWorld
beforeAll(async () => {
  world = await startPersonalWorld()
})
afterAll(() => world.close())

const send = (openid: string, body: JsonObject = { msgtype: 'text', text: { content: '你好' } }) =>
  world.brand.post('/cgi-bin/message/custom/send', { touser: openid, ...body })
const texts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ msgtype: 'text', text: { content: `第 ${n} 条` } }))

describe('F7: customer-service messages', () => {
  test('a message of the fan allows five within 48 hours, a tap of the menu three within a minute', async () => {
    const writer = world.fan()
    expect(await codes([send(writer)])).toEqual([45015])
    await world.act(writer, 'text', { content: '在吗' })
    expect(await codes(texts(6).map((body) => send(writer, body)))).toEqual([0, 0, 0, 0, 0, 45047])
    const tapper = world.fan()
    await world.act(tapper, 'menu', { button: [0] })
    expect(await codes(texts(4).map((body) => send(tapper, body)))).toEqual([0, 0, 0, 45047])
    const late = world.fan()
    await world.act(late, 'menu', { button: [0] })
    await world.forward(MINUTE + 1_000)
    expect(await codes([send(late)])).toEqual([45015])
    const quiet = world.fan()
    await world.act(quiet, 'menu', { button: [1, 1] })
    expect(await codes([send(quiet)])).toEqual([45015])
  })

  test('windows are spent soonest first, start anew by kind, and end with leaving', async () => {
    const one = world.fan()
    await world.act(one, 'text', { content: '你好' })
    await world.act(one, 'scan', { scene: 'desk' })
    // three of the scan, five of the message
    expect(await codes(texts(9).map((body) => send(one, body)))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 45047])
    await world.act(one, 'text', { content: '还在' })
    expect(await codes([send(one)])).toEqual([0])
    await world.act(one, 'unfollow')
    expect(await codes([send(one)])).toEqual([45015])
    await world.act(one, 'follow')
    expect(await codes([send(one)])).toEqual([0])
    await world.forward(48 * HOUR)
    expect(await codes([send(one)])).toEqual([45015])
  })

  test('a menu message’s item arrives as a text and counts as a tap', async () => {
    const one = world.fan()
    await world.act(one, 'text', { content: '你好' })
    const msgmenu = { head_content: '满意吗', list: [{ id: '1', content: '满意' }], tail_content: '' }
    expect(await codes([send(one, { msgtype: 'msgmenu', msgmenu })])).toEqual([0])
    const [{ msgId }] = await world.received(one, 'custom')
    await world.forward(49 * HOUR)
    await world.act(one, 'msgmenu', { msgId, itemId: '1' })
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
    const payer = world.fan()
    await world.act(payer, 'pay')
    expect(await codes([send(payer)])).toEqual([45015])
    await world.control('PATCH', `/accounts/${world.brand.appid}`, { settings: { paymentWindow: true } })
    await world.act(payer, 'pay')
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
    const one = world.fan()
    await world.act(one, 'text', { content: '你好' })
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
    const one = world.fan()
    const type = (command: string) =>
      world.brand
        .post('/cgi-bin/message/custom/typing', { touser: one, command })
        .then((answer) => answer.errcode)
    expect(await type('Typing')).toBe(45080)
    await world.act(one, 'text', { content: '在吗' })
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
