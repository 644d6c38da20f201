import { idOf } from './bounds.ts'
import { type Claim, type Reader, type Refusal, refuse } from './fact.ts'

export type Ids = {
  user?: unknown
  phone?: unknown
  externalUser?: unknown
  unionid?: unknown
  openid?: unknown
  signature?: unknown
  anonymous?: unknown
}

/**
 * Whom a message is about. An openid of a public source counts only with its signature: HMAC-SHA256 of the openid
 * under the source's signing secret, in hex.
 */
export function claimOf(ids: Ids, reader: Reader): { claim: Claim } | { refused: Refusal } {
  const claim: Claim = { mayLink: reader.kind === 'server' }
  let found = false
  for (const kind of ['user', 'phone', 'externalUser', 'unionid', 'anonymous'] as const) {
    if (ids[kind] === undefined) continue
    const id = idOf(ids[kind])
    if (id === null) return refuse('identity_invalid', { kind })
    if (id === undefined) continue
    claim[kind] = id
    found = true
  }
  const openid = idOf(ids.openid)
  if (openid === null) return refuse('identity_invalid', { kind: 'openid' })
  if (openid !== undefined) {
    if (reader.accountId === null) return refuse('openid_without_account')
    if (!/^[\w-]{1,128}$/.test(openid)) return refuse('identity_invalid', { kind: 'openid' })
    if (reader.kind === 'public' && !reader.isSigned(openid, ids.signature))
      return refuse('signature_invalid')
    claim.openid = { accountId: reader.accountId, openid }
    found = true
  }
  return found ? { claim } : refuse('identity_missing')
}
