import type { ReadEvent, Teller, Told } from '../manifest.ts'
import type { ReplyNote } from './schema.ts'
import { namesOfRules } from './store/reads.ts'

/** Which rules answered. */
export const tellRules: Teller = async (ctx, events) => {
  const answered = events
    .map((event) => ({ event, rules: rulesOf(event) }))
    .filter(({ rules }) => rules.length > 0)
  if (answered.length === 0) return new Map()
  const names = await namesOfRules(ctx.db, [...new Set(answered.flatMap(({ rules }) => rules))])
  return new Map(
    answered.map(({ event, rules }): [string, Told[]] => [
      event.id,
      rules.flatMap((id) => {
        const name = names.get(id)
        return name === undefined ? [] : [{ kind: 'reply-rule', id, name }]
      }),
    ]),
  )
}

function rulesOf({ properties }: ReadEvent): string[] {
  const note = properties['reply'] as ReplyNote | undefined
  if (note === undefined || 'muted' in note) return []
  return [note.rule, ...(note.also === undefined ? [] : [note.also.rule])]
}
