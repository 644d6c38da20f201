import type { Database } from '../../store/database.ts'
import { refuse } from '../refusal.ts'

export type FanRow = {
  id: string
  account_id: number
  openid: string
  unionid: string | null
  following: boolean
  subscribed_at: Date
  subscribe_scene: string
  qr_scene: string
  qr_scene_str: string
  nickname: string
  wechat_id: string
  remark: string
  blacklisted_at: Date | null
}

type Reader = Pick<Database, 'row' | 'rows'>

export const findFan = (db: Reader, accountId: number, openid: string): Promise<FanRow | undefined> =>
  db.row<FanRow>('select * from fan where account_id = $1 and openid = $2', [accountId, openid])

/** A list of openids out of a request body; 40031 when it isn't one. */
export function openids(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) refuse(40031)
  return value as string[]
}

/** Rows of these openids in this account; an openid it has never seen is simply missing. */
export const fansOf = (db: Reader, accountId: number, list: readonly string[]): Promise<FanRow[]> =>
  db.rows<FanRow>('select * from fan where account_id = $1 and openid = any($2)', [accountId, list])
