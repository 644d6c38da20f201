import { expect, test } from 'vitest'
import { callbackKeyOf, interactionOf, normaliseCallback, type XmlTree } from './callback.ts'

const head = { ToUserName: 'gh_demo', FromUserName: 'oFan', CreateTime: '1790000000' }
const event = (name: string, fields: XmlTree = {}) =>
  normaliseCallback({ ...head, MsgType: 'event', Event: name, ...fields })!
const message = (type: string, fields: XmlTree = {}) =>
  normaliseCallback({ ...head, MsgType: type, MsgId: '24000000000000001', ...fields })!

test('a text message keeps its id beyond 2^53', () => {
  const callback = message('text', { Content: '你好' })
  expect(callback).toMatchObject({
    kind: 'message',
    from: 'oFan',
    message: { type: 'text', content: '你好', msgId: '24000000000000001' },
  })
  expect(interactionOf(callback)).toBe('message')
})

test.each(['image', 'voice', 'video', 'shortvideo', 'location', 'link'])('%s messages are known', (type) => {
  const callback = message(type, { MediaId: 'M', PicUrl: 'p', Title: 't' })
  expect(callback.kind === 'message' && callback.message.type).toBe(type === 'shortvideo' ? 'video' : type)
})

test('a tap on a menu message counts as the menu, though it comes as text', () => {
  expect(interactionOf(message('text', { Content: '满意', bizmsgmenuid: '101' }))).toBe('menu')
})

test.each([
  ['SCAN', 'scan'],
  ['scan', 'scan'],
  ['CLICK', 'menu'],
  ['VIEW', undefined],
  ['subscribe', 'follow'],
  ['unsubscribe', undefined],
  ['LOCATION', undefined],
] as const)('event %s is an interaction of kind %s', (name, interaction) => {
  expect(interactionOf(event(name, { EventKey: 'k' }))).toBe(interaction)
})

test('a follow through a QR code tells the scene without its prefix; a follow by search has none', () => {
  expect(event('subscribe', { EventKey: 'qrscene_42', Ticket: 'T' })).toMatchObject({
    event: { scene: '42', ticket: 'T' },
  })
  expect(event('subscribe', { EventKey: '' })).toMatchObject({ event: { scene: undefined } })
  expect(event('subscribe', { EventKey: 'last_trade_no_1' })).toMatchObject({
    event: { scene: undefined, key: 'last_trade_no_1' },
  })
})

const finished = {
  MsgID: '9007199254740993',
  Status: 'send success',
  TotalCount: '1000',
  FilterCount: '960',
  SentCount: '955',
  ErrorCount: '5',
}

test('a mass result reads one article, several, and empty containers alike', () => {
  const url = { ArticleIdx: '1', ArticleUrl: 'https://mp.weixin.qq.com/s/demo' }
  const one = event('MASSSENDJOBFINISH', {
    ...finished,
    ArticleUrlResult: { Count: '1', ResultList: { item: url } },
  })
  const two = event('MASSSENDJOBFINISH', {
    ...finished,
    ArticleUrlResult: { Count: '2', ResultList: { item: [url, url] } },
  })
  const none = event('masssendjobfinish', {
    ...finished,
    CopyrightCheckResult: { Count: '0', ResultList: '' },
    ArticleUrlResult: '',
  })
  expect(one).toMatchObject({
    event: { msgId: '9007199254740993', sentCount: 955, articleUrls: [{ articleIndex: 1 }] },
  })
  expect(two).toMatchObject({ event: { articleUrls: [{ articleIndex: 1 }, { articleIndex: 1 }] } })
  expect(none).toMatchObject({
    event: { event: 'masssendjobfinish', articleUrls: [], copyright: { items: [] } },
  })
})

test('a mass result is read by either spelling of its id', () => {
  const { MsgID, ...rest } = finished
  expect(event('MASSSENDJOBFINISH', { ...rest, MsgId: MsgID })).toMatchObject({ event: { msgId: MsgID } })
})

test('List of the subscription events is always an array', () => {
  const item = { TemplateId: 'A', MsgID: '2000000000000000001', ErrorCode: '0', ErrorStatus: 'success' }
  expect(event('subscribe_msg_sent_event', { SubscribeMsgSentEvent: { List: item } })).toMatchObject({
    event: { items: [{ templateId: 'A', msgId: '2000000000000000001' }] },
  })
  expect(
    event('subscribe_msg_popup_event', {
      SubscribeMsgPopupEvent: {
        List: [
          { TemplateId: 'A', SubscribeStatusString: 'accept' },
          { TemplateId: 'B', SubscribeStatusString: 'reject' },
        ],
      },
    }),
  ).toMatchObject({ event: { items: [{ accepted: true }, { accepted: false }] } })
})

test('a publish result repeats fail_idx and item', () => {
  const info = { publish_id: '2247480001', publish_status: '3', article_detail: '', fail_idx: ['1', '2'] }
  expect(event('PUBLISHJOBFINISH', { PublishEventInfo: info })).toMatchObject({
    event: { publishId: '2247480001', status: 3, failedIndexes: [1, 2], articleUrls: [] },
  })
})

test.each([
  ['success', 'success'],
  ['failed:user block', 'refused'],
  ['failed: system failed', 'failed'],
] as const)('template status "%s" is %s', (Status, outcome) => {
  expect(event('TEMPLATESENDJOBFINISH', { MsgID: '1', Status })).toMatchObject({ event: { outcome } })
})

test('unknown events and messages are kept raw, never refused', () => {
  expect(event('user_get_card', { CardId: 'c' })).toMatchObject({
    event: { event: 'unknown', name: 'user_get_card' },
    raw: { CardId: 'c' },
  })
  expect(event('constructor')).toMatchObject({ event: { event: 'unknown' } })
  expect(message('hologram')).toMatchObject({ message: { type: 'unknown', msgType: 'hologram' } })
})

test('without its head a body is no callback', () => {
  expect(normaliseCallback({ ...head })).toBeUndefined()
  expect(normaliseCallback({ ...head, MsgType: 'text', CreateTime: 'soon' })).toBeUndefined()
})

test('a repeat has the same key; another event in the same second has another', () => {
  expect(callbackKeyOf(event('CLICK', { EventKey: 'a' }))).toBe(
    callbackKeyOf(event('click', { EventKey: 'a' })),
  )
  expect(callbackKeyOf(event('CLICK', { EventKey: 'a' }))).not.toBe(
    callbackKeyOf(event('CLICK', { EventKey: 'b' })),
  )
  expect(callbackKeyOf(message('text'))).toBe('m:24000000000000001')
})

test('results and answers of two notifications in one second are two; a repeat of one is not', () => {
  const sent = (MsgID: string) =>
    event('subscribe_msg_sent_event', {
      SubscribeMsgSentEvent: { List: { TemplateId: 'A', MsgID, ErrorCode: '0', ErrorStatus: 'success' } },
    })
  const answered = (TemplateId: string) =>
    event('subscribe_msg_popup_event', {
      SubscribeMsgPopupEvent: { List: { TemplateId, SubscribeStatusString: 'accept', PopupScene: '1' } },
    })
  for (const make of [sent, answered]) {
    expect(callbackKeyOf(make('1'))).toBe(callbackKeyOf(make('1')))
    expect(callbackKeyOf(make('1'))).not.toBe(callbackKeyOf(make('2')))
  }
})
