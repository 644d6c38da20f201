import { expect, test } from 'vitest'
import {
  answerCallback,
  type CallbackQuery,
  type CallbackSecrets,
  openCallback,
  verifyEcho,
} from './callback.ts'
import { decryptCallback, encryptCallback, signatureOf } from './callback-crypto.ts'
import { parseCallbackBody } from './callback-xml.ts'

const key = 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ'
const secrets: CallbackSecrets = {
  appId: 'wx0123456789abcdef',
  token: 'demoToken01',
  mode: 'safe',
  keys: [key],
}
const plain = { ...secrets, mode: 'plain' as const, keys: [] }
const xml = (content: string) =>
  `<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oFan]]></FromUserName><CreateTime>1790000000</CreateTime><MsgType>text</MsgType><Content><![CDATA[${content}]]></Content><MsgId>24000000000000001</MsgId></xml>`
const stamp = { timestamp: '1790000000', nonce: '8675309' }
const plainQuery: CallbackQuery = {
  ...stamp,
  signature: signatureOf(secrets.token, stamp.timestamp, stamp.nonce),
}

function sealed(text: string, clear = ''): [CallbackQuery, string] {
  const encrypt = encryptCallback(text, { key, appId: secrets.appId })
  const msg_signature = signatureOf(secrets.token, stamp.timestamp, stamp.nonce, encrypt)
  return [
    { ...plainQuery, encrypt_type: 'aes', msg_signature },
    `<xml>${clear}<Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
  ]
}
const contentOf = (query: CallbackQuery, body: string, by: CallbackSecrets) =>
  openCallback(query, body, by).callback
const refusal = (reason: string) => expect.objectContaining({ reason })

test('E1: the echo is answered as it came when the signature is right', () => {
  expect(verifyEcho({ ...plainQuery, echostr: '123<4' }, secrets)).toBe('123<4')
  expect(() => verifyEcho({ ...plainQuery, signature: 'x', echostr: '1' }, secrets)).toThrow(
    refusal('callback_signature_invalid'),
  )
})

test('E1: plain, compat and safe pushes are read', () => {
  expect(contentOf(plainQuery, xml('你好'), plain)).toMatchObject({ message: { content: '你好' } })
  expect(contentOf({ ...plainQuery, encrypt_type: 'raw' }, xml('你好'), plain)).toMatchObject({
    from: 'oFan',
  })
  expect(contentOf(...sealed(xml('你好')), secrets)).toMatchObject({ message: { content: '你好' } })
})

test('of a compat push only what was encrypted counts', () => {
  const [query, body] = sealed(xml('真'), '<Content>假</Content><FromUserName>oOther</FromUserName>')
  expect(contentOf(query, body, { ...secrets, mode: 'compat' })).toMatchObject({
    from: 'oFan',
    message: { content: '真' },
  })
})

test('issue 7: where encryption is configured, a clear push is refused although it is signed', () => {
  expect(() => openCallback(plainQuery, xml('x'), secrets)).toThrow(refusal('callback_not_encrypted'))
  expect(() => openCallback(plainQuery, xml('x'), { ...secrets, mode: 'compat' })).toThrow(
    refusal('callback_not_encrypted'),
  )
})

test('issue 7: wrong signatures are refused', () => {
  const [query, body] = sealed(xml('x'))
  expect(() => openCallback({ ...query, msg_signature: query.signature }, body, secrets)).toThrow(
    refusal('callback_signature_invalid'),
  )
  expect(() => openCallback({ ...plainQuery, nonce: '1' }, xml('x'), plain)).toThrow(
    refusal('callback_signature_invalid'),
  )
  expect(() => openCallback({ ...query, encrypt_type: 'aes' }, '<xml></xml>', secrets)).toThrow(
    refusal('callback_incomplete'),
  )
})

test('an answer is sealed with the key that opened the push', () => {
  const answer = answerCallback(
    openCallback(...sealed(xml('x')), secrets),
    { type: 'text', content: '收到 ]]> <a>' },
    { secrets, at: new Date(1_790_000_001_000) },
  )
  const envelope = parseCallbackBody(answer) as Record<string, string>
  expect(envelope['MsgSignature']).toBe(
    signatureOf(secrets.token, envelope['TimeStamp']!, envelope['Nonce']!, envelope['Encrypt']!),
  )
  const { text } = decryptCallback(envelope['Encrypt']!, { keys: [key], appId: secrets.appId })
  expect(parseCallbackBody(text)).toEqual({
    ToUserName: 'oFan',
    FromUserName: 'gh_demo',
    CreateTime: '1790000001',
    MsgType: 'text',
    Content: '收到 ]]> <a>',
  })
})

test('an answer to a clear push is clear, in every kind', () => {
  const opened = openCallback(plainQuery, xml('x'), plain)
  const answer = (reply: Parameters<typeof answerCallback>[1]) =>
    parseCallbackBody(answerCallback(opened, reply, { secrets: plain, at: new Date(0) }))
  expect(answer({ type: 'image', mediaId: 'M' })).toMatchObject({ MsgType: 'image', Image: { MediaId: 'M' } })
  expect(answer({ type: 'video', mediaId: 'M', title: 't' })).toMatchObject({
    Video: { MediaId: 'M', Title: 't' },
  })
  const article = { title: 't', description: 'd', pictureUrl: 'p', url: 'u' }
  expect(answer({ type: 'news', articles: [article, article] })).toMatchObject({
    ArticleCount: '2',
    Articles: { item: [{ Title: 't' }, { Url: 'u' }] },
  })
  expect(answer({ type: 'transfer_customer_service' })).not.toHaveProperty('TransInfo')
})
