import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { withinScope } from '../scope.ts'
import { askingIn } from './ask.ts'
import type { Identity } from './claims.ts'
import { selectOwners } from './rows.ts'

/** Whose each identity is, by `keyOf`; those of nobody are left out. They stay so only for who holds them (`lockIdentities`). */
export async function ownersOf(db: Executor, identities: readonly Identity[]): Promise<Map<string, string>> {
  if (identities.length === 0) return new Map()
  const owners = await selectOwners(askingIn(db), identities)
  return new Map([...owners].map(([key, { contactId }]) => [key, contactId]))
}

/** Those of the people who are within a scope. */
export async function idsWithinScope(
  db: Executor,
  scope: readonly string[] | null,
  contactIds: readonly string[],
): Promise<Set<string>> {
  if (scope === null || contactIds.length === 0) return new Set(contactIds)
  const { rows } = await sql<{ id: string }>`
    select c.id from contacts c where c.id = any(${[...contactIds]}::bigint[])
      and ${withinScope(scope, sql`c.id`)}`.execute(db)
  return new Set(rows.map(({ id }) => id))
}
