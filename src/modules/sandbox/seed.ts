import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Ctx, systemActor, withActor } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { bindAccount, getCallbackInfo } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { startFanSync } from '../contacts/index.ts'
import { syncArticles } from '../contents/index.ts'
import { createMiniProgram, linkMiniProgram } from '../mini-programs/index.ts'
import { getRun } from '../runs/index.ts'
import { syncTags } from '../tags/index.ts'
import { alignClocks, lockClock } from './clock.ts'
import { control, requireSandbox } from './simulator.ts'

type Report = (line: string) => void

/** The two accounts every sandbox begins with; both under one open platform, so that their fans overlap. */
const accounts = (ctx: Ctx) => [
  {
    appid: 'wx5a4d3c2b1a000001',
    secret: 'sandboxSecretOfServiceAccount01',
    name: '小满咖啡',
    kind: 'service' as const,
    ghId: 'gh_sandbox_service',
    fans: ctx.config.sandboxFans,
    seed: 7,
  },
  {
    appid: 'wx5a4d3c2b1a000002',
    secret: 'sandboxSecretOfSubscription0002',
    name: '小满生活志',
    kind: 'subscription' as const,
    ghId: 'gh_sandbox_subscription',
    fans: Math.max(10, Math.floor(ctx.config.sandboxFans / 8)),
    seed: 11,
  },
]

/**
 * Fills a sandbox on its first start: a population at the simulated platform, both accounts bound here with their
 * callbacks set there, fans, tags and articles synced. Harmless to repeat; an interrupted fill goes on. One at a time.
 */
export async function seedSandbox(base: Ctx, report: Report = () => undefined): Promise<void> {
  const ctx = withActor(base, systemActor('sandbox'))
  if (ctx.mode !== 'sandbox') return
  await alignClocks(ctx)
  if (await isSeeded(ctx)) {
    for (const account of accounts(ctx)) await pointCallback(ctx, account.appid)
    return
  }
  const client = await ctx.pool.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('sandbox-seed'))`)
    // another process may have filled it while we waited
    if (await isSeeded(ctx)) return
    for (const account of accounts(ctx)) await seedAccount(ctx, account, report)
    await seedMiniProgram(ctx)
    await sql`update installation set seeded_at = now()`.execute(ctx.db)
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('sandbox-seed'))`)
    client.release()
  }
}

async function isSeeded(ctx: Ctx): Promise<boolean> {
  const row = await ctx.db.selectFrom('installation').select('seeded_at').executeTakeFirstOrThrow()
  return row.seeded_at !== null
}

const MINI_PROGRAM = { appid: 'wx5a4d3c2b1a00aaaa', name: '小满点单' }

/** One mini program, linked to the service account, so that a text can open it. */
async function seedMiniProgram(ctx: Ctx): Promise<void> {
  const { rows } = await sql<{
    id: string
  }>`select id from mini_programs where appid = ${MINI_PROGRAM.appid}`.execute(ctx.db)
  const miniProgramId = rows[0]?.id ?? (await createMiniProgram(ctx, MINI_PROGRAM))
  const service = await ctx.db
    .selectFrom('accounts')
    .select('id')
    .where('kind', '=', 'service')
    .orderBy('id')
    .executeTakeFirst()
  if (service !== undefined) await linkMiniProgram(ctx, { accountId: service.id, miniProgramId })
}

type Seed = ReturnType<typeof accounts>[number]

async function seedAccount(ctx: Ctx, seed: Seed, report: Report): Promise<void> {
  report(`${seed.name}: ${seed.fans.toLocaleString('en')} 位粉丝 fans`)
  await control(ctx, 'POST', '/accounts', { ...seed, verified: true, openPlatform: 'op_sandbox' })
  const existing = await ctx.db
    .selectFrom('accounts')
    .select('id')
    .where('appid', '=', seed.appid)
    .executeTakeFirst()
  const accountId = existing?.id ?? (await bindAccount(ctx, { ...seed, verified: true }))
  await pointCallback(ctx, seed.appid)
  const run = await startFanSync(ctx, accountId)
  const articles = await syncArticles(ctx, accountId, { scope: 'newest-500' })
  await syncTags(ctx, accountId)
  await waitFor(ctx, run, (done, total) =>
    report(
      `${seed.name}: 已同步粉丝 fans synced ${done.toLocaleString('en')}${total === null ? '' : ` / ${total.toLocaleString('en')}`}`,
    ),
  )
  await waitFor(ctx, articles.id, () => undefined)
}

/** Tells the simulated platform where this installation listens, as an operator would paste it at WeChat. */
async function pointCallback(ctx: Ctx, appid: string): Promise<void> {
  const row = await ctx.db.selectFrom('accounts').select('id').where('appid', '=', appid).executeTakeFirst()
  if (row === undefined) return
  const { url, token, aesKey, mode } = await getCallbackInfo(ctx, row.id)
  await control(ctx, 'PATCH', `/accounts/${appid}`, { callback: { url, token, aesKey, mode } })
  await control(ctx, 'POST', `/accounts/${appid}/callback/verify`)
}

const LONGEST_SYNC_MS = 30 * 60_000

async function waitFor(
  ctx: Ctx,
  runId: string,
  progress: (done: number, total: number | null) => void,
): Promise<void> {
  const until = Date.now() + LONGEST_SYNC_MS
  let said = -1
  while (Date.now() < until) {
    const run = await getRun(ctx, runId)
    if (run.done !== said) progress(run.done, run.total)
    said = run.done
    if (run.state === 'done') return
    if (run.state === 'failed')
      throw new Error(`the sandbox could not be filled: ${run.kind} failed (${run.error?.reason})`)
    await delay(300)
  }
  throw new Error('the sandbox could not be filled within half an hour')
}

/** Forgets everything but members and the audit log, sets both clocks back to real time, and asks a worker to fill it anew. */
export async function resetSandbox(ctx: Ctx): Promise<void> {
  requireSandbox(ctx)
  await inTransaction(ctx.db, async (trx) => {
    await lockClock(trx)
    await control(ctx, 'POST', '/reset')
    await sql`truncate accounts, account_tokens, mini_programs, operator_accounts, background_runs, contacts, contact_aliases, fans, wechat_tags,
      fan_lists, fan_list_members, article_sets, media_assets, source_keys, events, mass_allowances, mass_days, broadcasts,
      broadcast_batches, broadcast_recipients, mass_results, rate_buckets cascade`.execute(trx)
    // only an update is guarded against going back: a reset makes a new clock
    await sql`delete from business_clock`.execute(trx)
    await sql`insert into business_clock default values`.execute(trx)
    await sql`update installation set seeded_at = null`.execute(trx)
    await ctx.queue.add(trx, 'sandbox.seed', {}, { key: 'sandbox.seed' })
    await audit(ctx, trx, { action: 'sandbox.reset' })
  })
  await ctx.wake.notify('clock')
}
