import { createContext, useContext } from 'react'
import type { Estimate } from '../../schema/ask.ts'
import type { Rule } from '../../schema/rule.ts'
import type { Catalogue } from '../names/catalogue.ts'
import type { Path } from '../rule/tree.ts'

export type Clause = Estimate['clauses'][number]

type Builder = {
  rule: Rule
  catalogue: Catalogue
  readOnly: boolean
  /** What is wrong at a place, in words; by {@link pathKey}. */
  problems: ReadonlyMap<string, string>
  /** Numbers of the last estimate, by {@link pathKey}; stale ones while a new one is under way. */
  clauses: ReadonlyMap<string, Clause>
  total: number | undefined
  /** Changes the rule; edits that leave its bounds do nothing. */
  edit(change: (rule: Rule) => Rule): void
  /** Whether an edit would change something and stay within the bounds. */
  allows(change: (rule: Rule) => Rule): boolean
  /** The place being dragged. */
  dragged: Path | undefined
}

export const BuilderContext = createContext<Builder | undefined>(undefined)

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext)
  if (builder === undefined) throw new Error('used inside RuleBuilder')
  return builder
}
