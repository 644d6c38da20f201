import type { Callback } from '../../../wechat/payloads/callbacks/callback.ts'
import type { ActiveHours, ReplyKind } from '../schema.ts'
import { isActive } from './hours.ts'
import type { Matcher, WordedRule } from './keywords.ts'
import { withoutClosingMarks } from './normalise.ts'

/** What a push asks of the rules. */
export type Act =
  | { kind: 'text'; text: string }
  /** A message that says nothing in words. */
  | { kind: 'other' }
  | { kind: 'follow'; scene: string | null }
  | { kind: 'scan'; scene: string }
  | { kind: 'menu'; key: string }

/** Null for what nobody answers: views, results, leaving. */
export function actOf(callback: Callback): Act | null {
  if (callback.kind === 'message') {
    const { message } = callback
    if (message.type === 'text') return { kind: 'text', text: message.content }
    if (message.type === 'voice' && message.recognition)
      return { kind: 'text', text: withoutClosingMarks(message.recognition) }
    return { kind: 'other' }
  }
  const { event } = callback
  switch (event.event) {
    case 'subscribe':
      return { kind: 'follow', scene: event.scene ?? null }
    case 'scan':
      return { kind: 'scan', scene: event.scene }
    case 'click':
    case 'scancode_push':
    case 'scancode_waitmsg':
      return { kind: 'menu', key: event.key }
    default:
      return null
  }
}

export type RankedRule = WordedRule & { kind: ReplyKind; hours: ActiveHours; followToo?: boolean }
/** Rules by their targets. */
type Aimed<R> = { get(target: string): R | undefined }
/** The rules of an account as they are asked; lists in the order in which they are tried. */
export type RuleBook<R extends RankedRule> = {
  matcher: Matcher<R>
  follow: readonly R[]
  default: readonly R[]
  scan: Aimed<R>
  menu: Aimed<R>
}

/** The one rule that answers; `keyword` is the place of the word that matched, `also` a rule that answers as well, after it. */
export type Chosen<R> = { rule: R; keyword: number | null; also?: R }

/**
 * Which rule answers an act: of a code or a button its own, with that of a follow after it where the code says so; of words the best keyword of a rule in its hours; of any other
 * message the default.
 */
export function ruleFor<R extends RankedRule>(book: RuleBook<R>, act: Act, at: Date): Chosen<R> | null {
  const inHours = (rule: R) => isActive(rule.hours, at)
  const first = (rules: readonly R[]): Chosen<R> | null => {
    const rule = rules.find(inHours)
    return rule === undefined ? null : { rule, keyword: null }
  }
  const of = (rule: R | undefined) => (rule === undefined ? null : first([rule]))
  switch (act.kind) {
    case 'follow': {
      const code = act.scene === null ? null : of(book.scan.get(act.scene))
      const follow = first(book.follow)
      if (code === null || follow === null) return code ?? follow
      return code.rule.followToo === true ? { ...code, also: follow.rule } : code
    }
    case 'scan':
      return of(book.scan.get(act.scene))
    case 'menu':
      return of(book.menu.get(act.key))
    case 'text':
      return book.matcher.best(act.text, inHours) ?? first(book.default)
    case 'other':
      return first(book.default)
  }
}

/** As rules without words are tried: by priority, then the older one. */
export const byPriority = (a: WordedRule, b: WordedRule): number =>
  b.priority - a.priority || (BigInt(a.id) < BigInt(b.id) ? -1 : 1)
