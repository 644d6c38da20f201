import { mayOverlap } from '../../../wechat/rules/menu-limits.ts'
import type { ButtonChange, LiveMenus, MenuChange, WantedMenus, WireButton } from '../schema.ts'
import { sameMatch } from './steps.ts'
import { plain, sameButtons } from './wire.ts'

/** 与线上的差异: what publishing would change, menu by menu and button by button; empty where nothing. */
export function diffMenus(live: LiveMenus | null, wanted: WantedMenus | null): MenuChange[] {
  if (wanted === null) return live === null ? [] : removedAll(live)
  const first = changeOf(live?.buttons ?? null, wanted.buttons)
  const old = live?.conditional ?? []
  const taken = new Set<number>()
  const mates = wanted.conditional.map((menu) => {
    const fits = (exactly: boolean) =>
      old.findIndex(
        (one, at) =>
          !taken.has(at) &&
          one.match !== null &&
          sameMatch(one.match, menu.match) &&
          (!exactly || sameButtons(one.buttons, menu.buttons)),
      )
    const exact = fits(true)
    const found = exact >= 0 ? exact : fits(false)
    if (found >= 0) taken.add(found)
    return found >= 0 ? found : undefined
  })
  return [
    ...(first ? [{ ...first, match: null, menu: 0 }] : []),
    ...wanted.conditional.flatMap(({ match, buttons }, place) => {
      const mate = mates[place]
      const change = changeOf(mate === undefined ? null : (old[mate]?.buttons ?? null), buttons)
      if (change) return [{ ...change, match, menu: place + 1 }]
      // fans whom both fit see another one now
      const moved = wanted.conditional.some(
        (other, at) => at > place && isNewer(mates[at], mate) && mayOverlap(other.match, match),
      )
      return moved ? [{ what: 'moved' as const, match, menu: place + 1, buttons: [] }] : []
    }),
    ...old.flatMap(({ match, buttons }, at) =>
      taken.has(at) ? [] : [{ what: 'removed' as const, match, menu: null, buttons: gone(buttons) }],
    ),
  ]
}

/** Of places among live menus, newest first. */
const isNewer = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && a < b

const removedAll = (live: LiveMenus): MenuChange[] => [
  { what: 'removed', match: null, menu: null, buttons: gone(live.buttons) },
  ...live.conditional.map(({ match, buttons }) => ({
    what: 'removed' as const,
    match,
    menu: null,
    buttons: gone(buttons),
  })),
]

const gone = (buttons: readonly WireButton[]): ButtonChange[] =>
  buttons.map((before, place) => ({ what: 'removed', place: [place], before, after: null, fields: [] }))

function changeOf(
  before: readonly WireButton[] | null,
  after: readonly WireButton[],
): Pick<MenuChange, 'what' | 'buttons'> | undefined {
  const buttons = diffButtons(before ?? [], after, [])
  if (before === null) return { what: 'added', buttons }
  return buttons.length > 0 ? { what: 'changed', buttons } : undefined
}

/** Pairs what is equal first, then what has the same name, then what stands at the same place. */
function diffButtons(
  before: readonly WireButton[],
  after: readonly WireButton[],
  above: readonly number[],
): ButtonChange[] {
  const mates = pair(before, after)
  const kept = after.flatMap((_one, place) => mates.get(place) ?? [])
  const changes = after.flatMap((button, place): ButtonChange[] => {
    const at = mates.get(place)
    const mate = at === undefined ? undefined : before[at]
    const here = [...above, place]
    if (at === undefined || mate === undefined)
      return [{ what: 'added', place: here, before: null, after: button, fields: [] }]
    const below = diffButtons(mate.sub_button ?? [], button.sub_button ?? [], here)
    const fields = fieldsOf(mate, button)
    if (fields.length > 0)
      return [{ what: 'changed', place: here, before: mate, after: button, fields }, ...below]
    const moved = kept.some((other, index) => index > kept.indexOf(at) && other < at)
    return moved ? [{ what: 'moved', place: here, before: mate, after: button, fields: [] }, ...below] : below
  })
  const used = new Set(mates.values())
  const removed = before.flatMap((button, place): ButtonChange[] =>
    used.has(place)
      ? []
      : [{ what: 'removed', place: [...above, place], before: button, after: null, fields: [] }],
  )
  return [...changes, ...removed]
}

function pair(before: readonly WireButton[], after: readonly WireButton[]): Map<number, number> {
  const mates = new Map<number, number>()
  const used = new Set<number>()
  const rounds: ((a: WireButton, b: WireButton, at: number, place: number) => boolean)[] = [
    (a, b) => sameButtons([a], [b]),
    (a, b) => a.name === b.name,
    (_a, _b, at, place) => at === place,
  ]
  for (const fits of rounds)
    for (const [place, button] of after.entries()) {
      if (mates.has(place)) continue
      const at = before.findIndex((one, index) => !used.has(index) && fits(one, button, index, place))
      if (at < 0) continue
      mates.set(place, at)
      used.add(at)
    }
  return mates
}

function fieldsOf(before: WireButton, after: WireButton): string[] {
  const [a, b] = [head(before), head(after)]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((field) => a[field] !== b[field])
}

/** All that a button is by itself; what opens others is of that kind, whatever stands below. */
const head = (button: WireButton): Record<string, unknown> => {
  const { sub_button, ...rest } = plain(button)
  return sub_button ? { ...rest, type: 'sub_button' } : rest
}
