import { createHash } from 'node:crypto'
import type { Ctx } from '../../context.ts'
import type { Page } from '../../kernel/paging.ts'
import { MENU_LIMITS } from '../../wechat/rules/menu-limits.ts'
import { getAccount } from '../accounts/index.ts'
import { problemsOfOwned } from '../auto-replies/index.ts'
import { readResources } from './resources.ts'
import { checkMenus, diffMenus, hostsOnTheWay, plain, tooManyHostsOnTheWay, toWire } from './rules.ts'
import type { LiveMenus, MenuProblem, MenuPublication, MenusView, WantedMenus } from './schema.ts'
import * as store from './store.ts'

/** Everything the page shows: what is edited, what WeChat had when we last looked, and what publishing would change. */
export async function readMenus(ctx: Ctx, accountId: string): Promise<MenusView> {
  await getAccount(ctx, accountId)
  const set = await store.selectSet(ctx.db, accountId)
  const { wanted, problems } = await prepare(ctx, accountId, set)
  const { items } = await store.selectPublications(ctx.db, accountId, { limit: 1 })
  return {
    revision: set.revision,
    menus: set.menus,
    updatedBy: set.updatedBy,
    updatedAt: set.updatedAt?.toISOString() ?? null,
    live: set.live,
    liveAt: set.liveAt?.toISOString() ?? null,
    liveDigest: digestOf(set.live),
    problems,
    answerProblems: await answerProblems(ctx, accountId),
    changes: set.revision === 0 ? [] : diffMenus(set.live, wanted),
    publication: items[0] ? presentPublication(items[0]) : null,
  }
}

async function answerProblems(ctx: Ctx, accountId: string): Promise<MenusView['answerProblems']> {
  const found = await problemsOfOwned(ctx, accountId, 'menu')
  if (found.length === 0) return []
  const owners = await store.selectAnswerOwners(ctx.db, accountId)
  const keys = new Map(owners.map(({ id, key }) => [id, key]))
  return found.flatMap(({ ownerId, problem: { rule: _rule, ...problem } }) => {
    const key = keys.get(ownerId)
    return key === undefined ? [] : [{ ...problem, key }]
  })
}

/** The saved menus as WeChat would get them, and what is in the way. */
export async function prepare(
  ctx: Ctx,
  accountId: string,
  { menus, live }: Pick<store.MenuSet, 'menus' | 'live'>,
): Promise<{ wanted: WantedMenus; problems: MenuProblem[] }> {
  const { facts, ids } = await readResources(ctx, accountId, menus)
  const wanted = toWire(menus, ids)
  const problems = checkMenus(menus, facts)
  if (problems.length > 0 || !tooManyHostsOnTheWay(live, wanted)) return { wanted, problems }
  const crowded: MenuProblem = {
    menu: 0,
    place: [],
    field: 'menus',
    reason: 'too_many_hosts_on_the_way',
    limit: MENU_LIMITS.conditionalDomains,
    actual: hostsOnTheWay(live, wanted),
  }
  return { wanted, problems: [crowded] }
}

/** Tells live menus apart; what WeChat only writes another way is the same. */
export function digestOf(live: LiveMenus | null): string {
  const told = live && {
    buttons: live.buttons.map(plain),
    conditional: live.conditional.map(({ menuId, match, buttons }) => [menuId, match, buttons.map(plain)]),
  }
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32)
}

export async function listPublications(
  ctx: Ctx,
  accountId: string,
  query: { cursor?: string | undefined; limit: number },
): Promise<Page<MenuPublication>> {
  await getAccount(ctx, accountId)
  const { items, nextCursor } = await store.selectPublications(ctx.db, accountId, query)
  return { items: items.map(presentPublication), nextCursor }
}

const presentPublication = (one: store.Publication): MenuPublication => ({
  id: one.id,
  revision: one.revision,
  state: one.state,
  problem: one.problem,
  steps: one.steps,
  changes: diffMenus(one.before, one.wanted),
  createdBy: one.createdBy,
  createdAt: one.createdAt.toISOString(),
  endedAt: one.endedAt?.toISOString() ?? null,
})
