import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBareWorld } from '../../../tests/security/world.ts'
import { createTestApi } from '../../../tests/support/api.ts'
import { freePort, until } from '../../../tests/support/index.ts'
import { createSendingWorld } from '../../../tests/support/sending.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { getTags } from '../../channels/official-account/tags.ts'
import { REAL_HOSTS } from '../../channels/port.ts'
import { createApp, type RunningServer, startServer } from '../../server/index.ts'
import { type RunningWorker, startWorker } from '../../worker/index.ts'
import { createOperator } from '../operators/index.ts'
import { forwardClock } from './clock.ts'
import { sandboxModule } from './module.ts'
import { FORGOTTEN, seedSandbox } from './seed.ts'

const FANS = 24
/** Members, what they did, settings of the installation, and the clock, which is made anew. */
const KEPT = new Set([
  'api_keys',
  'audit_entries',
  'business_clock',
  'collection_settings',
  'installation',
  'message_check_settings',
  'operator_sessions',
  'operators',
  'privacy_settings',
  'reaction_places',
  'schema_migrations',
  'sign_in_failures',
])

describe('the first fill', () => {
  let world: TestWorld
  let server: RunningServer
  let worker: RunningWorker
  beforeAll(async () => {
    world = await createTestWorld({ PORT: String(await freePort()), SANDBOX_FANS: String(FANS) })
    server = await startServer(world.ctx)
    worker = await startWorker(world.ctx)
  })
  afterAll(async () => {
    await worker?.close()
    await server?.close()
    await world?.close()
  })
  const facts = async () => {
    const { rows } = await world.ctx.pool.query(
      `select a.appid, a.callback_verified_at is not null as verified,
         (select count(*)::int from fans f where f.account_id = a.id) as fans,
         (select count(*)::int from article_sets s where s.account_id = a.id) > 0 as articles,
         (select count(*)::int from wechat_tags t where t.account_id = a.id) > 0 as tags
       from accounts a order by a.appid`,
    )
    return rows
  }
  const seededAt = async () =>
    (await world.ctx.pool.query('select seeded_at from installation')).rows[0].seeded_at as Date | null
  const whole = [
    expect.objectContaining({ verified: true, articles: true, tags: true }),
    expect.objectContaining({ verified: true, articles: true, tags: true }),
  ]

  test('that is cut off goes on with the next start, and makes nothing twice', async () => {
    let said = 0
    await expect(
      seedSandbox(world.ctx, () => {
        said += 1
        // in the middle of the first account's sync
        if (said === 2) throw new Error('cut off')
      }),
    ).rejects.toThrow('cut off')
    expect(await seededAt()).toBeNull()
    // two processes start at the same time
    const other = await world.another()
    await Promise.all([seedSandbox(world.ctx), seedSandbox(other)])
    expect(await seededAt()).not.toBeNull()
    expect(await facts()).toEqual(whole)
    const { rows } = await world.ctx.pool.query(
      'select count(*)::int as bound from audit_entries where action = $1',
      ['account.bound'],
    )
    expect(rows[0].bound).toBe(2)
    // the second account came after the cut: one of the two processes read it, the other waited
    const { rows: syncs } = await world.ctx.pool.query(
      `select count(*)::int as syncs from background_runs where kind like 'contacts.%' and account_id =
         (select max(id) from accounts)`,
    )
    expect(syncs[0].syncs).toBe(1)
    expect((await facts())[0].fans).toBeGreaterThan(FANS / 2)
  })

  test('is done once: a repeat changes nothing and points the callbacks here again', async () => {
    const before = [await facts(), await seededAt()]
    const { rows } = await world.ctx.pool.query('select max(id) as last from background_runs')
    await seedSandbox(world.ctx)
    expect([await facts(), await seededAt()]).toEqual(before)
    expect((await world.ctx.pool.query('select max(id) as last from background_runs')).rows).toEqual(rows)
  })

  test('a reset forgets every table that is not kept on purpose', async () => {
    const { rows } = await world.ctx.pool.query(
      `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace
         and c.relkind in ('r', 'p') and not c.relispartition`,
    )
    const forgotten = new Set(FORGOTTEN.split(',').map((name) => name.trim()))
    expect(rows.map(({ name }) => name).filter((name) => !forgotten.has(name) && !KEPT.has(name))).toEqual([])
  })

  test('a reset forgets fans, sends and events, keeps members and the audit log, and fills anew in real time', async () => {
    const member = await createOperator(world.ctx, {
      email: 'stays@example.com',
      password: 'a good password',
      name: '小王',
      role: 'operator',
      allAccounts: true,
    })
    await forwardClock(world.ctx, new Date(Date.now() + 40 * 86_400_000), 'jump')
    await world.ctx.pool.query(
      `insert into broadcasts (account_id, name, state, created_at, updated_at)
       select min(id), 'before', 'ended', now(), now() from accounts`,
    )
    const [{ appid, id }] = (await world.ctx.pool.query('select appid, id from accounts order by id limit 1'))
      .rows
    const limited = await createOperator(world.ctx, {
      email: 'limited@example.com',
      password: 'a good password',
      name: '小李',
      role: 'operator',
      allAccounts: false,
      accountIds: [id],
    })
    const { items } = await world.control<{ items: { openid: string }[] }>(
      'GET',
      `/fans?appid=${appid}&limit=1`,
    )
    await world.control('POST', '/act', {
      appid,
      openid: items[0]?.openid,
      action: 'text',
      content: '重置之前',
    })
    const said = `select 1 from events where properties::text like '%重置之前%'`
    await until(async () => (await world.ctx.pool.query(said)).rows.length > 0)
    const audited = Number((await world.ctx.pool.query('select max(id) as id from audit_entries')).rows[0].id)
    const session = await server.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-weida-request': '1' },
      payload: { email: 'stays@example.com', password: 'a good password' },
    })
    const cookies = { weida_session: session.cookies[0]?.value ?? '' }

    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/sandbox/reset',
      headers: { 'x-weida-request': '1' },
      cookies,
      payload: {},
    })
    expect(answer.json()).toEqual({ started: true })
    await until(seededAt, { timeoutMs: 30_000, what: 'the sandbox filled anew' })

    expect(await facts()).toEqual(whole)
    const { rows } = await world.ctx.pool.query(
      `select (select count(*)::int from broadcasts) as broadcasts,
         (select count(*)::int from events where properties::text like '%重置之前%') as said,
         (select count(*)::int from accounts where id <= $1) as old,
         (select count(*)::int from operators where id = $2) as members,
         (select count(*)::int from audit_entries where id <= $3) as entries,
         (select offset_ms::int from business_clock) as ahead,
         (select count(*)::int from audit_entries where action = 'sandbox.reset' and actor_id = $2) as reset`,
      [id, member.id, audited],
    )
    expect(rows[0]).toMatchObject({ broadcasts: 0, said: 0, old: 0, members: 1, reset: 1 })
    expect(rows[0].entries).toBeGreaterThan(0)
    expect(rows[0].ahead).toBeLessThan(60_000)
    expect((await world.control<{ offsetMs: number }>('GET', '/clock')).offsetMs).toBeLessThan(60_000)
    await until(() => world.ctx.clock.now().getTime() - Date.now() < 60_000)
    const me = await server.app.inject({ url: '/api/me', cookies })
    expect(me.statusCode).toBe(200)
    // the account has another number now; who was to see it sees it, and no other
    const sees = () =>
      world.ctx.pool.query(
        'select a.appid from operator_accounts o join accounts a on a.id = o.account_id where operator_id = $1',
        [limited.id],
      )
    await until(async () => (await sees()).rows.length > 0)
    expect((await sees()).rows).toEqual([{ appid }])
  })
})

