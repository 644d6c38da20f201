import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { saveOwnedRule } from '../../auto-replies/index.ts'
import { endSend, setSendState, wakeDeliveries } from '../../deliveries/index.ts'
import { readRule } from '../present.ts'
import { offsetOf } from '../rules/index.ts'
import type { RecallRule } from '../schema/views.ts'
import { changeRule, type RecallKey, type RecallRow } from '../store/rules.ts'
import { changed, existing, subjectOf } from './save.ts'

/**
 * Off: nothing goes from the commit on, silences go on. On again: moments that came meanwhile are not made up for, for off means
 * no; what was planned before is decided anew.
 */
export async function switchRule(ctx: Ctx, key: RecallKey, on: boolean): Promise<RecallRule> {
  await getAccount(ctx, key.accountId)
  await inTransaction(ctx.db, async (trx) => {
    const rule = await existing(trx, key, { lock: true })
    const now = ctx.clock.now()
    if (rule.sendId !== null)
      await setSendState(ctx, trx, rule.sendId, on ? 'running' : 'paused', { reason: 'by_operator' })
    if ((rule.state === 'on') === on) return
    await changeRule(trx, rule.id, now, {
      state: on ? 'on' : 'off',
      onSince: on ? now : null,
      ...(on && { lookedTo: placeWhenOn(rule, now) }),
    })
    await audit(ctx, trx, {
      action: on ? 'recall_rule.on' : 'recall_rule.off',
      accountId: key.accountId,
      subject: subjectOf(rule.id),
      detail: { name: rule.name },
    })
  })
  await changed(ctx, key.accountId)
  if (on) await wakeDeliveries(ctx, 'bulk')
  return readRule(ctx, key)
}

/** Past everybody whose moment has come by now; never back. */
function placeWhenOn(rule: RecallRow, now: Date): Date {
  return new Date(Math.max(rule.lookedTo.getTime(), now.getTime() - offsetOf(rule)))
}

/** Ends a rule: who is still to be written to is not, its keyword reply goes with it, its history stays. */
export async function deleteRule(ctx: Ctx, key: RecallKey): Promise<void> {
  await getAccount(ctx, key.accountId)
  await inTransaction(ctx.db, async (trx) => {
    const { keywordRuleId, name } = await existing(trx, key)
    if (keywordRuleId !== null)
      await saveOwnedRule(ctx, trx, {
        owner: { kind: 'recall', id: key.ruleId },
        kind: 'keyword',
        accountId: key.accountId,
        name,
        answer: null,
        ruleId: keywordRuleId,
      })
    const rule = await existing(trx, key, { lock: true })
    if (rule.sendId !== null) await endSend(ctx, trx, rule.sendId)
    const now = ctx.clock.now()
    await changeRule(trx, rule.id, now, { state: 'off', onSince: null, keywordRuleId: null, archivedAt: now })
    await audit(ctx, trx, {
      action: 'recall_rule.deleted',
      accountId: key.accountId,
      subject: subjectOf(rule.id),
      detail: { name: rule.name },
    })
  })
  await changed(ctx, key.accountId)
}
