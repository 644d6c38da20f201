import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { prepareBinaries, restoreSymlinks } from './binaries.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { StartFailure } from './failures.ts'
import { reachableByOthers } from './home.ts'
import { processStart } from './lock.ts'
import { memoryBytes, serverSettings } from './settings.ts'

const root = process.getuid?.() === 0
const settings = { fsync: 'off', shared_buffers: '64MB' }
let dataDir: string
let running: EmbeddedPostgres[] = []
let children: ChildProcess[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'weida-embedded-'))
  await chmod(dataDir, 0o755)
})
afterEach(async () => {
  for (const server of running) await server.stop()
  for (const child of children) if (child.kill('SIGTERM')) await once(child, 'exit')
  const away = await readFile(path.join(dataDir, 'postgres-location'), 'utf8').catch(() => '')
  if (away) await rm(away.trim(), { recursive: true })
  await rm(dataDir, { recursive: true, force: true })
  running = []
  children = []
})

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, settings })
  running.push(server)
  return server
}

/** A data directory whose database is there already: making one takes longer than what most tests are about. */
let made: string | undefined
async function begin(): Promise<void> {
  made ??= await makeOnce()
  await promisify(execFile)('cp', ['-a', `${made}/.`, dataDir])
}
async function makeOnce(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'weida-made-'))
  await chmod(directory, 0o755)
  await (await startEmbeddedPostgres({ dataDir: directory, settings })).stop()
  return directory
}
afterAll(() => made && rm(made, { recursive: true, force: true }))

type Said = { url: string; directory: string; created: boolean; error?: string }

