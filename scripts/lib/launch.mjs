import { spawn } from 'node:child_process'
import { buildConsole } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { advice, environmentWith, findNode } from './node.mjs'
import { commandOf, giveUp, inRoot, root } from './project.mjs'

const main = inRoot('src', 'main.ts')

// V8 sizes its heap by the machine and lets garbage lie: a worker that sends to a million grew by 100 MB, with
// these by 20, at the same speed. They can only be given at the start, so the program is always a child.
const MEMORY = ['--max-semi-space-size=8', '--heap-growing-percent=40']

/** Installs and builds what is missing, then becomes `src/main.ts` under a Node that can run it. */
export async function launch(args) {
  ensureInstalled()
  const node = findNode()
  if (args[0] === 'start' && args.includes('--dev')) return develop(node, args)
  if (args[0] === 'start' && !args.includes('--help')) buildConsole(node)
  follow(node, [...MEMORY, main, ...args])
}

/** Restarts the server when its sources change; Vite serves the console and passes API calls on. */
function develop(node, args) {
  const vite = spawn(node, [commandOf('vite'), '--clearScreen', 'false'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environmentWith(node),
  })
  process.once('exit', () => vite.kill())
  follow(node, [
    ...MEMORY,
    '--watch',
    '--watch-preserve-output',
    main,
    ...args.filter((word) => word !== '--dev'),
  ])
}

/**
 * Runs the program as a child in this terminal: signals are passed on, its exit code is ours. When this
 * process is killed the channel between the two closes, and the program ends by itself.
 */
function follow(node, words) {
  const child = spawn(node, words, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environmentWith(node),
  })
  child.once('error', () => giveUp(...advice()))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  if (process.env.npm_lifecycle_event) watchParent(() => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => {
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 1))
  })
}

/** npm was killed: nobody is left to pass Ctrl-C on. */
function watchParent(gone) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, 1_000)
  timer.unref()
}
