import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Ctx, systemActor, withActor } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { bindAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { startFanSync } from '../contacts/index.ts'
import { syncArticles } from '../contents/index.ts'
import { createMiniProgram, linkMiniProgram } from '../mini-programs/index.ts'
import { getRun } from '../runs/index.ts'
import { syncTags } from '../tags/index.ts'
import { syncTemplates } from '../templates/index.ts'
import { pointCallback } from './callbacks.ts'
import { alignClocks, lockClock } from './clock.ts'
import { openShop } from './shop.ts'
import { control, requireSandbox } from './simulator.ts'

type Report = (line: string) => void

const SERVICE_APPID = 'wx5a4d3c2b1a000001'

/** The two accounts every sandbox begins with; both under one open platform, so that their fans overlap. */
const accounts = (ctx: Ctx) => [
  {
    appid: SERVICE_APPID,
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
  if (await isSeeded(ctx)) return meetAgain(ctx)
  const client = await ctx.pool.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('sandbox-seed'))`)
    // another process may have filled it while we waited
    if (await isSeeded(ctx)) return
    for (const account of accounts(ctx)) await seedAccount(ctx, account, report)
    await seedMiniProgram(ctx)
    await openShop(ctx, SERVICE_APPID)
    await sql`update installation set seeded_at = now()`.execute(ctx.db)
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('sandbox-seed'))`)
    client.release()
  }
}

/** A simulated world that was made anew by an upgrade gets the same people again, from the same seeds. */
async function meetAgain(ctx: Ctx): Promise<void> {
  for (const seed of accounts(ctx)) {
    const account = await findAccountId(ctx, seed.appid)
    if (account === undefined) continue
    await control(ctx, 'POST', '/accounts', atPlatform(seed))
    await pointCallback(ctx, { id: account, appid: seed.appid })
    await control(ctx, 'PATCH', `/accounts/${seed.appid}`, { settings: { life: LIFE } })
  }
  await openShop(ctx, SERVICE_APPID)
}

