import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { WHOLE } from '../schema.ts'

/** Without the installation's key nobody can tell who is in which part of a group. */
export const drawKey = (
  { secrets }: Pick<Ctx, 'secrets'>,
  { broadcastId, place }: { broadcastId: string; place: number },
): string => secrets.mac('broadcast-arms', `${broadcastId}:${place}`).toString('hex')

type Part = { number: number; share: number | null }
/** 0 to 9,999 each, independent of one another: which test group, and whether left without. */
type Draw = { arm: number; holdout: number }

/** The draw of a canonical person: always the same for the same key, so choosing people anew leaves everybody in their arm. */
export function drawOf(key: string, person: string): Draw {
  const digest = createHash('sha256').update(`${key}:${person}`).digest()
  return { arm: digest.readUInt32BE(0) % WHOLE, holdout: digest.readUInt32BE(4) % WHOLE }
}

/** The upper limit of each variant's part of the draw; who is above them all is the rest. */
function limitsOf(arms: readonly Part[]): { number: number; below: number }[] {
  let below = 0
  return arms.flatMap(({ number, share }) => {
    if (share === null) return []
    below += share
    return [{ number, below }]
  })
}

const lastOf = (arms: readonly Part[]): number => arms.at(-1)?.number ?? 0

/** The arm of a group that a draw falls into; `arms` in order, the rest last. */
export const armFor = (arms: readonly Part[], draw: number): number =>
  limitsOf(arms).find(({ below }) => draw < below)?.number ?? lastOf(arms)

/** The digest that {@link drawOf} reads, in SQL. */
export const digestSql = (key: RawBuilder<unknown>, person: RawBuilder<unknown>): RawBuilder<Buffer> =>
  sql<Buffer>`sha256(convert_to(${key} || ':' || ${person}, 'UTF8'))`

/** Four bytes of it as a number, without a detour over text: it is asked a million times. */
const partSql = (digest: RawBuilder<unknown>, from: number) => {
  const byte = (place: number) => sql`get_byte(${digest}, ${from + place}::int)`
  return sql<number>`((${byte(0)}::bigint << 24) | (${byte(1)} << 16) | (${byte(2)} << 8) | ${byte(3)}) % ${WHOLE}::int`
}

/** The same as {@link armFor} for a million at once. */
export function armSql(arms: readonly Part[], digest: RawBuilder<unknown>): RawBuilder<number> {
  const limits = limitsOf(arms)
  if (limits.length === 0) return sql<number>`${lastOf(arms)}::int`
  const cases = limits.map(
    ({ number, below }) => sql`when ${partSql(digest, 0)} < ${below}::int then ${number}::int`,
  )
  return sql<number>`case ${sql.join(cases, sql` `)} else ${lastOf(arms)}::int end`
}

/** `held_out` for those whose draw leaves them without, else null. */
export const leftOutSql = (share: number, digest: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`case when ${partSql(digest, 4)} < ${share}::int then 'held_out' end`
