import type { Ctx } from '../../context.ts'
import { hashKey, isWriteKey } from './keys.ts'
import type { SourceKind } from './schema.ts'
import { type AccessRow, selectByKeyHash } from './store.ts'

/** Says that sources changed. */
export const SOURCES_TOPIC = 'sources'

/** What taking in a message of a source needs to know of it. */
export type SourceAccess = {
  id: string
  kind: SourceKind
  /** Openids belong to it. */
  accountId: string | null
  allowedOrigins: ReadonlySet<string>
  active: boolean
  signingSecret: string
}

/** Real time that an answer may be old: how long a disabled or rotated key works at most if a wake-up is lost. */
const KEPT_MS = 5_000
const MOST_KEPT = 2_000

type Kept = { source: Promise<SourceAccess | undefined>; until: number }
const caches = new WeakMap<Ctx['pool'], Map<string, Kept>>()

/** The source of a write key, disabled ones too; undefined where there is none. Asked of the database every 5 s at most. */
export function findSourceByKey(ctx: Ctx, writeKey: string): Promise<SourceAccess | undefined> {
  if (!isWriteKey(writeKey)) return Promise.resolve(undefined)
  const cache = cacheOf(ctx)
  const kept = cache.get(writeKey)
  if (kept !== undefined && kept.until > performance.now()) return kept.source
  if (cache.size >= MOST_KEPT) cache.clear()
  const source = load(ctx, writeKey)
  cache.set(writeKey, { source, until: performance.now() + KEPT_MS })
  source.catch(() => cache.delete(writeKey))
  return source
}

function cacheOf(ctx: Ctx): Map<string, Kept> {
  const existing = caches.get(ctx.pool)
  if (existing !== undefined) return existing
  const cache = new Map<string, Kept>()
  caches.set(ctx.pool, cache)
  ctx.wake.on(SOURCES_TOPIC, () => cache.clear())
  return cache
}

async function load(ctx: Ctx, writeKey: string): Promise<SourceAccess | undefined> {
  const row = await selectByKeyHash(ctx.db, hashKey(writeKey))
  return row && toAccess(ctx, row)
}

const toAccess = (ctx: Ctx, row: AccessRow): SourceAccess => ({
  id: row.id,
  kind: row.kind,
  accountId: row.account_id,
  allowedOrigins: new Set(row.allowed_origins),
  active: row.state === 'active',
  signingSecret: ctx.secrets.decrypt(row.signing_secret_encrypted),
})
