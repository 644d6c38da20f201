import type { Ask } from './ask.ts'
import { type Identity, keyOf } from './claims.ts'

const LOCK_CLASS = 7302
/** Bounds how many locks one transaction holds; a batch of strangers takes them all, a single one next to none. */
const SHARDS = 64

/**
 * Until the end of the transaction nobody else gives these identities to anyone. Always taken before rows of contacts
 * and fans, and in one order, so that two transactions never wait for each other.
 */
export async function lockIdentities(ask: Ask, identities: readonly Identity[]): Promise<void> {
  const shards = [...new Set(identities.map((identity) => shardOf(keyOf(identity))))].sort((a, b) => a - b)
  if (shards.length === 0) return
  await ask(`select pg_advisory_xact_lock(${LOCK_CLASS}, s) from unnest($1::int[]) as s`, [shards])
}

function shardOf(key: string): number {
  let hash = 0
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) | 0
  return (hash >>> 0) % SHARDS
}

/**
 * Holds these people as they are until the end of the transaction: nobody merges them, and their facts are written
 * one transaction after the other. Returns those who are there.
 */
export async function lockContacts(ask: Ask, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await ask<{ id: string }>(
    'select id from contacts where id = any($1::bigint[]) order by id for no key update',
    [[...ids]],
  )
  return new Set(rows.map((row) => row.id))
}
