import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'
import { migrate } from '../../src/infra/postgres/migrate.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createSend, planDeliveries } from '../../src/modules/deliveries/index.ts'
import { type RunningWorker, startWorker } from '../../src/worker/index.ts'
import { run } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { textContent } from './world.ts'

const PEOPLE = 900
/** So that it takes some seconds. */
const PER_MINUTE = 24_000

let dataDir: string
let postgres: EmbeddedPostgres
let ctx: OwnedCtx
let worker: RunningWorker
let recorder: Recorder
let accountId: string
/** Hands out tokens, and knows nothing else. */
const tokens = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ access_token: 'T'.repeat(64), expires_in: 7_200 }))
})

const start = () => startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '64MB' } })

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'weida-restart-'))
  await chmod(dataDir, 0o755)
  postgres = await start()
  await migrate(postgres.url)
  await run(postgres.url, `insert into installation (mode) values ('sandbox')`)
  await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', () => resolve()))
  recorder = await startRecorder()
  recorder.behind = `http://127.0.0.1:${(tokens.address() as AddressInfo).port}`
  const config = loadConfig({
    WEIDA_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    PORT: '0',
    SIMULATOR_URL: recorder.url,
    SECRETS_KEY: randomBytes(32).toString('hex'),
  })
  ctx = await createContext(config, { databaseUrl: postgres.url })
  const account = {
    appid: 'wx1234567890abcdef',
    secret: 's'.repeat(32),
    name: '号',
    kind: 'service',
    verified: true,
  }
  accountId = await bindAccount(ctx, account as Parameters<typeof bindAccount>[1])
  await ctx.pool.query('update accounts set limits = $2 where id = $1', [
    accountId,
    { customerServicePerMinute: PER_MINUTE },
  ])
  await makeFans()
  worker = await startWorker(ctx)
})
afterAll(async () => {
  await worker?.close()
  await ctx?.close()
  await recorder?.close()
  tokens.close()
  await postgres?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Fans who wrote just now, so that each may be messaged. */
const makeFans = () =>
  ctx.pool.query(
    `with people as (insert into contacts (created_at) select now() from generate_series(1, $2::int) returning id),
       made as (insert into fans (account_id, contact_id, openid, following)
         select $1, id, 'o' || id, true from people returning id)
     insert into service_windows (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
     select id, 'message', $1, 0, now(), now() + interval '48 hours', 5 from made`,
    [accountId, PEOPLE],
  )

async function sendToAll(): Promise<string> {
  const { rows } = await ctx.pool.query<{ id: string; contact_id: string }>('select id, contact_id from fans')
  const now = ctx.clock.now()
  return inTransaction(ctx.db, async (trx) => {
    const { sendId } = await createSend(ctx, trx, {
      accountId,
      ownerKind: 'campaign',
      ownerId: '1',
      name: '活动',
      channel: 'customer-service',
      purpose: 'service',
      lane: 'bulk',
      content: textContent('你好'),
      template: null,
      limits: { caps: 'none', quiet: 'none', notAfter: null },
      tracked: false,
    })
    const people = rows.map(({ id, contact_id: contactId }) => ({
      contactId,
      fanId: id,
      occurrence: '0',
      dueAt: now,
      version: 1,
    }))
    await planDeliveries(trx, sendId, people, now)
    return sendId
  })
}

const statesOf = async (sendId: string): Promise<Record<string, number>> => {
  const { rows } = await ctx.pool.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from deliveries where send_id = $1 group by 1',
    [sendId],
  )
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

/** Ends the server as a power cut would: no shutdown, what was not on disk is lost. */
async function crash(): Promise<void> {
  const { rows } = await ctx.pool.query<{ dir: string }>(`select current_setting('data_directory') as dir`)
  const file = await readFile(path.join(rows[0]?.dir as string, 'postmaster.pid'), 'utf8')
  process.kill(Number(file.split('\n')[0]), 'SIGKILL')
  await postgres.failed
  await postgres.stop()
}

test.each([
  ['is shut down and started again', () => postgres.stop()],
  ['is killed and recovers', crash],
])(
  'G3: while the database %s, nobody gets a message twice and nobody is lost',
  async (_name, end) => {
    recorder.clear()
    await ctx.pool.query('update service_windows set used = 0')
    const sendId = await sendToAll()
    await until(() => recorder.reached.length > PEOPLE / 4)
    await end()
    postgres = await start()
    await until(
      async () => {
        // whoever held rows when it went away is as good as dead: their minute is over
        await ctx.pool.query(
          `update deliveries set lease_until = clock_timestamp() - interval '1 second'
           where state = 'sending' and intent_at < clock_timestamp() - interval '4 seconds'`,
        )
        const { planned = 0, held = 0, sending = 0 } = await statesOf(sendId)
        return planned + held + sending === 0
      },
      { everyMs: 100, what: 'the end of the send' },
    )
    const received = recorder.received()
    expect([...received.values()].filter((times) => times > 1)).toEqual([])
    const { accepted = 0, unknown = 0, ...others } = await statesOf(sendId)
    expect(others).toEqual({})
    expect(accepted + unknown).toBe(PEOPLE)
    // what came to nobody can only be among those in doubt
    expect(received.size).toBeGreaterThanOrEqual(accepted)
    expect(received.size).toBeLessThan(PEOPLE + 1)
  },
  120_000,
)
