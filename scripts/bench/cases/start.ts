import { spawn } from 'node:child_process'
import { cp, mkdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { prepareBinaries } from '../../../src/infra/postgres/binaries.ts'
import { waitUntilReady } from '../../../src/infra/postgres/connect.ts'
import { ownDirectory, prepareHome } from '../../../src/infra/postgres/home.ts'
import { type Bench, freePort } from '../bench.ts'
import { timed } from '../measure.ts'
import { bareServerMb, descendants, type Running, root, sharedMb, startProcess } from '../processes.ts'
import type { CaseResult } from '../report.ts'

const SOURCES = [
  'src',
  'scripts',
  'migrations',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
]

/**
 * `npm start` in a fresh copy of the project with its packages installed: until the first page, with everything it
 * loads, is there; and until the sandbox is filled. The first start builds the console and makes the database. The
 * ceiling of the first is a bare console build, initdb and PostgreSQL's start; of the second PostgreSQL's start alone.
 */
export async function measureStart(bench: Bench): Promise<CaseResult> {
  const place = path.join(bench.directory, 'fresh')
  await mkdir(place)
  for (const name of SOURCES) await cp(path.join(root, name), path.join(place, name), { recursive: true })
  await symlink(path.join(root, 'node_modules'), path.join(place, 'node_modules'), 'dir')
  const first = await startOnce(place)
  const second = await startOnce(place)
  const bare = await barePostgres(path.join(place, 'bare'))
  const build = await timed(() =>
    succeed(
      process.execPath,
      [viteIn(place), 'build', '--logLevel', 'error', '--outDir', path.join(place, 'built')],
      {
        cwd: place,
      },
    ),
  )
  await rm(place, { recursive: true, force: true })
  return {
    figures: [
      {
        name: 'first start to first page',
        value: first.page,
        unit: 's',
        ceiling: {
          what: 'bare console build, initdb, PostgreSQL start',
          value: build + bare.made + bare.started,
        },
      },
      {
        name: 'second start to first page',
        value: second.page,
        unit: 's',
        ceiling: { what: 'bare PostgreSQL start', value: bare.started },
      },
      {
        name: 'all of `npm start` at rest, without npm',
        value: second.memory.node + second.memory.postgres + second.memory.buffers,
        unit: 'MB',
        ceiling: { what: 'bare fastify and bare PostgreSQL', value: bare.mb + (await bareServerMb()) },
      },
    ],
    notes: [
      `the sandbox of 20,000 + 2,500 fans is filled ${first.ready.toFixed(1)} s after the first start, everything is up ${second.ready.toFixed(1)} s after the second`,
      `at rest: API, worker and simulated WeChat in one process ${second.memory.node.toFixed(0)} MB, PostgreSQL ${second.memory.postgres.toFixed(0)} MB and ${second.memory.buffers.toFixed(0)} MB of buffers and program text`,
      `of the first start ${build.toFixed(1)} s are the console's build and ${bare.made.toFixed(1)} s initdb; the packages were installed before`,
    ],
  }
}

/** Seconds until the page and until everything is up; megabytes some seconds later. */
type Started = { page: number; ready: number; memory: Memory }

/** `npm start` in `place`, as a newcomer types it, and Ctrl-C. */
async function startOnce(place: string): Promise<Started> {
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PORT: port,
    SIMULATOR_PORT: await freePort(),
    SIMULATOR_TLS_PORT: await freePort(),
  }
  const began = performance.now()
  const since = () => (performance.now() - began) / 1000
  const running = startProcess('npm', ['start'], { cwd: place, env, group: true })
  const up = running.line(/Ctrl-C/).then(since)
  up.catch(() => undefined)
  const page = await Promise.race([firstPage(`http://127.0.0.1:${port}`).then(since), up])
  const ready = await up
  await delay(5_000)
  const memory = memoryOf(running)
  await running.stop()
  return { page, ready, memory }
}

type Memory = { node: number; postgres: number; buffers: number }

/** Ours (not npm's own) and PostgreSQL's, each page of memory counted once. */
function memoryOf(running: Running): Memory {
  const family = descendants(running.pid)
  const of = (pattern: RegExp) =>
    sharedMb(family.filter(({ command }) => pattern.test(command)).map(({ pid }) => pid))
  const postgres = of(/postgres/)
  return {
    node: of(/weida\.mjs|main\.ts/)?.total ?? 0,
    postgres: postgres?.private ?? 0,
    buffers: (postgres?.total ?? 0) - (postgres?.private ?? 0),
  }
}

/** The page itself and every script and style it names. */
async function firstPage(url: string): Promise<void> {
  for (;;) {
    const html = await fetch(url).then(
      (answer) => (answer.ok ? answer.text() : undefined),
      () => undefined,
    )
    if (html?.includes('<script')) {
      const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, part]) => part)
      await Promise.all(parts.map((part) => fetch(`${url}${part}`).then((answer) => answer.arrayBuffer())))
      return
    }
    await delay(25)
  }
}

async function barePostgres(directory: string): Promise<{ made: number; started: number; mb: number }> {
  const home = await prepareHome(directory)
  const binaries = await prepareBinaries(home.directory, home.owner)
  await ownDirectory(home.data, home.owner)
  const options = { cwd: home.directory, ...home.owner }
  const made = await timed(() =>
    succeed(binaries.initdb, ['-D', home.data, '-U', 'weida', '-A', 'trust'], options),
  )
  const port = await freePort()
  const began = performance.now()
  const server = spawn(binaries.postgres, ['-D', home.data, '-p', port, '-c', 'unix_socket_directories='], {
    ...options,
    stdio: 'ignore',
  })
  await waitUntilReady(`postgres://weida@127.0.0.1:${port}/postgres`, { timeoutMs: 60_000 })
  const started = (performance.now() - began) / 1000
  const mb = sharedMb(descendants(server.pid ?? -1).map(({ pid }) => pid))?.total ?? Number.NaN
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await gone
  await rm(home.directory, { recursive: true, force: true })
  return { made, started, mb }
}

const viteIn = (place: string) => path.join(place, 'node_modules', 'vite', 'bin', 'vite.js')

type Options = { cwd: string; uid?: number; gid?: number }

function succeed(command: string, args: readonly string[], options: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
    )
  })
}
