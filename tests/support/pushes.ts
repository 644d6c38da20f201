import type { FastifyInstance } from 'fastify'
import { encryptCallback, signatureOf } from '../../src/channels/wechat-api/callback-crypto.ts'
import type { Ctx } from '../../src/context.ts'
import { getCallbackInfo } from '../../src/modules/accounts/index.ts'

export type Push = { url: string; body: string }
export type PushSecrets = { appid: string; token: string; aesKey: string }

export const STAMP = { timestamp: '1790000000', nonce: '8675309' }
export const cdata = (name: string, value: string): string => `<${name}><![CDATA[${value}]]></${name}>`

/** What WeChat would send inside: a whole `<xml>` of one callback. */
export const callbackXml = (
  fields: string,
  { from = 'oFan', at = Math.floor(Date.now() / 1000) } = {},
): string =>
  `<xml>${cdata('ToUserName', 'gh_demo')}${cdata('FromUserName', from)}<CreateTime>${at}</CreateTime>${fields}</xml>`
export const textMessage = (msgId: string, head?: { from?: string; at?: number }): string =>
  callbackXml(`${cdata('MsgType', 'text')}${cdata('Content', '你好😀')}<MsgId>${msgId}</MsgId>`, head)
export const eventPush = (name: string, head?: { from?: string; at?: number }, more = ''): string =>
  callbackXml(`${cdata('MsgType', 'event')}${cdata('Event', name)}${more}`, head)

/** 明文. */
export function plainPush(path: string, { token }: Pick<PushSecrets, 'token'>, body: string): Push {
  const signature = signatureOf(token, STAMP.timestamp, STAMP.nonce)
  return { body, url: `${path}?${new URLSearchParams({ ...STAMP, signature })}` }
}

/** 安全, or 兼容 with `clear` fields beside the cipher. */
export function sealedPush(
  path: string,
  secrets: PushSecrets,
  text: string,
  clear = cdata('ToUserName', 'gh_demo'),
): Push {
  const encrypt = encryptCallback(text, { key: secrets.aesKey, appId: secrets.appid })
  const query = new URLSearchParams({
    ...STAMP,
    encrypt_type: 'aes',
    signature: signatureOf(secrets.token, STAMP.timestamp, STAMP.nonce),
    msg_signature: signatureOf(secrets.token, STAMP.timestamp, STAMP.nonce, encrypt),
  })
  return { body: `<xml>${clear}${cdata('Encrypt', encrypt)}</xml>`, url: `${path}?${query}` }
}

/** Where an account's callbacks go and what signs them now. */
export async function readPushSecrets(ctx: Ctx, account: { id: string; appid: string }) {
  const { url, token, aesKey } = await getCallbackInfo(ctx, account.id)
  return { path: new URL(url).pathname, secrets: { appid: account.appid, token, aesKey } }
}

export async function sendPush(app: FastifyInstance, { url, body }: Push, type = 'text/xml') {
  const answer = await app.inject({ method: 'POST', url, payload: body, headers: { 'content-type': type } })
  const { statusCode: status, payload: text } = answer
  return { status, text, reason: text.startsWith('{') ? (answer.json().error?.reason as string) : undefined }
}
