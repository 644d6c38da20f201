import { z } from 'zod'
import { listDrafts } from '../../../channels/official-account/drafts.ts'
import { listPublished } from '../../../channels/official-account/publish.ts'
import type { OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { assert, conflict } from '../../../kernel/errors.ts'
import { decideAbility } from '../../../wechat/rules/account-abilities.ts'
import { accountClient, getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { executeRun, patiently, type RunReport, type RunView, startRun } from '../../runs/index.ts'
import { SYNC_ARTICLES } from '../reads.ts'
import { type ArticleSyncScope, articleSyncScope, type SyncedKind, syncedKind } from '../schema.ts'
import * as store from '../store.ts'
import { look } from './refresh.ts'

/** draft/batchget and freepublish/batchget give 20 sets a call. */
const PAGE = 20
const MOST: Record<ArticleSyncScope, number> = { 'newest-20': 20, 'newest-500': 500, all: 100_000 }
/** So many of the sets that a look missed are asked for one by one: paging can skip one while another is deleted. */
const ASK_AGAIN = 50

type Wish = { scope?: ArticleSyncScope; kinds?: SyncedKind[] }

/** Starts a sync of drafts and published articles, or gives back the one that is going on. */
export async function syncArticles(ctx: Ctx, accountId: string, wish: Wish = {}): Promise<RunView> {
  const { scope = 'newest-20', kinds = syncedKind.options } = wish
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  const publish = decideAbility(account, 'publish')
  const possible = kinds.filter((kind) => kind === 'draft' || publish.can)
  if (possible.length === 0 && !publish.can) {
    throw conflict(publish.reason, 'this account has no published articles', { advice: publish.advice })
  }
  return inTransaction(ctx.db, async (trx) => {
    const run = await startRun(
      ctx,
      { accountId, kind: SYNC_ARTICLES, payload: { scope, kinds: possible } },
      trx,
    )
    if (run.started) {
      await audit(ctx, trx, {
        action: 'contents.sync_started',
        accountId,
        subject: { kind: 'run', id: run.id },
        detail: { scope, kinds: possible },
      })
    }
    return run
  })
}

const payloadShape = z.object({ scope: articleSyncScope, kinds: z.array(syncedKind) })
const placeShape = z.object({
  kind: z.number().int().default(0),
  offset: z.number().int().default(0),
  /** Business time at which the look at this kind began. */
  since: z.iso.datetime().optional(),
  /** The oldest change met so far. */
  floor: z.iso.datetime().optional(),
  /** Of the kinds that are finished. */
  doneBefore: z.number().int().default(0),
})
type Place = z.infer<typeof placeShape>

/** The job behind {@link syncArticles}: a page a commit, so a run that was cut off goes on at its next page. */
export const runSyncArticles = (ctx: Ctx, runId: string, signal: AbortSignal): Promise<void> =>
  executeRun(ctx, runId, signal, async (run, report) => {
    assert(run.accountId, 'a sync belongs to an account')
    const { scope, kinds } = payloadShape.parse(run.payload)
    const client = await accountClient(ctx, run.accountId)
    const sync = { ctx, client, accountId: run.accountId, most: MOST[scope], report }
    let place = placeShape.parse(run.place)
    for (let index = place.kind; index < kinds.length; index += 1) {
      const kind = kinds[index]
      assert(kind, 'the index is within the list')
      place = await syncKind({ ...sync, kind }, { ...place, kind: index })
    }
  })

type Sync = {
  ctx: Ctx
  client: OfficialAccountClient
  accountId: string
  kind: SyncedKind
  most: number
  report: RunReport
}

/** Returns the place at which the next kind begins. */
async function syncKind(sync: Sync, from: Place): Promise<Place> {
  const { ctx, client, accountId, kind, most, report } = sync
  const since = from.since ?? ctx.clock.now().toISOString()
  let { floor } = from
  let offset = from.offset
  for (;;) {
    const { total, sets } = await patiently(report.signal, () => readPage(client, kind, offset))
    const target = Math.min(total, most)
    const done = from.doneBefore + Math.min(offset + sets.length, target)
    offset += sets.length
    floor = sets.at(-1)?.updatedAt?.toISOString() ?? floor
    const over = sets.length === 0 || offset >= target
    const expected = from.doneBefore + target
    await inTransaction(ctx.db, async (trx) => {
      await store.upsertSets(trx, accountId, { kind, sets, at: ctx.clock.now() })
      const place: Place = { ...from, since, offset, floor }
      await report.progress({ done, total: expected, place }, trx)
    })
    if (!over) continue
    const all = offset >= total || floor === undefined
    await settleMissing(sync, { kind, since: new Date(since), floor: all ? null : new Date(floor ?? since) })
    const next: Place = { kind: from.kind + 1, offset: 0, doneBefore: done }
    await report.progress({ done, total: expected, place: next })
    return next
  }
}

/** What should have been met and was not: asked for by itself, as far as there are few; the rest counts as gone. */
async function settleMissing(sync: Sync, scope: store.MissingScope): Promise<void> {
  const { ctx, client, accountId, report } = sync
  const missing = await store.selectMissing(ctx.db, accountId, scope, ASK_AGAIN)
  for (const set of missing) {
    const asked = { client, accountId, set: { ...set, kind: scope.kind } }
    await patiently(report.signal, () => look(ctx, asked))
  }
  if (missing.length === ASK_AGAIN) await store.markMissing(ctx.db, accountId, scope, ctx.clock.now())
}

async function readPage(
  client: OfficialAccountClient,
  kind: SyncedKind,
  offset: number,
): Promise<{ total: number; sets: store.SeenSet[] }> {
  const range = { offset, count: PAGE, withContent: true }
  if (kind === 'draft') {
    const { total, items } = await listDrafts(client, range)
    return { total, sets: items.map((item) => seen(item.media_id, item)) }
  }
  const { total, items } = await listPublished(client, range)
  return { total, sets: items.map((item) => seen(item.article_id, item)) }
}

type Item = { content: { news_item: store.SeenSet['articles'] }; update_time: number }

const seen = (wechatId: string, item: Item): store.SeenSet => ({
  wechatId,
  articles: item.content.news_item,
  updatedAt: new Date(item.update_time * 1000),
})
