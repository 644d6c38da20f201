import type { Variables } from '../schema/variables.ts'

/** What stands for a value in a text. Anything else in braces is left as it was written. */
const PLACEHOLDER = /\{\{([\p{L}\p{N}_.-]{1,40})\}\}/gu

/** Names in the order of their first appearance. */
export function namesIn(text: string): string[] {
  if (!text.includes('{{')) return []
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] as string))]
}

export const hasPlaceholder = (text: string): boolean => namesIn(text).length > 0

export const placeholder = (name: string): string => `{{${name}}}`

/** Every placeholder replaced by what `value` says for its name; `at` is where it stands in the text. */
export function fill(text: string, value: (name: string, at: number) => string): string {
  if (!text.includes('{{')) return text
  return text.replace(PLACEHOLDER, (_, name: string, at: number) => value(name, at))
}

/** Braces that look like a placeholder and are none: a name that can't be one, or one that was never closed. */
export function brokenPlaceholders(text: string): string[] {
  if (!text.includes('{{')) return []
  const rest = text.replace(PLACEHOLDER, '')
  return [...rest.matchAll(/\{\{[^{}\n]{0,60}(?:\}\})?/g)].map((match) => match[0])
}

/** Names that texts use and nobody defined. */
export const undefinedNames = (texts: readonly string[], variables: Variables): string[] =>
  [...new Set(texts.flatMap(namesIn))].filter((name) => !Object.hasOwn(variables, name))

/** A text as stretches of itself and names that stand for values, in order. */
export function splitPlaceholders(text: string): { text: string; name?: string }[] {
  const parts: { text: string; name?: string }[] = []
  let from = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: match[0], name: match[1] as string })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}
