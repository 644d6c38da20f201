import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'
import { migrate } from '../../src/infra/postgres/migrate.ts'
import { FAST_AND_LOSSY } from '../../src/infra/postgres/settings.ts'
import { openDatabase } from '../../src/simulator/store/database.ts'

/** `world` is the template that knows the simulator's schema, too. */
export type TestServer = { adminUrl: string; template: string; world: string }

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

/**
 * Once per run: a PostgreSQL (our embedded one, or the one TEST_DATABASE_URL names) and in it a migrated
 * template database, which `createTestDatabase` clones for each test file; and another with the simulator in it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await testServer(process.env['TEST_DATABASE_URL'])
  const template = `weida_template_${randomBytes(4).toString('hex')}`
  const world = `${template}_world`
  try {
    await run(server.adminUrl, `create database ${template} template template0`)
    await migrate(databaseUrl(server.adminUrl, template))
    await run(server.adminUrl, `create database ${world} template ${template}`)
    await (await openDatabase(databaseUrl(server.adminUrl, world))).close()
  } catch (error) {
    await server.end()
    throw error
  }
  project.provide('testServer', { adminUrl: server.adminUrl, template, world })
  return async () => {
    for (const name of [world, template])
      await run(server.adminUrl, `drop database if exists ${name} with (force)`)
    await server.end()
  }
}

export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

export async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function testServer(given: string | undefined) {
  if (given) return { adminUrl: given, end: async () => {} }
  const dataDir = await mkdtemp(path.join(tmpdir(), 'weida-test-'))
  await chmod(dataDir, 0o711)
  const settings = { ...FAST_AND_LOSSY, shared_buffers: '128MB', max_connections: '200', max_wal_size: '1GB' }
  const server = await startEmbeddedPostgres({ dataDir, settings })
  const end = async () => {
    await server.stop()
    await rm(server.directory, { recursive: true, force: true })
    await rm(dataDir, { recursive: true, force: true })
  }
  return { adminUrl: server.url, end }
}
