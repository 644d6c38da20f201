import type {
  CurrentAutoReply,
  CurrentReply,
  CurrentRule,
} from '../../../channels/official-account/auto-reply.ts'
import { normalise, small } from '../rules/normalise.ts'
import { type ImportNote, type Keyword, MAX_KEYWORDS, MAX_REPLIES, type ReplyRule } from '../schema.ts'

export type AdoptedReply =
  | { kind: 'text'; text: string }
  | { kind: 'image' | 'voice'; mediaId: string }
  | { kind: 'news'; title: string; description: string; url: string; pictureUrl: string }
export type Adopted = {
  key: string
  kind: 'keyword' | 'follow' | 'default'
  name: string
  keywords: Keyword[]
  mode: 'all' | 'random'
  replies: AdoptedReply[]
  notes: ImportNote[]
  on: boolean
}
const MOST_NAME = 60

/** What is answered from WeChat's own pages, as rules of ours: an article of a news reply is one card, as a message holds one. */
export function adoptAutoReplies(
  current: CurrentAutoReply,
  names: { follow: string; default: string },
): Adopted[] {
  const single = (kind: 'follow' | 'default', reply: CurrentReply | null, on: boolean): Adopted[] =>
    reply === null
      ? []
      : [{ key: kind, kind, name: names[kind], keywords: [], mode: 'all', on, ...repliesOf([reply]) }]
  const seen = new Map<number, number>()
  const keyOf = ({ createdAt }: CurrentRule) => {
    const nth = seen.get(createdAt) ?? 0
    seen.set(createdAt, nth + 1)
    return `keyword:${createdAt}:${nth}`
  }
  return [
    ...single('follow', current.follow, current.followOn),
    ...single('default', current.default, current.messageOn),
    ...current.rules
      .filter(({ keywords }) => keywords.length > 0)
      .map((rule) => adoptRule(rule, keyOf(rule), current.messageOn)),
  ]
}

function adoptRule({ name, keywords, mode, replies }: CurrentRule, key: string, on: boolean): Adopted {
  const taken = keywords.slice(0, MAX_KEYWORDS).map((one) => ({ ...one, caseSensitive: false }))
  const { notes, ...rest } = repliesOf(replies)
  return {
    key,
    kind: 'keyword',
    name: [...(name.trim() || (taken[0]?.text ?? ''))].slice(0, MOST_NAME).join(''),
    keywords: taken,
    mode,
    on,
    ...rest,
    notes: keywords.length > taken.length ? [...notes, 'too_many_keywords'] : notes,
  }
}

function repliesOf(all: readonly CurrentReply[]): Pick<Adopted, 'replies' | 'notes'> {
  const notes = new Set<ImportNote>()
  const replies = all.flatMap((reply): AdoptedReply[] => {
    const { type, content = '' } = reply
    switch (type) {
      case 'text':
        return [{ kind: 'text', text: content }]
      case 'img':
        return [{ kind: 'image', mediaId: content }]
      case 'voice':
        return [{ kind: 'voice', mediaId: content }]
      case 'news':
        return (reply.news_info?.list ?? []).map(cardOf)
      default:
        notes.add(type === 'video' ? 'video' : 'unknown_kind')
        return []
    }
  })
  if (replies.length > MAX_REPLIES) notes.add('too_many')
  return { replies: replies.slice(0, MAX_REPLIES), notes: [...notes] }
}

type Article = NonNullable<CurrentReply['news_info']>['list'][number]

/** A card wants a picture; an article without one is a text that leads to it. */
function cardOf({ title, digest = '', content_url: url, cover_url: pictureUrl = '' }: Article): AdoptedReply {
  return pictureUrl === ''
    ? { kind: 'text', text: `<a href="${url}">${title.replace(/[<>]/g, '')}</a>` }
    : { kind: 'news', title, description: digest, url, pictureUrl }
}

type Known = Pick<ReplyRule, 'id' | 'name' | 'kind' | 'keywords'>

/** The rule here that answers the same: any of the kind, of keywords one that has them all. */
export function hereAlready<R extends Known>(adopted: Adopted, rules: readonly R[]): R | undefined {
  const wordOf = ({ text, match }: Keyword) => `${match} ${small(normalise(text))}`
  return rules.find((rule) => {
    if (rule.kind !== adopted.kind) return false
    const words = new Set(rule.keywords.map(wordOf))
    return adopted.keywords.every((one) => words.has(wordOf(one)))
  })
}
