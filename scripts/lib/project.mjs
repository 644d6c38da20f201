import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '../..',
)
export const inRoot = (...parts) => path.join(root, ...parts)

/** Says one sentence in both languages and ends: for what the person at the keyboard can put right. */
export function giveUp(zh, en) {
  console.error(`${zh}\n${en}`)
  process.exit(1)
}

/** Says what is being done now. */
export const step = (zh, en) => console.log(`· ${zh}  ${en}`)

/** The JavaScript file behind a package's command, to be run by the Node of our choice. */
export function commandOf(name, command = name) {
  const { bin } = readJson(inRoot('node_modules', name, 'package.json'))
  return inRoot('node_modules', name, typeof bin === 'string' ? bin : bin[command])
}

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
export const readJsonIfThere = (file) => (existsSync(file) ? readJson(file) : undefined)
