import type { LintFacts, LintFinding, MessageContent, ResolvedTemplate } from '../schema.ts'
import { channelOf } from '../schema.ts'
import type { LintLook, LintRuleData } from './pack.ts'
import { SUBSCRIPTION_RULES } from './packs/subscriptions.ts'
import { TEMPLATE_MESSAGE_RULES } from './packs/template-messages.ts'

export const LINT_RULES: readonly LintRuleData[] = [...TEMPLATE_MESSAGE_RULES, ...SUBSCRIPTION_RULES]

/** What a rule is asked about: the send, the template, and what people will read. */
export type LintInput = {
  content: MessageContent
  template: Pick<ResolvedTemplate, 'title' | 'fields'> | null
  facts: LintFacts
}

type Text = { field: string; text: string }
type Found = { field: string | null; found: string }

/**
 * What the published rules say about a content (合规检查): a warning for each rule that it seems to break, with the words that gave
 * rise to it. Never a verdict: words can be meant otherwise. `blocking`: ids that an administrator made stop a send.
 */
export function lint(input: LintInput, blocking: ReadonlySet<string> = new Set()): LintFinding[] {
  const channel = channelOf(input.content.kind)
  return LINT_RULES.filter(({ channels }) => channels.includes(channel)).flatMap((rule) => {
    const found = look(rule.looks, input)
    if (found === null) return []
    const { id, severity, source, title, advice } = rule
    return [{ rule: id, severity, blocks: blocking.has(id), ...found, source, title, advice }]
  })
}

function look(looks: LintLook, input: LintInput): Found | null {
  const title = input.template?.title ?? ''
  switch (looks.for) {
    case 'words':
      return firstOf([...titleText(input), ...textsOf(input.content)], looks)
    case 'unserved':
      return isUnserved(input.facts) && !looks.unless.some((word) => title.includes(word))
        ? { field: null, found: title }
        : null
    case 'repeats':
      return repeats(input.facts) >= looks.fewest
        ? { field: null, found: numberText(repeats(input.facts)) }
        : null
    case 'frequent': {
      const word = looks.words.find((one) => title.includes(one))
      return word !== undefined && mostPerDay(input.facts) >= looks.fewestPerDay
        ? { field: null, found: word }
        : null
    }
    case 'mismatch': {
      const subject = looks.subjects.find((one) => one.title.some((word) => title.includes(word)))
      if (subject === undefined) return null
      const words = subject.text.filter((word) => !title.includes(word))
      return firstOf(textsOf(input.content), { words })
    }
  }
}

/** Scheduled to everyone or to a tag, and not after anything that somebody did. */
const isUnserved = ({ trigger, broad }: LintFacts): boolean =>
  broad && (trigger === null || trigger === 'once' || trigger === 'repeat')

/** The same to the same people by the calendar alone; after an event there is one message for each. */
const repeats = ({ trigger, perPerson }: LintFacts): number =>
  trigger === 'repeat' ? (perPerson ?? Number.POSITIVE_INFINITY) : 1

/** How many one person may get in a day; an event without a limit may fire any number of times. */
function mostPerDay({ trigger, perPerson, perDay }: LintFacts): number {
  const limit = perPerson ?? Number.POSITIVE_INFINITY
  if (perDay !== null) return Math.min(perDay, limit)
  return trigger === 'event' || trigger === 'event-not' ? limit : Math.min(1, limit)
}
const numberText = (n: number): string => (Number.isFinite(n) ? String(n) : '∞')

function firstOf(
  texts: readonly Text[],
  { words, unless = [] }: { words: readonly string[]; unless?: readonly string[] },
): Found | null {
  for (const { field, text } of texts) {
    const rest = unless.reduce((all, word) => all.replaceAll(word, ''), text)
    const found = words.find((word) => rest.includes(word))
    if (found !== undefined) return { field, found }
  }
  return null
}

const titleText = ({ template }: LintInput): Text[] =>
  template === null ? [] : [{ field: 'templateId', text: template.title }]

/** What people read, with the words that stand in for missing values; addresses and ids are left out. */
function textsOf(content: MessageContent): Text[] {
  const fallbacks = Object.entries(content.variables).flatMap(([name, { missing }]) =>
    missing === 'skip' ? [] : [{ field: `variables.${name}`, text: missing.fallback }],
  )
  return [...written(content), ...fallbacks]
}

function written(content: MessageContent): Text[] {
  const fields = (names: Record<string, string>) =>
    Object.entries(names).map(([field, text]) => ({ field, text }))
  switch (content.kind) {
    case 'text':
      return fields({ text: content.text.replace(/<[^>]*>/g, '') })
    case 'news':
    case 'video':
    case 'music':
      return fields({ title: content.title, description: content.description })
    case 'mini-program':
      return fields({ title: content.title })
    case 'msgmenu': {
      const items = content.items.map((item, index) => ({
        field: `items.${index}.content`,
        text: item.content,
      }))
      return [...fields({ head: content.head }), ...items, ...fields({ tail: content.tail })]
    }
    case 'template':
    case 'subscription':
      return Object.entries(content.fields).map(([key, text]) => ({ field: `fields.${key}`, text }))
    case 'image':
    case 'voice':
    case 'article':
      return []
  }
}
