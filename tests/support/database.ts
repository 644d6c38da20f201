import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { databaseUrl, run } from './postgres.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }

/**
 * A database for one test file: a clone of the migrated template, or an empty one. `drop` cuts off whoever is
 * still connected; call it in `afterAll`, after the pools are closed.
 */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const { adminUrl, template } = inject('testServer')
  const name = `weida_test_${randomBytes(6).toString('hex')}`
  await run(adminUrl, `create database ${name} template ${empty ? 'template0' : template}`)
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => run(adminUrl, `drop database if exists ${name} with (force)`),
  }
}
