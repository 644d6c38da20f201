import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { assert, notFound } from '../../kernel/errors.ts'
import { type AccountKind, listMissingAbilities } from '../../wechat/rules/account-abilities.ts'
import {
  type AccountLimits,
  defaultLimits,
  endsWithGoodCredential,
  limitsOf,
  type PauseDetail,
  type PauseReason,
} from './rules.ts'
import type { AccountDetail, AccountSummary } from './schema.ts'
import * as store from './store.ts'

/** 公众号 as other modules see it: what it is, whether it may send, and within which limits. */
export type Account = {
  id: string
  appid: string
  name: string
  kind: AccountKind
  verified: boolean
  ghId: string | null
  state: 'active' | 'paused' | 'archived'
  pauseReason: PauseReason | null
  pauseDetail: PauseDetail | null
  limits: AccountLimits
}

/** One account. `not_found` also where the caller may not see it: its existence is nobody else's business. */
export async function getAccount(ctx: Ctx, accountId: string, db: Executor = ctx.db): Promise<Account> {
  return toAccount(await findVisible(ctx, db, accountId))
}

/** The accounts the caller may see, archived ones left out, oldest first. */
export async function listAccounts(ctx: Ctx): Promise<Account[]> {
  const rows = await store.selectAccounts(ctx.db, { visible: visibleTo(ctx), archived: false })
  return rows.map(toAccount)
}

export async function listSummaries(ctx: Ctx, filter: { archived: boolean }): Promise<AccountSummary[]> {
  const rows = await store.selectAccounts(ctx.db, { visible: visibleTo(ctx), archived: filter.archived })
  const following = await store.countFollowing(
    ctx.db,
    rows.map((row) => row.id),
  )
  return rows.map((row) => toSummary(row, following.get(row.id) ?? 0))
}

export async function getDetail(ctx: Ctx, accountId: string): Promise<AccountDetail> {
  const row = await findVisible(ctx, ctx.db, accountId)
  const following = await store.countFollowing(ctx.db, [row.id])
  return {
    ...toSummary(row, following.get(row.id) ?? 0),
    limits: limitsOf(row.kind, row.limits),
    defaultLimits: defaultLimits(row.kind),
    missingAbilities: listMissingAbilities(row),
  }
}

/** Locks an account for a change. */
export async function lockAccount(ctx: Ctx, db: Executor, accountId: string): Promise<store.AccountRow> {
  const row = await store.selectAccount(db, accountId, { lock: true })
  if (row === undefined || !isVisible(ctx, accountId)) throw notFound('account')
  return row
}

async function findVisible(ctx: Ctx, db: Executor, accountId: string): Promise<store.AccountRow> {
  const row = isVisible(ctx, accountId) ? await store.selectAccount(db, accountId) : undefined
  if (row === undefined) throw notFound('account')
  return row
}

const visibleTo = (ctx: Ctx): string[] | null => (ctx.actor.kind === 'system' ? null : ctx.actor.accounts)

function isVisible(ctx: Ctx, accountId: string): boolean {
  const visible = visibleTo(ctx)
  return visible === null || visible.includes(accountId)
}

const toAccount = (row: store.AccountRow): Account => ({
  id: row.id,
  appid: row.appid,
  name: row.name,
  kind: row.kind,
  verified: row.verified,
  ghId: row.ghId,
  state: row.state,
  pauseReason: row.pauseReason,
  pauseDetail: row.pauseDetail,
  limits: limitsOf(row.kind, row.limits),
})

function toSummary(row: store.AccountRow, fansFollowing: number): AccountSummary {
  assert((row.state === 'paused') === (row.pauseReason !== null), 'an account is paused for a reason')
  const broken = row.pauseReason !== null && endsWithGoodCredential(row.pauseReason)
  const unchecked = row.credentialCheckedAt === null
  return {
    id: row.id,
    appid: row.appid,
    name: row.name,
    kind: row.kind,
    verified: row.verified,
    confirmsMass: row.confirmsMass,
    ghId: row.ghId,
    state: row.state,
    pauseReason: row.pauseReason,
    pauseDetail: row.pauseDetail,
    fansFollowing,
    credential: {
      state: broken ? 'broken' : unchecked ? 'unchecked' : 'ok',
      checkedAt: row.credentialCheckedAt?.toISOString() ?? null,
    },
    callback: {
      mode: row.callbackMode,
      verifiedAt: row.callbackVerifiedAt?.toISOString() ?? null,
      lastReceivedAt: row.callbackLastAt?.toISOString() ?? null,
    },
    createdAt: row.createdAt.toISOString(),
  }
}
