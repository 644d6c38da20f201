import type { TraitChange } from './fact.ts'

/** By person and key, what is known now. */
export type Known = Map<string, Map<string, unknown>>
export type AttributeChange = { contactId: string; key: string; value: unknown; isPublic: boolean }
type Said = {
  contactId: string
  at: Date
  traits: readonly TraitChange[]
  forgetsTraits: boolean
  /** From a public source. */
  isPublic: boolean
}

/**
 * What several messages come to, one change for each person and key at most: in the order in which they happened, those
 * of one instant in the order in which they came. `null` takes a value back.
 */
export function foldTraits(
  said: readonly Said[],
  { known, isOutdated }: { known: Known; isOutdated(contactId: string, key: string, at: Date): boolean },
): AttributeChange[] {
  const changes = new Map<string, AttributeChange>()
  for (const { contactId, at, traits, forgetsTraits, isPublic } of said.toSorted(
    (a, b) => a.at.getTime() - b.at.getTime(),
  )) {
    const write = (key: string, value: unknown) =>
      changes.set(`${contactId}:${key}`, { contactId, key, value, isPublic })
    const valueNow = (key: string): unknown => {
      const change = changes.get(`${contactId}:${key}`)
      return change === undefined ? known.get(contactId)?.get(key) : change.value
    }
    const forgotten = forgetsTraits ? keysOf(contactId, known, changes) : []
    for (const key of forgotten) if (!isOutdated(contactId, key, at)) write(key, null)
    for (const { op, key, value } of traits) {
      const depends = op === 'set' || op === 'unset'
      if (depends && isOutdated(contactId, key, at)) continue
      const next = depends ? (op === 'set' ? value : null) : combine(op, valueNow(key), value)
      if (next !== undefined) write(key, next)
    }
  }
  return [...changes.values()]
}

const keysOf = (contactId: string, known: Known, changes: ReadonlyMap<string, AttributeChange>): string[] => [
  ...new Set([
    ...(known.get(contactId)?.keys() ?? []),
    ...[...changes.values()].filter((change) => change.contactId === contactId).map(({ key }) => key),
  ]),
]

/** Undefined where nothing changes. */
function combine(op: TraitChange['op'], before: unknown, value: unknown): unknown {
  const isKnown = before !== undefined && before !== null
  if (op === 'set_once') return isKnown ? undefined : value
  if (op === 'increment') {
    const by = Number(value)
    const from = isKnown ? Number(before) : 0
    return Number.isFinite(by) && Number.isFinite(from) ? from + by : undefined
  }
  const list = Array.isArray(before) ? before : isKnown ? [before] : []
  const added = (Array.isArray(value) ? value : [value]).filter((one) => !list.includes(one))
  return added.length === 0 ? undefined : [...list, ...new Set(added)]
}
