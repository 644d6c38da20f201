import type { Condition } from '../schema/rule.ts'
import type { Catalogue } from './catalogue.ts'
import type { Frame } from './frame.ts'
import { behaviourPeople, occurrencePeople, sequencePeople } from './leaves/behaviour.ts'
import { detailPeople } from './leaves/detail.ts'
import type { PeopleSet } from './sets.ts'

/** Conditions over what happened: events, and rows of datasets. */
export type FactCondition = Extract<Condition, { kind: 'behaviour' | 'occurrence' | 'sequence' | 'detail' }>

export const isFact = (condition: Condition): condition is FactCondition =>
  condition.kind === 'behaviour' ||
  condition.kind === 'occurrence' ||
  condition.kind === 'sequence' ||
  condition.kind === 'detail'

/**
 * The seam for wide scans (docs/decisions/0006-facts-behind-a-seam.md): how a condition over events or details becomes
 * a set of people. Tags, attributes, fans, segments and every "and" and "not" stay outside of it.
 */
export type Facts = {
  people(condition: FactCondition, frame: Frame, catalogue: Catalogue): PeopleSet
}

/** Events and details where they are written: a query like any other, planned together with the rest of the rule. */
export const postgresFacts: Facts = {
  people(condition, frame, catalogue) {
    switch (condition.kind) {
      case 'behaviour':
        return behaviourPeople(condition, frame)
      case 'occurrence':
        return occurrencePeople(condition, frame)
      case 'sequence':
        return sequencePeople(condition, frame)
      case 'detail':
        return detailPeople(condition, frame, catalogue)
    }
  },
}
