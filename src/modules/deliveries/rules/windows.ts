import { type WindowKind, type WindowSettings, windowRule } from '../../../wechat/rules/service-window.ts'
import type { OpenWindow } from './decide.ts'

/** 互动窗口 of one fan, as `service_windows` keeps them: the latest act of each kind, and what was taken of it. */
export type BookedWindow = OpenWindow & {
  kind: WindowKind
  /** Of two acts of one instant, the one that was told later counts. */
  told: number
}
export type WindowBook = { readonly windows: readonly BookedWindow[]; readonly leftAt: number }

/** `told` rises with each event that we are told. */
export type BookedAct = { kind: WindowKind; at: number; told: number }

export const EMPTY_BOOK: WindowBook = { windows: [], leftAt: Number.NEGATIVE_INFINITY }

/**
 * After an act: its kind begins anew, unless a later one of the kind is known, or the fan has left since. `following` is whether
 * they follow with this act known.
 */
export function acted(
  book: WindowBook,
  { kind, at, told }: BookedAct,
  { following, ...settings }: WindowSettings & { following: boolean },
): WindowBook {
  if (book.leftAt > at || (book.leftAt === at && !following)) return book
  let place = 0
  while (place < book.windows.length && book.windows[place]?.kind !== kind) place += 1
  const before = book.windows[place]
  if (before !== undefined && !isBefore(before, { at, told })) return book
  const openedAt = new Date(at)
  const rule = windowRule(kind, openedAt, settings)
  if (rule === undefined) return book
  const windows = book.windows.slice()
  windows[place] = { kind, openedAt, expiresAt: new Date(at + rule.lengthMs), left: rule.sends, told }
  return { windows, leftAt: book.leftAt }
}

/** After the fan left: nothing that they did before allows anything any more. */
export const left = (book: WindowBook, leave: Pick<BookedAct, 'at' | 'told'>): WindowBook => ({
  windows: book.windows.filter((one) => !isBefore(one, leave)),
  leftAt: Math.max(book.leftAt, leave.at),
})

const isBefore = ({ openedAt, told }: BookedWindow, than: Pick<BookedAct, 'at' | 'told'>): boolean =>
  openedAt.getTime() < than.at || (openedAt.getTime() === than.at && told < than.told)

/** After one message: of the open windows with something left, the one that is over first has one less. Null: there is none. */
export function taken(book: WindowBook, now: Date): WindowBook | null {
  let chosen: BookedWindow | null = null
  for (const one of book.windows) {
    const open = one.openedAt <= now && one.expiresAt > now && one.left > 0
    if (open && (chosen === null || goesFirst(one, chosen))) chosen = one
  }
  return chosen === null ? null : takenFrom(book, chosen.kind)
}

/** After one message that is known to have taken from the window of this kind. */
export const takenFrom = (book: WindowBook, kind: WindowKind): WindowBook => ({
  ...book,
  windows: book.windows.map((one) => (one.kind === kind ? { ...one, left: Math.max(0, one.left - 1) } : one)),
})

function goesFirst(a: BookedWindow, b: BookedWindow): boolean {
  const between = a.expiresAt.getTime() - b.expiresAt.getTime()
  return between === 0 ? a.kind < b.kind : between < 0
}
