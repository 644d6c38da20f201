import { hostsOf, MENU_LIMITS, mayOverlap } from '../../../wechat/rules/menu-limits.ts'
import type { LiveMenus, MenuMatch, WantedMenus, WireButton } from '../schema.ts'
import { sameButtons, urlsOf } from './wire.ts'

export type Step =
  | { do: 'create'; buttons: WireButton[] }
  | { do: 'add'; match: MenuMatch; buttons: WireButton[] }
  | { do: 'remove'; menuId: string }
  | { do: 'remove-all' }
  | { do: 'nothing' }

/** Every conditional menu anew, the default, and the old ones taken away: more than that is going round in circles. */
export const MOST_STEPS = 60

/**
 * The next call on the way from what WeChat has to what is wanted; `wanted` null: no menu. Conditional menus can't be edited, and
 * a new one is tried before all others: so what changed, and what has to be tried before that and may fit the same fans, is made
 * anew from the last to the first; then the default is replaced, and only then what is no longer wanted is taken away, the oldest
 * first. At every moment each fan sees their old menu or their new one, unless two wanted menus may fit the same fan: then,
 * between two calls, they may see the second. Where there was no menu the default comes first, as it must.
 */
export function nextStep(live: LiveMenus | null, wanted: WantedMenus | null): Step {
  if (wanted === null) return live === null ? { do: 'nothing' } : { do: 'remove-all' }
  if (live === null) return { do: 'create', buttons: wanted.buttons }
  const kept = keptOf(live, wanted)
  for (let place = wanted.conditional.length - 1; place >= 0; place -= 1) {
    const menu = wanted.conditional[place]
    if (menu && kept[place] === undefined) return { do: 'add', match: menu.match, buttons: menu.buttons }
  }
  if (!sameButtons(live.buttons, wanted.buttons)) return { do: 'create', buttons: wanted.buttons }
  const oldest = live.conditional.findLast(({ menuId }) => !kept.includes(menuId))
  return oldest ? { do: 'remove', menuId: oldest.menuId } : { do: 'nothing' }
}

/** Which live menu each wanted one is already: the same, and behind no wanted one that comes after it and may fit the same fans. */
function keptOf(live: LiveMenus, wanted: WantedMenus): (string | undefined)[] {
  const kept: (number | undefined)[] = wanted.conditional.map(() => undefined)
  for (let place = wanted.conditional.length - 1; place >= 0; place -= 1) {
    const menu = wanted.conditional[place]
    if (!menu) continue
    const behind = wanted.conditional.flatMap((other, at) =>
      at > place && mayOverlap(other.match, menu.match) ? [kept[at]] : [],
    )
    if (behind.includes(undefined)) continue
    const before = Math.min(live.conditional.length, ...behind.map((at) => at ?? 0))
    const found = live.conditional.findLastIndex(
      (one, at) =>
        at < before &&
        !kept.includes(at) &&
        one.match !== null &&
        sameMatch(one.match, menu.match) &&
        sameButtons(one.buttons, menu.buttons),
    )
    if (found >= 0) kept[place] = found
  }
  return kept.map((at) => (at === undefined ? undefined : live.conditional[at]?.menuId))
}

export const sameMatch = (a: MenuMatch, b: MenuMatch): boolean => a.tagId === b.tagId && a.system === b.system

/** 跳转域名 that would stand at WeChat at once while old and new conditional menus are there together. */
export function hostsOnTheWay(live: LiveMenus | null, wanted: WantedMenus): number {
  const old = live?.conditional.flatMap(({ buttons }) => urlsOf(buttons)) ?? []
  return hostsOf([...old, ...wanted.conditional.flatMap(({ buttons }) => urlsOf(buttons))]).size
}
export const tooManyHostsOnTheWay = (live: LiveMenus | null, wanted: WantedMenus): boolean => {
  const step = nextStep(live, wanted)
  const adds = step.do === 'add' || (step.do === 'create' && wanted.conditional.length > 0)
  return adds && hostsOnTheWay(live, wanted) > MENU_LIMITS.conditionalDomains
}
