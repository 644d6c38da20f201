import { randomBytes } from 'node:crypto'
import { encryptCallback, signatureOf } from '../../../src/channels/wechat-api/callback-crypto.ts'

/** One push as WeChat would send it: the path with its signed query, and the body. */
export type Push = { path: string; body: string }
export type PushSecrets = { path: string; appid: string; token: string; aesKey: string; ghId: string }

const cdata = (name: string, value: string) => `<${name}><![CDATA[${value}]]></${name}>`

/** A text message of a fan, in safe mode (安全模式): signed and encrypted. */
export const textPush = (
  secrets: PushSecrets,
  openid: string,
  msgId: bigint,
  content = '请问今天几点关门？😀',
): Push =>
  seal(secrets, openid, `${cdata('MsgType', 'text')}${cdata('Content', content)}<MsgId>${msgId}</MsgId>`)

/** Somebody follows. */
export const followPush = (secrets: PushSecrets, openid: string): Push =>
  seal(secrets, openid, `${cdata('MsgType', 'event')}${cdata('Event', 'subscribe')}${cdata('EventKey', '')}`)

function seal({ path, appid, token, aesKey, ghId }: PushSecrets, openid: string, fields: string): Push {
  const seconds = String(Math.floor(Date.now() / 1000))
  const head = `${cdata('ToUserName', ghId)}${cdata('FromUserName', openid)}<CreateTime>${seconds}</CreateTime>`
  const encrypt = encryptCallback(`<xml>${head}${fields}</xml>`, { key: aesKey, appId: appid })
  const nonce = String(randomBytes(4).readUInt32BE())
  const query = new URLSearchParams({
    signature: signatureOf(token, seconds, nonce),
    timestamp: seconds,
    nonce,
    openid,
    encrypt_type: 'aes',
    msg_signature: signatureOf(token, seconds, nonce, encrypt),
  })
  return {
    path: `${path}?${query}`,
    body: `<xml>${cdata('ToUserName', ghId)}${cdata('Encrypt', encrypt)}</xml>`,
  }
}
