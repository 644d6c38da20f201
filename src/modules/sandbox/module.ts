import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { forbidden } from '../../kernel/errors.ts'
import { listAccounts } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { type Manifest, route } from '../manifest.ts'
import { callbacksSweep } from './callbacks.ts'
import { forwardClock, jumpToNextDue, showClock, stopFastRun } from './clock.ts'
import * as schema from './schema.ts'
import { refillSandbox, resetSandbox } from './seed.ts'
import { nameShop, showShop, steerShop } from './shop.ts'
import { control } from './simulator.ts'

type SimulatedFault = schema.Fault & { match?: { path?: string } }
const showFault = ({ match, ...fault }: SimulatedFault): schema.Fault => ({
  ...fault,
  ...(match?.path !== undefined && { path: match.path }),
})

export const sandboxModule: Manifest = {
  name: 'sandbox',
  routes: [
    route(schema.getClockEndpoint, (ctx) => showClock(ctx)),
    route(schema.forwardClockEndpoint, (ctx, { body }) => forwardClock(ctx, new Date(body.to), body.how)),
    route(schema.nextDueEndpoint, (ctx) => jumpToNextDue(ctx)),
    route(schema.stopFastEndpoint, (ctx) => stopFastRun(ctx)),
    route(schema.getFaultsEndpoint, async (ctx) => {
      const { items } = await control<{ items: SimulatedFault[] }>(ctx, 'GET', '/faults')
      return { items: items.map(showFault) }
    }),
    route(schema.putFaultsEndpoint, async (ctx, { body }) => {
      const faults = body.items.map(({ path, ...fault }) => ({
        ...fault,
        match: path === undefined ? {} : { path },
      }))
      const { items } = await control<{ items: SimulatedFault[] }>(ctx, 'PUT', '/faults', faults)
      await audit(ctx, ctx.db, {
        action: 'sandbox.faults_set',
        detail: { kinds: body.items.map((fault) => fault.kind) },
      })
      return { items: items.map(showFault) }
    }),
    route(schema.ledgerSummaryEndpoint, async (ctx, { query }) => {
      await requireOwnApp(ctx, query.appid)
      const search = new URLSearchParams({
        appid: query.appid,
        ...(query.msgId !== undefined && { msgId: query.msgId }),
      })
      return control(ctx, 'GET', `/ledger/summary?${search}`)
    }),
    route(schema.getShopEndpoint, (ctx) => showShop(ctx)),
    route(schema.setShopEndpoint, (ctx, { body }) => steerShop(ctx, body)),
    route(schema.resetSandboxEndpoint, async (ctx) => {
      await resetSandbox(ctx)
      return { started: true }
    }),
    route(schema.installationEndpoint, (ctx) => showInstallation(ctx)),
    route(schema.confirmRestoreEndpoint, async (ctx) => {
      await inTransaction(ctx.db, async (trx) => {
        await sql`update installation set sending_paused = false`.execute(trx)
        await audit(ctx, trx, { action: 'installation.restore_confirmed' })
      })
      await ctx.wake.notify('broadcasts')
      return {}
    }),
  ],
  jobs: {
    'sandbox.seed': (ctx, payload) => refillSandbox(ctx, payload),
    'sandbox.name-shop': (ctx, _payload, signal) => nameShop(ctx, signal),
  },
  sweeps: [callbacksSweep],
}

/** The simulated platform knows apps, not our accounts, so the scope is looked up here; the same answer for all others. */
async function requireOwnApp(ctx: Ctx, appid: string): Promise<void> {
  const own = (await listAccounts(ctx)).some((account) => account.appid === appid)
  if (!own && ctx.actor.kind !== 'system' && ctx.actor.accounts !== null)
    throw forbidden('account_not_allowed', 'this account is not among yours')
}

/** What is held is counted over the accounts that the caller may see. */
async function showInstallation(ctx: Ctx) {
  const visible = ctx.actor.kind === 'system' ? null : ctx.actor.accounts
  const row = await ctx.db.selectFrom('installation').selectAll().executeTakeFirstOrThrow()
  const { rows } = await sql<{ batches: string; people: string }>`
    select count(*) as batches, coalesce(sum(t.size), 0) as people from broadcast_batches t join broadcasts b on b.id = t.broadcast_id
    where b.state in ('preparing', 'scheduled', 'running', 'paused') and t.state in ('planned', 'held', 'sending')
      and (${visible}::bigint[] is null or b.account_id = any(${visible}::bigint[]))`.execute(ctx.db)
  return {
    mode: row.mode as 'sandbox' | 'production',
    sendingPaused: row.sending_paused,
    restoredAt: row.restored_at?.toISOString() ?? null,
    heldBatches: Number(rows[0]?.batches ?? 0),
    heldRecipients: Number(rows[0]?.people ?? 0),
    publicUrl: ctx.config.publicUrl,
    version: '0.1.0',
  }
}
