import { randomBytes } from 'node:crypto'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import { ACCOUNT_COLUMNS, type Account, type AccountRow, toAccount } from '../account.ts'
import { refuse } from '../refusal.ts'

export const TOKEN_LIFE_S = 7_200
/** While tokens change, old and new both work this long. */
export const OVERLAP_MS = 5 * 60_000
const FORCED_PER_DAY = 20
const FORCED_APART_MS = 30_000

export type Family = 'classic' | 'stable'
export type Issued = { token: string; expiresIn: number }
type TokenRow = { token: string; issued_at: Date; expires_at: Date }

/** The account that a business call's token stands for; refuses with 41001, 40014, 40001 or 42001. */
export async function accountOfToken(world: World, token: string | undefined): Promise<Account> {
  if (!token) refuse(41001)
  if (!/^[\w-]{60,512}$/.test(token)) refuse(40014)
  const row = await world.db.row<AccountRow & { expires_at: Date; replaced_at: Date | null }>(
    `select ${ACCOUNT_COLUMNS}, expires_at, replaced_at from token join account on account.id = account_id where token = $1`,
    [token],
  )
  if (!row) refuse(40001)
  if (row.expires_at <= world.clock.now()) refuse(row.replaced_at ? 40001 : 42001)
  return toAccount(row)
}

const REMEMBERED_MS = 250
type Remembered = { account: Account; expiresAt: Date; until: number }
const remembered = new WeakMap<World, Map<string, Remembered>>()

/** The same, looked up four times a second at most. Whatever changes tokens or accounts calls `forgetTokens`. */
export async function rememberedAccount(world: World, token: string | undefined): Promise<Account> {
  const known = remembered.get(world) ?? new Map<string, Remembered>()
  remembered.set(world, known)
  const hit = known.get(token ?? '')
  if (hit && hit.until > performance.now() && hit.expiresAt > world.clock.now()) return hit.account
  const account = await accountOfToken(world, token)
  const row = await world.db.row<{ expires_at: Date }>('select expires_at from token where token = $1', [
    token,
  ])
  const expiresAt = row?.expires_at ?? new Date(0)
  known.set(token ?? '', { account, expiresAt, until: performance.now() + REMEMBERED_MS })
  return account
}

export const forgetTokens = (world: World): void => remembered.get(world)?.clear()

/** 1.1: a new token each time; the one before lives on for five minutes at most. */
export function issueClassic(world: World, account: Account): Promise<Issued> {
  forgetTokens(world)
  return world.db.transaction(async (tx) => {
    await lock(tx, account)
    const now = world.clock.now()
    await replace(tx, account, 'classic', now, new Date(now.getTime() + OVERLAP_MS))
    return create(tx, account, { family: 'classic', now, forced: false })
  })
}

/** 1.2: the same token while it is valid, a new one in its last five minutes or when forced within the limits. */
export function issueStable(world: World, account: Account, force: boolean): Promise<Issued> {
  forgetTokens(world)
  return world.db.transaction(async (tx) => {
    await lock(tx, account)
    const now = world.clock.now()
    const current = await tx.row<TokenRow>(
      `select token, issued_at, expires_at from token
       where account_id = $1 and family = 'stable' and expires_at > $2 order by issued_at desc limit 1`,
      [account.id, now],
    )
    if (!current) return create(tx, account, { family: 'stable', now, forced: false })
    if (force && (await mayForce(tx, account, now))) {
      await replace(tx, account, 'stable', now, now)
      return create(tx, account, { family: 'stable', now, forced: true })
    }
    const leftMs = current.expires_at.getTime() - now.getTime()
    if (leftMs > OVERLAP_MS) return { token: current.token, expiresIn: Math.floor(leftMs / 1000) }
    await replace(tx, account, 'stable', now, current.expires_at)
    return create(tx, account, { family: 'stable', now, forced: false })
  })
}

const lock = (tx: Queries, account: Account): Promise<number> =>
  tx.run('select 1 from account where id = $1 for update', [account.id])

async function mayForce(tx: Queries, account: Account, now: Date): Promise<boolean> {
  const row = await tx.row<{ today: number; last: Date | null }>(
    `select count(*)::int as today, max(issued_at) as last from token
     where account_id = $1 and forced
       and issued_at >= date_trunc('day', $2::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'`,
    [account.id, now],
  )
  if (!row || row.today >= FORCED_PER_DAY) return false
  return !row.last || now.getTime() - row.last.getTime() >= FORCED_APART_MS
}

async function replace(tx: Queries, account: Account, family: Family, now: Date, until: Date): Promise<void> {
  await tx.run(
    `update token set replaced_at = coalesce(replaced_at, $3), expires_at = least(expires_at, $4)
     where account_id = $1 and family = $2 and expires_at > $3`,
    [account.id, family, now, until],
  )
}

async function create(
  tx: Queries,
  account: Account,
  { family, now, forced }: { family: Family; now: Date; forced: boolean },
): Promise<Issued> {
  const token = `${family === 'stable' ? 'S' : 'C'}${randomBytes(5).toString('hex')}_${randomBytes(96).toString('base64url')}`
  await tx.run(
    `insert into token (token, account_id, family, issued_at, expires_at, forced) values ($1, $2, $3, $4, $5, $6)`,
    [token, account.id, family, now, new Date(now.getTime() + TOKEN_LIFE_S * 1000), forced],
  )
  return { token, expiresIn: TOKEN_LIFE_S }
}
