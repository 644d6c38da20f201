import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { isObject, type JsonObject } from '../../json.ts'
import type { Account, CallbackTarget } from '../account.ts'
import { decrypt, sign } from './cipher.ts'

/** What a callback server answered: nothing to show, something to show, or something malformed. */
export type Reply =
  | { kind: 'none' }
  | { kind: 'message'; msgtype: string; content: JsonObject }
  | { kind: 'malformed' }

const MALFORMED: Reply = { kind: 'malformed' }
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: true })

/** Reads a passive reply (被动回复) as strictly as the platform: encrypted in safe mode, complete, of a known kind. */
export function readReply(body: string, target: CallbackTarget, account: Account, openid: string): Reply {
  if (body === '' || body === 'success') return { kind: 'none' }
  const outer = parse(body)
  if (!outer) return MALFORMED
  if (!('Encrypt' in outer)) return target.mode === 'safe' ? MALFORMED : toReply(outer, account, openid)
  if (target.mode === 'plain') return MALFORMED
  const { Encrypt, MsgSignature, TimeStamp, Nonce } = outer
  if (sign(target.token, String(TimeStamp), String(Nonce), String(Encrypt)) !== MsgSignature) return MALFORMED
  const inner = decrypt(String(Encrypt), { aesKey: target.aesKey, appid: account.appid })
  const message = inner === undefined ? undefined : parse(inner)
  return message ? toReply(message, account, openid) : MALFORMED
}

function parse(body: string): JsonObject | undefined {
  if (/<!(DOCTYPE|ENTITY)/i.test(body) || XMLValidator.validate(body) !== true) return undefined
  const parsed: unknown = parser.parse(body)
  const xml = isObject(parsed) ? parsed['xml'] : undefined
  return isObject(xml) ? xml : undefined
}

const BODY: Record<string, (xml: JsonObject) => JsonObject | undefined> = {
  text: (xml) => (filled(xml['Content']) ? { content: xml['Content'] } : undefined),
  image: (xml) => media(xml['Image']),
  voice: (xml) => media(xml['Voice']),
  video: (xml) => media(xml['Video']),
  music: (xml) => (isObject(xml['Music']) && filled(xml['Music']['ThumbMediaId']) ? xml['Music'] : undefined),
  news: (xml) => news(xml),
  transfer_customer_service: () => ({}),
}

const filled = (value: unknown): boolean => typeof value === 'string' && value !== ''

const media = (part: unknown): JsonObject | undefined =>
  isObject(part) && filled(part['MediaId']) ? { media_id: part['MediaId'] } : undefined

function news(xml: JsonObject): JsonObject | undefined {
  const articles = isObject(xml['Articles']) ? xml['Articles']['item'] : undefined
  const list = Array.isArray(articles) ? articles : [articles]
  return Number(xml['ArticleCount']) === list.length && list.every(isObject) ? { articles: list } : undefined
}

function toReply(xml: JsonObject, account: Account, openid: string): Reply {
  const addressed = xml['ToUserName'] === openid && xml['FromUserName'] === account.ghId
  if (!addressed || !/^\d+$/.test(String(xml['CreateTime']))) return MALFORMED
  const msgtype = String(xml['MsgType'])
  const content = BODY[msgtype]?.(xml)
  return content ? { kind: 'message', msgtype, content } : MALFORMED
}
