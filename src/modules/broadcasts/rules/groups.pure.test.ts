import { expect, test } from 'vitest'
import type { GroupAudience, Path } from '../schema.ts'
import { groupProblem } from './groups.ts'

const some: GroupAudience = { kind: 'fans', fanIds: ['1'] }
const all: GroupAudience = { kind: 'all' }
const remaining: GroupAudience = { kind: 'remaining' }
const by = (path: Path, ...audiences: GroupAudience[]) => audiences.map((audience) => ({ audience, path }))

test.each([
  [by('all', all), null],
  [by('tag', { kind: 'tag', tagId: 1 }), null],
  [by('list', some, some, remaining), null],
  [by('list', some, all), null],
  [by('list', remaining), { place: 0, reason: 'remaining_first' }],
  [by('list', some, remaining, some), { place: 2, reason: 'group_after_everybody' }],
  [by('list', all, remaining), { place: 1, reason: 'group_after_everybody' }],
  [by('tag', some, remaining), { place: 0, reason: 'groups_need_list' }],
  [[...by('list', some), ...by('all', all)], { place: 1, reason: 'groups_need_list' }],
])('E5: groups %j: %j', (groups, problem) => {
  expect(groupProblem(groups)).toEqual(problem)
})
