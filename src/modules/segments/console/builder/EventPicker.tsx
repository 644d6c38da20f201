import { useMemo } from 'react'
import type { EventMatch, Rule } from '../../schema/rule.ts'
import type { Catalogue } from '../names/catalogue.ts'
import { useCatalogue } from '../names/use-catalogue.ts'
import { BuilderContext } from './context.ts'
import { EventField } from './fields/EventField.tsx'
import './builder.css'

const NONE: EventMatch = { event: '', where: [] }
const NO_MORE: readonly string[] = []
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()

/**
 * One event with filters on its properties, built as in a rule; outside of one. `null`: none is chosen yet. Filters may be half
 * built: whoever keeps the value checks it with the schema.
 */
export function EventPicker({
  value,
  onChange,
  accountId,
  also = NO_MORE,
  readOnly = false,
}: {
  value: EventMatch | null
  onChange: (value: EventMatch | null) => void
  /** Offers this account alone. */
  accountId?: string
  /** Events that are no facts of the log, which this one may name all the same. */
  also?: readonly string[]
  readOnly?: boolean
}) {
  const match = value ?? NONE
  const rule = useMemo(() => asRule(match), [match])
  const known = useCatalogue({ rule, accountId })
  const catalogue = useMemo<Catalogue>(
    () => ({
      ...known,
      eventOptions: (current) => [
        ...also.map((name) => ({ value: name, label: known.names.event(name) })),
        ...known.eventOptions(also.includes(current) ? '' : current),
      ],
    }),
    [known, also],
  )
  return (
    <BuilderContext.Provider
      value={{
        rule,
        catalogue,
        readOnly,
        problems: NOTHING,
        clauses: NOTHING,
        total: undefined,
        edit: () => {},
        allows: () => false,
        dragged: undefined,
      }}
    >
      <div className="w-rule-sentence">
        <EventField value={match} onChange={(next) => onChange(next.event === '' ? null : next)} />
      </div>
    </BuilderContext.Provider>
  )
}

/** The names of an event's properties are read for a rule. */
export const asRule = (match: EventMatch): Rule => ({
  ...match,
  kind: 'behaviour',
  window: { kind: 'ever' },
  measure: { of: 'count' },
  compare: { op: 'gte', value: 1 },
})
