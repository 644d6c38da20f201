import { sql } from 'kysely'
import type { Ctx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { engineSweeps } from '../../src/modules/deliveries/engine/parts.ts'
import { createSend, type NewSend, planDeliveries } from '../../src/modules/deliveries/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { type Recorder, startRecorder } from './recorder.ts'

const NEVER = new AbortController().signal
const NO_LIMITS = { caps: 'none', quiet: 'none', notAfter: null } as const

/** A text as a resolved content: what engine tests send where they don't ask about content. */
export const textContent = (content: string): NewSend['content'] =>
  ({
    kind: 'text',
    channel: 'customer-service',
    variables: {},
    message: { msgtype: 'text', text: { content } },
  }) as unknown as NewSend['content']

const FIELDS = [{ key: 'thing1', type: 'thing', name: '事项', values: null }]

/** A template of the account, as if it had been synced, and a content that uses it. */
export async function makeTemplate(
  { ctx }: { ctx: Ctx },
  account: Bound,
  kind: 'template' | 'subscription' = 'template',
): Promise<Pick<NewSend, 'channel' | 'content' | 'template'>> {
  const wechatId = `T${account.id}${kind}`
  // the platform knows nothing of it: a look there would find it gone
  await ctx.pool.query(
    `insert into template_syncs (account_id, due_at) values ($1, now() + interval '10 years')
     on conflict (account_id) do update set due_at = excluded.due_at`,
    [account.id],
  )
  const { rows } = await ctx.pool.query<{ id: string }>(
    `insert into message_templates (account_id, kind, wechat_id, title, content, fields, family, term, fingerprint, first_seen_at,
       synced_at) values ($1, $2, $3, '通知', '{{thing1.DATA}}', $4, $5, $6, 'as-is', now(), now())
     on conflict (account_id, kind, wechat_id) do update set gone_at = null, fingerprint = 'as-is' returning id`,
    [
      account.id,
      kind,
      wechatId,
      JSON.stringify(FIELDS),
      kind === 'template' ? 'category' : null,
      kind === 'template' ? null : 'one-time',
    ],
  )
  const template = { id: rows[0]?.id as string, wechatId, fingerprint: 'as-is' }
  const full = { ...template, title: '通知', family: 'category', fields: FIELDS }
  const rest = kind === 'template' ? { url: '' } : { page: '' }
  const content = {
    kind,
    channel: kind,
    variables: {},
    template: full,
    fields: { thing1: '到店' },
    miniProgram: null,
    ...rest,
  }
  return { channel: kind, content: content as unknown as NewSend['content'], template }
}

export type DeliveryWorld = SendingWorld & {
  /** Where our messages arrive. */
  recorder: Recorder
  /** A running send; nobody is planned yet. */
  send(account: Bound, fields?: Partial<NewSend>): Promise<string>
  /** Plans these fans, or all of the account, due now. */
  plan(sendId: string, account: Bound, fanIds?: readonly string[], dueAt?: Date): Promise<number>
  /** As if every fan of the account had written just now, so that customer-service messages may go; done by `bind`. */
  openWindows(account: Bound): Promise<void>
  /** States with reasons of a send's deliveries, by counting them. */
  states(sendId: string): Promise<Record<string, number>>
  /** The same by the tallies. */
  tallies(sendId: string): Promise<Record<string, number>>
  /** Whoever held rows is as good as dead: their minute is over. */
  endLeases(): Promise<void>
  /** Runs the engine of `where` until nothing of these sends is due or in flight. */
  pump(sendIds: readonly string[], where?: Ctx): Promise<void>
}

export async function createDeliveryWorld(env: Record<string, string> = {}): Promise<DeliveryWorld> {
  const recorder = await startRecorder()
  const world = await createSendingWorld({ SIMULATOR_URL: recorder.url, ...env })
  recorder.behind = world.simulator.url
  const { ctx } = world
  return {
    ...world,
    recorder,
    async bind(overrides) {
      const account = await world.bind(overrides)
      const most = 10_000_000
      await world.api('PUT', `/api/accounts/${account.id}/limits`, {
        customerServicePerMinute: most,
        templatePerMinute: most,
        subscriptionPerMinute: most,
      })
      await allowEverybody(ctx, account.id)
      return account
    },
    send: (account, fields = {}) =>
      inTransaction(ctx.db, async (trx) => {
        const { sendId } = await createSend(ctx, trx, {
          accountId: account.id,
          ownerKind: 'campaign',
          ownerId: '1',
          name: '活动',
          channel: 'customer-service',
          purpose: 'service',
          lane: 'bulk',
          content: textContent('你好'),
          template: null,
          limits: NO_LIMITS,
          tracked: false,
          ...fields,
        })
        return sendId
      }),
    plan: (sendId, account, fanIds = account.fanIds, dueAt = ctx.clock.now()) =>
      inTransaction(ctx.db, async (trx) => {
        const { rows } = await sql<{ id: string; contact_id: string }>`select id, contact_id from fans
          where account_id = ${account.id}::bigint and id = any(${[...fanIds]}::bigint[])`.execute(trx)
        const people = rows.map((row) => ({
          contactId: row.contact_id,
          fanId: row.id,
          occurrence: '0',
          dueAt,
          version: 1,
        }))
        return planDeliveries(trx, sendId, people, ctx.clock.now())
      }),
    openWindows: (account) => allowEverybody(ctx, account.id),
    async states(sendId) {
      const { rows } = await ctx.pool.query<{ state: string; n: number }>(
        `select state || coalesce(':' || reason, '') as state, count(*)::int as n from deliveries where send_id = $1 group by 1`,
        [sendId],
      )
      return Object.fromEntries(rows.map((row) => [row.state, row.n]))
    },
    async tallies(sendId) {
      const { rows } = await ctx.pool.query<{ state: string; n: number }>(
        `select state || case when reason = '' then '' else ':' || reason end as state, sum(n)::int as n
         from delivery_tallies where send_id = $1 group by 1 having sum(n) <> 0`,
        [sendId],
      )
      return Object.fromEntries(rows.map((row) => [row.state, row.n]))
    },
    async endLeases() {
      await ctx.pool.query(
        `update deliveries set lease_until = clock_timestamp() - interval '1 second' where state = 'sending'`,
      )
    },
    pump: (sendIds, where = ctx) => drainSends(where, sendIds),
    async close() {
      await world.close()
      await recorder.close()
    },
  }
}

async function allowEverybody(ctx: Ctx, accountId: string): Promise<void> {
  await ctx.pool.query(
    `insert into service_windows (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
     select id, 'message', account_id, 0, $2, $2::timestamptz + interval '48 hours', 5 from fans where account_id = $1
     on conflict (fan_id, kind) do update set used = 0, opened_at = excluded.opened_at, expires_at = excluded.expires_at`,
    [accountId, ctx.clock.now()],
  )
}

const loops = engineSweeps.filter(({ name }) => /immediate|bulk|leftovers|recover/.test(name))

async function drainSends(where: Ctx, sendIds: readonly string[]): Promise<void> {
  await until(
    async () => {
      for (const sweep of loops) await sweep.run(where, NEVER)
      const { rows } = await where.pool.query<{ busy: boolean }>(
        `select exists (select from deliveries d join sends s on s.id = d.send_id
           join accounts a on a.id = s.account_id where d.send_id = any($1::bigint[])
           and (d.state = 'sending' or (a.state = 'active' and s.state = 'running' and d.state in ('planned', 'held') and d.due_at <= $2))
           ) or exists (select from sends where id = any($1::bigint[]) and leftovers) as busy`,
        [sendIds, where.clock.now()],
      )
      return rows[0]?.busy === false
    },
    { what: 'the end of the sends', everyMs: 1 },
  )
}
