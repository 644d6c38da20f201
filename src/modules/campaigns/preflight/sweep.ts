import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError, assert, conflict } from '../../../kernel/errors.ts'
import { locked } from '../commands/draft.ts'
import { CAMPAIGNS_TOPIC } from '../lifecycle/due.ts'
import { readCampaign as present } from '../present.ts'
import type { Campaign, Preflight } from '../schema/shapes.ts'
import { type CampaignKey, changeCampaign, readCampaign } from '../store/campaigns.ts'
import { computePreflight } from './compute.ts'

/** Said when somebody waits for a pre-flight. */
export const PREFLIGHT_TOPIC = 'campaign-preflight'
/** Real time. */
const LEASE_SECONDS = 60
const HEARTBEAT_MS = 15_000

/** Begins a pre-flight of the draft as it is now; one of an older revision is forgotten. */
export async function startPreflight(ctx: Ctx, key: CampaignKey): Promise<Campaign> {
  await inTransaction(ctx.db, async (trx) => {
    const campaign = await locked(trx, key)
    if (campaign.state !== 'draft') throw conflict('wrong_state', 'it was started', { state: campaign.state })
    const now = ctx.clock.now()
    const preflight: Preflight = {
      state: 'running',
      revision: campaign.revision,
      startedAt: now.toISOString(),
      done: null,
      total: null,
      result: null,
      error: null,
    }
    await changeCampaign(trx, campaign.id, now, { preflight })
  })
  await ctx.wake.notify(PREFLIGHT_TOPIC)
  return present(ctx, key)
}

type Claim = { id: string; fence: string }

/** Computes one that was asked for, under a lease: of a worker that died another takes it over. */
export async function preflightNext(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const { rows } = await sql<Claim>`
    update campaigns set preflight = preflight || jsonb_build_object('fence', gen_random_uuid()::text,
      'leaseUntil', extract(epoch from clock_timestamp()) + ${LEASE_SECONDS}::int)
    where id = (select id from campaigns where preflight ->> 'state' = 'running'
        and coalesce((preflight ->> 'leaseUntil')::float8, 0) < extract(epoch from clock_timestamp())
      order by id limit 1 for update skip locked)
    returning id, preflight ->> 'fence' as fence`.execute(ctx.db)
  const [claim] = rows
  if (claim === undefined) return 0
  const campaign = await readCampaign(ctx.db, claim.id)
  assert(campaign?.preflight, 'a claimed pre-flight is there')
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal])
  const beat = setInterval(() => void renew(ctx, claim, {}, lost), HEARTBEAT_MS)
  try {
    const result = await computePreflight(ctx, campaign, {
      signal: stop,
      onProgress: (done, total) => renew(ctx, claim, { done, total }, lost),
    })
    await finish(ctx, claim, { state: 'done', result })
  } catch (error) {
    if (stop.aborted) return 1
    const known = error instanceof AppError ? error : undefined
    if (known === undefined) ctx.log.error({ err: error, campaignId: claim.id }, 'pre-flight failed')
    await finish(ctx, claim, {
      state: 'failed',
      error: { reason: known?.reason ?? 'internal', detail: known?.detail ?? {} },
    })
  } finally {
    clearInterval(beat)
  }
  await ctx.wake.notify(CAMPAIGNS_TOPIC)
  return 1
}

/** A missed beat is no loss: the next one, or the lease's end, tells. */
async function renew(ctx: Ctx, { id, fence }: Claim, progress: object, lost: AbortController): Promise<void> {
  try {
    const { numAffectedRows } = await sql`
      update campaigns set preflight = preflight || ${JSON.stringify(progress)}::jsonb
        || jsonb_build_object('leaseUntil', extract(epoch from clock_timestamp()) + ${LEASE_SECONDS}::int)
      where id = ${id}::bigint and preflight ->> 'fence' = ${fence} and preflight ->> 'state' = 'running'`.execute(
      ctx.db,
    )
    if (numAffectedRows === 0n) lost.abort()
  } catch (error) {
    ctx.log.warn({ err: error, campaignId: id }, 'could not renew the lease of a pre-flight')
  }
}

/** Kept only where nobody asked for another meanwhile. */
const finish = (ctx: Ctx, { id, fence }: Claim, outcome: Partial<Preflight>) =>
  sql`update campaigns set preflight = (preflight - 'fence' - 'leaseUntil') || ${JSON.stringify(outcome)}::jsonb
    where id = ${id}::bigint and preflight ->> 'fence' = ${fence}`.execute(ctx.db)
