import { isObject, type JsonObject } from '../../json.ts'
import { type Answer, type Call, type Endpoint, OK, verified } from '../call.ts'
import { refuse } from '../refusal.ts'

export const menuEndpoints: Endpoint[] = [
  { path: '/cgi-bin/menu/create', method: 'POST', unicodeEscapes: 'refuse', allow: verified, handle: create },
  { path: '/cgi-bin/menu/get', method: 'GET', allow: verified, handle: read },
  { path: '/cgi-bin/menu/delete', method: 'GET', allow: verified, handle: remove },
]

const MOST_BUTTONS = 3
const MOST_BELOW = 5
const NAME_BYTES = 16
const NAME_BYTES_BELOW = 60
const KEY_BYTES = 128
const URL_BYTES = 1_024

/** Types with a key of their own, those that open a page, and those that take material. */
const KEYED = new Set([
  'click',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
])
const OTHERS = new Set([
  'view',
  'miniprogram',
  'media_id',
  'article_id',
  'article_view_limited',
  'view_limited',
])

/** 自定义菜单 (checked 2026-11): 3 buttons with 5 below each; names in bytes. */
async function create({ world, account, body }: Call): Promise<Answer> {
  const buttons = body['button']
  if (!Array.isArray(buttons) || buttons.length === 0 || buttons.length > MOST_BUTTONS) refuse(40016)
  for (const button of buttons) check(button)
  await world.db.run(
    'insert into menu (account_id, buttons) values ($1, $2) on conflict (account_id) do update set buttons = excluded.buttons',
    [account.id, JSON.stringify(buttons)],
  )
  return OK
}

function check(button: unknown): void {
  if (!isObject(button)) refuse(40016)
  const below = button['sub_button']
  const parent = Array.isArray(below) && below.length > 0
  named(button, NAME_BYTES, 40018)
  if (!parent) {
    checkLeaf(button)
    return
  }
  if (below.length > MOST_BELOW) refuse(40023)
  for (const item of below) {
    if (!isObject(item)) refuse(40023)
    named(item, NAME_BYTES_BELOW, 40025)
    checkLeaf(item)
  }
}

function named(button: JsonObject, most: number, errcode: number): void {
  const name = button['name']
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > most) refuse(errcode)
}

function checkLeaf(button: JsonObject): void {
  const type = button['type']
  if (typeof type !== 'string' || (!KEYED.has(type) && !OTHERS.has(type))) refuse(40017)
  if (KEYED.has(type)) bounded(button['key'], KEY_BYTES, 40019)
  if (type === 'view' || type === 'miniprogram') bounded(button['url'], URL_BYTES, 40020)
  if (type === 'miniprogram' && (!button['appid'] || !button['pagepath'])) refuse(40035)
}

function bounded(value: unknown, most: number, errcode: number): void {
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > most) refuse(errcode)
}

async function read({ world, account }: Call): Promise<Answer> {
  const row = await world.db.row<{ buttons: JsonObject[] }>(
    'select buttons from menu where account_id = $1',
    [account.id],
  )
  if (!row) refuse(46003)
  return { menu: { button: row.buttons.map((one) => ({ ...one, sub_button: one['sub_button'] ?? [] })) } }
}

async function remove({ world, account }: Call): Promise<Answer> {
  await world.db.run('delete from menu where account_id = $1', [account.id])
  return OK
}
