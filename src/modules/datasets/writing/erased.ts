import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import type { Ctx } from '../../../context.ts'
import { onClient } from '../../../infra/transaction.ts'
import { erasedAmong, type Identity, identitiesOf, keyOf, type PersonClaim } from '../../contacts/index.ts'

/** Which claims would bring back someone erased on request; whoever came back by themselves is someone again. */
export async function findErased(
  ctx: Pick<Ctx, 'secrets'>,
  client: PoolClient,
  claims: readonly PersonClaim[],
): Promise<Set<PersonClaim>> {
  const all = claims.flatMap(identitiesOf)
  const erased = await erasedAmong(ctx, onClient(client), all)
  if (erased.size === 0) return new Set()
  const back = await presentAmong(
    client,
    all.filter((identity) => erased.has(keyOf(identity))),
  )
  const isGone = (identity: Identity) => erased.has(keyOf(identity)) && !back.has(keyOf(identity))
  return new Set(claims.filter((claim) => identitiesOf(claim).some(isGone)))
}

/** Those that somebody has now. */
async function presentAmong(client: PoolClient, identities: readonly Identity[]): Promise<Set<string>> {
  const { rows } = await sql<Identity>`
    select i.kind, i.value from unnest(${identities.map(({ kind }) => kind)}::text[],
      ${identities.map(({ value }) => value)}::text[]) as i (kind, value)
    where exists (select from contact_identities c where c.kind = i.kind and c.value = i.value)
      or (i.kind = 'unionid' and exists (select from contacts c where c.unionid = i.value))
      or (i.kind = 'openid' and exists (
        select from fans f where f.account_id = split_part(i.value, ':', 1)::bigint
          and f.openid = split_part(i.value, ':', 2)))`.execute(onClient(client))
  return new Set(rows.map(keyOf))
}
