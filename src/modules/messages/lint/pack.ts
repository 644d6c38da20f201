/** One rule of the compliance check: what it looks for, what it says, and where it was read when. */
export type LintRuleData = {
  readonly id: string
  readonly severity: 'high' | 'medium' | 'low'
  readonly channels: readonly ('template' | 'subscription' | 'customer-service')[]
  readonly title: { readonly zh: string; readonly en: string }
  readonly advice: { readonly zh: string; readonly en: string }
  readonly source: { readonly title: string; readonly date: string }
  readonly looks: LintLook
}

export type LintLook =
  /** Any of these words in the title or the texts that people read; what `unless` names is taken out first. */
  | { readonly for: 'words'; readonly words: readonly string[]; readonly unless?: readonly string[] }
  /** People whom nobody served just now, unless the title says that it is an alarm or the like. */
  | { readonly for: 'unserved'; readonly unless: readonly string[] }
  /** The same to one person so many times without anything new that they did. */
  | { readonly for: 'repeats'; readonly fewest: number }
  /** Reminders of this kind, by the template's title, repeated more often than that. */
  | { readonly for: 'frequent'; readonly words: readonly string[]; readonly fewestPerDay: number }
  /** A title of one subject and fields of another. */
  | { readonly for: 'mismatch'; readonly subjects: readonly Subject[] }

export type Subject = { readonly title: readonly string[]; readonly text: readonly string[] }
