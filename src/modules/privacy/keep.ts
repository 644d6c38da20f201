import { appendFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { type Identity, tombstoneOf } from '../contacts/index.ts'
import { insertErasure, insertTombstones } from './store.ts'

/**
 * Hashes of everyone erased, one a line, beside the key that makes them and outside the database: a restored backup
 * knows nothing of erasures after it.
 */
const fileOf = ({ config }: Pick<Ctx, 'config'>) => path.join(config.dataDir, 'erased.txt')

export async function keepTombstones(ctx: Ctx, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await mkdir(ctx.config.dataDir, { recursive: true })
  await appendFile(fileOf(ctx), hashes.map((hash) => `${hash}\n`).join(''), { mode: 0o600, flush: true })
}

async function readTombstones(ctx: Ctx): Promise<string[]> {
  try {
    const text = await readFile(fileOf(ctx), 'utf8')
    return [...new Set(text.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line)))]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * Erases again whom a restored backup brought back: those whose hash is in the file and not in the database. Nothing to
 * do, and little work, at any other time. Returns how many people are to be erased.
 */
export async function replayErasures(ctx: Ctx): Promise<number> {
  const { restored_at: restoredAt } = await ctx.db
    .selectFrom('installation')
    .select('restored_at')
    .executeTakeFirstOrThrow()
  if (restoredAt === null) return 0
  const hashes = await readTombstones(ctx)
  if (hashes.length === 0) return 0
  const { rows } = await sql<{ hash: string }>`
    select h as hash from unnest(${hashes}::text[]) as h
    where not exists (select from erasure_tombstones where identity_hash = decode(h, 'hex'))`.execute(ctx.db)
  if (rows.length === 0) return 0
  const missing = new Set(rows.map(({ hash }) => hash))
  const people = await findPeople(ctx, missing)
  await inTransaction(ctx.db, async (trx) => {
    const at = ctx.clock.now()
    let last: string | undefined
    for (const contactId of people)
      last = await insertErasure(trx, { contactId, reason: 'request', at, by: null })
    // of those who are not in the backup only the hash comes back
    last ??= await emptyErasure(trx, at)
    await insertTombstones(trx, { hashes: [...missing], erasureId: last, at })
  })
  return people.size
}

async function emptyErasure(trx: Executor, at: Date): Promise<string> {
  const id = await insertErasure(trx, { contactId: '0', reason: 'request', at, by: null })
  await sql`update erasures set finished_at = ${at}::timestamptz where id = ${id}::bigint`.execute(trx)
  return id
}

const CHUNK = 10_000

/** Looks at every identity there is, in chunks by key. */
async function findPeople(ctx: Ctx, missing: ReadonlySet<string>): Promise<Set<string>> {
  const people = new Set<string>()
  const look = (rows: readonly (Identity & { contact_id: string })[]) => {
    for (const row of rows) {
      const hash = tombstoneOf(ctx, row).toString('hex')
      if (missing.has(hash)) people.add(row.contact_id)
    }
  }
  for (let after = '0'; ; ) {
    const { rows } = await sql<{ id: string }>`
      select id from contacts where id > ${after}::bigint order by id limit ${CHUNK}`.execute(ctx.db)
    const last = rows.at(-1)?.id
    if (last === undefined) return people
    const identities = await sql<Identity & { contact_id: string }>`
      select kind, value, contact_id from contact_identities
        where contact_id > ${after}::bigint and contact_id <= ${last}::bigint
      union all select 'unionid', unionid, id from contacts
        where id > ${after}::bigint and id <= ${last}::bigint and unionid is not null
      union all select 'openid', account_id || ':' || openid, contact_id from fans
        where contact_id > ${after}::bigint and contact_id <= ${last}::bigint`.execute(ctx.db)
    look(identities.rows)
    after = last
  }
}
