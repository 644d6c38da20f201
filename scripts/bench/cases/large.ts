import type { Content, GroupDraft } from '../../../src/modules/broadcasts/schema.ts'
import { runSyncArticles } from '../../../src/modules/contents/commands/sync.ts'
import { listArticleSets, syncArticles } from '../../../src/modules/contents/index.ts'
import { makeAccount } from '../accounts.ts'
import type { Bench, World } from '../bench.ts'
import { populate } from '../population.ts'

export type Large = { world: World; account: { id: string; appid: string; secret: string }; fans: number }

const made = new WeakMap<Bench, Promise<Large>>()

/** The large population that freeze and pre-flight share; made once per run. */
export function largePopulation(bench: Bench): Promise<Large> {
  const existing = made.get(bench)
  if (existing !== undefined) return existing
  const making = make(bench)
  made.set(bench, making)
  return making
}

async function make(bench: Bench): Promise<Large> {
  const world = await bench.world()
  const account = await makeAccount(world, 10)
  const fans = await populate(world, account.id, bench.sizes.fans)
  return { world, account, fans }
}

const never = new AbortController().signal

/** The first article of a draft that the account has at the platform. */
export async function syncedArticles({ world: { ctx }, account }: Large) {
  const started = await syncArticles(ctx, account.id, { scope: 'newest-20', kinds: ['draft'] })
  await runSyncArticles(ctx, started.id, never)
  const { items } = await listArticleSets(ctx, account.id, { kind: 'draft', limit: 1 })
  const [set] = items
  if (set === undefined) throw new Error('no draft was synced')
  return [{ articleSetId: set.id, index: 0 }]
}

/** The one group of a mass send to all followers by openid list. */
export const everybody = (content: Content): GroupDraft => ({
  name: '基准 Bench',
  audience: { kind: 'all' },
  content,
  path: 'list',
  ignoreReprint: false,
  activityId: null,
  missed: 'ask',
  sendAt: null,
  holdout: 0,
  test: null,
})
