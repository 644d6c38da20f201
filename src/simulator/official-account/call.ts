import { isObject, type JsonObject } from '../json.ts'
import type { World } from '../world.ts'
import type { Account } from './account.ts'
import { refuse } from './refusal.ts'

/** A part of a multipart upload, read to its end; `truncated` when it passed what any call allows. */
export type UploadedFile = { filename: string; contentType: string; bytes: Buffer; truncated: boolean }

export type Request = {
  world: World
  now: Date
  ip: string
  query: Record<string, string>
  body: JsonObject
  file?: UploadedFile
  /** Text fields of a multipart upload. */
  fields: Record<string, string>
}
export type Call = Request & { account: Account }

/** An answer that is not JSON. */
export class Binary {
  readonly bytes: Buffer
  readonly contentType: string
  readonly filename: string
  constructor(bytes: Buffer, contentType: string, filename: string) {
    this.bytes = bytes
    this.contentType = contentType
    this.filename = filename
  }
}

export type Answer = JsonObject | Binary

type Shape = {
  path: string
  method: 'GET' | 'POST' | 'ANY'
  body?: 'json' | 'multipart'
  /** `literal`: `\uXXXX` is not decoded, as in draft titles; `refuse`: 47002. */
  unicodeEscapes?: 'decode' | 'literal' | 'refuse'
  /** For the few POST calls that take nothing. */
  emptyBody?: boolean
  /** False for the calls that reset quotas: they must work when everything is used up. */
  counted?: boolean
}

/** A call that carries an access token. */
export type Authorised = Shape & {
  token?: true
  /** Called by the thousand a second: whose token it is may be remembered for a moment. */
  quick?: true
  /** Who may call; refused with 48001 otherwise. Default: everybody. */
  allow?: (account: Account) => boolean
  handle: (call: Call) => Promise<Answer>
}
/** A call without a token. It finds its account itself and counts through `world.usage`. */
export type Open = Shape & { token: false; handle: (request: Request) => Promise<Answer> }

export type Endpoint = Authorised | Open

export const OK = { errcode: 0, errmsg: 'ok' } as const

export const verified = (account: Account): boolean => account.verified
export const verifiedService = (account: Account): boolean => account.verified && account.kind === 'service'

/** A required text field; 40035 when it is missing or of another type. */
export function text(body: JsonObject, field: string, errcode = 40035): string {
  const value = body[field]
  return typeof value === 'string' ? value : refuse(errcode)
}

/** A whole number, also when it is written as a string, as many clients do. */
export function integer(body: JsonObject, field: string, errcode = 40035): number {
  const value = body[field]
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value)
  return refuse(errcode)
}

/** A 64-bit id as decimal digits. */
export function bigId(body: JsonObject, field: string, errcode = 40035): string {
  const value = body[field]
  const digits = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  return /^\d{1,19}$/.test(digits) && BigInt(digits) < 2n ** 63n ? digits : refuse(errcode)
}

export function object(body: JsonObject, field: string, errcode = 40035): JsonObject {
  const value = body[field]
  return isObject(value) ? value : refuse(errcode)
}

/** Length as the platform counts it: one per character, also for emoji. */
export const characters = (value: string): number => [...value].length
