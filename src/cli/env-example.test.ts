import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { loadConfig, settings } from '../config.ts'

const text = readFileSync(path.resolve(import.meta.dirname, '../../.env.example'), 'utf8')
const example = parseEnv(text)

test('.env.example has every setting, in the order of the code, and no other', () => {
  const names = text.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? [])
  expect(names).toEqual(Object.keys(settings.shape))
})

test.each(Object.entries(settings.shape))('.env.example explains %s as the code does', (name, setting) => {
  expect(setting.description).toBeTruthy()
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`${name}=`))
  expect(lines[at - 1]).toBe(`# ${setting.description}`)
})

test('.env.example taken as it is means the defaults', () => {
  expect(loadConfig(example)).toEqual(loadConfig({}))
})
