import { expect, test } from 'vitest'
import { checkTagDeletion, checkTagName } from './tag-limits.ts'

test.each([
  ['', 'empty'],
  ['  ', 'empty'],
  ['广'.repeat(30), undefined],
  ['广'.repeat(31), 'too_long'],
  ['🎉'.repeat(30), undefined],
  ['🎉'.repeat(31), 'too_long'],
  ['会员', 'taken'],
])('tag name "%s": %s', (name, problem) => {
  expect(checkTagName(name, ['会员'])).toBe(problem)
})

test.each([
  [2, 0, 'system_tag'],
  [100, 100_000, undefined],
  [100, 100_001, 'too_many_fans'],
])('deleting tag %i with %i fans: %s', (id, fans, problem) => {
  expect(checkTagDeletion({ id, fans })).toBe(problem)
})
