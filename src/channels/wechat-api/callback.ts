import { randomBytes } from 'node:crypto'
import { forbidden, invalid } from '../../kernel/errors.ts'
import { type Callback, normaliseCallback, type XmlTree } from '../../wechat/payloads/callbacks/callback.ts'
import { decryptCallback, encryptCallback, isSignedBy, signatureOf } from './callback-crypto.ts'
import { parseCallbackBody } from './callback-xml.ts'
import { buildEncryptedEnvelope, buildPassiveReply, type PassiveReply } from './passive-reply.ts'

/** 明文, 兼容 and 安全模式. */
export type CallbackMode = 'plain' | 'compat' | 'safe'

export type CallbackSecrets = {
  readonly appId: string
  readonly token: string
  readonly mode: CallbackMode
  /** EncodingAESKeys: the current one, then the previous one while it is being rotated out. */
  readonly keys: readonly string[]
}
export type CallbackQuery = {
  readonly signature?: string | undefined
  readonly msg_signature?: string | undefined
  readonly timestamp?: string | undefined
  readonly nonce?: string | undefined
  readonly encrypt_type?: string | undefined
  readonly echostr?: string | undefined
}

export type OpenedCallback = {
  readonly callback: Callback
  /** The key that opened it, for the reply; undefined for a plain one. */
  readonly key: string | undefined
}

/** URL verification: the text to answer, as it came and never encrypted. Throws `forbidden`. */
export function verifyEcho(query: CallbackQuery, { token }: Pick<CallbackSecrets, 'token'>): string {
  const { signature = '', timestamp = '', nonce = '', echostr = '' } = query
  if (!isSignedBy(signature, token, timestamp, nonce)) throw wrongSignature()
  return echostr
}

/**
 * Verifies, decrypts and reads one push. Where encryption is configured only what was encrypted counts: the clear
 * fields of a 兼容 body are covered by no signature. Throws `forbidden` (`callback_signature_invalid`,
 * `callback_cipher_invalid`, `callback_foreign_app`, `callback_not_encrypted`) or `invalid`
 * (`callback_xml_invalid`, `callback_incomplete`).
 */
export function openCallback(query: CallbackQuery, body: string, secrets: CallbackSecrets): OpenedCallback {
  const { timestamp = '', nonce = '' } = query
  if (query.encrypt_type !== 'aes') {
    if (secrets.mode !== 'plain') throw forbidden('callback_not_encrypted', 'the push is not encrypted')
    if (!isSignedBy(query.signature ?? '', secrets.token, timestamp, nonce)) throw wrongSignature()
    return { callback: normalised(parseCallbackBody(body)), key: undefined }
  }
  const cipherText = cipherTextOf(body)
  if (!isSignedBy(query.msg_signature ?? '', secrets.token, timestamp, nonce, cipherText))
    throw wrongSignature()
  const { text, key } = decryptCallback(cipherText, secrets)
  return { callback: normalised(parseCallbackBody(text)), key }
}

/** The body to answer: sealed with the key that opened the push, or clear where there was none. */
export function answerCallback(
  opened: OpenedCallback,
  reply: PassiveReply,
  {
    secrets,
    at,
    nonce = randomBytes(8).toString('hex'),
  }: { secrets: CallbackSecrets; at: Date; nonce?: string },
): string {
  const createdAtSeconds = Math.floor(at.getTime() / 1000)
  const { to, from } = opened.callback
  const xml = buildPassiveReply(reply, { to: from, from: to, createdAtSeconds })
  if (opened.key === undefined) return xml
  const encrypt = encryptCallback(xml, { key: opened.key, appId: secrets.appId })
  const timestamp = String(createdAtSeconds)
  const signature = signatureOf(secrets.token, timestamp, nonce, encrypt)
  return buildEncryptedEnvelope({ encrypt, signature, timestamp, nonce })
}

/** The outer body is not trusted yet: only its one field is taken out before the signature is checked. */
function cipherTextOf(body: string): string {
  const found = /<Encrypt>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9+/=]+)\s*(?:\]\]>)?\s*<\/Encrypt>/.exec(body)?.[1]
  const cipherText = found ?? /"Encrypt"\s*:\s*"([A-Za-z0-9+/=\\]+)"/.exec(body)?.[1]?.replaceAll('\\/', '/')
  if (!cipherText) throw invalid('callback_incomplete', 'the push has no cipher text')
  return cipherText
}

function normalised(tree: XmlTree): Callback {
  const callback = normaliseCallback(tree)
  if (!callback) throw invalid('callback_incomplete', 'the push lacks sender, time or type')
  return callback
}

const wrongSignature = () => forbidden('callback_signature_invalid', 'the signature is wrong')
