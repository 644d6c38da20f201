import { z } from 'zod'
import { MENU_TYPES } from '../../../wechat/rules/menu-limits.ts'
import { answerSchema } from '../../auto-replies/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)
const text = (most: number) => z.string().max(most).default('')

/** Made where the button is made, and kept: figures and answers are found by it. */
const buttonId = z.string().regex(/^[a-z0-9]{6,16}$/)

/** One button that does something. A draft may be incomplete anywhere: `checkMenus` says what is missing. */
export const menuLeaf = z.object({
  id: buttonId,
  name: text(200),
  type: z.enum(MENU_TYPES).default('click'),
  /** What its event brings back; empty: one of ours. */
  key: text(500),
  url: text(4_000),
  appId: text(64),
  path: text(2_000),
  /** Material uploaded here, else what WeChat knows by this id. */
  mediaAssetId: id.nullable().default(null),
  mediaId: text(256),
  articleSetId: id.nullable().default(null),
  articleId: text(256),
  /** What a tap is answered with, of the kinds that can be. */
  answer: answerSchema.nullable().default(null),
})
export type MenuLeaf = z.infer<typeof menuLeaf>
/** With something below it, it only opens that. */
export const menuButton = menuLeaf.extend({ below: z.array(menuLeaf).max(20).default([]) })
export type MenuButton = z.infer<typeof menuButton>

export const phoneSystem = z.enum(['ios', 'android', 'other'])
/** 匹配规则: fans with this WeChat tag, on this system, or both. */
export const menuMatch = z.object({
  tagId: z.number().int().min(0).nullable().default(null),
  system: phoneSystem.nullable().default(null),
})
export type MenuMatch = z.infer<typeof menuMatch>

export const menuDraft = z.object({
  id: buttonId,
  name: z.string().trim().min(1).max(30),
  /** Null: the default, shown to whoever fits no other. */
  match: menuMatch.nullable(),
  buttons: z.array(menuButton).max(20),
})
export type MenuDraft = z.infer<typeof menuDraft>

export const MAX_MENUS = 20
/** The default first, the others in the order in which they are tried. */
export const menuDrafts = z.array(menuDraft).max(MAX_MENUS)
