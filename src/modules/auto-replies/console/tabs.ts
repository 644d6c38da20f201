import type { ReplyKind } from '../schema.ts'

export const TABS = ['keyword', 'follow', 'default', 'owned'] as const
export type Tab = (typeof TABS)[number]
/** What can be made on this page; answers of codes and buttons are made on theirs. */
export type MadeKind = Exclude<Tab, 'owned'>

export const tabOf = (value: string | undefined): Tab => TABS.find((one) => one === value) ?? 'keyword'
export const isMade = (kind: ReplyKind): kind is MadeKind => kind !== 'scan' && kind !== 'menu'