async function findAccountId(ctx: Ctx, appid: string): Promise<string | undefined> {
  const row = await ctx.db.selectFrom('accounts').select('id').where('appid', '=', appid).executeTakeFirst()
  return row?.id
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
const atPlatform = (seed: Seed) => ({ ...seed, verified: true, openPlatform: 'op_sandbox' })

async function seedAccount(ctx: Ctx, seed: Seed, report: Report): Promise<void> {
  report(`${seed.name}: ${seed.fans.toLocaleString('en')} 位粉丝 fans`)
  await control(ctx, 'POST', '/accounts', atPlatform(seed))
  const accountId =
    (await findAccountId(ctx, seed.appid)) ?? (await bindAccount(ctx, { ...seed, verified: true }))
  await pointCallback(ctx, { id: accountId, appid: seed.appid })
  const run = await startFanSync(ctx, accountId)
  const articles = await syncArticles(ctx, accountId, { scope: 'newest-500' })
  await syncTags(ctx, accountId)
  await waitFor(ctx, run, (done, total) =>
    report(
      `${seed.name}: 已同步粉丝 fans synced ${done.toLocaleString('en')}${total === null ? '' : ` / ${total.toLocaleString('en')}`}`,
    ),
  )
  await waitFor(ctx, articles.id, () => undefined)
  if (seed.kind === 'service') await syncTemplates(ctx, accountId)
  await control(ctx, 'PATCH', `/accounts/${seed.appid}`, { settings: { life: LIFE } })
}

/** 日常互动: shares of all fans a day, so that there are open windows and subscribers from the first minute. */
const LIFE = { texts: 0.008, taps: 0.01, scans: 0.002, accepts: 0.012 }

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

/** What a reset forgets: all but members, the audit log and settings of the installation. */
export const FORGOTTEN = `accounts, account_tokens, mini_programs, mini_program_links, operator_accounts, background_runs,
  contacts, contact_aliases, contact_identities, contact_merges, contact_reviews, fans, wechat_tags, fan_lists, fan_list_members,
  attributes, contact_attributes, tag_groups, tags, contact_tags, fan_tags,
  tag_links, tag_link_looks, tag_member_readings, tag_run_results, wechat_tag_changes, comment_readings, figure_days, article_figures,
  erasures, erasure_tombstones,
  sources, source_rejections, source_counts, source_keys, events, event_names, event_properties,
  datasets, dataset_imports, dataset_import_errors,
  segments, segment_snapshots, segment_chunks, segment_uses, segment_preparations, segment_unknown_ids,
  material_folders, article_sets, article_publications, media_assets, material_uses, mass_allowances, mass_days, mass_month_days, broadcasts, broadcast_groups, broadcast_arms, broadcast_batches, broadcast_recipients, mass_results, withdrawals, outside_sends, outside_send_fans,
  message_templates, template_uses, template_syncs, subscription_grants, subscription_answers, subscribe_pages, jsapi_tickets,
  sends, send_versions, deliveries, delivery_tallies, delivery_pace,
  service_windows, call_days, fan_blocks, contact_suppressions, frequency_caps, quiet_hours, activities, campaign_groups, campaigns,
  campaign_versions, campaign_runs, campaign_people, campaign_waits, campaign_sums, campaign_wait_hours, conversions,
  link_clicks, send_links, delivery_receipts, send_goals, people_imports, people_import_errors, people_import_members, people_exports,
  reply_rules, reply_rule_accounts, reply_targets, reply_versions, reply_revisions, reply_limits, reply_days, reply_people,
  recall_rules, recall_versions, recall_passes, recall_returns, fan_last_acts,
  menu_sets, menu_publications, menu_answers, menu_days,
  qr_folders, qr_placements, qr_codes, qr_scans, qr_days, backtests, backtest_people,
  rate_buckets`

/** Forgets everything but members and the audit log, sets both clocks back to real time, and asks a worker to fill it anew. */
export async function resetSandbox(ctx: Ctx): Promise<void> {
  requireSandbox(ctx)
  await inTransaction(ctx.db, async (trx) => {
    await lockClock(trx)
    await control(ctx, 'POST', '/reset')
    const members = await whoSeesWhat(trx)
    await sql`truncate ${sql.raw(FORGOTTEN)} cascade`.execute(trx)
    await dropDetails(trx)
    // only an update is guarded against going back: a reset makes a new clock
    await sql`delete from business_clock`.execute(trx)
    await sql`insert into business_clock default values`.execute(trx)
    await sql`update installation set seeded_at = null`.execute(trx)
    await ctx.queue.add(trx, 'sandbox.seed', { members }, { key: 'sandbox.seed' })
    await audit(ctx, trx, { action: 'sandbox.reset' })
  })
  await ctx.wake.notify('clock')
}

/** Each dataset has tables of its own, which go with it. */
async function dropDetails(trx: Executor): Promise<void> {
  const { rows } = await sql<{ name: string }>`select format('%I.%I', schemaname, tablename) as name
    from pg_tables where schemaname = 'details'`.execute(trx)
  if (rows.length > 0)
    await sql.raw(`drop table ${rows.map(({ name }) => name).join(', ')} cascade`).execute(trx)
}

/** Accounts come back under other numbers; by their app ids members find them again. Operator ids and app ids, as JSON. */
async function whoSeesWhat(trx: Executor): Promise<string> {
  const { rows } = await sql<{ operator: string; appid: string }>`
    select o.operator_id as operator, a.appid from operator_accounts o join accounts a on a.id = o.account_id`.execute(
    trx,
  )
  return JSON.stringify(rows.map(({ operator, appid }) => [operator, appid]))
}

/** Fills a sandbox after a reset, and lets members see the accounts again that they could see before. */
export async function refillSandbox(ctx: Ctx, { members }: Record<string, string>): Promise<void> {
  await seedSandbox(ctx)
  if (members === undefined) return
  await sql`insert into operator_accounts (operator_id, account_id)
    select o.id, a.id from jsonb_array_elements(${members}::jsonb) m
    join operators o on o.id = (m->>0)::bigint join accounts a on a.appid = m->>1
    on conflict do nothing`.execute(ctx.db)
}
