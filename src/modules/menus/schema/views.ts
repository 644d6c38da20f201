import { z } from 'zod'
import { menuButton } from '../../../wechat/payloads/menu.ts'
import { answerProblem } from '../../auto-replies/schema.ts'
import { menuDrafts, menuMatch } from './menu.ts'

const instant = z.iso.datetime()

/** A button as WeChat has it. */
export const wireButton = menuButton
export type WireButton = z.infer<typeof wireButton>

export const wantedMenus = z.object({
  buttons: z.array(wireButton),
  /** In the order in which they are tried. */
  conditional: z.array(z.object({ match: menuMatch, buttons: z.array(wireButton) })),
})
export type WantedMenus = z.infer<typeof wantedMenus>
export const liveMenus = z.object({
  buttons: z.array(wireButton),
  /** In the order in which they are tried; one whose match is null is shown to nobody any more. */
  conditional: z.array(
    z.object({ menuId: z.string(), match: menuMatch.nullable(), buttons: z.array(wireButton) }),
  ),
})
export type LiveMenus = z.infer<typeof liveMenus>

export const menuReasons = [
  'default_missing',
  'match_missing',
  'match_twice',
  'tag_gone',
  'no_buttons',
  'too_many_buttons',
  'too_many_below',
  'name_missing',
  'name_too_long',
  'key_too_long',
  'key_twice',
  'id_twice',
  'url_missing',
  'url_invalid',
  'url_too_long',
  'mini_program_missing',
  'mini_program_not_linked',
  'path_missing',
  'material_missing',
  'material_gone',
  'article_missing',
  'article_not_published',
  'too_many_hosts',
  'too_many_hosts_on_the_way',
] as const
export type MenuReason = (typeof menuReasons)[number]
/** What is wrong, and where: the menu's place, then the button's and the one's below it. */
export const menuProblem = z.object({
  menu: z.number().int(),
  place: z.array(z.number().int()),
  field: z.string(),
  reason: z.enum(menuReasons),
  limit: z.number().optional(),
  actual: z.number().optional(),
})
export type MenuProblem = z.infer<typeof menuProblem>

export const buttonChange = z.object({
  what: z.enum(['added', 'removed', 'changed', 'moved']),
  /** Where it is, or was where it is removed. */
  place: z.array(z.number().int()),
  before: wireButton.nullable(),
  after: wireButton.nullable(),
  /** Which of its fields are others. */
  fields: z.array(z.string()),
})
export type ButtonChange = z.infer<typeof buttonChange>
/** 与线上的差异 of one menu; `match` null is the default. */
export const menuChange = z.object({
  what: z.enum(['added', 'removed', 'changed', 'moved']),
  match: menuMatch.nullable(),
  /** Place among the wanted; null where it is removed. */
  menu: z.number().int().nullable(),
  buttons: z.array(buttonChange),
})
export type MenuChange = z.infer<typeof menuChange>

export const menuPublication = z.object({
  id: z.string(),
  revision: z.number(),
  state: z.enum(['running', 'done', 'failed']),
  problem: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  /** Calls that were made. */
  steps: z.number(),
  /** What it was to change. */
  changes: z.array(menuChange),
  createdBy: z.string().nullable(),
  createdAt: instant,
  endedAt: instant.nullable(),
})
export type MenuPublication = z.infer<typeof menuPublication>

export const menusView = z.object({
  revision: z.number(),
  menus: menuDrafts,
  updatedBy: z.string().nullable(),
  updatedAt: instant.nullable(),
  /** What WeChat had when we last looked; null: no menu made by calls. */
  live: liveMenus.nullable(),
  /** Null: never looked. */
  liveAt: instant.nullable(),
  /** Says which live menus were seen. */
  liveDigest: z.string(),
  problems: z.array(menuProblem),
  /** What is wrong with the answers of buttons, by their keys; it keeps nothing from being published. */
  answerProblems: z.array(answerProblem.omit({ rule: true }).extend({ key: z.string() })),
  changes: z.array(menuChange),
  publication: menuPublication.nullable(),
})
export type MenusView = z.infer<typeof menusView>

/** Which menu WeChat shows one fan: the default where `match` is null; no buttons where there is no menu. */
export const shownMenu = z.object({ match: menuMatch.nullable(), buttons: z.array(wireButton) })
export type ShownMenu = z.infer<typeof shownMenu>

/** What could not be taken over from WeChat as it is. */
export const importNote = z.object({
  menu: z.string(),
  button: z.string().nullable(),
  reason: z.enum(['match_unknown', 'video', 'media_gone', 'kind_unknown', 'key_of_another_system']),
  /** Of a film: where it can be seen as long as WeChat keeps it there. */
  url: z.string().optional(),
})
export type ImportNote = z.infer<typeof importNote>
export const menuProposal = z.object({ menus: menuDrafts, notes: z.array(importNote) })
export type MenuProposal = z.infer<typeof menuProposal>
