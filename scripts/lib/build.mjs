import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { environmentWith } from './node.mjs'
import { commandOf, giveUp, inRoot, root, step } from './project.mjs'

const stamp = inRoot('dist', 'console', '.stamp')

/** Builds the console into dist/console unless it was built from these very sources. */
export function buildConsole(node, { force = false } = {}) {
  if (!existsSync(inRoot('src', 'console', 'index.html'))) {
    giveUp(
      '缺少 src/console/index.html，无法构建控制台。',
      "src/console/index.html is missing: the console can't be built.",
    )
  }
  const wanted = hashOf(consoleSources())
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  step('构建控制台', 'Building the console')
  rmSync(stamp, { force: true })
  const { status } = spawnSync(node, [commandOf('vite'), 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
    env: environmentWith(node),
  })
  if (status !== 0) giveUp('控制台构建失败，原因见上。', 'Building the console failed, see above.')
  writeFileSync(stamp, wanted)
}

/** All files that end up in the console: its pages, and the pure code it shares with the server. */
function consoleSources() {
  const modules = inRoot('src', 'modules')
  // folders only: Node 20 throws ENOTDIR for a path below a file, whatever throwIfNoEntry says
  const folders = existsSync(modules)
    ? readdirSync(modules, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : []
  const shared = folders.flatMap(({ name }) =>
    ['console', 'schema', 'schema.ts', 'rules', 'rules.ts'].map((part) => path.join(modules, name, part)),
  )
  const places = [
    'src/console',
    'src/kernel',
    'src/sdk/h5',
    'src/wechat',
    'vite.config.ts',
    'package-lock.json',
  ]
  return [...places.map((place) => inRoot(place)), ...shared].flatMap(filesUnder).sort()
}

function filesUnder(place) {
  const found = statSync(place, { throwIfNoEntry: false })
  if (!found) return []
  if (found.isFile()) return /\.test\.tsx?$/.test(place) ? [] : [place]
  return readdirSync(place).flatMap((name) => filesUnder(path.join(place, name)))
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}
