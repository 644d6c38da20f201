import type { JsonObject } from '../../json.ts'
import type { Database, Queries } from '../../store/database.ts'
import type { FanRow } from '../users/fans.ts'

type Reader = Pick<Database, 'row' | 'rows'>
export type Rule = { tag_id?: number; client_platform_type?: 1 | 2 | 3 }
export type Conditional = { id: string; rule: Rule; buttons: JsonObject[] }
/** Everything an account has: what fans see is decided by this alone. Conditional ones newest first. */
export type MenuBoard = {
  menu: { id: string; buttons: JsonObject[]; fromConsole: boolean } | null
  conditional: Conditional[]
}
export type Seen = { menuId: string; buttons: JsonObject[] }

export async function readBoard(db: Reader, accountId: number): Promise<MenuBoard> {
  const menu = await db.row<{ id: string; buttons: JsonObject[]; fromConsole: boolean }>(
    'select menu_id::text as id, buttons, from_console as "fromConsole" from menu where account_id = $1',
    [accountId],
  )
  const conditional = await db.rows<Conditional>(
    'select menu_id::text as id, rule, buttons from conditional_menu where account_id = $1 order by menu_id desc',
    [accountId],
  )
  return { menu: menu ?? null, conditional }
}

/** Keeps what the menus were after every change, so that it can be said what a fan saw meanwhile. */
export async function recordBoard(tx: Queries, accountId: number, at: Date): Promise<void> {
  const board = await readBoard(tx, accountId)
  await tx.run('insert into menu_change (account_id, at, board) values ($1, $2, $3)', [
    accountId,
    at,
    JSON.stringify(board),
  ])
}

export type Phone = { lastTag: number | null; system: 1 | 2 | 3 }

/** The system of a fan's phone never changes; of ten, four have iOS, five Android. */
export function systemOf(fan: Pick<FanRow, 'id'>): Phone['system'] {
  const digit = Number(BigInt(fan.id) % 10n)
  if (digit < 4) return 1
  return digit < 9 ? 2 : 3
}

/** "当用户身上的标签超过1个时，以最后打上的标签为匹配": only the tag given last counts. */
export async function phoneOf(db: Reader, fan: Pick<FanRow, 'id'>): Promise<Phone> {
  const last = await db.row<{ tag: number }>(
    'select tag_id as tag from tag_member where fan_id = $1 order by seq desc limit 1',
    [fan.id],
  )
  return { lastTag: last?.tag ?? null, system: systemOf(fan) }
}

/** 个性化菜单: tried from the newest to the oldest; the default for whom none fits. */
export function menuOf({ menu, conditional }: MenuBoard, phone: Phone): Seen | null {
  const found = conditional.find(
    ({ rule }) =>
      (rule.tag_id === undefined || rule.tag_id === phone.lastTag) &&
      (rule.client_platform_type === undefined || rule.client_platform_type === phone.system),
  )
  if (found) return { menuId: found.id, buttons: found.buttons }
  return menu && { menuId: menu.id, buttons: menu.buttons }
}

export const menuOfFan = async (db: Reader, fan: FanRow): Promise<Seen | null> =>
  menuOf(await readBoard(db, fan.account_id), await phoneOf(db, fan))

/** What a fan of these tags and this phone would have seen after each change, oldest first. */
export async function seenBy(db: Reader, fan: FanRow): Promise<(Seen | null)[]> {
  const phone = await phoneOf(db, fan)
  const changes = await db.rows<{ board: MenuBoard }>(
    'select board from menu_change where account_id = $1 order by id desc limit 500',
    [fan.account_id],
  )
  return changes.toReversed().map(({ board }) => menuOf(board, phone))
}
