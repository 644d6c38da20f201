import { randomBytes } from 'node:crypto'
import type { Queries } from '../../store/database.ts'
import type { World } from '../../world.ts'
import type { Account } from '../account.ts'
import { refuse } from '../refusal.ts'

export type NewCode = { scene: string; isNumber: boolean; permanent: boolean; lifeSeconds: number | null }
export type Code = {
  ticket: string
  accountId: number
  scene: string
  isNumber: boolean
  permanent: boolean
  url: string
  madeAt: Date
  expiresAt: Date | null
}

/** Of an account, in all; none can be deleted. */
const MOST_PERMANENT = 100_000

export const CODE_COLUMNS = `ticket, account_id as "accountId", scene, is_number as "isNumber", permanent, url,
  made_at as "madeAt", expires_at as "expiresAt"`

/** A permanent one of a scene exists once; a temporary one is another each time, and the older ones live on to their end. */
export function makeCode(world: World, account: Account, wanted: NewCode, now: Date): Promise<Code> {
  return world.db.transaction(async (tx) => {
    if (wanted.permanent) {
      await tx.run('select from account where id = $1 for update', [account.id])
      const there = await tx.row<Code>(
        `select ${CODE_COLUMNS} from code where account_id = $1 and permanent and scene = $2 and is_number = $3`,
        [account.id, wanted.scene, wanted.isNumber],
      )
      if (there) return there
      const made = await tx.row<{ n: number }>(
        'select count(*)::int as n from code where account_id = $1 and permanent',
        [account.id],
      )
      if ((made?.n ?? 0) >= (account.quotas['permanent-codes'] ?? MOST_PERMANENT)) refuse(45029)
    }
    return insertCode(tx, account, wanted, now)
  })
}

async function insertCode(tx: Queries, account: Account, wanted: NewCode, now: Date): Promise<Code> {
  const ticket = `gQ${randomBytes(45).toString('base64').replaceAll('/', '_')}==`
  const url = `http://weixin.qq.com/q/${randomBytes(16).toString('base64url')}`
  const expiresAt = wanted.lifeSeconds === null ? null : new Date(now.getTime() + wanted.lifeSeconds * 1000)
  const row = await tx.row<Code>(
    `insert into code (ticket, account_id, scene, is_number, permanent, url, made_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${CODE_COLUMNS}`,
    [ticket, account.id, wanted.scene, wanted.isNumber, wanted.permanent, url, now, expiresAt],
  )
  if (!row) throw new Error('a new code returns itself')
  return row
}

export const isOver = (code: Code, now: Date): boolean =>
  code.expiresAt !== null && code.expiresAt.getTime() <= now.getTime()

type Reader = Pick<Queries, 'row'>

export const findByTicket = (db: Reader, ticket: string): Promise<Code | undefined> =>
  db.row<Code>(`select ${CODE_COLUMNS} from code where ticket = $1`, [ticket])

export const findByUrl = (db: Reader, url: string): Promise<Code | undefined> =>
  db.row<Code>(`select ${CODE_COLUMNS} from code where url = $1`, [url])

/** Of several with one scene: the one that lives longest. */
export const findByScene = (db: Reader, accountId: number, scene: string): Promise<Code | undefined> =>
  db.row<Code>(
    `select ${CODE_COLUMNS} from code where account_id = $1 and scene = $2
     order by permanent desc, expires_at desc limit 1`,
    [accountId, scene],
  )

/** What the phone may scan without a camera: newest first. */
export async function listCodes(world: World, accountId: number): Promise<object> {
  const now = world.clock.now()
  const rows = await world.db.rows<Code>(
    `select ${CODE_COLUMNS} from code where account_id = $1 order by made_at desc, ticket limit 200`,
    [accountId],
  )
  return {
    items: rows.map(({ accountId: _account, ...code }) => ({
      ...code,
      expired: isOver({ accountId, ...code }, now),
    })),
  }
}
