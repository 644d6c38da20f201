import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { dayState, figureDays, figuresAt } from '../../article-figures/index.ts'
import { letterOf } from '../rules/tests.ts'
import { isEnded } from '../rules.ts'
import type { TestPlan, Verdict } from '../schema.ts'
import type { BroadcastRow } from '../store/broadcasts.ts'
import type { ArmRow, GroupRow } from '../store/groups.ts'
import { type Counted, judge, type Variant } from './decide.ts'
import { absentIsZeroFrom, decidesAt, givesUpAt, statDayOf } from './times.ts'

export type TestedGroup = GroupRow & { test: TestPlan }
export const isTested = (group: GroupRow): group is TestedGroup => group.test !== null

/** Who of a group is in no variant. */
export function restOf({ arms }: GroupRow): ArmRow {
  const rest = arms.find(({ kind }) => kind === 'rest')
  if (rest === undefined) throw new Error('impossible state: a test without a rest')
  return rest
}

type Batch = {
  arm: number
  people: number
  msgDataId: string | null
  acceptedAt: Date | null
  finishedAt: Date | null
}

/** The first article of a message is the one its card shows largest: it is what a variant is judged by. */
const FIRST = 1

export type Seen = {
  verdict: Verdict
  decidesAt: Date
  givesUpAt: Date
  /** When figures of the variants are read next; null where nothing more is. */
  readsAt: Date | null
}

/**
 * The figures of a group's variants at this moment: only those of their own batches, by the keys WeChat gave these,
 * only the first article.
 */
export async function lookAt(
  db: Executor,
  { broadcast, group, now }: { broadcast: BroadcastRow; group: TestedGroup; now: Date },
): Promise<Seen> {
  const rest = restOf(group)
  const variants = group.arms.filter(({ kind }) => kind === 'variant')
  const started = variants.flatMap(({ startedAt }) => (startedAt === null ? [] : [startedAt]))
  const decides = decidesAt(rest.sendAt ?? new Date(group.test.restAt), started)
  const statDay = statDayOf(decides, started)
  const batches = await deliveredBatches(db, broadcast.id, variants)
  const counted = await countedOf(db, { accountId: broadcast.accountId, batches, statDay, now })
  const seen = variants.map((arm, place): Variant => {
    const own = batches.flatMap((batch, index) => (batch.arm === arm.number ? [index] : []))
    return {
      number: arm.number,
      label: letterOf(place),
      state: standingOf(arm),
      delivered: own.reduce((sum, index) => sum + (batches[index]?.people ?? 0), 0),
      batches: own.flatMap((index) => counted[index] ?? []),
    }
  })
  return {
    verdict: judge(seen, { at: now, statDay }),
    decidesAt: decides,
    givesUpAt: givesUpAt(decides, group.test),
    readsAt: await nextReading(db, broadcast.accountId, batches),
  }
}

async function nextReading(db: Executor, accountId: string, batches: readonly Batch[]): Promise<Date | null> {
  const days = await figureDays(db, accountId, batches.flatMap(daysOf))
  const dues = days.flatMap(({ dueAt }) => dueAt?.getTime() ?? [])
  return dues.length === 0 ? null : new Date(Math.min(...dues))
}

const standingOf = ({ state }: ArmRow): Variant['state'] =>
  state === 'ended' ? 'ended' : isEnded(state) ? 'out' : 'open'

async function deliveredBatches(
  db: Executor,
  broadcastId: string,
  variants: readonly ArmRow[],
): Promise<Batch[]> {
  const { rows } = await sql<Batch>`
    select arm, coalesce(sent_count, size)::int as people, msg_data_id as "msgDataId", accepted_at as "acceptedAt",
      finished_at as "finishedAt"
    from broadcast_batches where broadcast_id = ${broadcastId}::bigint and state = 'delivered'
      and arm = any(${variants.map(({ number }) => number)}::int[]) order by seq`.execute(db)
  return rows
}

type Asked = { accountId: string; batches: readonly Batch[]; statDay: string; now: Date }

async function countedOf(db: Executor, { accountId, batches, statDay, now }: Asked): Promise<Counted[]> {
  const keys = batches.flatMap(({ msgDataId }) => (msgDataId === null ? [] : [{ msgDataId, place: FIRST }]))
  const figures = await figuresAt(db, { accountId, statDay, articles: keys })
  const days = new Map<string, Awaited<ReturnType<typeof dayState>>>()
  for (const day of new Set(batches.flatMap(daysOf)))
    days.set(day, await dayState(db, accountId, { day, statDay }))
  return batches.map((batch): Counted => {
    const found = figures.get(`${batch.msgDataId}_${FIRST}`)
    if (found !== undefined) {
      const { isFinal, readers, messageReaders } = found
      return isFinal ? { state: 'counted', readers, messageReaders } : { state: 'late' }
    }
    const states = daysOf(batch).map((day) => days.get(day))
    if (batch.msgDataId !== null && states.length > 0 && states.every((state) => state === 'final'))
      return now >= absentIsZeroFrom(statDay)
        ? { state: 'counted', readers: 0, messageReaders: 0 }
        : { state: 'missing' }
    return { state: states.includes('late') ? 'late' : 'missing' }
  })
}

/** WeChat files a send of about midnight under either of these. */
const daysOf = ({ acceptedAt, finishedAt }: Batch): string[] => [
  ...new Set([acceptedAt, finishedAt].flatMap((at) => (at === null ? [] : [beijingDay(at)]))),
]
