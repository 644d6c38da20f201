import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { AppError } from '../../kernel/errors.ts'
import { createSend, moveToVersions, reviseSend, type SendLimits } from '../deliveries/index.ts'
import { assertAllowed, resolveContent } from '../messages/index.ts'
import type { MessageContent } from '../messages/schema.ts'
import { audienceOf, repliesOf } from './rules/index.ts'
import type { RecallRuleFields } from './schema/rule.ts'

/** Asked once more as each message goes: still silent, still in the tags. */
const limitsOf = (fields: RecallRuleFields): SendLimits => ({
  caps: fields.limits.caps,
  quiet: fields.limits.quiet,
  notAfter: null,
  still: { silent: true, audience: audienceOf(fields) },
})

/** What the compliance check is told of a recall: it comes by itself, to people who did something. */
const LINT = { trigger: 'event', broad: false, perPerson: null, perDay: null } as const

type Of = { accountId: string; ruleId: string; fields: RecallRuleFields }

async function frozen(ctx: Ctx, trx: Executor, { accountId, ruleId, fields }: Of) {
  const limits = limitsOf(fields)
  const versions = []
  for (const [reply, content] of repliesOf(fields.content, ruleId).entries()) {
    const resolved = await atPlace(reply, () => resolve(ctx, trx, accountId, content))
    versions.push({ content: resolved, template: null, limits, tracked: false })
  }
  return versions
}

async function resolve(ctx: Ctx, trx: Executor, accountId: string, content: MessageContent) {
  await assertAllowed(ctx, trx, accountId, { content, facts: LINT })
  return resolveContent(ctx, trx, accountId, content, { hasEvent: false, place: 'recall' })
}

/** A refusal says which reply it is about. */
async function atPlace<T>(reply: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, reason, message, detail } = error
    throw new AppError(code, reason, message, { ...detail, reply })
  }
}

/** The send of a rule, with a version for each of its replies. */
export async function makeSend(
  ctx: Ctx,
  trx: Executor,
  of: Of & { on: boolean },
): Promise<{ sendId: string; replyVersions: number[] }> {
  const [first, ...others] = await frozen(ctx, trx, of)
  if (first === undefined) throw new Error('a rule has a reply')
  const { sendId, version } = await createSend(ctx, trx, {
    ...first,
    accountId: of.accountId,
    ownerKind: 'recall',
    ownerId: of.ruleId,
    name: of.fields.name,
    channel: 'customer-service',
    purpose: 'marketing',
    lane: 'bulk',
    state: of.on ? 'running' : 'paused',
  })
  const replyVersions = [version]
  for (const one of others) replyVersions.push(await reviseSend(ctx, trx, sendId, one))
  return { sendId, replyVersions }
}

/** New versions for everybody whose moment comes from now on, and for those of `before` who are still to be sent to. */
export async function reviseReplies(
  ctx: Ctx,
  trx: Executor,
  sendId: string,
  { before, ...of }: Of & { before: readonly number[] },
): Promise<number[]> {
  const replyVersions: number[] = []
  for (const one of await frozen(ctx, trx, of))
    replyVersions.push(await reviseSend(ctx, trx, sendId, { ...one, name: of.fields.name }))
  const next = before.map(
    (version, place) => [version, replyVersions[place % replyVersions.length] as number] as const,
  )
  await moveToVersions(trx, sendId, new Map(next))
  return replyVersions
}
