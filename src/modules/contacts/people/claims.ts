import { toE164 } from './phone.ts'

/**
 * Who a fact says it is about. `mayLink`: it comes from a server key or an operator, so that its ids belong to one
 * person; without it nothing strong is linked.
 */
export type PersonClaim = {
  user?: string
  phone?: string
  externalUser?: string
  unionid?: string
  /** From a public source only after its signature was checked. */
  openid?: { accountId: string; openid: string }
  anonymous?: string
  mayLink: boolean
}
export type PersonRef = { contactId: string; fanId: string | null }

/** `user`, `phone`, `external_user` and `anonymous` are rows of contact_identities; an openid is a fan. */
export type IdentityKind = 'user' | 'unionid' | 'external_user' | 'openid' | 'phone' | 'anonymous'
/** The value of an openid is `<account id>:<openid>`. */
export type Identity = { kind: IdentityKind; value: string }

export const keyOf = ({ kind, value }: Identity): string => `${kind}\n${value}`
export const openidOf = (value: string): { accountId: string; openid: string } => {
  const colon = value.indexOf(':')
  return { accountId: value.slice(0, colon), openid: value.slice(colon + 1) }
}

const MAX_BYTES = 256

/**
 * The ids of a claim that can be kept, the one that names the person best first; empty where none can. What a public
 * source says of user, phone or unionid proves nothing: alone, it names a visitor of its own and never that person.
 */
export function identitiesOf(claim: PersonClaim): Identity[] {
  const phone = claim.phone === undefined ? null : toE164(claim.phone)
  const { openid } = claim
  const ids: Identity[] = [
    { kind: 'user', value: claim.user ?? '' },
    { kind: 'unionid', value: claim.unionid ?? '' },
    { kind: 'external_user', value: claim.externalUser ?? '' },
    {
      kind: 'openid',
      value: openid && isOpenid(openid.openid) ? `${openid.accountId}:${openid.openid}` : '',
    },
    { kind: 'phone', value: phone ?? '' },
    { kind: 'anonymous', value: claim.anonymous ?? '' },
  ]
  const usable = ids.filter(({ value }) => isStorable(value))
  if (claim.mayLink) return usable
  const proven = usable.filter(({ kind }) => kind === 'openid' || kind === 'anonymous')
  const [first] = usable
  if (proven.length > 0 || first === undefined) return proven
  const visitor = `claimed:${first.kind}:${first.value}`
  return isStorable(visitor) ? [{ kind: 'anonymous', value: visitor }] : []
}

const isOpenid = (text: string): boolean => /^[\w-]{1,128}$/.test(text)

function isStorable(value: string): boolean {
  if (value === '' || value.includes('\0') || !value.isWellFormed()) return false
  return new TextEncoder().encode(value).length <= MAX_BYTES
}
