import type { Ctx } from '../../src/context.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { CAMPAIGNS_TOPIC, openDue } from '../../src/modules/campaigns/lifecycle/due.ts'
import { freezeNext } from '../../src/modules/campaigns/lifecycle/freeze.ts'
import { beginPrepared } from '../../src/modules/campaigns/lifecycle/prepare.ts'
import { settleCampaigns } from '../../src/modules/campaigns/lifecycle/settle.ts'
import { preflightNext } from '../../src/modules/campaigns/preflight/sweep.ts'
import type { Plan } from '../../src/modules/campaigns/schema/plan.ts'
import type { Campaign, CampaignRun, Figures, Why } from '../../src/modules/campaigns/schema.ts'
import { campaignTriggers } from '../../src/modules/campaigns/triggers/react.ts'
import { decideWaits, dropEndedWaits } from '../../src/modules/campaigns/triggers/waits.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { makePartitions } from '../../src/modules/ingest/partitions.ts'
import { computeNext } from '../../src/modules/segments/snapshots/compute.ts'
import { queueDue } from '../../src/modules/segments/snapshots/due.ts'
import { type Answer, type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

const NEVER = new AbortController().signal
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

type DeepPartial<T> = { [K in keyof T]?: unknown }
export type PlanInput = DeepPartial<Plan>
export type NewEvent = {
  name: string
  person: number
  /** When it happened; now if left out. */
  at?: Date
  receivedAt?: Date
  properties?: Record<string, unknown>
  /** Of this account, of another, or of none. */
  accountId?: string | null
}

/** Campaigns on a business clock that stands still until it is moved; nothing is sent, so nobody has to receive. */
export type CampaignWorld = TestWorld & {
  ctx: Ctx
  server: TestApi
  api: Caller
  accountId: string
  /** Contacts who are fans of the account, and their fans, in the same order. */
  contacts: string[]
  fans: string[]
  now(): Date
  forward(ms: number): void
  /** A draft in the account; a plain text to everyone, now, unless told otherwise. */
  draft(plan?: PlanInput, fields?: object): Promise<Campaign>
  preflight(campaign: Campaign): Promise<Campaign>
  /** Pre-flight and start with its number. */
  start(plan?: PlanInput, fields?: object): Promise<Campaign>
  read(campaign: Campaign): Promise<Campaign>
  act<T = Campaign>(campaign: Campaign, verb: string, body?: object): Promise<Answer<T>>
  edit(campaign: Campaign, plan: PlanInput): Promise<Campaign>
  runs(campaign: Campaign): Promise<CampaignRun[]>
  figures(campaign: Campaign): Promise<Figures>
  why(campaign: Campaign, contactId: string): Promise<Why>
  segment(fields: object): Promise<string>
  /** Puts events into the log in this order. */
  happen(events: readonly NewEvent[]): Promise<string[]>
  /** Follows the log, and does all that is due now. */
  work(): Promise<void>
  follow(): Promise<void>
  /** Messages planned, by person (index), with the instant each is due. */
  planned(campaign: Campaign): Promise<{ person: number; dueAt: Date; version: number; eventId: string }[]>
  /** As if the engine had sent everything that is due. */
  deliver(): Promise<void>
}

const reactions = createReactionSweep([campaignTriggers])

export async function createCampaignWorld(people = 20): Promise<CampaignWorld> {
  const world = await createTestWorld()
  let instant = new Date(Date.now() + MINUTE)
  const ctx: Ctx = { ...world.ctx, clock: { now: () => instant } }
  const server = await createTestApi(ctx)
  const api = await server.signIn('administrator')
  const simulated = await world.account({ fans: 0, drafts: 0, articles: 0 })
  const accountId = await bindAccount(ctx, simulated)
  await makePartitions(ctx)
  const { contacts, fans } = await makePeople(ctx, accountId, people)
  const at = ({ id }: { id: string }, rest = '') => `/api/accounts/${accountId}/campaigns/${id}${rest}`
  const act = <T = Campaign>(campaign: Campaign, verb: string, body: object = {}) =>
    api<T>('POST', at(campaign, `/${verb}`), body)
  const draft = async (plan: PlanInput = {}, fields: object = {}) =>
    ok(
      await api<Campaign>('POST', `/api/accounts/${accountId}/campaigns`, {
        kind: 'customer-service',
        name: '活动',
        ...fields,
        plan: { content: { kind: 'text', text: '你好' }, ...plan },
      }),
    )
  const read = async (campaign: Campaign) => ok(await api<Campaign>('GET', at(campaign)))
  const preflight = async (campaign: Campaign) => {
    ok(await act(campaign, 'preflight'))
    await preflightNext(ctx, NEVER)
    return read(campaign)
  }
  const follow = async () => {
    while ((await reactions.run(ctx, NEVER)) > 0);
  }
  const work = async () => {
    for (let round = 0; round < 200; round += 1) {
      await follow()
      let did = await queueDue(ctx)
      did += await computeNext(ctx, NEVER)
      did += await openDue(ctx)
      did += await beginPrepared(ctx)
      did += await freezeNext(ctx)
      did += await decideWaits(ctx)
      did += await dropEndedWaits(ctx)
      did += await settleCampaigns(ctx)
      if (did === 0) return
    }
    throw new Error('campaigns never came to rest')
  }
  return {
    ...world,
    ctx: ctx as CampaignWorld['ctx'],
    server,
    api,
    accountId,
    contacts,
    fans,
    now: () => instant,
    forward(ms) {
      instant = new Date(instant.getTime() + ms)
    },
    draft,
    preflight,
    read,
    act,
    async start(plan = {}, fields = {}) {
      const shown = await preflight(await draft(plan, fields))
      const { result, error } = shown.preflight ?? {}
      if (!result) throw new Error(`no pre-flight: ${JSON.stringify(error)}`)
      return ok(await act(shown, 'start', { revision: shown.revision, expectedReached: result.reached }))
    },
    async edit(campaign, plan) {
      const { revision } = await read(campaign)
      return ok(await act(campaign, 'edit', { revision, plan }))
    },
    runs: async (campaign) =>
      ok(await api<{ items: CampaignRun[] }>('GET', at(campaign, '/runs'))).items.toReversed(),
    figures: async (campaign) => ok(await api<Figures>('GET', at(campaign, '/figures'))),
    why: async (campaign, contactId) => ok(await api<Why>('GET', at(campaign, `/why/${contactId}`))),
    async segment(fields) {
      const body = { name: '人群', accountId, ...fields }
      const { id } = ok(await api<{ id: string }>('POST', '/api/segments', body))
      while ((await computeNext(ctx, NEVER)) > 0);
      return id
    },
    happen: (events) => insertEvents(ctx, { accountId, contacts, fans, now: instant }, events),
    work,
    follow,
    async planned(campaign) {
      const { rows } = await ctx.pool.query<{
        contact_id: string
        due_at: Date
        version: number
        occurrence: string
      }>(
        `select d.contact_id, d.due_at, d.version, d.occurrence from deliveries d join campaigns c on c.send_id = d.send_id
         where c.id = $1 order by d.id`,
        [campaign.id],
      )
      return rows.map((row) => ({
        person: contacts.indexOf(row.contact_id),
        dueAt: row.due_at,
        version: row.version,
        eventId: row.occurrence,
      }))
    },
    async deliver() {
      await ctx.pool.query(
        `with done as (update deliveries d set state = 'delivered', settled_at = $1, intent_at = $1
           from sends s where s.id = d.send_id and s.state = 'running' and d.state in ('planned', 'held') and d.due_at <= $1
           returning d.send_id, coalesce(d.run_id, 0) as run_id),
         sums as (select send_id, run_id, count(*) as n from done group by 1, 2)
         insert into delivery_tallies as t (send_id, run_id, slot, state, n)
         select send_id, run_id, 0, state, case state when 'planned' then -n else n end
         from sums, unnest(array['planned', 'delivered']) as state
         on conflict (send_id, run_id, state, reason, slot) do update set n = t.n + excluded.n`,
        [instant],
      )
    },
    async close() {
      await server.close()
      await world.close()
    },
  }
}

export const ok = <T>({ status, body }: Answer<T>): T => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

async function makePeople({ pool }: Ctx, accountId: string, count: number) {
  const { rows } = await pool.query<{ id: string; contact_id: string }>(
    `with made as (insert into contacts (created_at) select now() from generate_series(1, $2::int) returning id)
     insert into fans (account_id, contact_id, openid, following, followed_at)
     select $1::bigint, id, 'o_' || $1::text || '_' || id, true, now() from made returning id, contact_id`,
    [accountId, count],
  )
  return { contacts: rows.map((row) => row.contact_id), fans: rows.map((row) => row.id) }
}

type Place = { accountId: string; contacts: readonly string[]; fans: readonly string[]; now: Date }

async function insertEvents(
  { pool }: Ctx,
  { accountId, contacts, fans, now }: Place,
  events: readonly NewEvent[],
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
     select u.account, u.contact, u.fan, u.name, u.at, u.received, u.properties
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::jsonb[])
       with ordinality as u (account, contact, fan, name, at, received, properties, n) order by u.n
     returning id`,
    [
      events.map((event) => (event.accountId === undefined ? accountId : event.accountId)),
      events.map((event) => contacts[event.person]),
      events.map((event) => fans[event.person]),
      events.map((event) => event.name),
      events.map((event) => (event.at ?? now).toISOString()),
      events.map((event) => (event.receivedAt ?? event.at ?? now).toISOString()),
      events.map((event) => JSON.stringify(event.properties ?? {})),
    ],
  )
  return rows.map((row) => row.id)
}

export { CAMPAIGNS_TOPIC }
