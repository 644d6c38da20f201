import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { forAudience } from '../ask/people.ts'
import { selectPeople } from '../ask/store.ts'
import { peopleOfRow } from '../members.ts'
import { getSegmentRow } from '../present.ts'
import { intersectionsOf, type Region } from '../rules.ts'
import type { Overlap, SegmentMember } from '../schema/segment.ts'

/** How segments overlap, exactly, all asked in one snapshot of the database. */
export function overlapOf(ctx: Ctx, segmentIds: readonly string[]): Promise<Overlap> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const read = await readPeople(ctx, trx, segmentIds)
      await forAudience(trx)
      const regions = await selectRegions(trx, read)
      const idsOf = (mask: number) => segmentIds.filter((_, bit) => (mask & (1 << bit)) !== 0)
      const sizeOf = (bit: number) =>
        regions.filter(({ mask }) => (mask & (1 << bit)) !== 0).reduce((sum, { size }) => sum + size, 0)
      return {
        sizes: segmentIds.map((segmentId, bit) => ({
          segmentId,
          size: sizeOf(bit),
          asOf: read[bit]?.asOf.toISOString() ?? ctx.clock.now().toISOString(),
        })),
        regions: regions.map(({ mask, size }) => ({ segmentIds: idsOf(mask), size })),
        intersections: intersectionsOf(regions, segmentIds.length).map(({ mask, size }) => ({
          segmentIds: idsOf(mask),
          size,
        })),
      }
    },
    { isolation: 'repeatable read' },
  )
}

type People = { relation: RawBuilder<{ contact_id: string }>; asOf: Date }

async function readPeople(ctx: Ctx, trx: Executor, segmentIds: readonly string[]): Promise<People[]> {
  const read: People[] = []
  for (const id of segmentIds) {
    const row = await getSegmentRow(ctx, id, { db: trx })
    read.push(await peopleOfRow(ctx, row, { db: trx, strict: false }))
  }
  return read
}

/** Each person is in exactly one region: bit n of its mask says that they are in the nth segment. */
async function selectRegions(trx: Executor, read: readonly People[]): Promise<Region[]> {
  const each = read.map(
    ({ relation }, bit) => sql`select contact_id, ${1 << bit}::int as bit from (${relation}) r`,
  )
  const { rows } = await sql<{ mask: number; size: string }>`
    select mask, count(*) as size from (
      select sum(bit)::int as mask from (${sql.join(each, sql` union all `)}) u group by contact_id) m
    group by mask order by mask`.execute(trx)
  return rows.map(({ mask, size }) => ({ mask, size: Number(size) }))
}

type Difference = {
  both: number
  onlyFirst: number
  onlySecond: number
  examplesFirst: SegmentMember[]
  examplesSecond: SegmentMember[]
}

/** Two segments side by side, with people who are in one of them only: the same ones until the segments change. */
export function differenceOf(
  ctx: Ctx,
  segmentIds: readonly [string, string],
  examples: number,
): Promise<Difference> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const read = await readPeople(ctx, trx, segmentIds)
      await forAudience(trx)
      const { rows } = await sql<{ mask: number; size: string; examples: string[] }>`
        with placed as materialized (
          select contact_id, sum(bit)::int as mask from (
            ${sql.join(
              read.map(
                ({ relation }, bit) => sql`select contact_id, ${1 << bit}::int as bit from (${relation}) r`,
              ),
              sql` union all `,
            )}) u group by contact_id)
        select mask, count(*) as size, to_jsonb(array(select contact_id::text from placed e where e.mask = p.mask
          order by hashint8(contact_id), contact_id limit ${examples}::int)) as examples
        from placed p group by mask`.execute(trx)
      const region = (mask: number) => rows.find((row) => row.mask === mask)
      return {
        both: Number(region(3)?.size ?? 0),
        onlyFirst: Number(region(1)?.size ?? 0),
        onlySecond: Number(region(2)?.size ?? 0),
        examplesFirst: await selectPeople(ctx, region(1)?.examples ?? []),
        examplesSecond: await selectPeople(ctx, region(2)?.examples ?? []),
      }
    },
    { isolation: 'repeatable read' },
  )
}
