import { expect, test } from 'vitest'
import type { MenuButton, MenuDraft } from '../schema.ts'
import { checkMenus, type MenuFacts } from './check.ts'
import { button, match, menu } from './test-menus.ts'

const reasons = (menus: MenuDraft[], facts?: MenuFacts) => checkMenus(menus, facts).map((one) => one.reason)
const ofButton = (fields: Partial<MenuButton>, facts?: MenuFacts) =>
  reasons([menu({ buttons: [button(fields)] })], facts)
const below = (count: number, fields: Partial<MenuButton> = {}) =>
  Array.from({ length: count }, () => button(fields))
const letters = (count: number) => 'a'.repeat(count)

test('D12: three buttons and five below are a menu; a fourth and a sixth are not, nor none', () => {
  const full = () => button({ below: below(5) })
  expect(reasons([menu({ buttons: [full(), full(), full()] })])).toEqual([])
  expect(reasons([menu({ buttons: [full(), full(), full(), full()] })])).toEqual(['too_many_buttons'])
  expect(reasons([menu({ buttons: [button({ below: below(6) })] })])).toEqual(['too_many_below'])
  expect(reasons([menu({ buttons: [] })])).toEqual(['no_buttons'])
})

test.each<[string, Partial<MenuButton>, Partial<MenuButton>, string]>([
  ['a name', { name: letters(16) }, { name: letters(17) }, 'name_too_long'],
  ['a name in Chinese, three bytes each', { name: '一二三四五' }, { name: '一二三四五六' }, 'name_too_long'],
  ['a name', { name: ' x ' }, { name: '  ' }, 'name_missing'],
  [
    'a name below',
    { below: below(1, { name: letters(60) }) },
    { below: below(1, { name: letters(61) }) },
    'name_too_long',
  ],
  ['a key', { key: letters(128) }, { key: letters(129) }, 'key_too_long'],
  [
    'an address',
    { type: 'view', url: `https://a.cn/${letters(1_011)}` },
    { type: 'view', url: `https://a.cn/${letters(1_012)}` },
    'url_too_long',
  ],
  ['an address', { type: 'view', url: 'http://a.cn' }, { type: 'view', url: 'a.cn' }, 'url_invalid'],
  ['an address', { type: 'view', url: 'http://a.cn' }, { type: 'view' }, 'url_missing'],
  ['material', { type: 'media_id', mediaId: 'm' }, { type: 'media_id' }, 'material_missing'],
  ['an article', { type: 'article_id', articleId: 'a' }, { type: 'article_id' }, 'article_missing'],
])('D12: %s has its limit on both sides', (_what, right, wrong, reason) => {
  expect(ofButton(right)).toEqual([])
  expect(ofButton(wrong)).toEqual([reason])
})

test('D12: what a button names has to be there: a linked mini program, material, a published article, a tag', () => {
  const program = {
    type: 'miniprogram',
    url: 'https://a.cn',
    appId: 'wx1234567890abcdef',
    path: 'p',
  } as const
  expect(ofButton(program, { linkedAppIds: [program.appId] })).toEqual([])
  expect(ofButton(program, { linkedAppIds: [] })).toEqual(['mini_program_not_linked'])
  expect(ofButton({ ...program, appId: 'wx1', path: '' })).toEqual(['mini_program_missing', 'path_missing'])
  const media = { type: 'media_id', mediaAssetId: '7' } as const
  expect(ofButton(media, { mediaAssetIds: new Set(['7']) })).toEqual([])
  expect(ofButton(media, { mediaAssetIds: new Set() })).toEqual(['material_gone'])
  const article = { type: 'article_view_limited', articleSetId: '8' } as const
  expect(ofButton(article, { articleSetIds: new Set(['8']) })).toEqual([])
  expect(ofButton(article, { articleSetIds: new Set() })).toEqual(['article_not_published'])
  const tagged = [menu(), menu({ match: match({ tagId: 100 }) })]
  expect(reasons(tagged, { tagIds: [100] })).toEqual([])
  expect(reasons(tagged, { tagIds: [] })).toEqual(['tag_gone'])
})

test('D12: others need a default, and somebody whom they are for, each their own', () => {
  expect(reasons([menu({ match: match({ system: 'ios' }) })])).toEqual(['default_missing'])
  expect(reasons([])).toEqual(['default_missing'])
  expect(reasons([menu(), menu({ match: match() })])).toEqual(['match_missing'])
  const ios = () => menu({ match: match({ system: 'ios' }) })
  expect(reasons([menu(), ios()])).toEqual([])
  expect(reasons([menu(), ios(), ios()])).toEqual(['match_twice'])
})

test('D12: conditional menus lead to three hosts in all, the default to any', () => {
  const pages = (...hosts: string[]) =>
    hosts.map((host) => button({ type: 'view', url: `https://${host}/x` }))
  const ios = { match: match({ system: 'ios' }) }
  const android = { match: match({ system: 'android' }) }
  const free = menu({ buttons: [button({ below: pages('1.cn', '2.cn', '3.cn', '4.cn') })] })
  const [three, other] = [
    menu({ ...ios, buttons: pages('a.cn', 'b.cn') }),
    menu({ ...android, buttons: pages('c.cn', 'a.cn') }),
  ]
  expect(reasons([free, three, other])).toEqual([])
  const fourth = menu({ ...android, buttons: pages('c.cn', 'd.cn') })
  expect(reasons([free, three, fourth])).toEqual(['too_many_hosts'])
})

test('D12: a key has one answer; without any, several buttons may share it', () => {
  const answer = {
    mode: 'all',
    replies: [],
    effects: { give: ['1'], take: [], attributes: [], campaignId: null },
  } as const
  const two = (first: object, second: object) =>
    reasons([menu({ buttons: [button({ key: 'K', ...first }), button({ key: 'K', ...second })] })])
  expect(two({}, {})).toEqual([])
  expect(two({ answer }, {})).toEqual(['key_twice'])
  expect(two({}, { answer })).toEqual(['key_twice'])
  expect(two({ answer }, { key: 'L', answer })).toEqual([])
  const same = button()
  expect(reasons([menu({ buttons: [same, same] })])).toEqual(['id_twice'])
})
