import { sql } from 'kysely'
import { prepare } from '../../../infra/transaction.ts'
import { decide, readCatalogue } from '../../segments/index.ts'
import type { ClaimedRow, SendVersion, Trx } from '../model.ts'
import type { DeliveryFacts } from '../rules/index.ts'
import type { PersonFacts } from './people.ts'

type FactRow = Pick<ClaimedRow, 'id' | 'sendId' | 'version' | 'contactId' | 'fanId'> & {
  context?: ClaimedRow['context']
}
type Versions = ReadonlyMap<string, SendVersion>
type Asked = { rows: readonly FactRow[]; versions: Versions }

const limitsOf = (versions: Versions, { sendId, version }: FactRow) =>
  versions.get(`${sendId}:${version}`)?.limits.still ?? null

/**
 * Makes acts of the fans whose silence counts wait until the transaction ends, and waits for those that are being stored: in the
 * order in which they lock them, so that nobody waits for each other. What is read after it is true until the promise is
 * committed.
 */
export async function lockSilent(trx: Trx, { rows, versions }: Asked): Promise<void> {
  const fanIds = rows.filter((row) => limitsOf(versions, row)?.silent).map(({ fanId }) => fanId)
  if (fanIds.length === 0) return
  await sql`${prepare}select from fans where id = any(${fanIds}::bigint[])
    order by account_id, openid for share`.execute(trx)
}

type Known = Asked & { people: ReadonlyMap<string, PersonFacts>; now: Date }
type Still = Pick<DeliveryFacts, 'interacted' | 'leftAudience'>

/** What is asked anew of each row: whether its fan has acted since, and whether they are still of its audience. */
export async function stillOf(trx: Trx, known: Known): Promise<(row: FactRow) => Still> {
  const { rows, versions, people } = known
  const outside = new Set<string>()
  const asking = rows.filter((row) => limitsOf(versions, row)?.audience)
  const byRule = Map.groupBy(asking, (row) => JSON.stringify(limitsOf(versions, row)?.audience))
  for (const group of byRule.values()) for (const id of await leftOf(trx, group, known)) outside.add(id)
  return (row) => ({
    interacted: hasActed(row, limitsOf(versions, row)?.silent ?? false, people.get(row.id)),
    leftAudience: outside.has(row.id),
  })
}

function hasActed({ context }: FactRow, silent: boolean, person: PersonFacts | undefined): boolean {
  const since = context?.['silentSince']
  const last = person?.lastInteractionAt ?? null
  return silent && typeof since === 'string' && last !== null && last > new Date(since)
}

/** What holds as it is asked, whatever the clock of the process that wrote it said. */
const CLOCKS_APART_MS = 60_000

/** Of rows that share an audience, those whose person isn't in it now. */
async function leftOf(
  trx: Trx,
  rows: readonly FactRow[],
  { versions, people, now }: Known,
): Promise<string[]> {
  const audience = rows[0] && limitsOf(versions, rows[0])?.audience
  if (!audience) return []
  const at = new Date(now.getTime() + CLOCKS_APART_MS)
  const questions = rows.map((row, n) => ({
    n,
    contactId: people.get(row.id)?.person ?? row.contactId,
    at,
  }))
  const still = await decide(trx, audience, questions, { catalogue: await readCatalogue(trx, audience, at) })
  return rows.flatMap(({ id }, n) => (still.has(n) ? [] : [id]))
}
