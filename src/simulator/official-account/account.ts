import type { z } from 'zod'
import type { currentAutoReply } from '../../wechat/payloads/auto-reply.ts'
import type { Database } from '../store/database.ts'

export type CallbackMode = 'plain' | 'compat' | 'safe'
export type CallbackTarget = { url: string; token: string; aesKey: string; mode: CallbackMode }

/** Shares of 1: of all who received an article (or message), how many do what within three days. */
export type Rates = {
  read: number
  /** Who goes on to the page that an article names as its source (阅读原文); of the readers, so never more than they. */
  readOriginal: number
  share: number
  favourite: number
  like: number
  comment: number
  text: number
  unfollow: number
  /** New fans per receipt. */
  follow: number
  /** Recipients of a mass send that fail although nothing was wrong with them. */
  sendError: number
  /** Of those who got a message of their own: who opens its link, who answers with a text, and which results say failed. */
  tap: number
  answer: number
  noticeBlocked: number
  noticeFailed: number
}
export const DEFAULT_RATES: Rates = {
  read: 0.08,
  readOriginal: 0.012,
  share: 0.006,
  favourite: 0.003,
  like: 0.01,
  comment: 0.001,
  text: 0.001,
  unfollow: 0.001,
  follow: 0.002,
  sendError: 0,
  tap: 0.12,
  answer: 0.01,
  noticeBlocked: 0,
  noticeFailed: 0,
}

/** What the platform will say about a coming mass send, instead of finding nothing wrong with it. */
export type MassVerdict = {
  /** `send fail`, `err(10001)`, …; see MASSSENDJOBFINISH. */
  status?: string
  /** Originality check: 1 fine, 2 a reprint that may be sent, 3 a reprint that may not. Without it: what `articles` come to. */
  checkState?: 1 | 2 | 3
  /** What the check found of each article, in their order; nothing of those that are left out. */
  articles?: ArticleVerdict[]
}

/** An item of CopyrightCheckResult (公众号/群发: 事件推送群发结果, checked 2026-11). */
export type ArticleVerdict = {
  /** UserDeclareState: 0 nothing declared, 1 original, 2 a reprint. */
  declareState?: 0 | 1 | 2
  /** 0 not checked, 1 being checked, 11 passed; anything else: found to be somebody else's. */
  auditState?: number
  canReprint?: boolean
  originalUrl?: string
  /** OriginalArticleType: 1 original, 2 older and not declared so, 3 news, 4 blacklisted. */
  originalType?: 1 | 2 | 3 | 4
}

export type Settings = {
  /** 群发保护: an administrator confirms each mass send on the phone. */
  groupSendProtection?: boolean
  /** Whether articles may carry comments; default true for verified accounts. */
  commentRight?: boolean
  /** Whether what the owner sends from WeChat's backend is announced by MASSSENDJOBFINISH too: not documented; default true. */
  ownerResults?: boolean
  /** Verdicts for the next mass sends and the next publishing jobs (publish_status), first come first served. */
  nextMass?: MassVerdict[]
  nextPublish?: number[]
  /** 下发额度 as of 2023-06-12 (default) or 2021-06-01, and whether a payment opens a window at all. */
  windowRules?: '2023' | '2021'
  paymentWindow?: boolean
  /** Mini programs linked to the account; any where left out. */
  miniPrograms?: string[]
  /** Milliseconds every call for a single message takes, as over a real network. */
  latencyMs?: number
  /** How well articles are read, as a factor of `rates.read`, by a part of the title; the first that fits. By the title alone where none does. */
  quality?: { title: string; read: number }[]
  /** The figures of these days (of every day where left out) come late on the next: not before this hour, in Beijing. */
  statisticsDelay?: { until?: string; days?: string[] }
  /** What fans do unasked, as shares of all a day; nothing where left out. */
  life?: { texts: number; taps: number; scans: number; accepts: number }
  /** The answers set up on WeChat's own pages, as `get_current_autoreply_info` shows them, with permanent material. */
  autoReplies?: z.output<typeof currentAutoReply>
  /** Refusals that have to do with the account's standing. */
  standing?: 'secret-frozen' | 'frozen' | 'token-forbidden' | 'irregular' | 'protocol-not-agreed'
}

export type Account = {
  id: number
  appid: string
  secret: string
  kind: 'service' | 'subscription'
  verified: boolean
  name: string
  ghId: string
  openPlatform: string | null
  seed: string
  callback: CallbackTarget | null
  ipList: string[]
  rates: Rates
  /** Overrides of daily limits by quota key, and of minute limits by `<key>/minute`. */
  quotas: Record<string, number>
  settings: Settings
  speed: number
  createdAt: Date
}

type Row = {
  id: number
  appid: string
  secret: string
  kind: Account['kind']
  verified: boolean
  name: string
  gh_id: string
  open_platform: string | null
  seed: string
  callback: CallbackTarget | null
  ip_list: string[]
  rates: Partial<Rates>
  quotas: Record<string, number>
  settings: Settings
  speed: number
  created_at: Date
}

export const ACCOUNT_COLUMNS = `account.id, appid, secret, kind, verified, name, gh_id, open_platform, seed, callback,
  ip_list, rates, quotas, settings, speed, account.created_at`

export const toAccount = (row: Row): Account => ({
  id: row.id,
  appid: row.appid,
  secret: row.secret,
  kind: row.kind,
  verified: row.verified,
  name: row.name,
  ghId: row.gh_id,
  openPlatform: row.open_platform,
  seed: row.seed,
  callback: row.callback,
  ipList: row.ip_list,
  rates: { ...DEFAULT_RATES, ...row.rates },
  quotas: row.quotas,
  settings: row.settings,
  speed: row.speed,
  createdAt: row.created_at,
})

export async function findAccount(db: Pick<Database, 'row'>, appid: string): Promise<Account | undefined> {
  const row = await db.row<Row>(`select ${ACCOUNT_COLUMNS} from account where appid = $1`, [appid])
  return row && toAccount(row)
}

export async function getAccountById(db: Pick<Database, 'row'>, id: number): Promise<Account> {
  const row = await db.row<Row>(`select ${ACCOUNT_COLUMNS} from account where id = $1`, [id])
  if (!row) throw new Error(`no simulated account ${id}`)
  return toAccount(row)
}

export async function listAccounts(db: Pick<Database, 'rows'>): Promise<Account[]> {
  return (await db.rows<Row>(`select ${ACCOUNT_COLUMNS} from account order by id`)).map(toAccount)
}

export type AccountRow = Row
