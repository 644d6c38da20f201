import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { invalid } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { scopeOf } from '../../contacts/index.ts'
import { forAudience } from '../ask/people.ts'
import { peopleOfRow } from '../members.ts'
import { getSegmentRow, presentListItem, readSegment } from '../present.ts'
import { nameOfPart, partEnds } from '../rules.ts'
import type { Segment, SegmentListItem } from '../schema/segment.ts'
import { findSegments, type SegmentRow } from '../store/segments.ts'
import { subjectOf } from './save.ts'
import { createStaticSegment } from './static.ts'

type Split = {
  parts: number
  shares?: readonly number[] | undefined
  seed?: string | undefined
  names?: readonly string[] | undefined
}

/**
 * 随机分组: static segments that together hold everybody of one, each person exactly once. A person's place follows from
 * the seed and their id alone: the same seed splits the same members the same way. Equal parts differ by at most one.
 */
export async function splitSegment(
  ctx: Ctx,
  segmentId: string,
  { parts, shares, names, ...split }: Split,
): Promise<{ seed: string; items: SegmentListItem[] }> {
  const seed = split.seed ?? randomBytes(8).toString('hex')
  return inTransaction(
    ctx.db,
    async (trx) => {
      const source = await getSegmentRow(ctx, segmentId, { db: trx })
      const { relation, snapshotId } = await peopleOfRow(ctx, source, { db: trx, strict: false })
      const total = await placeAtRandom(trx, relation, seed)
      if (total < parts)
        throw invalid('segment_too_small', 'there are fewer people than parts', { size: total, parts })
      const ends = partEnds(total, parts, shares)
      const ids: string[] = []
      for (const [index, end] of ends.entries()) {
        const name = names?.[index] ?? nameOfPart(source.name, index + 1)
        const people = sql<{ contact_id: string }>`select contact_id from segment_places
          where place >= ${ends[index - 1] ?? 0}::int and place < ${end}::int`
        ids.push(
          await createStaticSegment(ctx, trx, {
            name,
            accountId: source.account_id,
            listed: source.listed,
            origin: {
              kind: 'split',
              segmentId,
              snapshotId,
              seed,
              part: index + 1,
              parts,
            },
            people,
          }),
        )
      }
      await audit(ctx, trx, {
        action: 'segment.split',
        accountId: source.account_id ?? undefined,
        subject: subjectOf(segmentId),
        detail: { name: source.name, parts, seed },
      })
      return { seed, items: (await findSegments(trx, ids, null)).map(presentListItem) }
    },
    { isolation: 'repeatable read' },
  )
}

/** Everybody with a place from 0 that the seed decides, in a table of this transaction; returns how many. */
async function placeAtRandom(
  trx: Executor,
  people: RawBuilder<{ contact_id: string }>,
  seed: string,
): Promise<number> {
  await forAudience(trx)
  await sql`create temporary table segment_places on commit drop as
    select m.contact_id, (row_number() over (order by md5(${seed}::text || ':' || m.contact_id), m.contact_id) - 1)::int as place
    from (${people}) m`.execute(trx)
  const { rows } = await sql<{ total: string }>`select count(*) as total from segment_places`.execute(trx)
  return Number(rows[0]?.total ?? 0)
}

type Combine = {
  name: string
  description?: string
  listed: boolean
  how: 'union' | 'intersection' | 'difference'
  segmentIds: readonly [string, string]
}
const WORDS = { union: sql`union`, intersection: sql`intersect`, difference: sql`except` }

/** A static segment of two as they are now: everyone of either, of both, or of the first without the second. */
export function combineSegments(ctx: Ctx, { how, segmentIds, ...fields }: Combine): Promise<Segment> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const [first, second] = [
        await getSegmentRow(ctx, segmentIds[0], { db: trx }),
        await getSegmentRow(ctx, segmentIds[1], { db: trx }),
      ]
      const [a, b] = [
        await peopleOfRow(ctx, first, { db: trx, strict: false }),
        await peopleOfRow(ctx, second, { db: trx, strict: false }),
      ]
      await forAudience(trx)
      const accountId = accountOf(how, first, second)
      if (accountId === null && scopeOf(ctx) !== null)
        throw invalid('segment_account_needed', 'segments of two accounts make one of no account')
      const id = await createStaticSegment(ctx, trx, {
        ...fields,
        accountId,
        origin: { kind: 'combined', how, segmentIds: [...segmentIds] },
        people: sql<{ contact_id: string }>`(${a.relation}) ${WORDS[how]} (${b.relation})`,
      })
      return readSegment(ctx, id, trx)
    },
    { isolation: 'repeatable read' },
  )
}

/** Whose fans the outcome is about for certain; null: everyone. */
function accountOf(how: Combine['how'], first: SegmentRow, second: SegmentRow): string | null {
  if (how === 'difference' || first.account_id === second.account_id) return first.account_id
  return how === 'union' ? null : (first.account_id ?? second.account_id)
}

/** A new static segment of the same members; ids that nobody had stay with the first. */
export function copyStatic(ctx: Ctx, source: SegmentRow, name: string): Promise<Segment> {
  return inTransaction(ctx.db, async (trx) => {
    const { relation } = await peopleOfRow(ctx, source, { db: trx, strict: false })
    const id = await createStaticSegment(ctx, trx, {
      name,
      description: source.description,
      accountId: source.account_id,
      listed: source.listed,
      origin: source.origin.kind === 'import' ? { ...source.origin, unknown: 0 } : source.origin,
      people: relation,
    })
    return readSegment(ctx, id, trx)
  })
}