describe('production', () => {
  test('has no clock, faults, ledger or reset: 409 for each, and nothing happens', async () => {
    const world = await createBareWorld('production')
    const api = await createTestApi(world.ctx)
    try {
      const admin = await api.signIn('administrator')
      const bodies: Record<string, unknown> = {
        'POST /api/sandbox/clock': { to: new Date(Date.now() + 3_600_000).toISOString(), how: 'jump' },
        'PUT /api/sandbox/faults': { items: [{ kind: 'down' }] },
      }
      const controls = (sandboxModule.routes ?? [])
        .map(({ endpoint }) => endpoint)
        .filter(
          ({ path, method }) =>
            path.startsWith('/api/sandbox/') && `${method} ${path}` !== 'GET /api/sandbox/clock',
        )
      expect(controls.length).toBeGreaterThanOrEqual(7)
      for (const { method, path } of controls) {
        const url = path.endsWith('/ledger') ? `${path}?appid=wx0000000000000000` : path
        const answer = await admin<{ error: { reason: string } }>(method, url, bodies[`${method} ${path}`])
        expect([answer.status, answer.body.error?.reason], `${method} ${path}`).toEqual([
          409,
          'not_a_sandbox',
        ])
      }
      await seedSandbox(world.ctx)
      const { rows } = await world.ctx.pool.query(
        `select (select count(*)::int from accounts) as accounts, (select offset_ms::int from business_clock) as ahead,
           (select count(*)::int from audit_entries where action like 'sandbox.%') as audited`,
      )
      expect(rows[0]).toEqual({ accounts: 0, ahead: 0, audited: 0 })
    } finally {
      await api.close()
      await world.close()
    }
  })
})

