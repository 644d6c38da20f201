import type { CompiledQuery } from 'kysely'
import Cursor from 'pg-cursor'
import type { Snapshot } from './snapshot.ts'

export type PackedRow = { person: string; packed: Buffer }
/** People read at a time. */
const AT_ONCE = 1_000

/**
 * The rows of several statements one after the other, a chunk at a time. While one is read the next is sorted already, by the other
 * connection, and of each the next chunk is on its way; no more than that is held.
 */
export async function* readInTurn(
  { readers }: Pick<Snapshot, 'readers'>,
  queries: readonly CompiledQuery[],
): AsyncGenerator<PackedRow[]> {
  const open = (place: number) => {
    const query = queries[place]
    const reader = readers[(place % 2) as 0 | 1]
    if (query === undefined) return undefined
    const cursor = reader.query(new Cursor<PackedRow>(query.sql, [...query.parameters]))
    return { cursor, rows: ahead(cursor) }
  }
  let current = open(0)
  for (let place = 1; current !== undefined; place += 1) {
    const following = open(place)
    for (let rows = await current.rows; rows.length > 0; rows = await current.rows) {
      current.rows = ahead(current.cursor)
      yield rows
    }
    await current.cursor.close()
    current = following
  }
}

/** Begins to read; whoever waits for it later is told of an error, and nobody else. */
function ahead(cursor: Cursor<PackedRow>): Promise<PackedRow[]> {
  const rows = cursor.read(AT_ONCE)
  rows.catch(() => undefined)
  return rows
}
