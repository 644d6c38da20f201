import {
  type Account,
  type CallbackTarget,
  findAccount,
  type Rates,
  type Settings,
} from '../official-account/account.ts'
import type { World } from '../world.ts'
import { fillShelves } from './articles.ts'
import { populate } from './fans.ts'
import { fillNotices } from './notices.ts'

export type NewAccount = {
  appid: string
  secret: string
  kind: Account['kind']
  verified: boolean
  name: string
  ghId: string
  openPlatform?: string
  fans: number
  seed: number
  drafts: number
  articles: number
  callback?: CallbackTarget
  rates?: Partial<Rates>
  quotas?: Record<string, number>
  ipList?: string[]
  settings?: Settings
}

/** Makes an account with everything on it; one that is there already only gets the new callback. */
export async function ensureAccount(
  world: World,
  wanted: NewAccount,
): Promise<{ account: Account; created: boolean }> {
  const created = await world.db.transaction(async (tx) => {
    await tx.run(`select pg_advisory_xact_lock(hashtext('simulated account ' || $1))`, [wanted.appid])
    if (await findAccount(tx, wanted.appid)) {
      if (wanted.callback)
        await tx.run('update account set callback = $2 where appid = $1', [wanted.appid, wanted.callback])
      return false
    }
    await tx.run(
      `insert into account (appid, secret, kind, verified, name, gh_id, open_platform, seed, callback, ip_list, rates, quotas, settings, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        wanted.appid,
        wanted.secret,
        wanted.kind,
        wanted.verified,
        wanted.name,
        wanted.ghId,
        wanted.openPlatform ?? null,
        wanted.seed,
        wanted.callback ?? null,
        wanted.ipList ?? [],
        wanted.rates ?? {},
        wanted.quotas ?? {},
        wanted.settings ?? {},
        world.clock.now(),
      ],
    )
    const account = await findAccount(tx, wanted.appid)
    if (!account) throw new Error('the account that was just made is gone')
    await populate(tx, account, wanted.fans)
    await fillShelves(tx, account, wanted)
    await fillNotices(tx, account)
    return true
  })
  if (created) await world.db.run('analyze fan, tag_member')
  const account = await findAccount(world.db, wanted.appid)
  if (!account) throw new Error('the account that was just made is gone')
  return { account, created }
}