async function startApart(
  options: { uid?: number; gid?: number } = {},
): Promise<Said & { child: ChildProcess }> {
  const script = path.resolve(import.meta.dirname, '../../../tests/support/embedded-process.ts')
  const child = spawn(process.execPath, [script, dataDir], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { ...(JSON.parse(line.toString()) as Said), child }
}

async function query(url: string, sql: string) {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  return await client.query(sql).finally(() => client.end())
}

const postmaster = async (directory: string) =>
  Number((await readFile(path.join(directory, 'data/postmaster.pid'), 'utf8')).split('\n')[0])

test('a fresh directory becomes a UTF-8 database that finds Chinese, and keeps what was written', async () => {
  const first = await start()
  expect(first.created).toBe(true)
  const { rows } = await query(
    first.url,
    `select pg_encoding_to_char(encoding) as encoding, datlocprovider, datlocale, '微信粉丝' ~ '^\\w+$' as letters
     from pg_database where datname = current_database()`,
  )
  expect(rows).toEqual([{ encoding: 'UTF8', datlocprovider: 'b', datlocale: 'C.UTF-8', letters: true }])
  await query(first.url, 'create table kept as select 1 as one')
  await first.stop()
  const second = await start()
  expect(second.created).toBe(false)
  expect(second.port).toBe(first.port)
  expect((await query(second.url, 'select one from kept')).rows).toEqual([{ one: 1 }])
})

test('durable by default: nothing that is acknowledged waits in memory only', () => {
  const chosen = serverSettings(memoryBytes(), 5432)
  expect(chosen['listen_addresses']).toBe('127.0.0.1')
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    expect(chosen).not.toHaveProperty(name)
  expect(serverSettings(512 * 1024 * 1024, 1)['shared_buffers']).toBe('64MB')
  expect(serverSettings(4096 * 1024 * 1024, 1)['shared_buffers']).toBe('256MB')
})

test('the password is for its owner only', async () => {
  const { directory } = await start()
  expect((await stat(path.join(directory, 'password'))).mode & 0o777).toBe(0o600)
})

test('a port that was taken meanwhile is replaced by a free one', async () => {
  await begin()
  const first = await start()
  await first.stop()
  const squatter = createServer().listen(first.port, '127.0.0.1')
  await once(squatter, 'listening')
  const second = await start()
  squatter.close()
  expect(second.port).not.toBe(first.port)
  expect((await query(second.url, 'select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a second process on the same directory says so and ends, the first goes on', async () => {
  await begin()
  const { url, child } = await startApart()
  await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(
    new RegExp(`进程 ${child.pid}[\\s\\S]*Another Weida \\(process ${child.pid}\\)`),
  )
  expect((await query(url, 'select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('kill -9 of Weida: its server ends by itself, and the next start finds everything', async () => {
  await begin()
  const { url, child, directory } = await startApart()
  await query(url, 'create table kept as select 1 as one')
  const pid = await postmaster(directory)
  child.kill('SIGKILL')
  await until(() => processStart(pid) === undefined, { what: 'the end of the server' })
  const next = await start()
  expect((await query(next.url, 'select one from kept')).rows).toEqual([{ one: 1 }])
})

test('kill -9 of Weida and of its keeper: the next start ends the orphan and takes over', async () => {
  await begin()
  const { url, child, directory } = await startApart()
  await query(url, 'create table kept as select 1 as one')
  const pid = await postmaster(directory)
  await killKeeper(pid)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await start()
  expect(await postmaster(directory)).not.toBe(pid)
  expect((await query(next.url, 'select one from kept')).rows).toEqual([{ one: 1 }])
})

test('kill -9 of the server: Weida learns it, and the next start recovers', async () => {
  await begin()
  const first = await start()
  await query(first.url, 'create table kept as select 1 as one')
  process.kill(await postmaster(first.directory), 'SIGKILL')
  await first.failed
  await first.stop()
  const next = await start()
  expect((await query(next.url, 'select one from kept')).rows).toEqual([{ one: 1 }])
})

test('a stale postmaster.pid whose number now belongs to another process does not keep it from starting', async () => {
  await begin()
  const directory = path.join(dataDir, 'postgres')
  await writeFile(path.join(directory, 'data/postmaster.pid'), `${process.pid}\n${directory}/data\n`)
  expect((await query((await start()).url, 'select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a cluster half made when it was killed is made anew', async () => {
  const first = await start()
  await first.stop()
  await rm(path.join(first.directory, 'data'), { recursive: true })
  await cp(import.meta.dirname, path.join(first.directory, 'data.part'), { recursive: true })
  expect((await start()).created).toBe(true)
})

test('a database of another major version is refused with the way out', async () => {
  await begin()
  await writeFile(path.join(dataDir, 'postgres/data/PG_VERSION'), '17\n')
  await expect(start()).rejects.toThrow(/PostgreSQL 17[\s\S]*weida backup/)
})

test('a data directory that is a file is a failure to start, not a stack', async () => {
  const file = path.join(dataDir, 'file')
  await writeFile(file, '')
  await expect(startEmbeddedPostgres({ dataDir: path.join(file, 'below') })).rejects.toThrow(StartFailure)
})

test('library links that a skipped install script left out are made', async () => {
  const { directory } = await prepareBinaries(dataDir, undefined)
  const native = path.join(dataDir, 'native')
  const linked = JSON.parse(await readFile(path.join(directory, 'pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]
  const links = new Set(linked.map(({ target }) => path.basename(target)))
  await cp(directory, native, { recursive: true, filter: (file) => !links.has(path.basename(file)) })
  const version = () => promisify(execFile)(path.join(native, 'bin/postgres'), ['--version'])
  await expect(version()).rejects.toThrow(/shared librar/)
  expect(await restoreSymlinks(native)).toBe(links.size)
  expect((await version()).stdout).toMatch(/ 18\./)
  expect(await restoreSymlinks(native)).toBe(0)
})

test.runIf(root)('as root under a private home: the database lies where its user can reach it', async () => {
  await chmod(dataDir, 0o700)
  const first = await start()
  expect(first.directory.startsWith(dataDir)).toBe(false)
  expect((await stat(path.join(first.directory, 'data'))).uid).not.toBe(0)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  await first.stop()
  const again = await start()
  expect(again.directory).toBe(first.directory)
  expect(again.created).toBe(false)
})

test.runIf(root && (await reachableByOthers(import.meta.dirname)))(
  'as an ordinary user: in the data directory',
  async () => {
    await chmod(dataDir, 0o700)
    await chown(dataDir, 65_534, 65_534)
    const { directory, url, created } = await startApart({ uid: 65_534, gid: 65_534 })
    expect({ directory, created }).toEqual({ directory: path.join(dataDir, 'postgres'), created: true })
    expect((await query(url, 'select 1 as one')).rows).toEqual([{ one: 1 }])
  },
)

test('failures to start carry one sentence in each language', async () => {
  await begin()
  const server = await startApart()
  const error = await startEmbeddedPostgres({ dataDir }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(StartFailure)
  expect((error as StartFailure).message.split('\n')).toHaveLength(2)
  expect(server.error).toBeUndefined()
})

/** The subshell that waits beside the server, which would end it, and then the shell above the server. */
async function killKeeper(server: number): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args='])
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  const shell = rows.find(([pid]) => Number(pid) === server)?.[1]
  const beside = rows
    .filter(([pid, parent]) => parent === shell && Number(pid) !== server)
    .map(([pid]) => pid)
  for (const pid of [...beside, shell]) process.kill(Number(pid), 'SIGKILL')
}
