import { setTimeout as delay } from 'node:timers/promises'
import type { Ctx, OwnedCtx, Role } from '../../src/context.ts'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { broadcastsModule } from '../../src/modules/broadcasts/module.ts'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import type {
  Batch,
  Broadcast,
  BroadcastAudience,
  Content,
  GroupDraft,
  Path,
  Preflight,
  Timing,
} from '../../src/modules/broadcasts/schema.ts'
import type { Audience } from '../../src/modules/contacts/schema.ts'
import { syncArticles } from '../../src/modules/contents/index.ts'
import { contentsModule } from '../../src/modules/contents/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { type Answer, type Caller, createTestApi } from './api.ts'
import { readPushSecrets } from './pushes.ts'
import { createTestWorld, type SimulatedAccount, type TestWorld } from './world.ts'

/** Nobody does anything by themselves after a mass send. */
export const STILL = {
  read: 0,
  share: 0,
  favourite: 0,
  like: 0,
  comment: 0,
  text: 0,
  unfollow: 0,
  follow: 0,
  tap: 0,
  answer: 0,
}
const NEVER = new AbortController().signal
/** Dues nearer than this are jumped to when nothing else is left to do. */
const NEAR_MS = 2 * 60_000
const ROUNDS = 20_000

export type Bound = SimulatedAccount & { id: string; fanIds: string[]; openids: string[] }
type Fields = {
  name: string
  audience: BroadcastAudience
  content: Content
  path: Path
  ignoreReprint: boolean
  /** 对比组, after the group that the other fields are. */
  comparisons: Partial<GroupDraft>[]
  timing: Timing
  sendAt: string | null
  missed: GroupDraft['missed']
  holdout: number
  /** In place of the content. */
  test: GroupDraft['test']
}

/** A world with our API listening for the platform's callbacks, and an administrator signed in. */
export type SendingWorld = TestWorld & {
  api: Caller
  /** The same as someone else. */
  as(role: Role): Promise<Caller>
  /** Where the API listens. */
  apiUrl: string
  /** An account bound here with its callback set there, and its people known here as a sync would know them. */
  bind(overrides?: Partial<SimulatedAccount> & { settings?: object }): Promise<Bound>
  /** Reads the account's drafts anew. */
  sync(account: Bound): Promise<void>
  /** A fan list of these fans, however many. */
  list(account: Bound, fanIds: readonly string[]): Promise<Audience>
  draft(account: Bound, fields?: Partial<Fields>): Promise<Broadcast>
  preflight(broadcast: Broadcast): Promise<Preflight>
  /** A text, or something else, to the first fans of the account, frozen into batches of these sizes and not sent yet. */
  frozen(account: Bound, sizes: readonly number[], fields?: Partial<Fields>): Promise<Broadcast>
  /** Pre-flight and confirm with its number; not yet prepared. */
  confirm(broadcast: Broadcast): Promise<Preflight>
  read(broadcast: Broadcast): Promise<Broadcast>
  batches(broadcast: Broadcast): Promise<Batch[]>
  act(broadcast: Broadcast, verb: string, body?: object): Promise<Answer<Broadcast>>
  fault(...faults: object[]): Promise<void>
  /** Moves both clocks. */
  forward(to: Date): Promise<void>
  /**
   * Does what a worker does until there is nothing to do, with results and callbacks; dues of the next two minutes are
   * jumped to. `where` is the process that does it.
   */
  drain(where?: Ctx): Promise<void>
  /** How often each fan received a mass send, by the simulator's ledger. */
  received(account: Bound): Promise<Map<string, number>>
  /** How many people of a broadcast are in which state and for which reason. */
  people(broadcast: Broadcast): Promise<Record<string, number>>
}

let texts = 0
/** A text that was never sent before: equal ones would look like a second receipt. */
export const freshText = (): Content => ({ kind: 'text', text: `新品到店 ${++texts} 😀` })

/** What pre-flight showed for each arm, as a confirmation says it. */
export const expectedIn = ({ groups }: Preflight) =>
  groups.flatMap(({ arms }) => arms.map(({ number, reached }) => ({ arm: number, reached })))

/** An instant of the Beijing day so many days after that of `now`. */
export function atBeijing(now: Date, days: number, time: string): Date {
  const day = new Date(now.getTime() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)
  return new Date(`${day}T${time}:00+08:00`)
}

/** The first instant of the Beijing month after that of `now`. */
export function nextMonth(now: Date): Date {
  const local = new Date(now.getTime() + 8 * 3_600_000)
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - 8 * 3_600_000)
}

