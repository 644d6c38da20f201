import type { Ctx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { bindAccount, getAccount } from '../../src/modules/accounts/index.ts'
import { backtestsModule } from '../../src/modules/backtests/module.ts'
import type { Backtest, BacktestPerson, BacktestVariant } from '../../src/modules/backtests/schema.ts'
import { openDue } from '../../src/modules/campaigns/lifecycle/due.ts'
import { freezeNext } from '../../src/modules/campaigns/lifecycle/freeze.ts'
import { preflightNext } from '../../src/modules/campaigns/preflight/sweep.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { campaignTriggers } from '../../src/modules/campaigns/triggers/react.ts'
import { decideWaits } from '../../src/modules/campaigns/triggers/waits.ts'
import { applyMerges } from '../../src/modules/contacts/merges/apply.ts'
import { askingIn } from '../../src/modules/contacts/people/ask.ts'
import { intend } from '../../src/modules/deliveries/engine/intend.ts'
import { deliveriesModule } from '../../src/modules/deliveries/module.ts'
import { createReactionSweep, ingestOccurrences } from '../../src/modules/ingest/index.ts'
import { makePartitions } from '../../src/modules/ingest/partitions.ts'
import { EVENTS, type EventName } from '../../src/modules/ingest/schema.ts'
import type { RecallRule } from '../../src/modules/recalls/schema.ts'
import { nextRecallDue, takeTurns } from '../../src/modules/recalls/turns.ts'
import { type Answer, type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

const NEVER = new AbortController().signal
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type Act = 'text' | 'tap' | 'follow' | 'unfollow' | 'scan'
const ACTS = {
  text: [EVENTS.message, 'interaction', { type: 'text', content: '在吗' }],
  tap: [EVENTS.menuClick, 'interaction', { event: 'click', key: 'a' }],
  follow: [EVENTS.follow, 'follow', { event: 'subscribe' }],
  unfollow: [EVENTS.unfollow, 'unfollow', { event: 'unsubscribe' }],
  scan: [EVENTS.scan, 'interaction', { event: 'scan', scene: 'a' }],
} as const satisfies Record<Act, readonly [EventName, string, object]>

/** What one message came to, by person and minute. */
export type Told = { contactId: string; at: number }

/**
 * An account that lives on a business clock of its own: fans act, rules plan and the engine decides, reserves and promises as ever;
 * only the calls are not made, so whatever is promised counts as sent.
 */
export type BacktestWorld = TestWorld & {
  ctx: Ctx
  server: TestApi
  api: Caller
  accountId: string
  /** In the same order. */
  people: { openid: string; contactId: string; fanId: string }[]
  now(): Date
  at(instant: Date): void
  /** Told now; it happened so long ago. */
  act(acts: readonly { person: number; act: Act; agoMs?: number }[]): Promise<void>
  /** An event of no account, as a shop sends it. */
  happen(events: readonly { person: number; name: string; properties?: object }[]): Promise<void>
  merge(source: number, target: number): Promise<void>
  recall(fields?: object): Promise<RecallRule>
  campaign(plan: object, fields?: object): Promise<Campaign>
  /** Everything that is due by now. */
  work(): Promise<void>
  /** Goes from one due instant to the next until there. */
  live(until: Date): Promise<void>
  /** Messages of a rule or campaign that were promised. */
  sent(owner: 'recall' | 'campaign', id: string): Promise<Told[]>
  begin(fields: object): Promise<Answer<Backtest>>
  readOne(backtest: Backtest): Promise<Backtest>
  cancel(backtest: Backtest): Promise<Backtest>
  /** Does what a worker does with it, and reads it again. */
  finish(backtest: Backtest): Promise<Backtest>
  backtest(variant: BacktestVariant | BacktestVariant[], fields?: object): Promise<Backtest>
  sample(backtest: Backtest, query?: string): Promise<BacktestPerson[]>
}

const reactions = createReactionSweep([...(deliveriesModule.reactions ?? []), campaignTriggers])

export async function createBacktestWorld(
  people = 12,
  start = '2026-11-02T09:00:00+08:00',
): Promise<BacktestWorld> {
  const world = await createTestWorld()
  let instant = new Date(start)
  const ctx: Ctx = { ...world.ctx, clock: { now: () => instant } }
  const server = await createTestApi(ctx)
  const api = await server.signIn('administrator')
  const simulated = await world.account({ fans: 0, drafts: 0, articles: 0 })
  const accountId = await bindAccount(ctx, simulated)
  await makePartitions(ctx)
  const fans = await makeFans(ctx, accountId, people)
  const base = `/api/accounts/${accountId}`
  let told = 0

  const finish = async ({ id }: Backtest) => {
    const { rows } = await ctx.pool.query<{ run_id: string }>('select run_id from backtests where id = $1', [
      id,
    ])
    await backtestsModule.jobs?.['backtests.play']?.(ctx, { runId: rows[0]?.run_id ?? '' }, NEVER)
    return ok(await api<Backtest>('GET', `${base}/backtests/${id}`))
  }
  const begin = (fields: object) =>
    api<Backtest>('POST', `${base}/backtests`, { name: '回测', days: 7, ...fields })
  const work = async () => {
    for (let round = 0; round < 100; round += 1) {
      while ((await reactions.run(ctx, NEVER)) > 0);
      let did = await takeTurns(ctx)
      did += await decideWaits(ctx)
      did += await openDue(ctx)
      did += await freezeNext(ctx)
      did += await promise(ctx, accountId)
      if (did === 0) return
    }
    throw new Error('it never came to rest')
  }
  return {
    ...world,
    ctx: ctx as BacktestWorld['ctx'],
    server,
    api,
    accountId,
    people: fans,
    now: () => instant,
    at(next) {
      instant = next
    },
    async act(acts) {
      const occurrences = acts.map(({ person, act, agoMs = 0 }) => {
        const [name, effect, properties] = ACTS[act]
        told += 1
        const at = new Date(instant.getTime() - agoMs)
        const openid = fans[person]?.openid ?? ''
        return { key: `act ${told}`, name, at, properties, person: { openid, effect } }
      })
      await ingestOccurrences(ctx, accountId, occurrences)
    },
    async happen(events) {
      await ctx.pool.query(
        `insert into events (contact_id, name, at, received_at, properties)
         select u.contact, u.name, $4, $4, u.properties from unnest($1::bigint[], $2::text[], $3::jsonb[])
           as u (contact, name, properties)`,
        [
          events.map(({ person }) => fans[person]?.contactId),
          events.map(({ name }) => name),
          events.map(({ properties = {} }) => JSON.stringify(properties)),
          instant,
        ],
      )
    },
    async merge(source, target) {
      const pair = { sourceId: fans[source]?.contactId ?? '', targetId: fans[target]?.contactId ?? '' }
      await inTransaction(ctx.db, (trx) =>
        applyMerges(askingIn(trx), [{ ...pair, evidence: [] }], { now: instant, cause: 'linked', by: null }),
      )
    },
    recall: async (fields = {}) =>
      ok(await api<RecallRule>('POST', `${base}/recall-rules`, { ...RECALL, ...fields })),
    async campaign(plan, fields = {}) {
      const body = { kind: 'customer-service', name: '活动', ...fields, plan: { content: TEXT, ...plan } }
      const draft = ok(await api<Campaign>('POST', `${base}/campaigns`, body))
      const at = (rest: string) => `${base}/campaigns/${draft.id}${rest}`
      ok(await api('POST', at('/preflight'), {}))
      await preflightNext(ctx, NEVER)
      const { revision, preflight } = ok(await api<Campaign>('GET', at('')))
      const expectedReached = preflight?.result?.reached ?? null
      return ok(await api<Campaign>('POST', at('/start'), { revision, expectedReached }))
    },
    work,
    async live(until) {
      for (;;) {
        await work()
        const next = await nextDue(ctx)
        if (next === null || next > until) break
        instant = next
      }
      instant = until
      await work()
    },
    async sent(owner, id) {
      const { rows } = await ctx.pool.query<{ contact_id: string; intent_at: Date }>(
        `select coalesce(a.merged_into, d.contact_id) as contact_id, d.intent_at from deliveries d
         join sends s on s.id = d.send_id left join contact_aliases a on a.contact_id = d.contact_id
         where s.owner_kind = $1 and s.owner_id = $2 and d.intent_at is not null`,
        [owner, id],
      )
      return rows.map((row) => ({ contactId: row.contact_id, at: row.intent_at.getTime() })).sort(byTime)
    },
    begin,
    readOne: async ({ id }) => ok(await api<Backtest>('GET', `${base}/backtests/${id}`)),
    cancel: async ({ id }) => ok(await api<Backtest>('POST', `${base}/backtests/${id}/cancel`, {})),
    finish,
    async backtest(variant, fields = {}) {
      return finish(ok(await begin({ variants: [variant].flat(), ...fields })))
    },
    sample: async ({ id }, query = '') =>
      ok(await api<{ items: BacktestPerson[] }>('GET', `${base}/backtests/${id}/people${query}`)).items,
    async close() {
      await server.close()
      await world.close()
    },
  }
}

export const byTime = (a: Told, b: Told): number =>
  a.at - b.at || (BigInt(a.contactId) < BigInt(b.contactId) ? -1 : 1)

const TEXT = { kind: 'text', text: '你好' }
/** An hour before the end of 48 hours, to everybody. */
export const RECALL = {
  name: '召回',
  minutes: 60,
  reading: 'before-end',
  content: { kind: 'custom', replies: [{ kind: 'text', text: '好久不见，回复 1 领券' }] },
  on: true,
}
/** The same as it is played. */
export const recallVariant = (fields: object = {}): BacktestVariant => ({
  kind: 'recall',
  rule: {
    minutes: 60,
    reading: 'before-end',
    include: [],
    exclude: [],
    limits: { caps: 'inherit', quiet: 'inherit' },
    ...fields,
  },
})

export const ok = <T>({ status, body }: Answer<T>): T => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

async function makeFans({ pool }: Ctx, accountId: string, count: number) {
  const { rows } = await pool.query<{ openid: string; contactId: string; fanId: string }>(
    `with made as (insert into contacts (created_at) select now() from generate_series(1, $2::int) returning id)
     insert into fans (account_id, contact_id, openid, following, followed_at)
     select $1::bigint, id, 'o_' || $1::text || '_' || id, true, '2026-01-01' from made
     returning openid, contact_id as "contactId", id as "fanId"`,
    [accountId, count],
  )
  return rows
}

/** The engine up to its promise. */
async function promise(ctx: Ctx, accountId: string): Promise<number> {
  const { rows } = await ctx.pool.query<{ sendId: string; channel: 'customer-service' | 'template' }>(
    `select distinct s.id as "sendId", s.channel from sends s join deliveries d on d.send_id = s.id
     where s.state = 'running' and d.state in ('planned', 'held') and d.due_at <= $1 order by s.id`,
    [ctx.clock.now()],
  )
  const account = await getAccount(ctx, accountId)
  let looked = 0
  for (const { sendId, channel } of rows)
    looked += (await intend(ctx, { account, channel, shares: [{ sendId, most: 1_000 }] })).looked
  return looked
}

async function nextDue(ctx: Ctx): Promise<Date | null> {
  const { rows } = await ctx.pool.query<{ at: Date | null }>(
    `select least((select min(due_at) from deliveries where state in ('planned', 'held')),
       (select min(due_at) from campaign_waits where state = 'waiting'),
       (select min(due_at) from campaigns where state in ('scheduled', 'running')),
       $1::timestamptz) as at`,
    [(await nextRecallDue(ctx)).dueAt],
  )
  return rows[0]?.at ?? null
}
