import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import type { SendLimits } from '../deliveries/index.ts'
import { assertAllowed, resolveContent, templateOf } from '../messages/index.ts'
import { channelOf, type LintFacts } from '../messages/schema.ts'
import { syncTemplates } from '../templates/index.ts'
import type { CampaignKind, Plan } from './schema/plan.ts'

/** What the compliance check is told of a campaign. */
export function lintFactsOf({ audience, trigger }: Plan): LintFacts {
  const event = trigger.kind === 'event' || trigger.kind === 'event-not'
  return {
    trigger: trigger.kind,
    broad: !event && (audience.kind === 'all' || audience.kind === 'tags'),
    perPerson: event ? trigger.perPerson : null,
    perDay: null,
  }
}

export type Frozen = {
  content: Awaited<ReturnType<typeof resolveContent>>
  template: ReturnType<typeof templateOf>
  limits: SendLimits
  tracked: boolean
}

/** Our row of the template a plan names; null for customer-service messages. */
export const templateIdOf = ({ content }: Plan): string | null =>
  content !== null && 'templateId' in content ? content.templateId : null

/**
 * Looks at the account's templates anew, where the plan names one: one that was deleted or changed is then seen before the next
 * message, not by it. Where WeChat doesn't answer, what is known counts.
 */
export async function lookAtTemplates(
  ctx: Ctx,
  { accountId, plan }: { accountId: string; plan: Plan },
): Promise<void> {
  if (templateIdOf(plan) === null) return
  try {
    await syncTemplates(ctx, accountId)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ctx.log.warn({ accountId, reason: error.reason }, 'templates could not be looked at before a send')
  }
}

export const limitsOf = ({ limits }: Plan): SendLimits => ({
  caps: limits.caps,
  quiet: limits.quiet,
  notAfter: limits.notAfter,
})

/** Content as a version of a send keeps it. Refuses what can't be sent, with every problem. */
export async function freezeContent(
  ctx: Ctx,
  trx: Executor,
  { accountId, kind, plan }: { accountId: string; kind: CampaignKind; plan: Plan },
): Promise<Frozen> {
  if (plan.content === null) throw invalid('content_missing', 'there is nothing to send yet')
  if (channelOf(plan.content.kind) !== kind)
    throw invalid('content_of_other_channel', 'the content is of another kind than the campaign')
  await assertAllowed(ctx, trx, accountId, { content: plan.content, facts: lintFactsOf(plan) })
  const hasEvent = plan.trigger.kind === 'event' || plan.trigger.kind === 'event-not'
  const content = await resolveContent(ctx, trx, accountId, plan.content, { hasEvent })
  return { content, template: templateOf(content), limits: limitsOf(plan), tracked: plan.tracked }
}
