import { spawn } from 'node:child_process'
import { buildConsole } from './build.mjs'
import { check } from './check.mjs'
import { ensureInstalled } from './install.mjs'
import { longTests } from './long-tests.mjs'
import { environmentWith, findNode } from './node.mjs'
import { commandOf, giveUp, inRoot, root } from './project.mjs'

const tasks = {
  test: (node, args) => run(node, [commandOf('vitest'), 'run', ...args]),
  'test:long': (node, args) => longTests(node, args, run),
  check,
  bench: (node, args) => run(node, [inRoot('scripts', 'bench', 'index.ts'), ...args]),
  build: async (node, args) => {
    buildConsole(node, { force: args.includes('--force') })
    return 0
  },
  'db:types': (node) => run(node, [inRoot('scripts', 'db-types.ts')]),
  format: (node, args) =>
    run(node, [commandOf('@biomejs/biome', 'biome'), 'check', '--write', ...(args.length ? args : ['.'])]),
}

/** Runs one task with the project's Node and packages, and ends with its exit code. */
export async function runTask(name, args) {
  const task = tasks[name]
  if (!task)
    giveUp(
      `没有任务 ${name}：${Object.keys(tasks).join('、')}`,
      `No task ${name}: ${Object.keys(tasks).join(', ')}`,
    )
  ensureInstalled()
  process.exitCode = await task(findNode(), args)
}

/** Runs a program in this terminal; resolves with its exit code. */
function run(node, words, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, words, { cwd: root, stdio: 'inherit', env: environmentWith(node, env) })
    // The terminal sends Ctrl-C to both; the child decides how it ends.
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
