import type { PreflightGroup } from '../../schema.ts'

/** What becomes of some of the people: who gets an arm's message, who can't be reached, is held out, or was in an earlier group. */
export type Part = {
  kind: 'reached' | 'missed' | 'heldOut' | 'filtered' | 'nobody'
  /** Of the group; null for those in none. */
  place: number | null
  arm: number | null
  count: number
}
export type PictureRow = {
  place: number
  total: number
  parts: Part[]
  leftAfter: { left: number; fans: number }[]
}
export type Picture = {
  /** Who is drawn, none of them twice: the account's followers where they are known. */
  size: number
  whole: Part[]
  rows: PictureRow[]
}

const HELD_OUT = 'held_out'
const GONE = 'not_following'

const countOf = ({ notReached }: PreflightGroup['arms'][number], fits: (reason: string) => boolean) =>
  notReached.reduce((sum, { reason, count }) => (fits(reason) ? sum + count : sum), 0)

/**
 * The groups among the account's followers. Of `whole` each follower is in one part; a row is all whom a group names, also
 * those an earlier one has and those who left the account.
 */
export function pictureOf(groups: readonly PreflightGroup[], followers: number | undefined): Picture {
  const rows = groups.map(rowOf)
  const inside = groups.flatMap((group, index) => {
    const gone = group.arms.reduce((sum, arm) => sum + countOf(arm, (reason) => reason === GONE), 0)
    return (rows[index]?.parts ?? []).flatMap((part) =>
      part.kind === 'filtered' ? [] : [part.kind === 'missed' ? { ...part, count: part.count - gone } : part],
    )
  })
  const named = inside.reduce((sum, { count }) => sum + count, 0)
  const size = Math.max(named, followers ?? 0)
  const nobody: Part = { kind: 'nobody', place: null, arm: null, count: size - named }
  return { size, whole: [...inside, nobody].filter(({ count }) => count > 0), rows }
}

function rowOf(group: PreflightGroup): PictureRow {
  const { place, arms, filtered, total } = group
  const sum = (fits: (reason: string) => boolean) => arms.reduce((all, arm) => all + countOf(arm, fits), 0)
  const parts: Part[] = [
    ...arms.map(({ number, reached }) => ({ kind: 'reached' as const, place, arm: number, count: reached })),
    { kind: 'missed', place, arm: null, count: sum((reason) => reason !== HELD_OUT) },
    { kind: 'heldOut', place, arm: null, count: sum((reason) => reason === HELD_OUT) },
    { kind: 'filtered', place, arm: null, count: filtered },
  ]
  return { place, total, parts: parts.filter(({ count }) => count > 0), leftAfter: leftAfter(group) }
}

/** How many of the month's sends those reached have left afterwards, most first. */
function leftAfter({ arms }: PreflightGroup) {
  const fans = new Map<number, number>()
  for (const one of arms.flatMap(({ monthLeftAfter }) => monthLeftAfter))
    fans.set(one.left, (fans.get(one.left) ?? 0) + one.fans)
  return [...fans].map(([left, count]) => ({ left, fans: count })).sort((a, b) => b.left - a.left)
}
