import { beijingMonth } from '../../src/kernel/beijing.ts'
import type { BenchAccount } from './accounts.ts'
import { run, type World } from './bench.ts'

/** Of 108 fans 100 are reachable, five left, and three have had this month's four. */
const CIRCLE = 108
const letters = (salt: string, length: number) =>
  `substr(translate(encode(decode(md5('${salt}' || n) || md5('${salt}+' || n), 'hex'), 'base64'), E'+/=\\n', '-_'), 1, ${length})`

/**
 * Fans straight into the database, `reachable` of them within reach of a mass send and 8 % more who are not: openids
 * and unionids as WeChat's look, some tags, a third with some of the month used. Returns how many there are.
 */
export async function populate(world: World, accountId: string, reachable: number): Promise<number> {
  const all = Math.ceil((reachable * CIRCLE) / 100)
  const now = world.ctx.clock.now()
  await run(
    world.databaseUrl,
    `with made as (
       insert into contacts (unionid, created_at)
       select 'oBench' || ${letters('u', 22)}, $2 from generate_series(1, $1::int) as n
       returning id, unionid)
     insert into fans (account_id, contact_id, following, detailed, openid, unionid, followed_at, unfollowed_at,
       tag_ids, subscribe_scene)
     select $3, id, following, true, 'oFans1' || ${letters('o', 22)}, unionid,
       $2 - (n % 900 + 2) * interval '1 day', case when not following then $2 - interval '1 day' end,
       case n % 5 when 0 then '{100}' when 1 then '{100,101}' when 2 then '{2}' else '{}' end::int[],
       'ADD_SCENE_QR_CODE'
     from (select *, n % ${CIRCLE} not between 100 and 104 as following
       from (select id, unionid, row_number() over (order by id) - 1 as n from made) numbered) people`,
    [all, now, accountId],
  )
  await run(
    world.databaseUrl,
    `insert into mass_allowances (account_id, month, fan_id, used)
     select account_id, $2::date, id,
       case when n % ${CIRCLE} >= 105 then 4 else n % 3 + 1 end
     from (select account_id, id, row_number() over (order by id) - 1 as n from fans where account_id = $1) numbered
     where n % ${CIRCLE} >= 105 or n % ${CIRCLE} < 30`,
    [accountId, `${beijingMonth(now)}-01`],
  )
  await settle(world)
  return all
}

/** What autovacuum would have done some minutes after such an import. */
export async function settle(world: World): Promise<void> {
  await run(world.databaseUrl, 'vacuum (analyze)')
  await run(world.databaseUrl, 'checkpoint')
}

/** The same people on both sides: our fans as a sync would have brought them. */
export async function copyPopulation(world: World, account: BenchAccount): Promise<number> {
  const { rowCount } = await run(
    world.databaseUrl,
    `with people as (
       select fan.* from simulator.fan join simulator.account a on a.id = fan.account_id where a.appid = $2),
     made as (
       insert into contacts (unionid, created_at) select unionid, now() from people returning id, unionid)
     insert into fans (account_id, contact_id, following, detailed, openid, unionid, followed_at, unfollowed_at)
     select $1, made.id, p.following, true, p.openid, p.unionid, p.subscribed_at,
       case when not p.following then p.subscribed_at + interval '1 day' end
     from people p join made on made.unionid = p.unionid`,
    [account.id, account.appid],
  )
  await settle(world)
  return rowCount ?? 0
}
