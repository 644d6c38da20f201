import { type Answer, type Call, type Endpoint, OK, verified } from '../call.ts'
import { refuse } from '../refusal.ts'
import { fansOf, findFan, openids } from '../users/fans.ts'

const PAGE = 1_000
const MAX_BATCH = 20

export const blacklistEndpoints: Endpoint[] = [
  { path: '/cgi-bin/tags/members/getblacklist', method: 'POST', allow: verified, handle: listBlacklist },
  {
    path: '/cgi-bin/tags/members/batchblacklist',
    method: 'POST',
    allow: verified,
    handle: (call) => change(call, call.now),
  },
  {
    path: '/cgi-bin/tags/members/batchunblacklist',
    method: 'POST',
    allow: verified,
    handle: (call) => change(call, null),
  },
]

async function listBlacklist({ world, account, body }: Call): Promise<Answer> {
  const begin = body['begin_openid']
  let after = { at: new Date(0), id: '0' }
  if (typeof begin === 'string' && begin !== '') {
    const fan = (await findFan(world.db, account.id, begin)) ?? refuse(40003)
    after = { at: fan.blacklisted_at ?? new Date(0), id: fan.id }
  }
  const counted = await world.db.row<{ total: number }>(
    'select count(*)::int as total from fan where account_id = $1 and blacklisted_at is not null',
    [account.id],
  )
  const page = await world.db.rows<{ openid: string }>(
    `select openid from fan where account_id = $1 and blacklisted_at is not null
       and (blacklisted_at, id) > ($2, $3) order by blacklisted_at, id limit ${PAGE}`,
    [account.id, after.at, after.id],
  )
  const total = counted?.total ?? 0
  if (page.length === 0) return { total, count: 0, next_openid: '' }
  const list = page.map((row) => row.openid)
  return { total, count: list.length, data: { openid: list }, next_openid: list.at(-1) }
}

async function change({ world, account, body }: Call, at: Date | null): Promise<Answer> {
  const list = openids(body['openid_list'])
  if (list.length === 0 || list.length > MAX_BATCH) refuse(40032)
  const wanted = [...new Set(list)]
  const fans = await fansOf(world.db, account.id, wanted)
  if (fans.length < wanted.length) refuse(49003)
  await world.db.run('update fan set blacklisted_at = $2 where id = any($1)', [fans.map((fan) => fan.id), at])
  return OK
}
