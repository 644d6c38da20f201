import { beijingMinute } from '../../../../kernel/beijing.ts'
import type { Condition } from '../../schema/rule.ts'
import type { RuleNames } from './names.ts'
import { fill, type Phrases, phrasesOf, type WordsLocale } from './phrases.ts'

type Saw = Record<string, unknown> | null
type Times = { count?: number; times?: string[]; amount?: number | null }
type SeenFan = {
  accountId: string
  following: boolean
  followedAt: string | null
  unfollowedAt: string | null
  lastInteractionAt: string | null
  scene: string | null
  qrScene: string | null
}

/** What a condition saw of one person, in words; `passes` decides what only a yes or no is known of. */
export function sawInWords(
  condition: Condition,
  { saw, passes }: { saw: Saw; passes: boolean },
  names: RuleNames,
  locale: WordsLocale,
): string {
  const words = phrasesOf(locale)
  switch (condition.kind) {
    case 'attribute':
      return valueSeen(saw, words)
    case 'tag': {
      const tags = (saw?.['tags'] as string[] | undefined) ?? []
      return tags.length === 0 ? words.saw.noTags : fill(words.saw.tags, { tags: tags.join(words.list) })
    }
    case 'behaviour':
    case 'occurrence':
      return timesSeen(saw, words.saw.never, words.saw.times)
    case 'sequence':
      return fill(words.saw.sequence, {
        first: timesSeen(saw?.['first'] as Saw, words.saw.never, words.saw.times),
        second: timesSeen(saw?.['second'] as Saw, words.saw.never, words.saw.times),
      })
    case 'detail':
      return timesSeen(
        saw,
        words.saw.noRows,
        condition.measure.of === 'count' ? words.saw.rows : words.saw.rowsAmount,
      )
    case 'fan':
      return fansSeen((saw?.['fans'] as SeenFan[] | undefined) ?? [], condition.test.fact, names, words)
    case 'identity':
      // what is seen are kinds of one table; being a fan and a unionid stand elsewhere
      return passes
        ? fill(words.identity, { kind: words.identityKind[condition.has] })
        : kindsSeen((saw?.['kinds'] as string[] | undefined) ?? [], words)
    case 'segment':
      return passes ? words.saw.inSegment : words.saw.notInSegment
    case 'campaign':
      return timesSeen(saw, words.saw.never, words.saw.times)
    case 'send':
      return sendSeen(condition.what, saw, words)
  }
}

function valueSeen(saw: Saw, words: Phrases): string {
  const value = saw?.['value']
  if (value === undefined || value === null) return words.saw.nothing
  const text = Array.isArray(value) ? value.join(words.list) : value
  return fill(words.saw.value, {
    value: typeof text === 'boolean' ? (text ? words.yes : words.no) : String(text),
  })
}

function sendSeen(what: Extract<Condition, { kind: 'send' }>['what'], saw: Saw, words: Phrases): string {
  if (what === 'clicked') return timesSeen(saw, words.saw.noClicks, words.saw.clicks)
  if (what === 'left_out') return timesSeen(saw, words.saw.notLeftOut, words.saw.leftOut)
  return timesSeen(saw, words.saw.notReceived, words.saw.received)
}

function timesSeen(saw: Saw, none: string, some: string): string {
  const { count = 0, times = [], amount } = (saw ?? {}) as Times
  const [newest] = times
  if (count === 0 || newest === undefined) return none
  return fill(some, { count, amount: amount ?? '—', time: beijingMinute(new Date(newest)) })
}

function fansSeen(fans: readonly SeenFan[], fact: string, names: RuleNames, words: Phrases): string {
  if (fans.length === 0) return words.saw.noFan
  return fans
    .map((fan) => [fanSeen(fan, names, words), ...extra(fan, fact, names, words)].join(words.comma))
    .join('; ')
}

const time = (iso: string | null): string => (iso === null ? '—' : beijingMinute(new Date(iso)))

const fanSeen = (fan: SeenFan, names: RuleNames, words: Phrases): string =>
  fan.following
    ? fill(words.saw.follows, { account: names.account(fan.accountId), at: time(fan.followedAt) })
    : fill(words.saw.left, { account: names.account(fan.accountId), at: time(fan.unfollowedAt) })

function extra(fan: SeenFan, fact: string, names: RuleNames, words: Phrases): string[] {
  if (fact === 'last_interaction' || fact === 'window_open')
    return [
      fan.lastInteractionAt === null
        ? words.saw.neverInteracted
        : fill(words.saw.interacted, { at: time(fan.lastInteractionAt) }),
    ]
  if (fact === 'scene')
    return [fill(words.saw.scene, { scene: fan.scene === null ? '—' : names.scene(fan.scene) })]
  if (fact === 'qr_scene') return [fill(words.saw.qr, { value: fan.qrScene ?? '—' })]
  return []
}

function kindsSeen(kinds: readonly string[], words: Phrases): string {
  const known = words.identityKind as Record<string, string>
  return kinds.length === 0
    ? words.saw.noKinds
    : fill(words.saw.kinds, { kinds: kinds.map((kind) => known[kind] ?? kind).join(words.list) })
}
