import { type Rule, ruleSchema } from '../../../segments/schema.ts'
import type { CampaignAudience, Plan } from '../../schema.ts'

/**
 * The audience as one rule, for the estimate while choosing: people of it who follow the account now. Undefined while the choice
 * isn't whole.
 */
export function estimatedRule(
  accountId: string,
  { audience, trigger }: Pick<Plan, 'audience' | 'trigger'>,
): Rule | undefined {
  const whole = chosen(accountId, audience)
  if (whole === undefined) return undefined
  const window: Rule[] =
    trigger.kind === 'once' && trigger.audienceWindow === 'interacted-48h'
      ? [
          {
            kind: 'fan',
            accountId,
            test: {
              fact: 'last_interaction',
              window: { kind: 'last', length: { amount: 48, unit: 'hour' } },
            },
          },
        ]
      : []
  return { kind: 'and', of: [{ kind: 'fan', accountId, test: { fact: 'follows' } }, ...whole, ...window] }
}

function chosen(accountId: string, audience: CampaignAudience): Rule[] | undefined {
  switch (audience.kind) {
    case 'all':
      return []
    case 'tags':
      return audience.any.length === 0 ? undefined : [tagged(accountId, audience.any)]
    case 'rule':
      return ruleSchema.safeParse(audience.rule).success && audience.rule !== null
        ? [audience.rule]
        : undefined
    case 'segments': {
      const { include, exclude, tags, combine } = audience
      if (include.length === 0 && tags.length === 0 && exclude.length === 0) return undefined
      const parts: Rule[] = [
        ...(include.length > 0 ? [either(include)] : []),
        ...(tags.length > 0 ? [tagged(accountId, tags)] : []),
      ]
      const joined: Rule[] = parts.length === 0 ? [] : [{ kind: combine, of: parts }]
      return [...joined, ...(exclude.length > 0 ? [{ kind: 'not' as const, of: either(exclude) }] : [])]
    }
  }
}

const either = (ids: readonly string[]): Rule => ({
  kind: 'or',
  of: ids.map((segmentId) => ({ kind: 'segment', segmentId })),
})

const tagged = (accountId: string, tagIds: readonly number[]): Rule => ({
  kind: 'tag',
  match: 'any',
  tags: tagIds.map((tagId) => ({ of: 'wechat', accountId, tagId })),
})
