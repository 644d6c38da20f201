import { setTimeout as delay } from 'node:timers/promises'
import type { Ctx } from '../../src/context.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { modules } from '../../src/modules/registry.ts'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import { type RunningWorker, startWorker } from '../../src/worker/index.ts'
import { makeSource } from '../collection/support.ts'
import type { Answer } from '../support/api.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type Receipt = { openid: string; kind: string; at: Date; text: string }

/** Our whole system with real workers, beside the platform, on a clock that both share. */
export type Weeks = {
  world: SendingWorld
  account: Bound
  now(): Date
  /** Both clocks so far on, stopping at whatever falls due in between, until nothing is left to do. */
  pass(ms: number): Promise<void>
  /** One fan does something at the platform. */
  act(openid: string, action: string, more?: object): Promise<void>
  /** One fan does something in the brand's own systems, at an instant. */
  happens(openid: string, event: string, at: Date, properties: object): Promise<void>
  start(kind: Campaign['kind'], plan: object): Promise<Campaign>
  command(campaign: Campaign, verb: string): Promise<number>
  /** Ends a worker in mid-work and starts another. */
  restartWorker(): Promise<void>
  /** Our id of a template of the account. */
  template(title: string): Promise<string>
  /** Everything that single fans received, as the platform knows it. */
  receipts(): Promise<Receipt[]>
  close(): Promise<void>
}

/** Results of single messages come one by one; nothing here depends on less. */
const COARSE_MS = 2_000
const QUIET_ROUNDS = 3

export async function createWeeks(seed: number): Promise<Weeks> {
  const world = await createSendingWorld()
  const { ctx } = world
  const account = await world.bind({ fans: 40, seed, drafts: 1, articles: 2 })
  await syncTemplates(ctx, account.id)
  const source = await makeSource(ctx, { accountId: account.id })
  const workers: RunningWorker[] = [
    await startWorker(await world.another()),
    await startWorker(await world.another()),
  ]
  const ok = <T>({ status, body }: Answer<T>): T => {
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  const at = ({ id }: Pick<Campaign, 'id'>, rest = '') => `/api/accounts/${account.id}/campaigns/${id}${rest}`
  const settled = () => comeToRest(world)
  return {
    world,
    account,
    now: () => ctx.clock.now(),
    async pass(ms) {
      const until = new Date(ctx.clock.now().getTime() + ms)
      for (;;) {
        const next = await settled()
        if (next === null || next >= until) break
        await world.forward(new Date(Math.max(next.getTime() + 1, ctx.clock.now().getTime() + COARSE_MS)))
      }
      await world.forward(until)
      await settled()
    },
    act: async (openid, action, more = {}) =>
      void (await world.control('POST', '/act', { appid: account.appid, openid, action, ...more })),
    async happens(openid, event, when, properties) {
      const answer = await fetch(`${world.apiUrl}/v1/track`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from(`${source.keys.writeKey}:`).toString('base64')}`,
        },
        body: JSON.stringify({
          messageId: `${event}-${openid}-${when.getTime()}-${JSON.stringify(properties)}`,
          event,
          userId: `u-${openid}`,
          context: { openid },
          properties,
          timestamp: when.toISOString(),
        }),
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    },
    async start(kind, plan) {
      const draft = ok(
        await world.api<Campaign>('POST', `/api/accounts/${account.id}/campaigns`, {
          kind,
          name: '活动',
          plan,
        }),
      )
      ok(await world.api<Campaign>('POST', at(draft, '/preflight'), {}))
      let shown = draft
      while (!shown.preflight?.result) {
        if (shown.preflight?.error) throw new Error(JSON.stringify(shown.preflight.error))
        await delay(5)
        shown = ok(await world.api<Campaign>('GET', at(draft)))
      }
      const expectedReached = shown.preflight.result.reached
      return ok(
        await world.api<Campaign>('POST', at(draft, '/start'), { revision: shown.revision, expectedReached }),
      )
    },
    command: async (campaign, verb) => (await world.api('POST', at(campaign, `/${verb}`), {})).status,
    async restartWorker() {
      await workers.shift()?.close()
      workers.push(await startWorker(await world.another()))
    },
    async template(title) {
      const { rows } = await ctx.pool.query<{ id: string }>(
        'select id from message_templates where account_id = $1 and title = $2',
        [account.id, title],
      )
      return rows[0]?.id ?? ''
    },
    async receipts() {
      const { rows } = await ctx.pool.query<{ openid: string; kind: string; at: Date; content: object }>(
        `select openid, r.kind, received_at as at, m.content from simulator.receipt r
           join simulator.fan f on f.id = r.fan_id join simulator.message m on m.id = r.message_id
         where r.kind in ('custom', 'template', 'subscription') order by r.id`,
      )
      return rows.map(({ content, ...rest }) => ({ ...rest, text: JSON.stringify(content) }))
    },
    async close() {
      for (const worker of workers) await worker.close()
      await world.close()
    },
  }
}

/** Waits until nobody has anything to do; returns what falls due next, on either side. */
async function comeToRest(world: SendingWorld): Promise<Date | null> {
  const { ctx } = world
  let quiet = 0
  for (let round = 0; round < 4_000; round += 1) {
    const platform = await world.control<{ nextDueAt: string | null; busy: boolean }>('GET', '/next-due')
    const dues = await Promise.all(modules.flatMap((module) => (module.nextDue ? [module.nextDue(ctx)] : [])))
    const now = ctx.clock.now()
    const times = [
      ...dues.map(({ dueAt }) => dueAt),
      platform.nextDueAt === null ? null : new Date(platform.nextDueAt),
    ].filter((at) => at !== null)
    const working = platform.busy || dues.some(({ busy }) => busy) || times.some((at) => at <= now)
    quiet = working || (await behind(ctx)) ? 0 : quiet + 1
    if (quiet >= QUIET_ROUNDS) {
      const later = times.filter((at) => at > now).map((at) => at.getTime())
      return later.length === 0 ? null : new Date(Math.min(...later))
    }
    await delay(quiet > 0 ? 5 : 15)
  }
  throw new Error('it never came to rest')
}

/** Whether somebody has not yet looked at the end of the log. */
async function behind(ctx: Ctx): Promise<boolean> {
  const names = modules.flatMap((module) => module.reactions ?? []).map(({ name }) => name)
  const { rows } = await ctx.pool.query<{ behind: boolean }>(
    `select count(*) filter (where p.place >= (select coalesce(max(id), 0) from events)) < cardinality($1::text[]) as behind
     from reaction_places p where p.name = any($1)`,
    [names],
  )
  return rows[0]?.behind ?? true
}
