import type { Executor } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { addToMassDay } from '../../deliveries/index.ts'
import type { OutsideChange, OutsideRow } from './store.ts'

/** Counts it as a send of the account's day, no call of ours; under `lockMassLedger`. Returns what is to be written of it. */
export async function countDay(
  trx: Executor,
  row: Pick<OutsideRow, 'account_id' | 'at' | 'people' | 'counted_day'>,
): Promise<OutsideChange> {
  if (row.counted_day !== null) return {}
  const day = beijingDay(row.at)
  const recipients = row.people ?? 0
  await addToMassDay(trx, row.account_id, day, { sends: 1, calls: 0, recipients })
  return { counted_day: day, counted_people: recipients }
}

export async function uncountDay(
  trx: Executor,
  row: Pick<OutsideRow, 'account_id' | 'counted_day' | 'counted_people'>,
): Promise<OutsideChange> {
  if (row.counted_day === null) return {}
  await addToMassDay(trx, row.account_id, row.counted_day, {
    sends: -1,
    calls: 0,
    recipients: -row.counted_people,
  })
  return { counted_day: null, counted_people: 0 }
}
