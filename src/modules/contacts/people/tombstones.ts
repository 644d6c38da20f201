import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { type Identity, keyOf } from './claims.ts'

/** What stays of an identity whose person was erased: nobody without the key can tell whose it was. */
export const tombstoneOf = ({ secrets }: Pick<Ctx, 'secrets'>, identity: Identity): Buffer =>
  secrets.mac('erasure', keyOf(identity))

/**
 * Those of the identities whose person was erased. Whatever is not the person's own act (a sync, an import) must not
 * bring them back; what they do themselves makes someone new.
 */
export async function erasedAmong(
  ctx: Pick<Ctx, 'secrets'>,
  db: Executor,
  identities: readonly Identity[],
): Promise<Set<string>> {
  if (identities.length === 0) return new Set()
  const known = await sql`select from erasure_tombstones limit 1`.execute(db)
  if (known.rows.length === 0) return new Set()
  const byHash = new Map(identities.map((one) => [tombstoneOf(ctx, one).toString('hex'), keyOf(one)]))
  const { rows } = await sql<{ hash: string }>`
    select encode(identity_hash, 'hex') as hash from erasure_tombstones
    where identity_hash in (select decode(h, 'hex') from unnest(${[...byHash.keys()]}::text[]) as h)`.execute(
    db,
  )
  return new Set(rows.map(({ hash }) => byHash.get(hash) as string))
}
