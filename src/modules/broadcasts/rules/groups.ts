import type { GroupAudience, Path } from '../schema.ts'

type Member = { audience: GroupAudience; path: Path }
export type GroupProblem = {
  place: number
  reason: 'remaining_first' | 'groups_need_list' | 'group_after_everybody'
}

const namesEverybody = ({ kind }: GroupAudience): boolean => kind === 'all' || kind === 'remaining'

/**
 * What a list of groups may not be: a comparison group first, one after a group that leaves nobody, and more than one
 * where WeChat chooses the people, because it tells no two groups apart.
 */
export function groupProblem(groups: readonly Member[]): GroupProblem | null {
  for (const [place, { audience, path }] of groups.entries()) {
    if (place === 0 && audience.kind === 'remaining') return { place, reason: 'remaining_first' }
    if (groups.length > 1 && path !== 'list') return { place, reason: 'groups_need_list' }
    const before = groups[place - 1]
    if (before !== undefined && namesEverybody(before.audience))
      return { place, reason: 'group_after_everybody' }
  }
  return null
}
