/**
 * 自定义菜单 (创建菜单, 创建个性化菜单, 查询自定义菜单信息), checked 2026-11. What is marked so is nowhere documented.
 */
export const MENU_LIMITS = {
  buttons: 3,
  below: 5,
  nameBytes: 16,
  nameBytesBelow: 60,
  /** 一级菜单最多4个汉字, 二级菜单最多8个汉字: the phone cuts what is wider. A character of Latin is half of one. */
  shownCharacters: 4,
  shownCharactersBelow: 8,
  keyBytes: 128,
  urlBytes: 1_024,
  /** 一个公众号的所有个性化菜单，最多只能设置为跳转到3个域名下的链接; whether mini programs' fallback pages count: unverified, counted. */
  conditionalDomains: 3,
} as const

/** Phones ask for the menu when a chat is opened and what they have is older. */
export const MENU_REFRESH_MINUTES = 5

/** Kinds that carry a key of their own, which their event brings back. */
export const KEYED_TYPES = [
  'click',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
] as const
/** Of these only may the tap itself be answered: the others open no window (客服消息, 2023-06-12). */
export const ANSWERABLE_TYPES = ['click', 'scancode_push', 'scancode_waitmsg'] as const
/** 它们是没有事件推送的: nobody is told of a tap. */
export const UNTOLD_TYPES = ['media_id', 'view_limited', 'article_id', 'article_view_limited'] as const

export const MENU_TYPES = [
  ...KEYED_TYPES,
  'view',
  'miniprogram',
  'media_id',
  'article_id',
  'article_view_limited',
  /** 图文信息类型的 view_limited 不再支持: there is no permanent news any more to name; only seen in old menus. */
  'view_limited',
] as const
export type MenuType = (typeof MENU_TYPES)[number]

export const isKeyed = (type: MenuType): type is (typeof KEYED_TYPES)[number] =>
  (KEYED_TYPES as readonly string[]).includes(type)
export const isAnswerable = (type: MenuType): boolean =>
  (ANSWERABLE_TYPES as readonly string[]).includes(type)
export const tellsOfTaps = (type: MenuType): boolean => !(UNTOLD_TYPES as readonly string[]).includes(type)

/** How wide a name is on the phone, in Chinese characters. */
export const shownWidth = (name: string): number => {
  let width = 0
  for (const character of name) width += (character.codePointAt(0) ?? 0) < 0x2e80 ? 0.5 : 1
  return width
}

/** The hosts that addresses lead to; what is no web address leads to none. */
export const hostsOf = (urls: Iterable<string>): Set<string> => {
  const hosts = new Set<string>()
  for (const url of urls)
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) hosts.add(new URL(url).hostname)
  return hosts
}

export type MenuMatch = {
  readonly tagId: number | null
  readonly system: 'ios' | 'android' | 'other' | null
}

/**
 * Whether one fan may fit both. Of several tags WeChat looks at the one given last, so two tags never fit the same fan; taken
 * to overlap all the same, so that the order is right even if it looked at all.
 */
export const mayOverlap = (a: MenuMatch, b: MenuMatch): boolean =>
  a.system === null || b.system === null || a.system === b.system
