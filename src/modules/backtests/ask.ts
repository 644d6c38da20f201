import type { Executor } from '../../infra/transaction.ts'
import { type Catalogue, decide, readCatalogue } from '../segments/index.ts'
import type { Rule } from '../segments/schema.ts'
import type { Prepared } from './games.ts'
import type { Asked } from './rules/game.ts'

/** Questions in one statement. */
const AT_ONCE = 5_000

export type Question = { place: 0 | 1; what: Asked; person: string; at: number; answer(yes: boolean): void }
export type Inquiry = (questions: readonly Question[]) => Promise<void>

/** Puts questions about the past to the compiler of audiences: what was not known yet at an instant doesn’t count in it. */
export async function inquiryOf(db: Executor, prepared: readonly Prepared[], to: Date): Promise<Inquiry> {
  const rules = new Map<string, { rule: Rule; catalogue: Catalogue }>()
  for (const [place, { audience, excluded }] of prepared.entries())
    for (const [what, rule] of [
      ['audience', audience],
      ['excluded', excluded],
    ] as const)
      if (rule !== null) rules.set(`${place}:${what}`, { rule, catalogue: await readCatalogue(db, rule, to) })
  return async (questions) => {
    for (const [key, group] of Map.groupBy(questions, ({ place, what }) => `${place}:${what}`)) {
      const asked = rules.get(key)
      if (asked === undefined) throw new Error('nothing is asked of everybody')
      for (let start = 0; start < group.length; start += AT_ONCE)
        await put(db, asked, group.slice(start, start + AT_ONCE))
    }
  }
}

async function put(
  db: Executor,
  { rule, catalogue }: { rule: Rule; catalogue: Catalogue },
  some: readonly Question[],
): Promise<void> {
  const questions = some.map(({ person, at }, n) => ({ n, contactId: person, at: new Date(at) }))
  const yes = await decide(db, rule, questions, { catalogue, history: true })
  for (const [n, { answer }] of some.entries()) answer(yes.has(n))
}
