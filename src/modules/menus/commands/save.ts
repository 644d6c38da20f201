import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { AppError, conflict } from '../../../kernel/errors.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { replyRulesChanged, saveOwnedRule } from '../../auto-replies/index.ts'
import { readMenus } from '../present.ts'
import { answeringOf, keyOf, leavesOf } from '../rules.ts'
import type { MenuDraft, MenusView } from '../schema.ts'
import * as store from '../store.ts'

export const operatorOf = (ctx: Ctx): string | null => (ctx.actor.kind === 'system' ? null : ctx.actor.id)

/**
 * Keeps all menus of the account, as incomplete as they may be; refused as `menus_changed` where somebody else saved meanwhile,
 * and as `message_invalid` where an answer can't be given. Answers hold at once, by their keys; those of buttons that are gone
 * stay until phones show other menus (see {@link retireAnswers}).
 */
export async function saveMenus(
  ctx: Ctx,
  accountId: string,
  { revision, menus }: { revision: number; menus: readonly MenuDraft[] },
): Promise<MenusView> {
  await getAccount(ctx, accountId)
  const answersChanged = await inTransaction(ctx.db, async (trx) => {
    const before = await store.lockSet(trx, accountId)
    if (before.revision !== revision)
      throw conflict('menus_changed', 'the menus were saved by somebody else meanwhile', {
        by: before.updatedBy,
        revision: before.revision,
      })
    await store.writeMenus(trx, accountId, { menus, by: operatorOf(ctx), at: ctx.clock.now() })
    await audit(ctx, trx, {
      action: 'menu.saved',
      accountId,
      subject: { kind: 'menu', id: accountId },
      detail: { menus: menus.length, revision: revision + 1 },
    })
    return saveAnswers(ctx, trx, accountId, { before: before.menus, after: menus })
  })
  if (answersChanged) await replyRulesChanged(ctx, [accountId])
  return readMenus(ctx, accountId)
}

type Change = { before: readonly MenuDraft[]; after: readonly MenuDraft[] }

/** The rules behind buttons, where their answers changed. Returns whether any did. */
async function saveAnswers(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  { before, after }: Change,
): Promise<boolean> {
  const had = answersByKey(before)
  const has = answersByKey(after)
  const keys = new Set(leavesOf(after).map(({ button }) => keyOf(button)))
  let changed = false
  for (const [key, { name, button, answer }] of has) {
    if (JSON.stringify(had.get(key)) === JSON.stringify({ name, button, answer })) continue
    const id = await store.answerOwner(trx, accountId, key)
    const owner = { kind: 'menu', id } as const
    const rule = { owner, kind: 'menu', accountId, name, answer } as const
    await saveOwnedRule(ctx, trx, { ...rule, targets: [key] }).catch((error: unknown) => {
      throw placed(error, { button, key })
    })
    changed = true
  }
  for (const [key, { name }] of had) {
    if (has.has(key) || !keys.has(key)) continue
    await dropAnswer(ctx, trx, { accountId, key, name, id: await store.answerOwner(trx, accountId, key) })
    changed = true
  }
  return changed
}

const answersByKey = (menus: readonly MenuDraft[]) =>
  new Map(
    answeringOf(menus)
      .toReversed()
      .map(({ menu, button }) => [
        keyOf(button),
        {
          name: nameOf(menus[menu]?.name ?? '', button.name),
          button: button.name,
          answer: button.answer,
        },
      ]),
  )

/** A refusal of an answer says whose it is. */
const placed = (error: unknown, place: { button: string; key: string }): unknown =>
  error instanceof AppError
    ? new AppError(error.code, error.reason, error.message, { ...error.detail, ...place }, { cause: error })
    : error

const nameOf = (menu: string, button: string): string => [...`${menu} · ${button}`].slice(0, 60).join('')

async function dropAnswer(
  ctx: Ctx,
  trx: Executor,
  { accountId, key, name, id }: { accountId: string; key: string; name: string; id: string },
): Promise<void> {
  const owner = { kind: 'menu', id } as const
  await saveOwnedRule(ctx, trx, { owner, kind: 'menu', accountId, name, answer: null, targets: [key] })
  await store.deleteAnswerOwner(trx, id)
}

/** Takes answers away whose key no button has that is edited, or that `shown` menus have; call `replyRulesChanged` after. */
export async function retireAnswers(
  ctx: Ctx,
  trx: Executor,
  accountId: string,
  shown: ReadonlySet<string>,
): Promise<number> {
  const { menus } = await store.lockSet(trx, accountId)
  const edited = new Set(leavesOf(menus).map(({ button }) => keyOf(button)))
  const gone = (await store.selectAnswerOwners(trx, accountId)).filter(
    ({ key }) => !edited.has(key) && !shown.has(key),
  )
  for (const { id, key } of gone) await dropAnswer(ctx, trx, { accountId, key, name: key.slice(0, 60), id })
  return gone.length
}
