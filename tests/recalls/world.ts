import type { Ctx } from '../../src/context.ts'
import { deliveriesModule } from '../../src/modules/deliveries/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { recallsModule } from '../../src/modules/recalls/module.ts'
import type { RecallEstimate, RecallRule } from '../../src/modules/recalls/schema.ts'
import { takeTurns } from '../../src/modules/recalls/turns.ts'
import type { Answer } from '../support/api.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

const NEVER = new AbortController().signal
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Ten minutes before the end of 48 hours, to everybody, by a text. */
export const PLAIN = {
  name: '召回',
  minutes: 10,
  reading: 'before-end',
  content: { kind: 'custom', replies: [{ kind: 'text', text: '好久不见，回复 1 领券' }] },
  on: true,
}

/** Recalls with the simulated WeChat as the judge: fans act there, and what they received is in its ledger. */
export type RecallWorld = Omit<SendingWorld, 'act' | 'read'> & {
  rule(account: Bound, fields?: object): Promise<RecallRule>
  save(account: Bound, fields: object): Promise<Answer<RecallRule>>
  edit(rule: RecallRule, fields: object): Promise<RecallRule>
  turn(rule: RecallRule, on: boolean): Promise<void>
  read(rule: RecallRule): Promise<RecallRule>
  estimate(account: Bound, fields: object): Promise<RecallEstimate>
  /** What a fan does, and that we have been told. */
  act(account: Bound, openid: string, action?: string, more?: object): Promise<void>
  pass(ms: number): Promise<void>
  /** All that a worker has to do by now; `where` is the process. */
  work(where?: Ctx): Promise<void>
  /** Reads what fans did, without looking at anybody's silence. */
  follow(where?: Ctx): Promise<void>
  /** Messages each fan received, by the simulator's ledger. */
  got(account: Bound): Promise<Map<string, number>>
  /** Deliveries of a rule by fan's openid: `state` or `state:reason`. */
  rows(rule: RecallRule): Promise<{ openid: string; told: string; silence: Date }[]>
}

const reactions = createReactionSweep([
  ...(deliveriesModule.reactions ?? []),
  ...(recallsModule.reactions ?? []),
])
const engine = (deliveriesModule.sweeps ?? []).filter(({ name }) =>
  /immediate|bulk|leftovers|recover/.test(name),
)

export async function createRecallWorld(env: Record<string, string> = {}): Promise<RecallWorld> {
  const world = await createSendingWorld(env)
  const { ctx, api } = world
  const at = (accountId: string, rest = '') => `/api/accounts/${accountId}/recall-rules${rest}`
  const ok = <T>({ status, body }: Answer<T>): T => {
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  const follow = async (where: Ctx = ctx) => {
    while ((await reactions.run(where, NEVER)) > 0);
  }
  const save = (account: Bound, fields: object) =>
    api<RecallRule>('POST', at(account.id), { ...PLAIN, ...fields })
  const read = async ({ accountId, id }: RecallRule) =>
    ok(await api<{ rule: RecallRule }>('GET', at(accountId, `/${id}`))).rule
  return {
    ...world,
    save,
    rule: async (account, fields = {}) => ok(await save(account, fields)),
    read,
    async edit(rule, fields) {
      const { name, minutes, reading, include, exclude, content, limits, version } = await read(rule)
      const before = { name, minutes, reading, include, exclude, content, limits, version }
      return ok(await api<RecallRule>('PUT', at(rule.accountId, `/${rule.id}`), { ...before, ...fields }))
    },
    async turn({ accountId, id }, on) {
      ok(await api('POST', at(accountId, `/${id}/state`), { on }))
    },
    estimate: async (account, fields) =>
      ok(await api<RecallEstimate>('POST', at(account.id, '/estimate'), fields)),
    async act(account, openid, action = 'text', more = {}) {
      const count = async () =>
        (
          await ctx.pool.query<{ n: number }>(
            `select count(*)::int as n from events e join fans f on f.id = e.fan_id where f.openid = $1 and f.account_id = $2`,
            [openid, account.id],
          )
        ).rows[0]?.n ?? 0
      const before = await count()
      const content = action === 'text' ? { content: '在吗' } : {}
      await world.control('POST', '/act', { appid: account.appid, openid, action, ...content, ...more })
      await until(async () => (await count()) > before, { everyMs: 2 })
    },
    pass: (ms) => world.forward(new Date(ctx.clock.now().getTime() + ms)),
    follow,
    async work(where = ctx) {
      await follow(where)
      while ((await takeTurns(where)) > 0);
      await until(
        async () => {
          for (const sweep of engine) await sweep.run(where, NEVER)
          const { rows } = await where.pool.query(
            `select from deliveries d join sends s on s.id = d.send_id
             where s.owner_kind = 'recall' and (d.state = 'sending'
               or s.state = 'running' and d.state in ('planned', 'held') and d.due_at <= $1) limit 1`,
            [where.clock.now()],
          )
          return rows.length === 0
        },
        { everyMs: 1 },
      )
      await follow(where)
    },
    async got(account) {
      const { rows } = await ctx.pool.query<{ openid: string; times: number }>(
        `select openid, count(*)::int as times from simulator.receipt r join simulator.fan f on f.id = r.fan_id
           join simulator.account a on a.id = r.account_id
         where a.appid = $1 and r.kind = 'custom' group by openid`,
        [account.appid],
      )
      return new Map(rows.map((row) => [row.openid, row.times]))
    },
    async rows({ id }) {
      const { rows } = await ctx.pool.query<{ openid: string; told: string; occurrence: string }>(
        `select f.openid, d.state || coalesce(':' || d.reason, '') as told, d.occurrence from deliveries d
         join sends s on s.id = d.send_id join fans f on f.id = d.fan_id
         where s.owner_kind = 'recall' and s.owner_id = $1 order by d.id`,
        [id],
      )
      return rows.map(({ occurrence, ...row }) => ({ ...row, silence: new Date(Number(occurrence)) }))
    },
  }
}
