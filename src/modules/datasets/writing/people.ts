import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { findOrMakePeople, type PersonClaim, toE164 } from '../../contacts/index.ts'
import type { ReadRow } from '../rules/row.ts'
import type { RowError } from '../schema.ts'
import { findErased } from './erased.ts'

/** Where rows come from: which accounts they may name, and whose openids stand there without one. */
export type Origin = {
  /** Accounts whose people may be named; null for all. */
  accounts: readonly string[] | null
  /** The account of a source: its openids and, where the row names none, the row's. */
  accountId: string | null
}

type Upsert = Extract<ReadRow, { deleted: false }>
/** Who a row is about. `contactId` undefined: the row says nobody, so it stays whose it was. */
export type Placed = { contactId: string | undefined; accountId: string | null }
export type Placing = Placed | { errors: RowError[] }

/**
 * Finds or makes the person of each row, in order; identities named together are linked. Rows that name an account
 * or a person the caller may not have, or that isn't there, are told so and make nobody.
 */
export async function placeRows(
  ctx: Pick<Ctx, 'secrets'>,
  client: PoolClient,
  { rows, origin, now }: { rows: readonly Upsert[]; origin: Origin; now: Date },
): Promise<Placing[]> {
  const accounts = await existing(client, rows, origin)
  const known = await knownContacts(client, rows, origin)
  const plans = rows.map((row) => place(row, { origin, accounts, known }))
  const claimsOf = (all: readonly Plan[]) =>
    all.flatMap((one) => ('claim' in one && one.claim !== null ? [one.claim] : []))
  const erased = await findErased(ctx, client, claimsOf(plans))
  const placings = plans.map((one) =>
    'claim' in one && one.claim !== null && erased.has(one.claim) ? refused('person', 'person_erased') : one,
  )
  const claims = claimsOf(placings)
  const people = claims.length === 0 ? [] : await findOrMakePeople(client, claims, now)
  let next = 0
  return placings.map((one): Placing => {
    if ('errors' in one) return one
    const { accountId } = one
    if (one.claim === null) return { accountId, contactId: one.contactId }
    const found = people[next]
    next += 1
    return { accountId, contactId: found?.contactId }
  })
}

type Facts = { origin: Origin; accounts: ReadonlySet<string>; known: ReadonlyMap<string, string> }
type Plan =
  | { errors: RowError[] }
  | { accountId: string | null; claim: PersonClaim | null; contactId: string | undefined }

const refused = (path: string, reason: string): Plan => ({ errors: [{ path, reason, detail: {} }] })

function place(row: Upsert, { origin, accounts, known }: Facts): Plan {
  const accountId = row.accountId ?? origin.accountId
  if (row.accountId !== null && !accounts.has(row.accountId)) return refused('accountId', 'account_unknown')
  if (row.person === null) return { accountId, claim: null, contactId: undefined }
  const { contactId, openid, ...identities } = row.person
  if (contactId !== undefined) {
    const canonical = known.get(contactId)
    if (canonical === undefined) return refused('person.contactId', 'person_unknown')
    return { accountId, claim: null, contactId: canonical }
  }
  if (identities.phone !== undefined && toE164(identities.phone) === null)
    return refused('person.phone', 'phone_invalid')
  const claim: PersonClaim = { mayLink: true }
  for (const [name, value] of Object.entries(identities))
    if (value !== undefined) claim[name as keyof typeof identities] = value
  if (openid === undefined) return { accountId, claim, contactId: undefined }
  const of = typeof openid === 'string' ? accountId : openid.accountId
  if (of === null) return refused('person.openid', 'openid_account_missing')
  if (!accounts.has(of)) return refused('person.openid', 'account_unknown')
  claim.openid = { accountId: of, openid: typeof openid === 'string' ? openid : openid.openid }
  return { accountId, claim, contactId: undefined }
}

/** Of the accounts that rows name, those that exist and may be named. */
async function existing(client: PoolClient, rows: readonly Upsert[], origin: Origin): Promise<Set<string>> {
  const named = new Set<string>(origin.accountId === null ? [] : [origin.accountId])
  for (const { accountId, person } of rows) {
    if (accountId !== null) named.add(accountId)
    if (typeof person?.openid === 'object') named.add(person.openid.accountId)
  }
  if (named.size === 0) return named
  const { rows: found } = await client.query<{ id: string }>(
    `select id from accounts where id = any($1::bigint[]) and ($2::bigint[] is null or id = any($2))`,
    [[...named], origin.accounts],
  )
  return new Set(found.map(({ id }) => id))
}

/** Contacts that rows name by id, each with who it is now; of those the caller may see. */
async function knownContacts(
  client: PoolClient,
  rows: readonly Upsert[],
  origin: Origin,
): Promise<Map<string, string>> {
  const named = [...new Set(rows.flatMap(({ person }) => person?.contactId ?? []))]
  if (named.length === 0) return new Map()
  const { rows: found } = await client.query<{ named: string; id: string }>(
    `select n.id as named, c.id from unnest($1::bigint[]) as n (id)
     left join contact_aliases a on a.contact_id = n.id
     join contacts c on c.id = coalesce(a.merged_into, n.id)
     where $2::bigint[] is null
       or exists (select from fans f where f.contact_id = c.id and f.account_id = any($2))`,
    [named, origin.accounts],
  )
  return new Map(found.map(({ named: of, id }) => [of, id]))
}
