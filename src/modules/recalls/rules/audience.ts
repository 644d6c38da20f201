import type { Rule, TagRef } from '../../segments/schema.ts'
import type { RecallRuleFields } from '../schema/rule.ts'

type Scope = Pick<RecallRuleFields, 'include' | 'exclude'>

const anyOf = (tags: readonly TagRef[]): Rule => ({ kind: 'tag', match: 'any', tags: [...tags] })

/** C3: any of these tags, and none of those; null: everybody. */
export function audienceOf({ include, exclude }: Scope): Rule | null {
  const wanted: Rule[] = include.length > 0 ? [anyOf(include)] : []
  const unwanted: Rule[] = exclude.length > 0 ? [{ kind: 'not', of: anyOf(exclude) }] : []
  const [first, second] = [...wanted, ...unwanted]
  if (first === undefined) return null
  return second === undefined ? first : { kind: 'and', of: [first, second] }
}

/** Who carries a tag that is left out. */
export const excludedOf = ({ exclude }: Pick<Scope, 'exclude'>): Rule | null =>
  exclude.length > 0 ? anyOf(exclude) : null
