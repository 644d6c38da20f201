import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, freePort, type TestDatabase } from '../../../tests/support/index.ts'
import { loadConfig } from '../../config.ts'
import { query } from '../database.ts'
import { examine } from './index.ts'
import { checkKey, checkNode, checkPublicUrl } from './machine.ts'

let database: TestDatabase
let directory: string
let env: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  directory = await mkdtemp(path.join(tmpdir(), 'weida-doctor-'))
  await query(database.url, (client) => client.query(`insert into installation (mode) values ('sandbox')`))
  env = {
    DATABASE_URL: database.url,
    WEIDA_DATA_DIR: directory,
    PORT: String(await freePort()),
    SIMULATOR_PORT: String(await freePort()),
  }
})
afterAll(async () => {
  await database.drop()
  await rm(directory, { recursive: true })
})

const problems = async (changes: Record<string, string> = {}) =>
  (await examine({ ...env, ...changes }))
    .filter(({ state, zh }) => state === 'wrong' && !zh.includes('控制台'))
    .map(({ zh }) => zh)

test('a sound installation has no problems', async () => {
  expect(await problems()).toEqual([])
})

test('wrong settings are all named', async () => {
  const [node, settings, ...rest] = await examine({ PORT: 'x', LOG_LEVEL: 'loud' })
  expect(node?.state).toBe('ok')
  expect(settings?.zh).toMatch(/PORT[\s\S]*LOG_LEVEL/)
  expect(rest).toEqual([])
})

test('a database that can not be reached is said with what to check', async () => {
  const gone = new URL(database.url)
  gone.port = String(await freePort())
  expect(await problems({ DATABASE_URL: gone.href })).toEqual([expect.stringContaining('数据库连接不上')])
})

test('a database with the plain C locale is found out: it takes no Chinese letter for one', async () => {
  const plain = `${new URL(database.url).pathname.slice(1)}_c`
  await query(database.url, (client) =>
    client.query(`create database ${plain} template template0 locale_provider libc locale 'C'`),
  )
  const url = new URL(database.url)
  url.pathname = `/${plain}`
  expect(await problems({ DATABASE_URL: url.href })).toEqual([expect.stringContaining('locale 是 C')])
  await query(database.url, (client) => client.query(`drop database ${plain}`))
})

test('pending migrations are counted', async () => {
  await query(database.url, (client) => client.query(`update schema_migrations set name = '0' || name`))
  expect(await problems()).toEqual([expect.stringContaining('个迁移未应用')])
  await query(database.url, (client) => client.query(`update schema_migrations set name = substr(name, 2)`))
})

test('a port that another program has is named with its setting', async () => {
  const squatter = createServer((socket) => socket.end('no')).listen(Number(env['PORT']), '127.0.0.1')
  const found = (await examine(env)).find(({ zh }) => zh.includes(`端口 ${env['PORT']} 被其他程序占用`))
  squatter.close()
  expect(found?.advice?.en).toContain('PORT')
})

test.each([
  ['24.6.9', 'wrong'],
  ['24.7.0', 'ok'],
  ['25.0.0', 'ok'],
])('Node %s is %s', (version, state) => {
  expect(checkNode(version).state).toBe(state)
})

test.each([
  ['https://weida.example.com', 'ok'],
  ['http://weida.example.com', 'wrong'],
  ['https://127.0.0.1', 'wrong'],
  ['https://localhost:7300', 'wrong'],
])('in production PUBLIC_URL %s is %s', (url, state) => {
  expect(checkPublicUrl(loadConfig({ PUBLIC_URL: url }), 'production').state).toBe(state)
  expect(checkPublicUrl(loadConfig({ PUBLIC_URL: url }), 'sandbox').state).toBe('ok')
})

test('a secrets key that is missing although secrets are stored, or that others can read, is wrong', async () => {
  const config = loadConfig({ WEIDA_DATA_DIR: directory })
  expect((await checkKey(config, true)).state).toBe('wrong')
  await writeFile(path.join(directory, 'secrets.key'), '', { mode: 0o600 })
  expect((await checkKey(config, true)).state).toBe('ok')
  await chmod(path.join(directory, 'secrets.key'), 0o644)
  expect((await checkKey(config, true)).state).toBe('wrong')
})
