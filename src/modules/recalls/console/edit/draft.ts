import type { Answer } from '../../../auto-replies/schema.ts'
import { emptyContent, type MessageContent } from '../../../messages/schema.ts'
import { degenerate, isInRange, type RecallRule, type RecallRuleFields } from '../../schema.ts'

/** What the form holds; both kinds of content are kept while somebody looks at the other. */
export type Draft = Omit<RecallRuleFields, 'content' | 'minutes'> & {
  /** Null while the field is empty. */
  minutes: number | null
  kind: 'default' | 'custom'
  greeting: string
  phrase: string
  says: string
  /** Null: no keyword reply of the rule's own. */
  keywordReply: Answer | null
  /** The rule's own keyword reply as it is stored. */
  keywordRuleId: string | null
  replies: Extract<RecallRuleFields['content'], { kind: 'custom' }>['replies']
  on: boolean
  acceptDegenerate: boolean
}

type Words = { greeting: string; phrase: string; says: string }

export const textAnswer = (text: string): Answer => ({
  mode: 'all',
  replies: [{ content: { kind: 'text', text, variables: {} }, weight: 1 }],
  effects: { give: [], take: [], attributes: [], campaignId: null },
})

export const newDraft = (words: Words): Draft => ({
  name: '',
  minutes: 10,
  reading: 'before-end',
  include: [],
  exclude: [],
  limits: { caps: 'inherit', quiet: 'inherit' },
  kind: 'default',
  ...words,
  keywordReply: textAnswer(''),
  keywordRuleId: null,
  replies: [emptyContent('text')],
  on: true,
  acceptDegenerate: false,
})

export function draftOf(rule: RecallRule, words: Words): Draft {
  const { name, minutes, reading, include, exclude, limits, content, keywordReply } = rule
  return {
    ...newDraft(words),
    name,
    minutes,
    reading,
    include,
    exclude,
    limits,
    kind: content.kind,
    ...(content.kind === 'default'
      ? { greeting: content.greeting, phrase: content.phrase, says: content.says, keywordReply }
      : { replies: content.replies }),
    keywordRuleId: rule.keywordRuleId,
    on: rule.state === 'on',
    acceptDegenerate: degenerate(rule) !== null,
  }
}

export const contentOf = ({ kind, greeting, phrase, says, replies }: Draft): RecallRuleFields['content'] =>
  kind === 'default'
    ? { kind, greeting: greeting.trim(), phrase: phrase.trim(), says: says.trim() }
    : { kind, replies }

/** Whom it would reach and when, whatever it says; null while that can't be told. */
export function timedOf({ minutes, reading, include, exclude, limits }: Draft) {
  if (minutes === null || !isInRange({ minutes, reading })) return null
  return { minutes, reading, include, exclude, limits }
}

export type Lack = 'name' | 'time' | 'accept' | 'words' | 'keyword' | 'reply'

const isBlank = (content: MessageContent | undefined) =>
  content?.kind === 'text' && content.text.trim() === ''

/** What keeps it from being saved; what else a message lacks is said by the composer. */
export function lackOf(draft: Draft): Lack | null {
  const { name, minutes, reading, kind, acceptDegenerate, keywordReply, replies } = draft
  if (name.trim() === '') return 'name'
  if (minutes === null || !isInRange({ minutes, reading })) return 'time'
  if (degenerate({ minutes, reading }) !== null && !acceptDegenerate) return 'accept'
  if (kind === 'custom') return replies.some(isBlank) ? 'reply' : null
  if ([draft.greeting, draft.phrase, draft.says].some((text) => text.trim() === '')) return 'words'
  return keywordReply !== null && isBlank(keywordReply.replies[0]?.content) ? 'keyword' : null
}

export const bodyOf = (draft: Draft) => {
  const { name, minutes, reading, include, exclude, limits, acceptDegenerate, kind, keywordReply } = draft
  return {
    name: name.trim(),
    minutes: minutes ?? 0,
    reading,
    include,
    exclude,
    limits,
    acceptDegenerate,
    content: contentOf(draft),
    keywordReply: kind === 'default' ? keywordReply : null,
  }
}

/** What each part of the form gets: the whole, and how to change it. */
export type FieldProps = { draft: Draft; change: (part: Partial<Draft>) => void }
