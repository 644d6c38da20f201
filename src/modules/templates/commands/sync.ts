import { isWechatError, type WechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, conflict } from '../../../kernel/errors.ts'
import { decideAbility } from '../../../wechat/rules/account-abilities.ts'
import { type Account, accountClient, getAccount, listAccounts } from '../../accounts/index.ts'
import { pausing } from '../../contacts/index.ts'
import { explainWechatError } from '../../runs/index.ts'
import { readLook } from '../look.ts'
import type { SyncOutcome, TemplateKind } from '../schema.ts'
import { type SeenTemplate, storeLook } from '../store.ts'
import { lockSync, takeDue, writeProblem, writeSync } from '../sync-store.ts'
import { hasActiveUses, IN_USE_MINUTES } from '../uses.ts'

/** Business time between looks nobody asked for; where something that may send at any moment names a template. */
const EVERY_MS = 4 * 3_600_000
const EVERY_IN_USE_MS = IN_USE_MINUTES * 60_000
const AFTER_FAILURE_MS = 15 * 60_000
/** Notified when a look found something new. */
export const TEMPLATES_TOPIC = 'templates'
/** 48001: the account has no such interface; for subscription notifications that is so until they are switched on. */
const NO_INTERFACE = 48001

/** Refuses with `not_verified` or `service_accounts_only` where the account can have no templates. */
export function requireTemplates(account: Account): void {
  const decision = decideAbility(account, 'template-messages')
  if (!decision.can)
    throw conflict(decision.reason, 'this account has no templates', { advice: decision.advice })
}

/**
 * Reads the templates of both kinds from WeChat, now, and says what is other than at the look before. Of two looks at
 * once the one that began later is kept. A refusal is thrown as one that an operator can read, and kept for the page.
 */
export async function syncTemplates(ctx: Ctx, accountId: string): Promise<SyncOutcome> {
  requireTemplates(await getAccount(ctx, accountId))
  const begunAt = ctx.clock.now()
  const looks = await lookAtBoth(ctx, accountId)
  const outcome = await inTransaction(ctx.db, async (trx) => {
    const newest = await lockSync(trx, accountId, begunAt)
    if (newest !== null && newest > begunAt) return NOTHING
    const told: SyncOutcome[] = []
    for (const { kind, seen } of looks)
      told.push(await storeLook(trx, accountId, { kind, seen, at: begunAt }))
    const everyMs = (await hasActiveUses(trx, accountId)) ? EVERY_IN_USE_MS : EVERY_MS
    await writeSync(trx, accountId, { begunAt, dueAt: new Date(begunAt.getTime() + everyMs) })
    return {
      added: told.flatMap(({ added }) => added),
      changed: told.flatMap(({ changed }) => changed),
      gone: told.flatMap(({ gone }) => gone),
    }
  })
  if (outcome.added.length > 0) await ctx.wake.notify(TEMPLATES_TOPIC)
  return outcome
}

const NOTHING: SyncOutcome = { added: [], changed: [], gone: [] }

type Look = { kind: TemplateKind; seen: SeenTemplate[] }

/** What is stored is both or, where the account lacks the interface of one kind, the other; never half an answer. */
async function lookAtBoth(ctx: Ctx, accountId: string): Promise<Look[]> {
  try {
    const client = await accountClient(ctx, accountId)
    const looks: Look[] = []
    const refusals: WechatError[] = []
    for (const kind of ['template', 'subscription'] as const) {
      try {
        looks.push({ kind, seen: await readLook(client, kind) })
      } catch (error) {
        if (!isWechatError(error) || error.errcode !== NO_INTERFACE) throw error
        refusals.push(error)
      }
    }
    if (looks.length === 0) throw refusals[0]
    return looks
  } catch (error) {
    const told = isWechatError(error) ? explainWechatError(error) : error
    if (told instanceof AppError) await keepProblem(ctx, accountId, told)
    if (isWechatError(error) && error.errcode !== NO_INTERFACE)
      await pausing(ctx, accountId, Promise.reject(error)).catch(() => undefined)
    throw told
  }
}

const keepProblem = (ctx: Ctx, accountId: string, { reason, detail }: AppError) =>
  writeProblem(ctx.db, accountId, {
    problem: { reason, detail },
    dueAt: new Date(ctx.clock.now().getTime() + AFTER_FAILURE_MS),
  })

/** One account whose look is due. What fails is tried again in a quarter of an hour of business time. */
export async function syncDueTemplates(ctx: Ctx): Promise<number> {
  const accounts = (await listAccounts(ctx)).filter(
    (account) => account.state === 'active' && decideAbility(account, 'template-messages').can,
  )
  if (accounts.length === 0) return 0
  const now = ctx.clock.now()
  const accountId = await inTransaction(ctx.db, (trx) =>
    takeDue(trx, {
      accountIds: accounts.map(({ id }) => id),
      now,
      untilAt: new Date(now.getTime() + AFTER_FAILURE_MS),
    }),
  )
  if (accountId === undefined) return 0
  try {
    await syncTemplates(ctx, accountId)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ctx.log.warn({ accountId, reason: error.reason }, 'templates could not be synced')
  }
  return 1
}
