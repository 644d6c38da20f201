import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { createLog } from '../../src/infra/log.ts'
import { createTestDatabase } from '../support/index.ts'
import { run } from '../support/postgres.ts'

export type BareWorld = {
  ctx: OwnedCtx
  databaseUrl: string
  another(env?: Record<string, string>): Promise<OwnedCtx>
  close(): Promise<void>
}

/** A database and contexts on it, without a simulated WeChat: for what never calls one, and for production. */
export async function createBareWorld(
  mode: 'sandbox' | 'production',
  env: Record<string, string> = {},
): Promise<BareWorld> {
  const database = await createTestDatabase()
  await run(database.url, `insert into installation (mode) values ('${mode}')`)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'weida-bare-'))
  const key = randomBytes(32).toString('hex')
  const opened: OwnedCtx[] = []
  const another = async (more: Record<string, string> = {}) => {
    const config = loadConfig({
      WEIDA_DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
      PORT: '0',
      SECRETS_KEY: key,
      ...env,
      ...more,
    })
    const ctx = await createContext(config, { databaseUrl: database.url })
    opened.push(ctx)
    return ctx
  }
  return {
    ctx: await another(),
    databaseUrl: database.url,
    another,
    async close() {
      for (const ctx of opened) await ctx.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A log that keeps its lines. */
export function createMemoryLog(level = 'debug') {
  const lines: string[] = []
  return { lines, log: createLog(level, { write: (line) => void lines.push(line) }) }
}
