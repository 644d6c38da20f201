import type { JsonObject } from '../../json.ts'
import {
  type Answer,
  type Call,
  characters,
  type Endpoint,
  integer,
  OK,
  object,
  text,
  verified,
} from '../call.ts'
import { refuse } from '../refusal.ts'
import { findFan } from '../users/fans.ts'
import { blacklistEndpoints } from './blacklist.ts'
import { batchTagging, batchUntagging } from './tagging.ts'

const MAX_TAGS = 100
const MAX_NAME = 30
const MAX_FANS_TO_DELETE = 100_000
const PAGE = 10_000
/** 0 blacklist, 1 and 2 the platform's own groups (星标组). They are not counted among the hundred. */
const SYSTEM_TAGS = new Set([0, 1, 2])

export const tagEndpoints: Endpoint[] = [
  { path: '/cgi-bin/tags/create', method: 'POST', allow: verified, handle: createTag },
  { path: '/cgi-bin/tags/get', method: 'GET', allow: verified, handle: listTags },
  { path: '/cgi-bin/tags/update', method: 'POST', allow: verified, handle: updateTag },
  { path: '/cgi-bin/tags/delete', method: 'POST', allow: verified, handle: deleteTag },
  { path: '/cgi-bin/user/tag/get', method: 'POST', allow: verified, handle: listMembers },
  { path: '/cgi-bin/tags/members/batchtagging', method: 'POST', allow: verified, handle: batchTagging },
  { path: '/cgi-bin/tags/members/batchuntagging', method: 'POST', allow: verified, handle: batchUntagging },
  { path: '/cgi-bin/tags/getidlist', method: 'POST', allow: verified, handle: listTagsOfFan },
  ...blacklistEndpoints,
]

async function createTag({ world, account, body }: Call): Promise<Answer> {
  const name = tagName(object(body, 'tag', 45157))
  return world.db.transaction(async (tx) => {
    await tx.run('select 1 from account where id = $1 for update', [account.id])
    const known = await tx.rows<{ id: number; name: string }>(
      'select id, name from tag where account_id = $1',
      [account.id],
    )
    if (known.some((tag) => tag.name === name)) refuse(45157)
    if (known.filter((tag) => !SYSTEM_TAGS.has(tag.id)).length >= MAX_TAGS) refuse(45056)
    const id = Math.max(99, ...known.map((tag) => tag.id)) + 1
    await tx.run('insert into tag (account_id, id, name) values ($1, $2, $3)', [account.id, id, name])
    return { tag: { id, name } }
  })
}

function tagName(tag: JsonObject): string {
  const name = text(tag, 'name', 45157).trim()
  if (name === '') refuse(45157)
  if (characters(name) > MAX_NAME) refuse(45158)
  return name
}

async function listTags({ world, account }: Call): Promise<Answer> {
  const tags = await world.db.rows<{ id: number; name: string; count: number }>(
    `select tag.id, tag.name, count(fan.id)::int as count
     from tag left join tag_member m on m.account_id = tag.account_id and m.tag_id = tag.id
     left join fan on fan.id = m.fan_id and fan.following
     where tag.account_id = $1 group by tag.id, tag.name order by tag.id`,
    [account.id],
  )
  return { tags }
}

/** A tag that may be changed: 45058 for the platform's own, 45159 for one that isn't there. */
async function ownTag({ world, account }: Call, tag: JsonObject): Promise<number> {
  const id = integer(tag, 'id', 45159)
  if (SYSTEM_TAGS.has(id)) refuse(45058)
  const found = await world.db.row('select 1 from tag where account_id = $1 and id = $2', [account.id, id])
  return found ? id : refuse(45159)
}

async function updateTag(call: Call): Promise<Answer> {
  const tag = object(call.body, 'tag', 45157)
  const id = await ownTag(call, tag)
  const name = tagName(tag)
  const { db } = call.world
  const taken = await db.row('select 1 from tag where account_id = $1 and name = $2 and id <> $3', [
    call.account.id,
    name,
    id,
  ])
  if (taken) refuse(45157)
  await db.run('update tag set name = $3 where account_id = $1 and id = $2', [call.account.id, id, name])
  return OK
}

async function deleteTag(call: Call): Promise<Answer> {
  const id = await ownTag(call, object(call.body, 'tag', 45159))
  const { account, world } = call
  const counted = await world.db.row<{ fans: number }>(
    'select count(*)::int as fans from tag_member where account_id = $1 and tag_id = $2',
    [account.id, id],
  )
  if ((counted?.fans ?? 0) > MAX_FANS_TO_DELETE) refuse(45057)
  await world.db.transaction(async (tx) => {
    await tx.run('delete from tag_member where account_id = $1 and tag_id = $2', [account.id, id])
    await tx.run('delete from tag where account_id = $1 and id = $2', [account.id, id])
  })
  return OK
}

async function listMembers({ world, account, body }: Call): Promise<Answer> {
  const tagId = integer(body, 'tagid', 45159)
  const tag = await world.db.row('select 1 from tag where account_id = $1 and id = $2', [account.id, tagId])
  if (!tag) refuse(45159)
  const next = body['next_openid']
  let after = '0'
  if (typeof next === 'string' && next !== '') {
    const fan = (await findFan(world.db, account.id, next)) ?? refuse(40003)
    after = fan.id
  }
  const page = await world.db.rows<{ openid: string }>(
    `select openid from tag_member m join fan on fan.id = m.fan_id
     where m.account_id = $1 and m.tag_id = $2 and m.fan_id > $3 and fan.following order by m.fan_id limit ${PAGE}`,
    [account.id, tagId, after],
  )
  if (page.length === 0) return { count: 0 }
  const list = page.map((row) => row.openid)
  return { count: list.length, data: { openid: list }, next_openid: list.at(-1) }
}

async function listTagsOfFan({ world, account, body }: Call): Promise<Answer> {
  const openid = text(body, 'openid', 41009)
  const fan = (await findFan(world.db, account.id, openid)) ?? refuse(49003)
  if (!fan.following) refuse(50005)
  const rows = await world.db.rows<{ tag_id: number }>(
    'select tag_id from tag_member where fan_id = $1 order by tag_id',
    [fan.id],
  )
  return { tagid_list: rows.map((row) => row.tag_id) }
}
