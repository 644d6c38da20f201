import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveMenus, MenuMatch, WantedMenus, WireButton } from '../schema.ts'
import { MOST_STEPS, nextStep, tooManyHostsOnTheWay } from './steps.ts'

type Fan = { tag: number | null; system: 'ios' | 'android' | 'other' }
const FANS: Fan[] = [null, 1, 2].flatMap((tag) =>
  (['ios', 'android', 'other'] as const).map((system) => ({ tag, system })),
)
const fits = (rule: MenuMatch, { tag, system }: Fan): boolean =>
  (rule.tagId === null || rule.tagId === tag) && (rule.system === null || rule.system === system)
const named = (name: string): WireButton[] => [{ name, type: 'click', key: name }]

/** What WeChat shows: the newest that fits, else the default. */
const seen = (live: LiveMenus | null, fan: Fan): string | undefined =>
  (live?.conditional.find(({ match }) => match !== null && fits(match, fan)) ?? live)?.buttons[0]?.name
const aim = (wanted: WantedMenus, fan: Fan): string | undefined =>
  (wanted.conditional.find(({ match }) => fits(match, fan)) ?? wanted).buttons[0]?.name

let nextId = 1000
/** One call, as WeChat does it. */
function apply(live: LiveMenus | null, wanted: WantedMenus | null): LiveMenus | null | 'done' {
  const step = nextStep(live, wanted)
  if (step.do === 'nothing') return 'done'
  if (step.do === 'remove-all') return null
  if (step.do === 'create') return { buttons: step.buttons, conditional: live?.conditional ?? [] }
  if (live === null) throw new Error('there is no default menu (65303)')
  if (step.do === 'remove')
    return { ...live, conditional: live.conditional.filter(({ menuId }) => menuId !== step.menuId) }
  nextId += 1
  const added = { menuId: String(nextId), match: step.match, buttons: step.buttons }
  return { ...live, conditional: [added, ...live.conditional] }
}

/** Everything WeChat had on the way, the beginning and the end included. */
function way(from: LiveMenus | null, wanted: WantedMenus | null): (LiveMenus | null)[] {
  const states = [from]
  for (let steps = 0; steps <= MOST_STEPS; steps += 1) {
    const after = apply(states.at(-1) ?? null, wanted)
    if (after === 'done') return states
    states.push(after)
  }
  throw new Error('it never ends')
}

const matches: MenuMatch[] = [null, 1, 2]
  .flatMap((tagId) => [null, 'ios', 'android'].map((system) => ({ tagId, system }) as MenuMatch))
  .filter(({ tagId, system }) => tagId !== null || system !== null)
const names = fc.constantFrom('a', 'b', 'c')
const conditional = fc.uniqueArray(fc.record({ match: fc.constantFrom(...matches), name: names }), {
  maxLength: 6,
  selector: ({ match }) => JSON.stringify(match),
})
const wantedMenus = fc.record({ name: names, others: conditional }).map(
  ({ name, others }): WantedMenus => ({
    buttons: named(`default ${name}`),
    conditional: others.map((one) => ({
      match: one.match,
      buttons: named(`${JSON.stringify(one.match)} ${one.name}`),
    })),
  }),
)
const liveOf = (menus: WantedMenus): LiveMenus => ({
  buttons: menus.buttons,
  conditional: menus.conditional.map((one, at) => ({ ...one, menuId: String(500 - at) })),
})

test('D12: from anything to anything everybody ends with what is wanted, and then nothing is left to do', () => {
  fc.assert(
    fc.property(fc.option(wantedMenus), fc.option(wantedMenus), (before, wanted) => {
      const end = way(before && liveOf(before), wanted).at(-1) ?? null
      if (wanted === null) expect(end).toBeNull()
      else for (const fan of FANS) expect(seen(end, fan)).toBe(aim(wanted, fan))
      expect(end?.conditional.length ?? 0).toBe(wanted?.conditional.length ?? 0)
    }),
    { numRuns: 400 },
  )
})

test('D12: at every moment a fan sees their old menu or their new one; only where two wanted ones fit them, the second of these', () => {
  fc.assert(
    fc.property(wantedMenus, wantedMenus, (before, wanted) => {
      const from = liveOf(before)
      for (const fan of FANS) {
        const [old, aimed] = [seen(from, fan), aim(wanted, fan)]
        const meant = wanted.conditional
          .filter(({ match }) => fits(match, fan))
          .map(({ buttons }) => buttons[0]?.name)
        const allowed = meant.length > 1 ? [old, ...meant] : [old, aimed]
        const shown = way(from, wanted).map((state) => seen(state, fan))
        for (const name of shown) expect(allowed).toContain(name)
        if (meant.length <= 1)
          expect(shown.lastIndexOf(old)).toBeLessThanOrEqual(old === aimed ? Infinity : shown.indexOf(aimed))
      }
    }),
    { numRuns: 300 },
  )
})

test('D12: what stays as it is costs no call: a menu less, or one more on top, is one', () => {
  const of = (...systems: MenuMatch['system'][]): WantedMenus => ({
    buttons: named('d'),
    conditional: systems.map((system) => ({ match: { tagId: null, system }, buttons: named(system ?? '') })),
  })
  expect(way(liveOf(of('ios', 'android')), of('ios', 'android'))).toHaveLength(1)
  expect(way(liveOf(of('ios', 'android')), of('android'))).toHaveLength(2)
  expect(way(liveOf(of('android')), of('ios', 'android'))).toHaveLength(2)
  // they fit nobody together, so their order doesn't matter
  expect(way(liveOf(of('ios', 'android')), of('android', 'ios'))).toHaveLength(1)
})

test('D12: a conditional menu whose rule nobody fits any more is taken away', () => {
  const live: LiveMenus = {
    buttons: named('d'),
    conditional: [{ menuId: '9', match: null, buttons: named('x') }],
  }
  expect(nextStep(live, { buttons: named('d'), conditional: [] })).toEqual({ do: 'remove', menuId: '9' })
})

test('D12: hosts of old and new conditional menus stand together for a moment, and are counted so', () => {
  const pages = (...hosts: string[]): WantedMenus => ({
    buttons: named('d'),
    conditional: [
      {
        match: { tagId: 1, system: null },
        buttons: hosts.map((host) => ({ name: host, type: 'view', url: `https://${host}` })),
      },
    ],
  })
  expect(tooManyHostsOnTheWay(liveOf(pages('a.cn', 'b.cn')), pages('b.cn', 'c.cn'))).toBe(false)
  expect(tooManyHostsOnTheWay(liveOf(pages('a.cn', 'b.cn')), pages('c.cn', 'd.cn'))).toBe(true)
  expect(tooManyHostsOnTheWay(liveOf(pages('a.cn', 'b.cn')), { ...pages(), conditional: [] })).toBe(false)
})
