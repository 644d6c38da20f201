import { type Answer, type Call, integer, OK } from '../call.ts'
import { refuse } from '../refusal.ts'
import { type FanRow, fansOf, openids } from '../users/fans.ts'

const MAX_BATCH = 50
const MAX_TAGS_OF_FAN = 20

/** Openids whose tags are being changed right now: a second call on one of them is refused. */
const changing = new Set<string>()

export const batchTagging = (call: Call): Promise<Answer> =>
  tagging(call, async (fans, tagId) => {
    const full = await call.world.db.row(
      `select 1 from unnest($1::bigint[]) as fan_id
       where (select count(*) from tag_member m where m.fan_id = fan_id.fan_id and m.tag_id <> $2) >= ${MAX_TAGS_OF_FAN}`,
      [fans.map((fan) => fan.id), tagId],
    )
    if (full) refuse(45059)
    await call.world.db.run(
      `insert into tag_member (account_id, tag_id, fan_id) select $1, $2, unnest($3::bigint[]) on conflict do nothing`,
      [call.account.id, tagId, fans.map((fan) => fan.id)],
    )
  })

export const batchUntagging = (call: Call): Promise<Answer> =>
  tagging(call, async (fans, tagId) => {
    await call.world.db.run(
      'delete from tag_member where account_id = $1 and tag_id = $2 and fan_id = any($3)',
      [call.account.id, tagId, fans.map((fan) => fan.id)],
    )
  })

async function tagging(
  call: Call,
  change: (fans: FanRow[], tagId: number) => Promise<void>,
): Promise<Answer> {
  const { world, account, body } = call
  const list = [...new Set(openids(body['openid_list']))]
  if (list.length === 0 || (body['openid_list'] as string[]).length > MAX_BATCH) refuse(40032)
  const tagId = integer(body, 'tagid', 45159)
  const tag = await world.db.row('select 1 from tag where account_id = $1 and id = $2', [account.id, tagId])
  if (!tag) refuse(45159)
  const fans = await fansOf(world.db, account.id, list)
  if (fans.length < list.length) refuse(49003)
  if (fans.some((fan) => !fan.following)) refuse(50005)
  const free = fans.filter((fan) => !changing.has(fan.openid))
  if (free.length === 0) refuse(45169)
  for (const fan of free) changing.add(fan.openid)
  try {
    await change(free, tagId)
  } finally {
    for (const fan of free) changing.delete(fan.openid)
  }
  const busy = fans.filter((fan) => !free.includes(fan)).map((fan) => fan.openid)
  if (busy.length > 0) refuse(45171, undefined, { fail_openid_list: busy })
  return OK
}
