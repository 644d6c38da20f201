import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { assert } from '../../../kernel/errors.ts'
import { ownedAnswer, saveOwnedRule } from '../../auto-replies/index.ts'
import type { Answer } from '../../auto-replies/schema.ts'
import { type CodeRow, codesOfRule, setRule } from '../store/codes.ts'

type Named = { id: string; scene: string }
type Of = { accountId: string; name: string }

/** One answer for new codes, however many. */
export async function giveAnswer(
  ctx: Ctx,
  trx: Executor,
  { codes, answer, ...of }: Of & { codes: readonly Named[]; answer: Answer },
): Promise<string | null> {
  const [first] = codes
  assert(first, 'an answer is somebody’s')
  const { ruleId } = await saveOwnedRule(ctx, trx, {
    ...of,
    owner: { kind: 'qr-code', id: first.id },
    kind: 'scan',
    answer,
    targets: codes.map((code) => code.scene),
  })
  await setRule(
    trx,
    codes.map((code) => code.id),
    ruleId,
  )
  return ruleId
}

/**
 * Changes or takes away the answer of a code: of all that share it, or of this one, which leaves the others theirs. Codes of
 * the account are locked.
 */
export async function changeAnswer(
  ctx: Ctx,
  trx: Executor,
  { code, answer, of }: { code: CodeRow; answer: Answer | null; of: 'shared' | 'own' },
): Promise<void> {
  const { accountId, name, ruleId } = code
  const alone = { accountId, name, codes: [{ id: code.id, scene: code.scene }] }
  if (ruleId === null) {
    if (answer !== null) await giveAnswer(ctx, trx, { ...alone, answer })
    return
  }
  const all = await codesOfRule(trx, ruleId)
  const others = all.filter(({ id }) => id !== code.id)
  if (of === 'own' && others.length > 0) {
    const theirs = await leaveToOthers(ctx, trx, { accountId, ruleId, others })
    if (theirs === ruleId) {
      await setRule(trx, [code.id], null)
      if (answer !== null) await giveAnswer(ctx, trx, { ...alone, answer })
      return
    }
  }
  const kept = of === 'own' ? alone.codes : all
  const saved = await saveOwnedRule(ctx, trx, {
    accountId,
    name,
    kind: 'scan',
    owner: { kind: 'qr-code', id: code.id },
    ruleId,
    answer,
    targets: kept.map(({ scene }) => scene),
  })
  await setRule(
    trx,
    kept.map(({ id }) => id),
    saved.ruleId,
  )
}

/**
 * The others have the answer as it is by themselves: in the rule as it was where it stands in the name of the first of them,
 * else in one of their own. Returns which.
 */
async function leaveToOthers(
  ctx: Ctx,
  trx: Executor,
  { accountId, ruleId, others }: { accountId: string; ruleId: string; others: readonly Named[] },
): Promise<string | null> {
  const before = await ownedAnswer(trx, { accountId, ruleId })
  if (before === undefined) return null
  return giveAnswer(ctx, trx, { accountId, name: before.name, codes: others, answer: before.answer })
}
