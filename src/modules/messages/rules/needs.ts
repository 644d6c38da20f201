import type { Needs, ResolvedContent } from '../schema/resolved.ts'
import type { Variables } from '../schema/variables.ts'
import { namesIn } from './placeholders.ts'

/** Strings of anything, in order; placeholders are looked for in all of them. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(stringsIn)
  return []
}

/** Which values a content reads, of the variables that it really uses. */
export function needsOf(content: ResolvedContent): Needs {
  const { variables, ...rest } = content
  const used = new Set(stringsIn(rest).flatMap(namesIn))
  return needsOfVariables(Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))))
}

export function needsOfVariables(variables: Variables): Needs {
  const sources = Object.values(variables).map(({ source }) => source)
  const attributes = sources.flatMap((one) => (one.from === 'attribute' ? [one.key] : []))
  const properties = sources.flatMap((one) => (one.from === 'event' ? [one.property] : []))
  const rows: Record<string, string[]> = {}
  for (const one of sources) {
    if (one.from === 'latest-row') rows[one.dataset] = [...new Set([...(rows[one.dataset] ?? []), one.field])]
  }
  return {
    personName: sources.some(({ from }) => from === 'person-name'),
    accountName: sources.some(({ from }) => from === 'account-name'),
    attributes: [...new Set(attributes)],
    eventProperties: [...new Set(properties)],
    rows,
    variables,
  }
}

/** Whether two people may get different messages; else one verdict holds for all. */
export const dependsOnPerson = (content: ResolvedContent): boolean => {
  const { variables } = needsOf(content)
  return Object.values(variables).some(({ source }) => source.from !== 'account-name')
}

/** Which template a content is written for, as sends keep it; null for customer-service messages. */
export const templateOf = (
  content: ResolvedContent,
): { id: string; wechatId: string; fingerprint: string } | null => {
  if (content.channel === 'customer-service') return null
  const { id, wechatId, fingerprint } = content.template
  return { id, wechatId, fingerprint }
}
