import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { giveUp, inRoot, readJsonIfThere, root, step } from './project.mjs'

const lockFile = inRoot('package-lock.json')
const stamp = inRoot('node_modules', '.weida-installed')

/**
 * Installs exactly what package-lock.json says unless that is there already. No install script is run: ours
 * need none, and PostgreSQL's library links are made when it starts.
 */
export function ensureInstalled() {
  const wanted = `${createHash('sha256').update(readFileSync(lockFile)).digest('hex')} ${process.platform}-${process.arch}`
  if (readStamp() === wanted) return
  if (!matchesLock()) {
    step('安装依赖', 'Installing packages')
    install()
  }
  writeFileSync(stamp, wanted)
}

const OPTIONS = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']

/**
 * `npm ci`; where it refuses the lock file, as it does when a registry mirror lacks another platform's optional
 * packages, the same versions by `npm install`, which is then compared with the lock.
 */
function install() {
  const strict = npm(['ci', ...OPTIONS])
  if (strict.status === 0) return
  const lenient = npm(['install', '--no-save', ...OPTIONS])
  if (lenient.status === 0 && matchesLock()) return
  console.error(`${strict.stderr}\n${lenient.stderr}`.split('\n').filter(isTelling).join('\n'))
  const why = lenient.error?.message ?? `npm: ${lenient.status}`
  giveUp(
    `依赖安装失败（${why}）：请检查网络、npm 源和磁盘空间后重试。`,
    `Installing packages failed (${why}): check network, npm registry and disk space, then try again.`,
  )
}

/** Runs npm: the one that runs us, else the one on the path. */
function npm(words) {
  const own = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8', maxBuffer: 2 ** 26 }
  return own
    ? spawnSync(process.execPath, [own, ...words], options)
    : spawnSync('npm', words, { ...options, shell: process.platform === 'win32' })
}

const isTelling = (line) => line.startsWith('npm error') && !/npm error( |$)\s*(-|If|Run|$)/.test(line)

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether npm's own record of node_modules agrees with the lock file, as after a developer's `npm install`. */
function matchesLock() {
  const installed = readJsonIfThere(inRoot('node_modules', '.package-lock.json'))?.packages
  const locked = readJsonIfThere(lockFile)?.packages
  if (!installed || !locked) return false
  return Object.entries(locked).every(([place, { version, optional, devOptional, os, cpu }]) => {
    const found = installed[place]
    if (found) return found.version === version
    return (
      place === '' || optional || devOptional || foreign(os, process.platform) || foreign(cpu, process.arch)
    )
  })
}

const foreign = (list, ours) => list !== undefined && !list.includes(ours)
