import type { RejectionReason } from '../../../sources/schema.ts'

/** Whom a message is about, as it says. `mayLink`: from a server key, so that the ids belong to one person. */
export type Claim = {
  user?: string
  phone?: string
  externalUser?: string
  unionid?: string
  openid?: { accountId: string; openid: string }
  anonymous?: string
  mayLink: boolean
}

/** What a message says of a person. `at` decides between two that come in another order. */
export type TraitChange = {
  op: 'set' | 'set_once' | 'increment' | 'append' | 'unset'
  key: string
  value: unknown
}

/** One message, checked and ready to be stored. */
export type Fact = {
  /** What repeats of the message have in common; null where nothing tells them apart from new ones. */
  sourceKey: string | null
  /** Null where there is nothing to append to the log. */
  name: string | null
  at: Date
  /** JSON. */
  properties: string
  /** The first names the person; further ones only link. */
  claims: readonly [Claim, ...Claim[]]
  traits: readonly TraitChange[]
  /** Everything known of the person is taken back (`profile_delete`). */
  forgetsTraits: boolean
}

export type Refusal = { reason: RejectionReason; detail?: Record<string, unknown> }
export type Reading = { fact: Fact } | { refused: Refusal } | { ignored: string }

/** What reading a message depends on besides the message. */
export type Reader = {
  kind: 'server' | 'public'
  /** Openids belong to it. */
  accountId: string | null
  receivedAt: Date
  /** When the request was sent by the sender's own clock, ms; NaN where it doesn't say. */
  sentAt: number
  /** Nothing older is kept. */
  oldest: Date
  ignored: ReadonlySet<string>
  isSigned(openid: string, signature: unknown): boolean
}

export const refuse = (reason: RejectionReason, detail?: Record<string, unknown>): { refused: Refusal } => ({
  refused: detail === undefined ? { reason } : { reason, detail },
})

export type Json = Record<string, unknown>
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectOr = (value: unknown): Json => (isObject(value) ? value : {})