describe('a sandbox', () => {
  test('calls no real host, whoever asks it to', async () => {
    const world = await createBareWorld('sandbox')
    try {
      expect(world.ctx.channels.officialAccountHosts).toEqual([world.ctx.config.simulator.url])
      for (const baseUrl of [...REAL_HOSTS, 'https://example.com', 'https://api.weixin.qq.com:443'])
        await expect(
          getTags(
            world.ctx.channels.officialAccount({
              baseUrl,
              tokenSource: { get: async () => 'token', renew: async () => 'token' } as never,
            }),
          ),
        ).rejects.toMatchObject({ code: 'forbidden', reason: 'real_host_in_sandbox' })
    } finally {
      await world.close()
    }
  })

  test('refuses callbacks from the public Internet before it looks at them', async () => {
    const world = await createBareWorld('sandbox')
    const app = await createApp(world.ctx)
    try {
      for (const remoteAddress of ['8.8.8.8', '2400:3200::1']) {
        const answer = await app.inject({
          method: 'POST',
          url: '/callbacks/official-account/none',
          remoteAddress,
          payload: '<xml/>',
        })
        expect([answer.statusCode, answer.json().error.reason]).toEqual([403, 'sandbox_public_callback'])
      }
    } finally {
      await app.close()
      await world.close()
    }
  })
})

describe('after a restore', () => {
  let close: (() => Promise<void>) | undefined
  afterEach(async () => {
    await close?.()
  })

  test('nothing goes out until an administrator confirms, which is audited; then it does', async () => {
    const world = await createSendingWorld()
    let worker: RunningWorker | undefined
    close = async () => {
      await worker?.close()
      await world.close()
    }
    const account = await world.bind({ fans: 6 })
    const broadcast = await world.frozen(account, [3])
    await world.ctx.pool.query('update installation set sending_paused = true, restored_at = now()')
    worker = await startWorker(world.ctx)
    const installation = async () => (await world.api('GET', '/api/installation')).body
    expect(await installation()).toMatchObject({
      sendingPaused: true,
      restoredAt: expect.any(String),
      heldBatches: 1,
      heldRecipients: 3,
    })
    // four looks of the sweep that sends
    await world.ctx.pool.query('select pg_sleep(2)')
    expect((await world.received(account)).size).toBe(0)

    const confirm = (body: object) => world.api('POST', '/api/installation/confirm-restore', body)
    for (const body of [{}, { understood: false }]) expect((await confirm(body)).status).toBe(400)
    expect(await installation()).toMatchObject({ sendingPaused: true })
    expect((await confirm({ understood: true })).status).toBe(200)
    expect(await installation()).toMatchObject({ sendingPaused: false })
    await until(async () => (await world.received(account)).size === 3, { timeoutMs: 15_000 })
    expect([...(await world.received(account)).values()]).toEqual([1, 1, 1])
    expect((await world.read(broadcast)).id).toBe(broadcast.id)
    const { rows } = await world.ctx.pool.query(
      `select actor_kind from audit_entries where action = 'installation.restore_confirmed'`,
    )
    expect(rows).toEqual([{ actor_kind: 'operator' }])
  })
})
