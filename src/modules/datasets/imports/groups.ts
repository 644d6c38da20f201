import type { KeySet } from '../rules/key-set.ts'
import type { RecordGroup } from '../rules/records.ts'
import { MAX_LINES_PER_ROW } from '../schema.ts'

/** What is written in one transaction. */
export type Portion = { groups: RecordGroup[]; to: number }

const MAX_ROWS = 500
const MAX_RECORDS = 5_000

/**
 * Gathers records, the first of which is number 1, into rows and rows into portions. `lines`: records of one key that
 * stand together are one row. Records up to `done` are only walked past.
 */
export async function* portionsOf(
  records: AsyncIterable<string[]>,
  { keyAt, lines, done, met }: { keyAt: number; lines: boolean; done: number; met: KeySet | undefined },
): AsyncGenerator<Portion> {
  let groups: RecordGroup[] = []
  let group: RecordGroup | undefined
  let number = 0
  let gathered = 0
  for await (const record of records) {
    number += 1
    const key = (record[keyAt] ?? '').trim()
    if (number <= done) {
      met?.add(key)
      continue
    }
    if (lines && group !== undefined && group.key === key) {
      group.count += 1
      // one more than there may be is refused as such; the rest need not be kept
      if (group.records.length <= MAX_LINES_PER_ROW) group.records.push(record)
      gathered += 1
      continue
    }
    if (groups.length >= MAX_ROWS || gathered >= MAX_RECORDS) {
      yield { groups, to: number - 1 }
      groups = []
      gathered = 0
    }
    group = { key, first: number, count: 1, records: [record] }
    groups.push(group)
    gathered += 1
  }
  if (groups.length > 0) yield { groups, to: number }
}
