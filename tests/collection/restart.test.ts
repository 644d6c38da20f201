import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'
import { migrate } from '../../src/infra/postgres/migrate.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { until } from '../support/index.ts'
import { run } from '../support/postgres.ts'
import { eventsOf, makeSource, type TestSource } from './support.ts'

let dataDir: string
let postgres: EmbeddedPostgres
let ctx: OwnedCtx
let server: RunningServer
let source: TestSource

const start = () => startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '64MB' } })

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'weida-restart-'))
  await chmod(dataDir, 0o755)
  postgres = await start()
  await migrate(postgres.url)
  await run(postgres.url, `insert into installation (mode) values ('sandbox')`)
  const config = loadConfig({
    WEIDA_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    PORT: '0',
    SECRETS_KEY: randomBytes(32).toString('hex'),
  })
  ctx = await createContext(config, { databaseUrl: postgres.url })
  server = await startServer(ctx)
  source = await makeSource(ctx)
})
afterAll(async () => {
  await server?.close()
  await ctx?.close()
  await postgres?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Ends the server as a power cut would: no shutdown, what was not on disk is lost. */
async function crash(): Promise<void> {
  const { rows } = await ctx.pool.query<{ dir: string }>(`select current_setting('data_directory') as dir`)
  const pid = Number(
    (await readFile(path.join(rows[0]?.dir as string, 'postmaster.pid'), 'utf8')).split('\n')[0],
  )
  process.kill(pid, 'SIGKILL')
  await postgres.failed
  await postgres.stop()
}

test.each([
  ['is shut down and started again', () => postgres.stop()],
  ['is killed and recovers', crash],
])(
  'ingest while the database %s: every acknowledged event is there, none twice',
  async (_name, end) => {
    const first = (await eventsOf(ctx, source.id)).length
    const acknowledged = new Set<string>()
    let refused = 0
    let going = true
    const sender = async (lane: number) => {
      for (let n = 0; going; n += 1) {
        const id = `${first}-${lane}-${n}`
        const message = { type: 'track', userId: `u-${lane}`, event: 'e', messageId: id, properties: { id } }
        // a sender repeats until it is told that it was taken, as the SDKs do
        for (let taken = false; !taken && (going || acknowledged.size === 0); ) {
          const answer = await fetch(`${server.url}/v1/batch`, {
            method: 'POST',
            body: JSON.stringify({ writeKey: source.keys.writeKey, batch: [message] }),
          })
          taken = answer.status === 200
          if (taken) acknowledged.add(id)
          else {
            refused += 1
            expect(answer.status).toBe(503)
          }
          await answer.arrayBuffer()
        }
      }
    }
    const lanes = Array.from({ length: 8 }, (_, lane) => sender(lane))
    await until(() => acknowledged.size >= 100)
    await end()
    await until(() => refused > 0)
    const before = acknowledged.size
    postgres = await start()
    await until(() => acknowledged.size >= before + 100)
    going = false
    await Promise.all(lanes)
    const stored = (await eventsOf(ctx, source.id))
      .slice(first)
      .map((event) => event.properties['id'] as string)
    expect(new Set(stored).size).toBe(stored.length)
    expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([])
  },
  120_000,
)
