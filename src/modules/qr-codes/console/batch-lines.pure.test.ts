import { expect, test } from 'vitest'
import { readLines } from './batch-lines.ts'

test('D12: a code a line, with its own scene after a tab or a comma; what can’t be taken is told by its line', () => {
  const text = [
    '上海店',
    '',
    '北京店\tbj-01',
    '广州店，gz',
    `${'长'.repeat(61)}`,
    '坏 场景,a b',
    '重复,gz',
    ',only-scene',
  ].join('\n')
  expect(readLines(text, 'permanent')).toMatchObject({
    codes: [
      { name: '上海店', scene: null },
      { name: '北京店', scene: { text: 'bj-01', isNumber: false } },
      { name: '广州店', scene: { text: 'gz', isNumber: false } },
    ],
    wrong: [
      { line: 5, what: 'name' },
      { line: 6, what: 'scene' },
      { line: 7, what: 'scene_twice' },
      { line: 8, what: 'name' },
    ],
  })
})
