import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { COMPILED } from './support/compiled.ts'
import { freePort, until } from './support/index.ts'

const main = path.resolve(import.meta.dirname, '../src/main.ts')
let dataDir: string
let env: Record<string, string>
let children: ChildProcess[] = []
/** A data directory as the first test leaves it: filling one takes longer than what the others are about. */
let filled: string | undefined
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', `${from}/.`, to])

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'weida-start-'))
  await chmod(dataDir, 0o755)
  env = {
    WEIDA_DATA_DIR: dataDir,
    PORT: String(await freePort()),
    SIMULATOR_PORT: String(await freePort()),
    SIMULATOR_TLS_PORT: String(await freePort()),
    SANDBOX_FANS: '10',
    LOG_LEVEL: 'error',
  }
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  children = []
  await rm(dataDir, { recursive: true, force: true })
})

afterAll(() => filled && rm(filled, { recursive: true, force: true }))

type Run = { child: ChildProcess; output(): string; ended: Promise<number | null> }

function weida(words: string[], changes: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...COMPILED, PATH: process.env['PATH'], ...env, ...changes },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.push(child)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk
  })
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** A start that is not the first of its data directory. */
async function again(): Promise<Run> {
  if (filled !== undefined) await copy(filled, dataDir)
  return weida(['start'])
}

const isReady = (port = env['PORT']) =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
async function started(run: Run): Promise<Run> {
  await until(() => run.output().includes('Ctrl-C') || run.child.exitCode !== null)
  expect(await isReady(), run.output()).toBe(true)
  return run
}

test('one command starts everything and says what runs where; Ctrl-C ends it cleanly', async () => {
  const run = await started(weida(['start']))
  for (const port of [env['PORT'], env['SIMULATOR_PORT']]) expect(run.output()).toContain(`127.0.0.1:${port}`)
  expect(run.output()).toMatch(/登录 Sign in/)
  run.child.kill('SIGINT')
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain('Ended')
  expect(run.output()).not.toMatch(/Error|at .*\.ts/)
  filled = await mkdtemp(path.join(tmpdir(), 'weida-filled-'))
  await copy(dataDir, filled)
})

test('Ctrl-C while it is still starting ends it cleanly too', async () => {
  const run = weida(['start'])
  await until(() => run.output().includes('Bringing the database up to date'))
  run.child.kill('SIGINT')
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain('Ended')
})

test('the same Ctrl-C delivered twice, by terminal and npm, still ends it cleanly', async () => {
  const run = await started(await again())
  run.child.kill('SIGINT')
  run.child.kill('SIGINT')
  expect(await run.ended).toBe(0)
})

test('after kill -9 the next start recovers, and finds the same database', async () => {
  const first = await started(await again())
  const made = await until(() => weidaOutput(['migrate'], '0 migrations applied'))
  expect(made).toBe(true)
  first.child.kill('SIGKILL')
  await first.ended
  const second = await started(weida(['start']))
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('when the launcher is gone, the program ends by itself', async () => {
  const run = await started(await again())
  // Without its channel a child never says 'close' to us.
  const exited = once(run.child, 'exit')
  run.child.disconnect()
  expect(await exited).toEqual([0, null])
})

test('a second start on the same data directory says so in one sentence per language, and ends', async () => {
  const first = await started(await again())
  const second = weida(['start'], { PORT: String(await freePort()) })
  expect(await second.ended).toBe(1)
  expect(second.output()).toContain(`Another Weida (process ${first.child.pid}) is using the data directory`)
  expect(second.output()).not.toMatch(/at .*\.ts/)
})

test('a port that is taken is named with the setting that moves it', async () => {
  const squatter = createServer().listen(Number(env['PORT']), '127.0.0.1')
  await once(squatter, 'listening')
  const run = weida(['start'])
  expect(await run.ended).toBe(1)
  squatter.close()
  expect(run.output()).toContain(`Port ${env['PORT']} is taken by another program`)
  expect(run.output()).toContain('PORT')
})

test('wrong settings are all said at once, an unknown command points to the help', async () => {
  const wrong = weida(['start'], { PORT: 'x', LOG_LEVEL: 'loud' })
  expect(await wrong.ended).toBe(1)
  expect(wrong.output()).toMatch(/PORT[\s\S]*LOG_LEVEL/)
  const unknown = weida(['fly'])
  expect(await unknown.ended).toBe(1)
  expect(unknown.output()).toContain('--help')
})

async function weidaOutput(words: string[], wanted: string): Promise<boolean> {
  const run = weida(words)
  await run.ended
  return run.output().includes(wanted)
}
