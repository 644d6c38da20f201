import { expect, test } from 'vitest'
import type { LiveMenus, WantedMenus, WireButton } from '../schema.ts'
import { diffMenus } from './diff.ts'

const click = (name: string, key = name): WireButton => ({ name, type: 'click', key })
const live = (...buttons: WireButton[]): LiveMenus => ({ buttons, conditional: [] })
const wanted = (...buttons: WireButton[]): WantedMenus => ({ buttons, conditional: [] })
const told = (before: LiveMenus | null, after: WantedMenus | null) =>
  diffMenus(before, after).flatMap(({ buttons }) =>
    buttons.map(({ what, place, fields }) => [what, place.join('.'), fields.join(',')].join(' ').trim()),
  )

test('D12: nothing differs where WeChat only writes it another way', () => {
  const theirs = { ...click('一'), sub_button: [] }
  expect(diffMenus(live(theirs), wanted(click('一')))).toEqual([])
  expect(diffMenus(null, null)).toEqual([])
})

test.each<[string, WireButton[], WireButton[], string[]]>([
  ['one more', [click('一')], [click('一'), click('二')], ['added 1']],
  ['one less', [click('一'), click('二')], [click('二')], ['removed 0']],
  ['another name', [click('一')], [click('壹', '一')], ['changed 0 name']],
  [
    'another kind',
    [click('一')],
    [{ name: '一', type: 'view', url: 'https://a.cn' }],
    ['changed 0 type,key,url'],
  ],
  ['another order', [click('一'), click('二')], [click('二'), click('一')], ['moved 0']],
  [
    'one below changed',
    [{ name: '更多', sub_button: [click('一'), click('二')] }],
    [{ name: '更多', sub_button: [click('一'), click('二', 'K')] }],
    ['changed 0.1 key'],
  ],
  [
    'opens something now',
    [click('更多')],
    [{ name: '更多', sub_button: [click('一')] }],
    ['changed 0 type,key', 'added 0.0'],
  ],
])('D12: %s is said', (_what, before, after, changes) => {
  expect(told(live(...before), wanted(...after))).toEqual(changes)
})

test('D12: menus are told apart by whom they are for: added, removed, moved', () => {
  const [ios, tagged] = (
    [
      { tagId: null, system: 'ios' },
      { tagId: 7, system: null },
    ] as const
  ).map((match) => ({ match, buttons: [click(JSON.stringify(match))] })) as [
    WantedMenus['conditional'][number],
    WantedMenus['conditional'][number],
  ]
  const old: LiveMenus = {
    ...live(click('一')),
    conditional: [
      { ...ios, menuId: '2' },
      { ...tagged, menuId: '1' },
    ],
  }
  const whats = (...conditional: WantedMenus['conditional']) =>
    diffMenus(old, { ...wanted(click('一')), conditional }).map(({ what, match, menu }) => [
      what,
      match?.tagId,
      menu,
    ])
  expect(whats(ios, tagged)).toEqual([])
  expect(whats(tagged, ios)).toEqual([['moved', 7, 1]])
  expect(whats(tagged)).toEqual([['removed', null, null]])
  const other = { match: { tagId: 8, system: null }, buttons: [click('八')] }
  expect(whats(ios, tagged, other)).toEqual([['added', 8, 3]])
  expect(diffMenus(old, null).map(({ what }) => what)).toEqual(['removed', 'removed', 'removed'])
})
