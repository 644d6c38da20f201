import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../json.ts'

/** A refusal as the platform words it. `extra` holds fields beside errcode and errmsg, as 45065 has. */
export class Refusal extends Error {
  readonly errcode: number
  readonly extra: JsonObject

  constructor(errcode: number, errmsg?: string, extra: JsonObject = {}) {
    super(errmsg ?? ERRMSG[errcode] ?? 'system error')
    this.name = 'Refusal'
    this.errcode = errcode
    this.extra = extra
  }
}

export function refuse(errcode: number, errmsg?: string, extra?: JsonObject): never {
  throw new Refusal(errcode, errmsg, extra)
}

/** `6719a1b2-0f3c4d5e-1a2b3c4d`: seconds in hex first, so that its age can be read off. */
export const newRid = (at: Date): string =>
  [
    Math.floor(at.getTime() / 1000)
      .toString(16)
      .padStart(8, '0'),
    randomBytes(4).toString('hex'),
    randomBytes(4).toString('hex'),
  ].join('-')

const ERRMSG: Record<number, string> = {
  [-1]: 'system error',
  40001:
    'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40004: 'invalid media type',
  40005: 'invalid file type',
  40006: 'invalid meida size',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40009: 'invalid image size',
  40010: 'invalid voice size',
  40011: 'invalid video size',
  40012: 'invalid thumb size',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40031: 'invalid openid list',
  40032: 'invalid openid list size',
  40035: 'invalid parameter',
  40059: 'invalid msg id',
  40060: 'invalid article idx',
  40065: 'msg status is not allow to delete',
  40066: 'invalid url',
  40092: 'invalid remark name',
  40114: 'invalid index value',
  40125: 'invalid appsecret',
  40130: 'invalid openid list size, at least two openid',
  40132: 'invalid username',
  40152: 'invalid group id',
  40201: 'invalid callback url',
  40202: 'invalid action',
  40203: 'invalid check_operator',
  40215: 'invalid image count',
  40243: 'appsecret has been frozen',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41005: 'media data missing',
  41006: 'media_id missing',
  41009: 'missing openid',
  41039: 'invalid content_source_url',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43019: 'in blacklist',
  44001: 'empty media data',
  44002: 'empty post data',
  44003: 'empty news data',
  44004: 'empty content',
  45002: 'content size out of limit',
  45003: 'title size out of limit',
  45004: 'description size out of limit',
  45005: 'url size out of limit',
  45007: 'playtime out of limit',
  45008: 'article size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45028: 'has no masssend quota',
  45056: 'too many tags',
  45057: 'can not delete the tag with too many fans',
  45058: 'can not modify system tags',
  45059: 'too many tags on one user',
  45065: 'clientmsgid exist',
  45066: 'same clientmsgid retry too fast',
  45067: 'clientmsgid size out of limit',
  45083: 'speed out of range',
  45084: 'no speed param',
  45103: 'This API has been unsupported',
  45110: 'author size out of limit',
  45113: 'unsupported message type',
  45157: 'invalid tag name',
  45158: 'tag name too long',
  45159: 'invalid tag id',
  45166: 'invalid content',
  45169: 'concurrent operation on one user',
  45171: 'partial failure',
  47001: 'data format error',
  47009: 'this api is offline, please use the new api',
  48001: 'api unauthorized',
  48003: 'user not agree mass-send protocol',
  48004: 'api forbidden for irregularities',
  48006: 'forbid to clear quota because of reaching the limit',
  48021: 'auto-saved draft, save it in the console first',
  48022: 'video uploaded by api is not supported',
  49003: 'not match openid with appid',
  50004: 'forbidden to get token',
  50005: 'user unsubscribed',
  50007: 'account frozen',
  53503: 'draft did not pass the publish check',
  53504: 'publish this draft on the console',
  53505: 'save this draft by hand on the console first',
  53600: 'invalid article_id',
  61500: 'date format error',
  61501: 'date range error',
  61503: 'data not ready, please try later',
  76001: 'rid not found',
  76002: 'rid is error',
  76003: 'could not query this rid,no permission',
  76004: 'rid time is error',
  76021: 'cgi_path not found, please check',
  76022: 'could not use this cgi_path, no permission',
  88000: 'without comment privilege',
  88001: 'msg_data is not exists',
  88002: 'the article is limit for safety',
  88003: 'elected comment upper limit',
  88004: 'comment was deleted by user',
  88005: 'already reply',
  88007: 'reply content beyond max len or content len is zero',
  88008: 'comment is not exists',
  88010: 'count range error',
}
