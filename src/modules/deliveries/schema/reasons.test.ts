import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CHECKS } from '../rules/index.ts'
import { REASONS, type ReasonText } from './reasons.ts'
import { CHECK_NAMES } from './why.ts'

const doc = readFileSync(new URL('../../../../docs/deliveries.md', import.meta.url), 'utf8')
const rowsOf = (heading: string) =>
  (doc.split(`## ${heading}`)[1] ?? '')
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim())) ?? []

test('G2: docs/deliveries.md says every reason with its sentences and what to do, and no other', () => {
  const told = rowsOf('原因 · Reasons').map(([code, zh, en, advice]) => [
    code?.replaceAll('`', ''),
    zh,
    en,
    advice,
  ])
  const known = Object.entries(REASONS as Record<string, ReasonText>).map(([code, { zh, en, advice }]) => [
    code,
    zh,
    en,
    advice === undefined ? '' : `${advice.zh}<br>${advice.en}`,
  ])
  expect(told).toEqual(known)
})

test('docs/deliveries.md says the checks in the order in which they are asked', () => {
  const told = rowsOf('检查顺序 · Order of checks').map(([, check]) => check?.replaceAll('`', ''))
  expect(told).toEqual(CHECKS.map(({ name }) => name))
  expect(CHECK_NAMES).toEqual(CHECKS.map(({ name }) => name))
})

test('every reason that a check can give has its sentences', () => {
  const named = rowsOf('检查顺序 · Order of checks').flatMap((cells) =>
    [...(cells.at(-1) ?? '').matchAll(/`([a-z_]+)`/g)].map((match) => match[1] as string),
  )
  expect(named.length).toBeGreaterThan(20)
  for (const code of named) expect(Object.keys(REASONS)).toContain(code)
})
