import { useTranslation } from 'react-i18next'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { MENU_TYPES, type MenuType } from '../../../wechat/rules/menu-limits.ts'
import type { MenuMatch, MenuProblem, WireButton } from '../schema.ts'

/** Whom a menu is for, in words; null is the default. */
export function useMatchWords(): (match: MenuMatch | null) => string {
  const { t } = useTranslation()
  const { nameOf } = useWechatTags()
  return (match) => {
    if (match === null) return t('menus.everybody')
    const { tagId, system } = match
    const said = [
      ...(tagId === null ? [] : [t('menus.withTag', { tag: nameOf(tagId) })]),
      ...(system === null ? [] : [t(`menus.system.${system}`)]),
    ]
    return said.length === 0 ? t('menus.nobodyYet') : said.join(' · ')
  }
}

/** A problem as a sentence that says what to do. */
export function useProblemWords(): (problem: MenuProblem) => string {
  const { t } = useTranslation()
  return ({ reason, limit, actual }) => t(`menus.problem.${reason}`, { limit, actual })
}

const isType = (type: string | undefined): type is MenuType =>
  (MENU_TYPES as readonly (string | undefined)[]).includes(type)

/** What a button at WeChat does, in one line. */
export function useButtonWords(): (button: WireButton) => string {
  const { t } = useTranslation()
  return (button) => {
    if (button.sub_button && button.sub_button.length > 0)
      return t('menus.opens', { names: button.sub_button.map(({ name }) => name).join(t('menus.comma')) })
    const kind = isType(button.type) ? t(`menus.type.${button.type}`) : (button.type ?? '')
    const what = button.url ?? button.pagepath ?? button.key ?? button.media_id ?? button.article_id ?? ''
    return [kind, button.type === 'miniprogram' ? (button.pagepath ?? '') : what].filter(Boolean).join(' · ')
  }
}
