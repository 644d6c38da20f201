import { isObject } from '../../json.ts'
import { type Answer, type Call, type Endpoint, OK, text, verified } from '../call.ts'
import { refuse } from '../refusal.ts'
import { type FanRow, fansOf, findFan } from './fans.ts'

const PAGE = 10_000
const BATCH = 100
const LANGUAGES = new Set(['zh_CN', 'zh_TW', 'en'])

export const userEndpoints: Endpoint[] = [
  { path: '/cgi-bin/user/get', method: 'GET', allow: verified, handle: listFollowers },
  { path: '/cgi-bin/user/info', method: 'GET', allow: verified, handle: getInfo },
  { path: '/cgi-bin/user/info/batchget', method: 'POST', allow: verified, handle: getInfoBatch },
  { path: '/cgi-bin/user/info/updateremark', method: 'POST', allow: verified, handle: updateRemark },
]

/** The page after `next_openid`, in the order in which they followed. The last page echoes its last openid. */
async function listFollowers({ world, account, query }: Call): Promise<Answer> {
  const { db } = world
  const after = query['next_openid']
    ? await db.row<{ follow_order: string }>(
        'select follow_order from fan where account_id = $1 and openid = $2',
        [account.id, query['next_openid']],
      )
    : { follow_order: '0' }
  if (!after) refuse(40003)
  const counted = await db.row<{ total: number }>(
    'select count(*)::int as total from fan where account_id = $1 and following',
    [account.id],
  )
  const page = await db.rows<{ openid: string }>(
    `select openid from fan where account_id = $1 and following and follow_order > $2 order by follow_order limit ${PAGE}`,
    [account.id, after.follow_order],
  )
  const total = counted?.total ?? 0
  if (page.length === 0) return { total, count: 0, next_openid: '' }
  const list = page.map((row) => row.openid)
  return { total, count: list.length, data: { openid: list }, next_openid: list.at(-1) }
}

async function getInfo({ world, account, query }: Call): Promise<Answer> {
  if (!query['openid']) refuse(41009)
  checkLanguage(query['lang'])
  const fan = (await findFan(world.db, account.id, query['openid'])) ?? refuse(40003)
  const tags = await tagsOf(world.db, [fan.id])
  return shownFan(fan, tags)
}

async function getInfoBatch({ world, account, body }: Call): Promise<Answer> {
  const list = body['user_list']
  if (!Array.isArray(list) || list.length === 0) refuse(40031)
  if (list.length > BATCH) refuse(40032)
  const wanted = list.map((item) => {
    if (!isObject(item) || typeof item['openid'] !== 'string') refuse(40031)
    checkLanguage(item['lang'])
    return item['openid'] as string
  })
  const fans = new Map((await fansOf(world.db, account.id, wanted)).map((fan) => [fan.openid, fan]))
  if (wanted.some((openid) => !fans.has(openid))) refuse(40003)
  const tags = await tagsOf(
    world.db,
    [...fans.values()].map((fan) => fan.id),
  )
  return { user_info_list: wanted.map((openid) => shownFan(fans.get(openid)!, tags)) }
}

function checkLanguage(lang: unknown): void {
  if (lang !== undefined && lang !== '' && !LANGUAGES.has(String(lang))) refuse(40035, 'invalid lang')
}

type Tags = Map<string, number[]>

async function tagsOf(db: Call['world']['db'], fanIds: string[]): Promise<Tags> {
  const rows = await db.rows<{ fan_id: string; tags: number[] }>(
    'select fan_id, array_agg(tag_id order by tag_id) as tags from tag_member where fan_id = any($1) group by fan_id',
    [fanIds],
  )
  return new Map(rows.map((row) => [row.fan_id, row.tags]))
}

/** Somebody who left is known by openid (and unionid) only. Names and pictures are not given since 2021-12-27. */
function shownFan(fan: FanRow, tags: Tags): Answer {
  const union = fan.unionid === null ? {} : { unionid: fan.unionid }
  if (!fan.following) return { subscribe: 0, openid: fan.openid, ...union }
  const list = tags.get(fan.id) ?? []
  return {
    subscribe: 1,
    openid: fan.openid,
    language: '',
    subscribe_time: Math.floor(fan.subscribed_at.getTime() / 1000),
    ...union,
    remark: fan.remark,
    groupid: list[0] ?? 0,
    tagid_list: list,
    subscribe_scene: fan.subscribe_scene,
    qr_scene: Number(fan.qr_scene),
    qr_scene_str: fan.qr_scene_str,
  }
}

async function updateRemark({ world, account, body }: Call): Promise<Answer> {
  const openid = text(body, 'openid', 41009)
  const remark = text(body, 'remark', 40092)
  if (Buffer.byteLength(remark) >= 30) refuse(40092)
  const fan = (await findFan(world.db, account.id, openid)) ?? refuse(40003)
  if (!fan.following) refuse(50005)
  await world.db.run('update fan set remark = $2 where id = $1', [fan.id, remark])
  return OK
}
