import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { erasedAmong, type Identity, idsWithinScope, keyOf, ownersOf } from '../../contacts/index.ts'
import type { RowProblem } from '../schema.ts'
import { type PersonRow, type RowPlan, readPerson } from './row.ts'

export type Decided =
  | { outcome: 'new' | 'known'; person: PersonRow }
  | { outcome: 'skipped' }
  | { outcome: 'refused'; problems: RowProblem[] }

export const readRows = (plan: RowPlan, records: readonly (readonly string[])[]) =>
  records.map((record) => readPerson(plan, record))

export const identitiesIn = (rows: ReturnType<typeof readRows>): Identity[] => [
  ...new Map(rows.flatMap((row) => ('ids' in row ? row.ids : [])).map((one) => [keyOf(one), one])).values(),
]

/**
 * What each row, in order, comes to, and whose each identity was. Holds as long as nobody else gives these identities to
 * anyone. A row whose person stood further up is a known one's.
 */
export async function decideRows(
  ctx: Pick<Ctx, 'secrets'>,
  db: Executor,
  plan: RowPlan,
  rows: ReturnType<typeof readRows>,
): Promise<{ decided: Decided[]; owners: Map<string, string> }> {
  const identities = identitiesIn(rows)
  const owners = await ownersOf(db, identities)
  const erased = await erasedAmong(ctx, db, identities)
  const visible = await idsWithinScope(db, plan.scope, [...new Set(owners.values())])
  const { whom, mapping } = plan.options
  const met = new Set<string>()
  const refuse = (reason: string): Decided => {
    const column = Object.values(mapping.identities).find(Boolean) ?? ''
    return { outcome: 'refused', problems: [{ column, reason, value: '' }] }
  }
  const decided = rows.map((row): Decided => {
    if ('problems' in row) return { outcome: 'refused', problems: row.problems }
    const keys = row.ids.map(keyOf)
    // who came back by themselves is somebody again
    if (keys.some((key) => erased.has(key) && !owners.has(key))) return refuse('person_erased')
    const found = keys.flatMap((key) => owners.get(key) ?? [])
    if (found.some((contactId) => !visible.has(contactId))) return refuse('person_of_others')
    const outcome = found.length > 0 || keys.some((key) => met.has(key)) ? 'known' : 'new'
    if (whom !== 'all' && whom !== outcome) return { outcome: 'skipped' }
    for (const key of keys) met.add(key)
    return { outcome, person: row }
  })
  return { decided, owners }
}
