import { articleSetKind, MEDIA_KINDS, type MediaKind } from '../schema.ts'

/** What the page of materials shows one at a time. */
export const TABS = [...articleSetKind.options, ...MEDIA_KINDS] as const
export type MaterialTab = (typeof TABS)[number]

export const tabOf = (value: string | undefined): MaterialTab => TABS.find((one) => one === value) ?? 'draft'
export const isMedia = (tab: MaterialTab): tab is MediaKind =>
  (MEDIA_KINDS as readonly string[]).includes(tab)
