import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { bindAccount, getCallbackInfo } from '../../src/modules/accounts/index.ts'
import type { World } from './bench.ts'

export type BenchAccount = { id: string; appid: string; secret: string }

/** What the simulated fans do by themselves would only disturb. */
const NOTHING = {
  read: 0,
  share: 0,
  favourite: 0,
  like: 0,
  comment: 0,
  text: 0,
  unfollow: 0,
  follow: 0,
  sendError: 0,
  tap: 0,
  answer: 0,
  noticeBlocked: 0,
  noticeFailed: 0,
}
/** The platform's limits on calls would end a run long before the machine does. */
const QUOTAS = {
  '/cgi-bin/message/mass/send': 1_000_000,
  '/cgi-bin/message/mass/send/minute': 1_000_000,
  '/cgi-bin/draft/add': 1_000_000,
  '/cgi-bin/message/custom/send': 1_000_000_000,
  '/cgi-bin/message/custom/send/minute': 1_000_000_000,
}

/** A verified service account at the simulated WeChat, bound here, with our own rates out of the way too. */
export async function makeAccount(world: World, fans: number): Promise<BenchAccount> {
  const unique = randomBytes(8).toString('hex')
  const account = { appid: `wx${unique}`, secret: randomBytes(16).toString('hex') }
  const common = { ...account, name: '基准 Bench', kind: 'service' as const, verified: true }
  await world.control('POST', '/accounts', {
    ...common,
    ghId: `gh_${unique.slice(0, 12)}`,
    openPlatform: 'op_bench',
    fans,
    seed: 7,
    drafts: 3,
    articles: 3,
    rates: NOTHING,
    quotas: QUOTAS,
  })
  const id = await bindAccount(world.ctx, { ...common, ghId: `gh_${unique.slice(0, 12)}` })
  const limits = {
    massPerMinuteByOpenid: 10_000_000,
    massCallsPerDay: 1_000_000,
    massRecipientsPerDay: 100_000_000,
    draftAddsPerDay: 1_000_000,
    customerServicePerMinute: 10_000_000,
    customerServicePerDay: 1_000_000_000,
  }
  await sql`update accounts set limits = ${JSON.stringify(limits)}::jsonb where id = ${id}::bigint`.execute(
    world.ctx.db,
  )
  return { id, ...account }
}

/** An access token for loops that call the platform without us. */
export async function bareToken(world: World, account: BenchAccount): Promise<string> {
  const answer = await fetch(`${world.simulator.url}/cgi-bin/stable_token`, {
    method: 'POST',
    body: JSON.stringify({
      grant_type: 'client_credential',
      appid: account.appid,
      secret: account.secret,
    }),
  })
  const { access_token } = (await answer.json()) as { access_token?: string }
  if (!access_token) throw new Error('the simulated WeChat gave no token')
  return access_token
}

/** The simulated WeChat posts this account's pushes to our API. */
export async function pointCallback(world: World, account: BenchAccount, apiUrl: string): Promise<void> {
  const { url, token, aesKey, mode } = await getCallbackInfo(world.ctx, account.id)
  const callback = { url: `${apiUrl}${new URL(url).pathname}`, token, aesKey, mode }
  await world.control('PATCH', `/accounts/${account.appid}`, { callback })
}
