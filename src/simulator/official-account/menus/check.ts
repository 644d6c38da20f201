import { isObject, type JsonObject } from '../../json.ts'
import type { Call } from '../call.ts'
import { linkedMiniProgram } from '../custom/content.ts'
import { findMedia } from '../material/store.ts'
import { Refusal, refuse } from '../refusal.ts'

const MOST_BUTTONS = 3
const MOST_BELOW = 5
const NAME_BYTES = 16
const NAME_BYTES_BELOW = 60
const KEY_BYTES = 128
const URL_BYTES = 1_024
/** 个性化菜单: "最多只能设置为跳转到3个域名下的链接", all of them together. */
const MOST_DOMAINS = 3

const KEYED = new Set([
  'click',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
])

/** What each kind of button is refused with, by itself and below another. */
type Codes = { type: number; name: number; key: number; url: number; domain: number }
const TOP: Codes = { type: 40017, name: 40018, key: 40019, url: 40020, domain: 40055 }
const BELOW: Codes = { type: 40024, name: 40025, key: 40026, url: 40027, domain: 40054 }

/** 自定义菜单 (checked 2026-11): 3 buttons with 5 below each; names in bytes. Returns the buttons as they came. */
export async function checkButtons(call: Call, value: unknown, empty = 40016): Promise<JsonObject[]> {
  if (!Array.isArray(value) || value.length === 0) refuse(empty)
  if (value.length > MOST_BUTTONS) refuse(40016)
  for (const button of value) await check(call, button)
  return value as JsonObject[]
}

async function check(call: Call, button: unknown): Promise<void> {
  if (!isObject(button)) refuse(40016)
  const below = button['sub_button']
  const parent = Array.isArray(below) && below.length > 0
  named(button, NAME_BYTES, TOP)
  if (!parent) return checkLeaf(call, button, TOP)
  if (below.length > MOST_BELOW) refuse(40023)
  for (const item of below) {
    if (!isObject(item)) refuse(40023)
    named(item, NAME_BYTES_BELOW, BELOW)
    await checkLeaf(call, item, BELOW)
  }
}

function named(button: JsonObject, most: number, codes: Codes): void {
  const name = button['name']
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > most) refuse(codes.name)
}

async function checkLeaf(call: Call, button: JsonObject, codes: Codes): Promise<void> {
  const type = button['type']
  if (typeof type !== 'string') refuse(codes.type)
  if (KEYED.has(type)) return bounded(button['key'], KEY_BYTES, codes.key)
  switch (type) {
    case 'view':
      return address(button, codes)
    case 'miniprogram':
      address(button, codes)
      return miniProgram(call, button)
    case 'media_id':
    case 'view_limited':
      return material(call, button['media_id'])
    case 'article_id':
    case 'article_view_limited':
      return article(call, button['article_id'])
    default:
      refuse(codes.type)
  }
}

function bounded(value: unknown, most: number, errcode: number): void {
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > most) refuse(errcode)
}

function address(button: JsonObject, codes: Codes): void {
  bounded(button['url'], URL_BYTES, codes.url)
  if (hostOf(button['url']) === undefined) refuse(codes.domain)
}

function hostOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const { protocol, hostname } = new URL(value)
  return /^https?:$/.test(protocol) ? hostname : undefined
}

function miniProgram({ account }: Call, button: JsonObject): void {
  if (typeof button['pagepath'] !== 'string' || button['pagepath'] === '') refuse(40035)
  try {
    linkedMiniProgram(account, button['appid'])
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(45064) : error
  }
}

async function material({ world, account, now }: Call, id: unknown): Promise<void> {
  const found = typeof id === 'string' ? await findMedia(world.db, account.id, id, now) : undefined
  if (!found?.permanent) refuse(40007)
}

async function article({ world, account }: Call, id: unknown): Promise<void> {
  const found =
    typeof id === 'string' &&
    (await world.db.row(
      'select 1 from publication where account_id = $1 and article_id = $2 and deleted_at is null',
      [account.id, id],
    ))
  if (!found) refuse(53600)
}

/** Every button that does something by itself. */
export const leavesOf = (buttons: readonly JsonObject[]): JsonObject[] =>
  buttons.flatMap((button) => {
    const below = button['sub_button']
    return Array.isArray(below) && below.length > 0 ? (below as JsonObject[]) : [button]
  })

export function checkDomains(menus: readonly JsonObject[][]): void {
  const hosts = menus.flatMap((buttons) => leavesOf(buttons).flatMap(({ url }) => hostOf(url) ?? []))
  if (new Set(hosts).size > MOST_DOMAINS) refuse(65316)
}
