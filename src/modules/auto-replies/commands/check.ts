import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import { listCallable } from '../../campaigns/index.ts'
import { knownTags } from '../../tags/index.ts'
import { checkRegex, REGEX_LIMITS } from '../rules/regex.ts'
import type { Effects, Keyword } from '../schema.ts'
import type { RuleFields } from '../store/rules.ts'

type Checked = Pick<RuleFields, 'kind' | 'keywords' | 'answer'> & {
  ruleId: string | null
  accountIds: readonly string[]
}

/** Refuses patterns that RE2 doesn't know or that are too large, and effects on what isn't there. */
export async function checkRule(trx: Executor, rule: Checked): Promise<void> {
  if (rule.answer.followToo && rule.kind !== 'scan')
    throw invalid('follow_too_of_codes', 'only the answer of a code goes with the follow reply')
  await checkPatterns(trx, rule)
  await checkEffects(trx, rule.answer.effects, rule.accountIds)
}

async function checkPatterns(trx: Executor, { ruleId, keywords, accountIds }: Checked): Promise<void> {
  const own = keywords.filter(({ match }) => match === 'regex')
  if (own.length === 0) return
  const instructions = own.reduce((sum, { text }) => sum + instructionsOf(text), 0)
  for (const accountId of accountIds) {
    const others = (await patternsOf(trx, accountId, ruleId)).map(({ text }) => text)
    const sums = [
      { of: 'patterns', limit: REGEX_LIMITS.patterns, actual: others.length + own.length },
      {
        of: 'instructions',
        limit: REGEX_LIMITS.instructionsOfAccount,
        actual: others.reduce((sum, text) => sum + instructionsOf(text), instructions),
      },
    ]
    const over = sums.find(({ limit, actual }) => actual > limit)
    if (over !== undefined)
      throw invalid('regex_too_large', 'the patterns of the account are too many', { ...over, accountId })
  }
}

function instructionsOf(pattern: string): number {
  const verdict = checkRegex(pattern)
  if (verdict.ok) return verdict.instructions
  const { ok: _, reason, ...detail } = verdict
  throw invalid(reason, 'the pattern can not be a keyword', { pattern, ...detail })
}

/** Patterns of an account's other rules, whether on or off. */
async function patternsOf(trx: Executor, accountId: string, ruleId: string | null): Promise<Keyword[]> {
  const { rows } = await sql<{ keyword: Keyword }>`
    select k as keyword from reply_rules r join reply_rule_accounts a on a.rule_id = r.id, jsonb_array_elements(r.keywords) k
    where a.account_id = ${accountId}::bigint and r.archived_at is null and k ->> 'match' = 'regex'
      and r.id is distinct from ${ruleId}::bigint`.execute(trx)
  return rows.map(({ keyword }) => keyword)
}

async function checkEffects(
  trx: Executor,
  { give, take, campaignId }: Effects,
  accountIds: readonly string[],
): Promise<void> {
  const both = give.find((id) => take.includes(id))
  if (both !== undefined) throw invalid('tag_both_ways', 'a tag is given and taken at once', { tagId: both })
  const tags = [...give, ...take]
  const known = tags.length === 0 ? new Set() : await knownTags(trx, tags)
  const gone = tags.find((id) => !known.has(id))
  if (gone !== undefined) throw invalid('unknown_tag', 'there is no such tag', { tagId: gone })
  if (campaignId === null) return
  for (const accountId of accountIds)
    if ((await listCallable(trx, accountId)).some(({ id }) => id === campaignId)) return
  throw invalid('campaign_not_callable', 'the campaign does not wait to be called by an answer', {
    campaignId,
  })
}
