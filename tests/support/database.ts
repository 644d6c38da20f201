import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { databaseUrl, run } from './postgres.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }

/**
 * A database for one test file: a clone of the migrated template, of the one with the simulator in it, or an empty
 * one. `drop` cuts off whoever is still connected; call it in `afterAll`, after the pools are closed.
 */
export async function createTestDatabase({ empty = false, simulator = false } = {}): Promise<TestDatabase> {
  const server = inject('testServer')
  const { adminUrl } = server
  const from = empty ? 'template0' : simulator ? server.world : server.template
  const name = `weida_test_${randomBytes(6).toString('hex')}`
  // files are copied in half the time of their pages
  await run(adminUrl, `create database ${name} template ${from} strategy file_copy`)
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => run(adminUrl, `drop database if exists ${name} with (force)`),
  }
}