export async function createSendingWorld(env: Record<string, string> = {}): Promise<SendingWorld> {
  const world = await createTestWorld(env)
  const { ctx } = world
  const server = await createTestApi(ctx)
  const listening = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const api = await server.signIn('administrator')
  const at = ({ accountId, id }: Broadcast, rest = '') => `/api/accounts/${accountId}/broadcasts/${id}${rest}`
  const ok = <T>({ status, body }: Answer<T>): T => {
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  const act = (broadcast: Broadcast, verb: string, body: object = {}) =>
    api<Broadcast>('POST', at(broadcast, `/${verb}`), body)
  const preflight = async (broadcast: Broadcast) =>
    ok(await api<Preflight>('POST', at(broadcast, '/preflight'), {}))
  const forward = (to: Date) => moveClocks(world, to)

  const list = async (account: Bound, fanIds: readonly string[]): Promise<Audience> => {
    const { rows } = await ctx.pool.query<{ id: string }>(
      `with made as (insert into fan_lists (account_id, name, size, created_at) values ($1, 'L', $2, now()) returning id),
           members as (insert into fan_list_members (list_id, fan_id) select id, fan from made, unnest($3::bigint[]) as fan)
         select id from made`,
      [account.id, fanIds.length, fanIds],
    )
    return { kind: 'list', listId: rows[0]?.id as string }
  }
  const draft = async (account: Bound, fields: Partial<Fields> = {}) => {
    const { comparisons = [], timing = { kind: 'now' }, name = '群发', ...first } = fields
    const groups = [first, ...comparisons].map((group, place) => ({
      name: place === 0 ? name : `对比组 ${place}`,
      audience: { kind: 'all' },
      ...(group.test == null && { content: freshText() }),
      path: 'list',
      ...group,
    }))
    const body = { name, groups, timing }
    return ok(await api<Broadcast>('POST', `/api/accounts/${account.id}/broadcasts`, body))
  }
  const confirm = async (broadcast: Broadcast) => {
    const shown = await preflight(broadcast)
    ok(await act(broadcast, 'send', { version: broadcast.version, expected: expectedIn(shown) }))
    return shown
  }

  return {
    ...world,
    api,
    as: (role) => server.signIn(role),
    apiUrl: listening,
    draft,
    confirm,
    async frozen(account, sizes, fields = {}) {
      const count = sizes.reduce((sum, size) => sum + size, 0)
      const broadcast = await draft(account, {
        ...fields,
        audience: await list(account, account.fanIds.slice(0, count)),
      })
      await confirm(broadcast)
      await prepareNext(ctx)
      await splitInto(ctx, broadcast.id, sizes)
      return broadcast
    },
    preflight,
    act,
    forward,
    async bind({ settings, ...overrides } = {}) {
      const account = await world.account({ drafts: 0, articles: 0, ...overrides })
      const id = await bindAccount(ctx, account)
      const { path, secrets } = await readPushSecrets(ctx, { id, appid: account.appid })
      const callback = {
        url: `${listening}${path}`,
        token: secrets.token,
        aesKey: secrets.aesKey,
        mode: 'safe',
      }
      await world.control('PATCH', `/accounts/${account.appid}`, {
        callback,
        rates: STILL,
        ...(settings && { settings }),
      })
      await limits(api, id)
      return { ...account, id, ...(await copyPeople(ctx, id, account.appid)) }
    },
    async sync(account) {
      const run = await syncArticles(ctx, account.id, { scope: 'all', kinds: ['draft'] })
      await contentsModule.jobs?.['contents.sync-articles']?.(ctx, { runId: run.id }, NEVER)
    },
    list,
    read: async (broadcast) => ok(await api<Broadcast>('GET', at(broadcast))),
    batches: async (broadcast) =>
      ok(await api<{ items: Batch[] }>('GET', at(broadcast, '/batches?limit=200'))).items,
    fault: async (...faults) => void (await world.control('PUT', '/faults', faults)),
    drain: (where = ctx) => drain(world, where),
    async received(account) {
      const { rows } = await ctx.pool.query<{ openid: string; times: number }>(
        `select openid, count(*)::int as times from simulator.receipt r join simulator.fan f on f.id = r.fan_id
           join simulator.account a on a.id = r.account_id
         where a.appid = $1 and r.kind = 'mass' group by openid`,
        [account.appid],
      )
      return new Map(rows.map((row) => [row.openid, row.times]))
    },
    async people(broadcast) {
      const { rows } = await ctx.pool.query<{ state: string; people: number }>(
        `select coalesce(t.state, 'skipped') || coalesce(':' || coalesce(r.reason, t.reason), '') as state,
           count(*)::int as people
         from broadcast_recipients r
         left join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
         where r.broadcast_id = $1 group by 1`,
        [broadcast.id],
      )
      return Object.fromEntries(rows.map((row) => [row.state, row.people]))
    },
    async close() {
      await server.close()
      await world.close()
    },
  }
}

/** Ten million a minute: what a test doesn't ask about must not make it wait. */
const limits = (api: Caller, accountId: string) =>
  api('PUT', `/api/accounts/${accountId}/limits`, {
    massPerMinuteByOpenid: 10_000_000,
    massPerMinuteByFilter: 10_000_000,
  })

/** Both populations are in one database; a sync of 20,000 people has tests of its own. */
export async function copyPeople(ctx: Ctx, accountId: string, appid: string) {
  const { rows } = await ctx.pool.query<{ id: string; openid: string }>(
    `with people as (
       select s.openid, s.following, s.subscribed_at, row_number() over (order by s.id) as n,
         (select coalesce(array_agg(tag_id order by tag_id), '{}') from simulator.tag_member m where m.fan_id = s.id) as tags
       from simulator.fan s join simulator.account a on a.id = s.account_id where a.appid = $2),
     made as (insert into contacts (created_at) select now() from people returning id),
     numbered as (select id, row_number() over (order by id) as n from made),
     known as (
       insert into fans (account_id, contact_id, following, detailed, openid, followed_at, tag_ids)
       select $1, numbered.id, following, true, openid, subscribed_at, tags from people join numbered using (n)
       order by n returning id, openid, following)
     select id, openid from known where following order by id`,
    [accountId, appid],
  )
  return { fanIds: rows.map((row) => row.id), openids: rows.map((row) => row.openid) }
}

/** Batches as if they were limited to fewer: 10,000 people in each would say nothing more. */
async function splitInto({ pool }: Ctx, broadcastId: string, sizes: readonly number[]): Promise<void> {
  const seqs = sizes.flatMap((size, seq) => Array<number>(size).fill(seq))
  await pool.query(
    `update broadcast_recipients r set batch_seq = s.seq
     from (select fan_id, row_number() over (order by fan_id) as n from broadcast_recipients where broadcast_id = $1) o,
       unnest($2::int[]) with ordinality as s(seq, n)
     where r.broadcast_id = $1 and r.fan_id = o.fan_id and s.n = o.n`,
    [broadcastId, seqs],
  )
  await pool.query('delete from broadcast_batches where broadcast_id = $1 and seq > 0', [broadcastId])
  await pool.query(
    `with sized as (select n::int - 1 as seq, size from unnest($2::int[]) with ordinality as s(size, n)),
       first as (update broadcast_batches set size = sized.size from sized
         where broadcast_id = $1 and broadcast_batches.seq = 0 and sized.seq = 0 returning broadcast_batches.*)
     insert into broadcast_batches (broadcast_id, account_id, seq, size, client_msg_id, due_at)
     select broadcast_id, account_id, sized.seq, sized.size, client_msg_id || '-' || sized.seq, due_at
     from first, sized where sized.seq > 0`,
    [broadcastId, sizes],
  )
}

/** The platform first, as the sandbox does it: it must never judge by an earlier time than ours. */
async function moveClocks({ ctx, control }: TestWorld, to: Date): Promise<void> {
  await control('POST', '/clock', { now: to.toISOString() }).catch((error: Error) => {
    // it got there by itself meanwhile
    if (!error.message.includes(' 409 ')) throw error
  })
  await ctx.pool.query(
    `update business_clock set offset_ms = greatest(offset_ms,
       ceil(extract(epoch from $1::timestamptz - clock_timestamp()) * 1000)::bigint)`,
    [to],
  )
  await ctx.clock.refresh()
  await ctx.wake.notify('clock')
}

const reactions = createReactionSweep(broadcastsModule.reactions ?? [])
const sweeps = [reactions, ...(broadcastsModule.sweeps ?? [])]

/** One look of each sweep; returns how much there was to do. */
export async function sweepOnce(where: Ctx): Promise<number> {
  let did = 0
  for (const sweep of sweeps) did += await sweep.run(where, NEVER)
  return did
}

async function drain(world: TestWorld, where: Ctx): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    // asked before looking: what the platform hands over in between is found by the next look
    const platform = await world.control<{ nextDueAt: string | null; busy: boolean }>('GET', '/next-due')
    if ((await sweepOnce(where)) > 0) continue
    const dueAt = platform.nextDueAt === null ? null : new Date(platform.nextDueAt)
    const now = where.clock.now()
    if (platform.busy || (dueAt !== null && dueAt <= now)) {
      await delay(2)
      continue
    }
    const next = await nextDue(where, dueAt, now)
    if (next === undefined) {
      // what fell due between the look and the question is neither found by the one nor named by the other
      if ((await sweepOnce(where)) > 0) continue
      return
    }
    await moveClocks(world, next)
    if (where !== world.ctx) await (where as OwnedCtx).clock.refresh()
  }
  throw new Error('the worker never came to an end')
}

async function nextDue(where: Ctx, platform: Date | null, now: Date): Promise<Date | undefined> {
  const ours = await broadcastsModule.nextDue?.(where)
  const instants = [ours?.dueAt, platform]
    .filter((at): at is Date => at instanceof Date)
    .filter((at) => at > now && at.getTime() - now.getTime() <= NEAR_MS)
  return instants.sort((a, b) => a.getTime() - b.getTime())[0]
}
