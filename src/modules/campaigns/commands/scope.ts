import type { Ctx } from '../../../context.ts'
import { AppError, forbidden } from '../../../kernel/errors.ts'
import { scopeOf } from '../../contacts/index.ts'
import { requireSegment, requireSound } from '../../segments/index.ts'
import type { Rule } from '../../segments/schema.ts'
import { segmentsOf } from '../audience.ts'
import type { Plan, PlanPart } from '../schema/plan.ts'

/**
 * Refuses what would tell somebody of accounts that aren't theirs: their segments (`not_found`), rules about them
 * (`rule_invalid`) and their events (`account_not_yours`). Asked when a plan is saved, because workers, who may see everything,
 * compute with it later. Parts that stay as somebody else saved them are left alone.
 */
export async function requireOwnAccounts(
  ctx: Ctx,
  accountId: string,
  { before, part }: { before: Plan | null; part: PlanPart },
): Promise<void> {
  const scope = scopeOf(ctx)
  if (scope === null) return
  const changed = (name: 'audience' | 'trigger' | 'goal') =>
    part[name] !== undefined && JSON.stringify(part[name]) !== JSON.stringify(before?.[name])
  const named = accountsOf(changed('trigger') ? part.trigger : undefined)
  if (changed('goal')) named.push(...[part.goal?.event.accountId].flatMap((id) => id ?? []))
  if (named.some((id) => !scope.includes(id)))
    throw forbidden('account_not_yours', 'the account is not one of yours')
  if (part.audience === undefined || !changed('audience')) return
  for (const { id } of segmentsOf(part.audience, null)) await requireSegment(ctx, id)
  if (part.audience.kind === 'rule' && part.audience.rule !== null)
    await requireOwnRule(ctx, accountId, part.audience.rule)
}

function accountsOf(trigger: PlanPart['trigger']): string[] {
  if (trigger?.kind !== 'event' && trigger?.kind !== 'event-not') return []
  const without = trigger.kind === 'event-not' ? trigger.without : null
  return [trigger.event?.accountId, without?.accountId].flatMap((id) => id ?? [])
}

const NOT_YOURS: readonly unknown[] = ['unknown_account', 'unknown_segment', 'unknown_send']

/** A draft's rule may be wrong in any other way. */
async function requireOwnRule(ctx: Ctx, accountId: string, rule: Rule): Promise<void> {
  try {
    await requireSound(ctx, rule, accountId)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { problems } = error.detail as { problems?: { reason: string }[] }
    if (problems?.some(({ reason }) => NOT_YOURS.includes(reason))) throw error
  }
}
