import type { Content, GroupDraft } from '../../../src/modules/broadcasts/schema.ts'
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
