import {
  type ActiveHours,
  type Answer,
  DEFAULT_EVERY_MS,
  hasEffect,
  type Keyword,
  MAX_KEYWORD_CHARACTERS,
  type ReplyRule,
  type RuleInput,
} from '../../schema.ts'
import { newAnswer } from '../AnswerEditor.tsx'
import { isMade, type MadeKind } from '../tabs.ts'

/** What the form of a rule holds. */
export type Draft = {
  kind: MadeKind
  name: string
  keywords: Keyword[]
  /** Typed and not added yet; saved with the others. */
  pending: Keyword
  accountIds: string[]
  priority: number
  hours: ActiveHours
  answer: Answer
  everyMs: number
}

const NO_WORD: Keyword = { text: '', match: 'contains', caseSensitive: false }
/** An empty field for the next keyword, which is most often like the one before. */
export const nextWord = (last: Keyword): Keyword => ({ ...last, text: '' })

/** `word`: what somebody typed that the rule is to answer. */
export const newDraft = (kind: MadeKind, accountId: string, word: string): Draft => ({
  kind,
  name: '',
  keywords: [],
  pending: { ...NO_WORD, text: word.slice(0, MAX_KEYWORD_CHARACTERS) },
  accountIds: [accountId],
  priority: 0,
  hours: [],
  answer: newAnswer(),
  everyMs: DEFAULT_EVERY_MS,
})

export function draftOf(rule: ReplyRule): Draft {
  const { kind, name, keywords, accountIds, priority, hours, answer, everyMs } = rule
  const last = keywords.at(-1)
  return {
    kind: isMade(kind) ? kind : 'keyword',
    name,
    keywords,
    pending: last === undefined ? NO_WORD : nextWord(last),
    accountIds,
    priority,
    hours,
    answer,
    everyMs: everyMs ?? DEFAULT_EVERY_MS,
  }
}

/** Every keyword of the draft, once each. */
export function wordsIn({ keywords, pending }: Pick<Draft, 'keywords' | 'pending'>): Keyword[] {
  const text = pending.text.trim()
  return text === '' ? keywords : withWord(keywords, { ...pending, text })
}

export function withWord(keywords: readonly Keyword[], word: Keyword): Keyword[] {
  const same = (one: Keyword) =>
    one.text === word.text && one.match === word.match && one.caseSensitive === word.caseSensitive
  return keywords.some(same) ? [...keywords] : [...keywords, word]
}

/** Whether it can be saved; what a message lacks is said by the composer. */
export function isComplete(draft: Draft): boolean {
  const { kind, name, answer } = draft
  if (name.trim() === '' || (kind === 'keyword' && wordsIn(draft).length === 0)) return false
  return answer.replies.length > 0 || hasEffect(answer.effects)
}

export function bodyOf(draft: Draft): RuleInput {
  const { kind, name, accountIds, priority, hours, answer, everyMs } = draft
  const common = { name: name.trim(), accountIds, priority, hours, answer }
  switch (kind) {
    case 'keyword':
      return { kind, keywords: wordsIn(draft), ...common }
    case 'follow':
      return { kind, ...common }
    case 'default':
      return { kind, everyMs, ...common }
  }
}

/** What each part of the form gets: the whole, and how to change it. */
export type FieldProps = { draft: Draft; change: (part: Partial<Draft>) => void }
