import { expect, test } from 'vitest'
import { rejections as en } from '../../../console/locales/en/collection.ts'
import { rejections as zh } from '../../../console/locales/zh-CN/collection.ts'
import { REJECTION_REASONS } from '../schema.ts'

test('F1: every reason for not taking a message has a sentence and something to do, in both languages', () => {
  const told = [zh.what, zh.todo, en.what, en.todo]
  for (const reason of REJECTION_REASONS) for (const table of told) expect(table[reason], reason).toBeTruthy()
  for (const table of told) expect(Object.keys(table).toSorted()).toEqual([...REJECTION_REASONS].toSorted())
})
