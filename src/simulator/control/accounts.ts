import { randomBytes } from 'node:crypto'
import { request } from 'undici'
import type { z } from 'zod'
import { TOLD_BACK_MS } from '../behaviour/life.ts'
import { type Account, listAccounts } from '../official-account/account.ts'
import { sign } from '../official-account/callbacks/cipher.ts'
import { forgetTokens } from '../official-account/credentials/tokens.ts'
import type { World } from '../world.ts'
import { accountOf } from './act.ts'
import type { accountPatch } from './schema.ts'

export const showAccount = ({ id: _id, ...account }: Account): object => account

export async function showAccounts(world: World): Promise<object> {
  const counts = await world.db.rows<{ account_id: number; people: number; fans: number }>(
    `select account_id, count(*)::int as people, (count(*) filter (where following))::int as fans from fan group by account_id`,
  )
  const items = (await listAccounts(world.db)).map((account) => {
    const count = counts.find((row) => row.account_id === account.id)
    return { ...showAccount(account), fans: count?.fans ?? 0, people: count?.people ?? 0 }
  })
  return { items }
}

/** Changes what is given; `rates`, `quotas` and `settings` are merged into what is there. */
export async function patchAccount(
  world: World,
  appid: string,
  patch: z.output<typeof accountPatch>,
): Promise<object> {
  const account = await accountOf(world, appid)
  forgetTokens(world)
  await world.db.run(
    `update account set
       callback = case when $2 then $3::jsonb else callback end, ip_list = coalesce($4, ip_list),
       secret = coalesce($5, secret), kind = coalesce($6, kind), verified = coalesce($7, verified),
       rates = rates || $8::jsonb, quotas = quotas || $9::jsonb, settings = settings || $10::jsonb
     where id = $1`,
    [
      account.id,
      patch.callback !== undefined,
      patch.callback ?? null,
      patch.ipList ?? null,
      patch.secret ?? null,
      patch.kind ?? null,
      patch.verified ?? null,
      patch.rates ?? {},
      patch.quotas ?? {},
      withNulls(patch.settings ?? {}),
    ],
  )
  // the last ten days come with it, so that windows are open and the platform is no desert
  if (patch.settings?.life)
    await world.db.run(
      'insert into life (account_id, told_until) values ($1, $2) on conflict (account_id) do nothing',
      [account.id, new Date(world.clock.now().getTime() - TOLD_BACK_MS)],
    )
  forgetTokens(world)
  return showAccount(await accountOf(world, appid))
}

/** A standing that is given as undefined is taken back. */
const withNulls = (settings: object): object =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? null]))

/** What the platform does when somebody saves a callback address: the echo must come back. */
export async function verifyCallback(
  world: World,
  appid: string,
): Promise<{ ok: boolean; problem: string | null }> {
  const { callback } = await accountOf(world, appid)
  if (!callback) return { ok: false, problem: 'no callback is set' }
  const timestamp = String(Math.floor(world.clock.now().getTime() / 1000))
  const nonce = String(Number.parseInt(randomBytes(4).toString('hex'), 16))
  const echostr = String(BigInt(`0x${randomBytes(7).toString('hex')}`))
  const url = new URL(callback.url)
  const query = { signature: sign(callback.token, timestamp, nonce), timestamp, nonce, echostr }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  try {
    const response = await request(url, { signal: AbortSignal.timeout(5_000) })
    const body = await response.body.text()
    const ok = response.statusCode === 200 && body === echostr
    return { ok, problem: ok ? null : `the echo did not come back (HTTP ${response.statusCode})` }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'no answer' }
  }
}
