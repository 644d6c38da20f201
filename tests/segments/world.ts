import type { Ctx } from '../../src/context.ts'
import type { Rule } from '../../src/modules/segments/schema/rule.ts'
import type { Segment } from '../../src/modules/segments/schema.ts'
import { computeNext } from '../../src/modules/segments/snapshots/compute.ts'
import { queueDue } from '../../src/modules/segments/snapshots/due.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'
import { type Answer, type Caller, createTestApi, type TestApi } from '../support/api.ts'

export const NEVER = new AbortController().signal

/** People, tags and segments, without a platform. */
export type SegmentWorld = BareWorld & {
  server: TestApi
  api: Caller
  account(): Promise<string>
  /** Contacts, as fans of an account where one is named. */
  people(count: number, accountId?: string): Promise<string[]>
  /** A tag of our own that these people carry, as a rule. */
  tagged(contactIds: readonly string[]): Promise<Rule>
  tag(rule: Rule, contactIds: readonly string[]): Promise<void>
  create(fields: Partial<Segment> & { rule: Rule }): Promise<Segment>
  read(segmentId: string): Promise<Segment>
  /** Members as the API pages them, in the order of their ids. */
  members(segmentId: string): Promise<string[]>
  /** Everything that waits in the lane, or falls due. */
  work(ctx?: Ctx): Promise<number>
  /** Business time. */
  forward(to: Date): Promise<void>
}

export const ok = <T>({ status, body }: Answer<T>): T => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

export async function work(ctx: Ctx): Promise<number> {
  let did = 0
  for (;;) {
    const now = (await queueDue(ctx)) + (await computeNext(ctx, NEVER))
    if (now === 0) return did
    did += now
  }
}

let made = 0
export async function createSegmentWorld(): Promise<SegmentWorld> {
  const world = await createBareWorld('sandbox')
  const { ctx } = world
  const server = await createTestApi(ctx)
  const api = await server.signIn('administrator')
  const query = <T>(text: string, values: unknown[] = []) =>
    ctx.pool.query<T & Record<string, unknown>>(text, values)
  const tag = async (tagId: string, contactIds: readonly string[]) => {
    await query(
      `insert into contact_tags (tag_id, contact_id, since) select $1, unnest($2::bigint[]), $3::timestamptz
       on conflict do nothing`,
      [tagId, contactIds, new Date(ctx.clock.now().getTime() - 1_000)],
    )
  }
  return {
    ...world,
    server,
    api,
    async account() {
      made += 1
      const { rows } = await query<{ id: string }>(
        `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
           callback_aes_key_encrypted, created_at) values ($1, $2, 'service', true, $3, $4, $3, $3, now()) returning id`,
        [
          `wx${String(made).padStart(16, 'b')}`,
          `公众号 ${made}`,
          ctx.secrets.encrypt('nothing'),
          `segkey-${made}`,
        ],
      )
      return rows[0]?.id ?? ''
    },
    async people(count, accountId) {
      const { rows } = await query<{ id: string }>(
        'insert into contacts (created_at) select now() from generate_series(1, $1::int) returning id',
        [count],
      )
      const ids = rows.map(({ id }) => id)
      if (accountId !== undefined)
        await query(
          `insert into fans (account_id, contact_id, following, openid)
           select $1, c, true, 'oFan_' || c from unnest($2::bigint[]) c`,
          [accountId, ids],
        )
      return ids
    },
    async tagged(contactIds) {
      made += 1
      const { rows } = await query<{ id: string }>(
        'insert into tags (name, created_at) values ($1, now()) returning id',
        [`标签 ${made}`],
      )
      const tagId = rows[0]?.id ?? ''
      await tag(tagId, contactIds)
      return { kind: 'tag', match: 'any', tags: [{ of: 'own', tagId }] }
    },
    async tag(rule, contactIds) {
      if (rule.kind !== 'tag' || rule.tags[0]?.of !== 'own') throw new Error('no rule of one own tag')
      await tag(rule.tags[0].tagId, contactIds)
    },
    async create(fields) {
      const body = { name: '分群', updateKind: 'on_demand', ...fields }
      return ok(await api<Segment>('POST', '/api/segments', body))
    },
    read: async (segmentId) => ok(await api<Segment>('GET', `/api/segments/${segmentId}`)),
    async members(segmentId) {
      const found: string[] = []
      for (let cursor = ''; ; ) {
        const page = ok(
          await api<{ items: { contactId: string }[]; nextCursor: string | null }>(
            'GET',
            `/api/segments/${segmentId}/members?limit=7${cursor && `&cursor=${cursor}`}`,
          ),
        )
        found.push(...page.items.map(({ contactId }) => contactId))
        if (page.nextCursor === null) return found
        cursor = page.nextCursor
      }
    },
    work: (where = ctx) => work(where),
    async forward(to) {
      await query(
        `update business_clock set offset_ms = greatest(offset_ms,
           ceil(extract(epoch from $1::timestamptz - clock_timestamp()) * 1000)::bigint)`,
        [to],
      )
      await ctx.clock.refresh()
    },
    async close() {
      await server.close()
      await world.close()
    },
  }
}
