import { bytesOf, isAppId, isWebAddress } from '../../../wechat/rules/customer-service-limits.ts'
import { hostsOf, isKeyed, MENU_LIMITS } from '../../../wechat/rules/menu-limits.ts'
import type { MenuButton, MenuDraft, MenuLeaf, MenuProblem, MenuReason } from '../schema.ts'
import { keyOf, leavesOf } from './wire.ts'

/** What has to be known of the account; what is left out is not asked about. */
export type MenuFacts = {
  linkedAppIds?: readonly string[]
  tagIds?: readonly number[]
  /** Material and published articles that are there, by our ids. */
  mediaAssetIds?: ReadonlySet<string>
  articleSetIds?: ReadonlySet<string>
}

type Found = { field: string; reason: MenuReason; limit?: number; actual?: number }

/** Everything that keeps the menus from being published, each at its place. Nothing that breaks a limit ever leaves us. */
export function checkMenus(menus: readonly MenuDraft[], facts: MenuFacts = {}): MenuProblem[] {
  const at = (menu: number, place: number[]) => (found: Found) => ({ menu, place, ...found })
  if (menus[0]?.match !== null) return [at(0, [])({ field: 'menus', reason: 'default_missing' })]
  return [
    ...menus.flatMap((menu, index) => [
      ...checkMatch(menus, index, facts).map(at(index, [])),
      ...checkCount(menu).map(at(index, [])),
      ...menu.buttons.flatMap((button, top) => [
        ...checkTop(button).map(at(index, [top])),
        ...(button.below.length > 0
          ? button.below.flatMap((one, place) =>
              [...checkName(one.name, MENU_LIMITS.nameBytesBelow), ...checkAction(one, facts)].map(
                at(index, [top, place]),
              ),
            )
          : checkAction(button, facts).map(at(index, [top]))),
      ]),
    ]),
    ...checkTwice(menus),
    ...checkHosts(menus).map(at(0, [])),
  ]
}

function checkMatch(menus: readonly MenuDraft[], index: number, { tagIds }: MenuFacts): Found[] {
  if (index === 0) return []
  const match = menus[index]?.match ?? null
  if (match === null || (match.tagId === null && match.system === null))
    return [{ field: 'match', reason: 'match_missing' }]
  const { tagId, system } = match
  const twice = menus
    .slice(0, index)
    .some((other) => other.match?.tagId === tagId && other.match.system === system)
  return [
    ...(twice ? [{ field: 'match', reason: 'match_twice' as const }] : []),
    ...(tagId !== null && tagIds && !tagIds.includes(tagId)
      ? [{ field: 'match', reason: 'tag_gone' as const }]
      : []),
  ]
}

function checkCount({ buttons }: MenuDraft): Found[] {
  if (buttons.length === 0) return [{ field: 'buttons', reason: 'no_buttons' }]
  return over('buttons', 'too_many_buttons', buttons.length, MENU_LIMITS.buttons)
}

const checkTop = ({ name, below }: MenuButton): Found[] => [
  ...checkName(name, MENU_LIMITS.nameBytes),
  ...over('below', 'too_many_below', below.length, MENU_LIMITS.below),
]

function checkName(name: string, most: number): Found[] {
  const said = name.trim()
  if (said === '') return [{ field: 'name', reason: 'name_missing' }]
  return over('name', 'name_too_long', bytesOf(said), most)
}

function checkAction(button: MenuLeaf, facts: MenuFacts): Found[] {
  const { type } = button
  if (isKeyed(type)) return over('key', 'key_too_long', bytesOf(keyOf(button)), MENU_LIMITS.keyBytes)
  switch (type) {
    case 'view':
      return checkUrl(button.url)
    case 'miniprogram':
      return [...checkUrl(button.url), ...checkMiniProgram(button, facts)]
    case 'media_id':
      return checkMaterial(button, facts)
    case 'view_limited':
      return button.mediaId === '' ? [{ field: 'mediaId', reason: 'material_missing' }] : []
    default:
      return checkArticle(button, facts)
  }
}

function checkUrl(value: string): Found[] {
  const url = value.trim()
  if (url === '') return [{ field: 'url', reason: 'url_missing' }]
  if (!isWebAddress(url)) return [{ field: 'url', reason: 'url_invalid' }]
  return over('url', 'url_too_long', bytesOf(url), MENU_LIMITS.urlBytes)
}

function checkMiniProgram(button: MenuLeaf, { linkedAppIds }: MenuFacts): Found[] {
  const appId = button.appId.trim()
  const reason: MenuReason | undefined = !isAppId(appId)
    ? 'mini_program_missing'
    : linkedAppIds && !linkedAppIds.includes(appId)
      ? 'mini_program_not_linked'
      : undefined
  return [
    ...(reason ? [{ field: 'appId', reason }] : []),
    ...(button.path.trim() === '' ? [{ field: 'path', reason: 'path_missing' as const }] : []),
  ]
}

function checkMaterial({ mediaAssetId, mediaId }: MenuLeaf, { mediaAssetIds }: MenuFacts): Found[] {
  if (mediaAssetId === null)
    return mediaId === '' ? [{ field: 'mediaAssetId', reason: 'material_missing' }] : []
  return mediaAssetIds && !mediaAssetIds.has(mediaAssetId)
    ? [{ field: 'mediaAssetId', reason: 'material_gone' }]
    : []
}

function checkArticle({ articleSetId, articleId }: MenuLeaf, { articleSetIds }: MenuFacts): Found[] {
  if (articleSetId === null)
    return articleId === '' ? [{ field: 'articleSetId', reason: 'article_missing' }] : []
  return articleSetIds && !articleSetIds.has(articleSetId)
    ? [{ field: 'articleSetId', reason: 'article_not_published' }]
    : []
}

/** One key can have one answer; two buttons of one id would be one button to figures and answers. */
function checkTwice(menus: readonly MenuDraft[]): MenuProblem[] {
  const ids = new Set<string>()
  const keys = new Map<string, boolean>()
  return leavesOf(menus).flatMap(({ menu, place, button }) => {
    const found: MenuProblem[] = []
    if (ids.has(button.id)) found.push({ menu, place, field: 'id', reason: 'id_twice' })
    ids.add(button.id)
    if (!isKeyed(button.type)) return found
    const answered = keys.get(keyOf(button))
    if (answered !== undefined && (answered || button.answer !== null))
      found.push({ menu, place, field: 'key', reason: 'key_twice' })
    keys.set(keyOf(button), answered === true || button.answer !== null)
    return found
  })
}

function checkHosts(menus: readonly MenuDraft[]): Found[] {
  const urls = leavesOf(menus.slice(1)).flatMap(({ button }) =>
    button.type === 'view' || button.type === 'miniprogram' ? [button.url.trim()] : [],
  )
  return over('menus', 'too_many_hosts', hostsOf(urls).size, MENU_LIMITS.conditionalDomains)
}

const over = (field: string, reason: MenuReason, actual: number, limit: number): Found[] =>
  actual > limit ? [{ field, reason, limit, actual }] : []
