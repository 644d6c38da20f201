import type { Cell, RowOutcome } from '../schema.ts'

export type Content = {
  contactId: string | null
  accountId: string | null
  at: Date
  values: readonly Cell[]
  lines: readonly (readonly Cell[])[]
}

/** The version of a row that was written last. `until` null: it holds still. A deletion leaves a closed one. */
export type Latest = { since: Date; until: Date | null; updatedAt: Date | null; content: Content }

export type Change =
  | { deleted: true; updatedAt: Date | null }
  | { deleted: false; updatedAt: Date | null; content: Content }

/**
 * What to do with the versions of one key. `open`: a version begins at `at`. `close`: the one that holds ends there.
 * `retract`: the one that holds began at that very instant, so it goes as if it had never been. `note`: only the time
 * the source says it was updated is kept, so that what is older stays away.
 */
export type Step = 'open' | 'close' | 'retract' | 'note'
export type Decision = { outcome: RowOutcome; steps: readonly Step[]; at: Date; updatedAt: Date | null }

/** Decides one change of a row. An older version, as the source tells their times, never overwrites a newer one. */
export function decide(latest: Latest | undefined, change: Change, now: Date): Decision {
  const known = latest?.updatedAt ?? null
  const at = latestOf(now, latest?.since, latest?.until ?? undefined)
  if (known !== null && change.updatedAt !== null && change.updatedAt < known)
    return { outcome: 'stale', steps: [], at, updatedAt: known }
  const updatedAt = change.updatedAt ?? known
  const news = updatedAt !== null && updatedAt.getTime() !== known?.getTime()
  const holding = latest?.until === null ? latest : undefined
  const replaced: Step | undefined =
    holding && (holding.since.getTime() === at.getTime() ? 'retract' : 'close')
  if (change.deleted) {
    if (replaced === undefined) return { outcome: 'absent', steps: news ? ['note'] : [], at, updatedAt }
    const steps: Step[] = replaced === 'retract' && updatedAt !== null ? ['retract', 'note'] : [replaced]
    return { outcome: 'deleted', steps, at, updatedAt }
  }
  if (holding === undefined) return { outcome: 'created', steps: ['open'], at, updatedAt }
  if (sameContent(holding.content, change.content))
    return { outcome: 'unchanged', steps: news ? ['note'] : [], at, updatedAt }
  return { outcome: 'updated', steps: [replaced ?? 'close', 'open'], at, updatedAt }
}

const latestOf = (first: Date, ...others: (Date | undefined)[]): Date =>
  others.reduce<Date>((latest, one) => (one !== undefined && one > latest ? one : latest), first)

const sameCells = (a: readonly Cell[], b: readonly Cell[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index])

const sameContent = (a: Content, b: Content): boolean =>
  a.contactId === b.contactId &&
  a.accountId === b.accountId &&
  a.at.getTime() === b.at.getTime() &&
  sameCells(a.values, b.values) &&
  a.lines.length === b.lines.length &&
  a.lines.every((line, index) => sameCells(line, b.lines[index] ?? []))
