import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../../tests/support/index.ts'
import { long, sized } from '../../../../tests/support/size.ts'
import { createTestWorld, type TestWorld } from '../../../../tests/support/world.ts'
import { type Actor, type Ctx, withActor } from '../../../context.ts'
import { readTable } from '../../../infra/spreadsheets/index.ts'
import { bindAccount } from '../../accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../../contacts/index.ts'
import { createOperator } from '../../operators/index.ts'
import { createStaticSegment } from '../../segments/index.ts'
import { getExport, listExports, previewExport, startExport, tidyExports } from './commands.ts'
import { runExport } from './run.ts'
import type { ExportedPeople, ExportFormat, PeopleExport } from './schema.ts'
import { voidExports } from './store.ts'

let world: TestWorld
let ctx: Ctx
let accountId: string
let otherId: string
let everyone: ReturnType<typeof actorOf>
const ids: Record<string, string> = {}
const NEVER = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  accountId = await bindAccount(
    world.ctx,
    await world.account({ name: '一号', fans: 0, drafts: 0, articles: 0 }),
  )
  otherId = await bindAccount(
    world.ctx,
    await world.account({ name: '二号', fans: 0, drafts: 0, articles: 0 }),
  )
  everyone = actorOf(await operator('administrator'), 'administrator', null)
  ctx = withActor(world.ctx, everyone)
  await populate()
})
afterAll(() => world?.close())
beforeEach(() => world.ctx.pool.query('update people_exports set voided = true'))

const query = async <T extends object = Record<string, unknown>>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const actorOf = (id: string, role: 'administrator' | 'operator' | 'analyst', accounts: string[] | null) =>
  ({ kind: 'operator', id, name: role, role, accounts, locale: 'zh-CN' }) satisfies Actor
let operators = 0
async function operator(role: 'administrator' | 'operator' | 'analyst'): Promise<string> {
  operators += 1
  const made = await createOperator(world.ctx, {
    email: `o${operators}@example.com`,
    password: 'a long enough password',
    name: role,
    role,
    allAccounts: true,
    accountIds: [],
  })
  return made.id
}

async function make(claims: Record<string, Omit<PersonClaim, 'mayLink'>>) {
  const client = await world.ctx.pool.connect()
  await client.query('begin')
  for (const [name, claim] of Object.entries(claims)) {
    const [found] = await findOrMakePeople(client, [{ ...claim, mayLink: true }], world.ctx.clock.now())
    ids[name] = found?.contactId as string
  }
  await client.query('commit')
  client.release()
}

async function populate() {
  await make({
    wang: { user: '123456789012345678', phone: '13800000001', openid: { accountId, openid: 'oWang1' } },
    li: { unionid: 'union-li-long', openid: { accountId: otherId, openid: 'oLi2' } },
    evil: { user: '=cmd|calc', externalUser: 'wm-3' },
  })
  await query(`update contacts set name = '王小明', created_at = '2026-01-01 00:00:05+08' where id = $1`, [
    ids['wang'],
  ])
  await query(`update contacts set name = '=1+1' where id = $1`, [ids['evil']])
  await query(
    `update fans set following = true, followed_at = '2026-02-03 04:05:06+08', tag_ids = '{2,9}' where contact_id = $1`,
    [ids['wang']],
  )
  await query(`insert into wechat_tags values ($1, 2, '星标', 0, now())`, [accountId])
  await query(
    `with t as (insert into tags (name, created_at) values ('VIP', now()), ('老客', now()) returning id)
     insert into contact_tags (tag_id, contact_id, since) select id, $1, now() from t`,
    [ids['wang']],
  )
  await query(
    `with a as (insert into attributes (key, display_name, type, origin, personal, created_at) values
       ('city', '城市', 'text', 'declared', false, now()), ('points', null, 'number', 'declared', false, now()),
       ('likes', null, 'list', 'declared', false, now()), ('address', '地址', 'text', 'declared', true, now()),
       ('seen', null, 'instant', 'declared', false, now()) returning id, key)
     insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since)
     select $1::bigint, id, item, t, n, '2026-01-01'::timestamptz from a join (values
       ('city', 0, '上海', null), ('points', 0, null, -12.5), ('likes', 0, '茶', null), ('likes', 1, '酒', null),
       ('address', 0, '某路 1 号', null), ('seen', 0, null, 1767225600000)) v (key, item, t, n) using (key)`,
    [ids['wang']],
  )
}

type Asked = { people?: ExportedPeople; format?: ExportFormat; columns?: string[] }
const EVERYONE: ExportedPeople = { kind: 'filter', filter: {} }
const start = (asked: Asked = {}, by: Ctx = ctx) =>
  startExport(by, { people: EVERYONE, format: 'csv', columns: ['id'], ...asked })
const runIdOf = async (id: string) =>
  (await query<{ run_id: string }>('select run_id from people_exports where id = $1', [id]))[0]
    ?.run_id as string
async function exported(asked: Asked = {}, by: Ctx = ctx): Promise<PeopleExport> {
  const { id } = await start(asked, by)
  await runExport(world.ctx, await runIdOf(id), NEVER)
  return getExport(by, id)
}
const keyOf = async (id: string) =>
  (await query<{ file_key: string | null }>('select file_key from people_exports where id = $1', [id]))[0]
    ?.file_key ?? ''
async function linesOf({ id, format }: PeopleExport): Promise<string[][]> {
  const key = await keyOf(id)
  return Array.fromAsync(readTable({ format, open: async () => (await world.ctx.files.open(key)).stream }))
}
const tablesOf = async (asked: Asked = {}, by: Ctx = ctx) => linesOf(await exported(asked, by))
const named = (...names: string[]): ExportedPeople => ({
  kind: 'contacts',
  contactIds: names.map((name) => ids[name] as string),
})

describe('what stands in the file', () => {
  test.each(['csv', 'xlsx'] as const)('F1: %s: every column, in the order asked for', async (format) => {
    const columns = [
      'name',
      'id',
      'phone',
      'user',
      'unionid',
      'tags',
      'created_at',
      `openid:${accountId}`,
      `following:${accountId}`,
      `followed_at:${accountId}`,
      `last_interaction:${accountId}`,
      `wechat_tags:${accountId}`,
      `openid:${otherId}`,
      'a:city',
      'a:points',
      'a:likes',
      'a:seen',
    ]
    const [heading, wang] = await tablesOf({ people: named('wang'), format, columns })
    expect(heading).toEqual([
      '姓名',
      '客户编号',
      '手机号',
      '会员号',
      'UnionID',
      '标签',
      '创建时间',
      'OpenID · 一号',
      '是否关注 · 一号',
      '关注时间 · 一号',
      '最近互动 · 一号',
      '微信标签 · 一号',
      'OpenID · 二号',
      '城市',
      'points',
      'likes',
      'seen',
    ])
    const phone = format === 'csv' ? "'+8613800000001" : '+8613800000001'
    expect(wang).toEqual([
      '王小明',
      ids['wang'],
      phone,
      '123456789012345678',
      '',
      'VIP; 老客',
      '2026-01-01 00:00:05',
      'oWang1',
      '是',
      '2026-02-03 04:05:06',
      '',
      '星标; #9',
      '',
      '上海',
      '-12.5',
      '茶; 酒',
      '2026-01-01 08:00:00',
    ])
  })

  test('F1: a CSV can be opened in a spreadsheet: its mark, and no formula begins a cell', async () => {
    const done = await exported({ people: named('evil'), columns: ['name', 'user'] })
    const bytes = await world.ctx.files.read(await keyOf(done.id), { maxBytes: 1_000 })
    expect(bytes.toString()).toBe("\ufeff姓名,会员号\r\n'=1+1,'=cmd|calc\r\n")
  })

  test('F1: in XLSX a name that looks like a formula and a long number stay texts', async () => {
    const columns = ['name', 'user']
    expect((await tablesOf({ people: named('evil', 'wang'), columns, format: 'xlsx' })).slice(1)).toEqual([
      ['=1+1', '=cmd|calc'],
      ['王小明', '123456789012345678'],
    ])
  })

  test('F1: names, identities and personal attributes are masked for whoever may not see persons', async () => {
    const analyst = withActor(world.ctx, actorOf(await operator('analyst'), 'analyst', null))
    const columns = ['name', 'phone', 'user', `openid:${accountId}`, 'a:address', 'a:city']
    const [, masked] = await tablesOf({ people: named('wang'), columns, format: 'xlsx' }, analyst)
    expect(masked).toEqual(['王**', '+86138****0001', '1234…678', 'o***', '***', '上海'])
    const [, whole] = await tablesOf({ people: named('wang'), columns, format: 'xlsx' })
    expect(whole).toEqual(['王小明', '+8613800000001', '123456789012345678', 'oWang1', '某路 1 号', '上海'])
  })
})

describe('whom', () => {
  const idsIn = async (people: ExportedPeople, by: Ctx = ctx) =>
    (await tablesOf({ people }, by)).slice(1).map(([id]) => id)

  test('F1: those the list’s filter fits, as many as were told before', async () => {
    const people: ExportedPeople = { kind: 'filter', filter: { accountId, following: 'true' } }
    expect(await previewExport(ctx, people)).toEqual({ people: 1, exact: true })
    expect(await idsIn(people)).toEqual([ids['wang']])
    expect((await exported({ people: EVERYONE })).people).toBe((await previewExport(ctx, EVERYONE)).people)
  })

  test('F1: members of a segment; a merged one stands there once, as who they are now', async () => {
    await make({ before: { anonymous: 'v-1' }, after: { user: 'm-1' } })
    const segmentId = await world.ctx.db.transaction().execute((trx) =>
      createStaticSegment(ctx, trx, {
        name: '名单',
        accountId: null,
        origin: { kind: 'picked' },
        people: sql<{
          contact_id: string
        }>`select unnest(${[ids['before'], ids['after'], ids['li']]}::bigint[]) as contact_id`,
      }),
    )
    const people: ExportedPeople = { kind: 'segment', segmentId }
    await make({ both: { user: 'm-1', anonymous: 'v-1' } })
    const told = await previewExport(ctx, people)
    const found = await idsIn(people)
    expect(found).toHaveLength(told.people)
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining([ids['after'], ids['li']]))
    await expect(start({ people: { kind: 'segment', segmentId: '777' } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('F1: whoever sees one account exports its people alone, and may name no other account', async () => {
    const scoped = withActor(world.ctx, actorOf(await operator('operator'), 'operator', [otherId]))
    expect(await idsIn(EVERYONE, scoped)).toEqual([ids['li']])
    expect(await idsIn(named('wang', 'li', 'evil'), scoped)).toEqual([ids['li']])
    await expect(start({ columns: [`openid:${accountId}`] }, scoped)).rejects.toMatchObject({
      reason: 'unknown_account',
    })
    await expect(start({ columns: ['a:nothing'] })).rejects.toMatchObject({ reason: 'attribute_unknown' })
  })

  test('F1: a file is for its maker and those who see every account; others don’t learn of it', async () => {
    const [mine, theirs] = [await operator('operator'), await operator('operator')].map((id) =>
      withActor(world.ctx, actorOf(id, 'operator', [otherId])),
    ) as [Ctx, Ctx]
    const { id } = await exported({}, mine)
    expect((await getExport(ctx, id)).state).toBe('done')
    await expect(getExport(theirs, id)).rejects.toMatchObject({ code: 'not_found' })
    expect((await listExports(theirs, { limit: 10 })).items).toEqual([])
    expect((await listExports(mine, { limit: 10 })).items.map((one) => one.id)).toEqual([id])
    // the account was taken from them since
    const narrowed = withActor(mine, { ...mine.actor, accounts: [accountId] } as Actor)
    await expect(getExport(narrowed, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('the log says who asked, which columns and how many; what was asked for is not kept', async () => {
    const { id } = await exported({
      people: { kind: 'filter', filter: { q: '13800000001' } },
      columns: ['name', 'phone'],
    })
    const entries = await query<{ action: string; detail: object }>(
      `select action, detail from audit_entries where subject_kind = 'export' and subject_id = $1 order by id`,
      [id],
    )
    expect(entries).toEqual([
      {
        action: 'contacts.export_started',
        detail: { kind: 'filter', format: 'csv', columns: ['name', 'phone'] },
      },
      { action: 'contacts.exported', detail: { people: 1, columns: ['name', 'phone'], format: 'csv' } },
    ])
    expect(
      await query(`select from people_exports t where id = $1 and strpos(t::text, '13800000001') > 0`, [id]),
    ).toEqual([])
  })
})

describe('files go', () => {
  const isKept = (key: string) =>
    world.ctx.files.open(key).then(
      ({ stream }) => Boolean(stream.destroy()),
      () => false,
    )
  const age = (id: string, time: string) =>
    query('update people_exports set finished_at = finished_at - $2::interval where id = $1', [id, time])

  test('F1: three days after they were written, not before', async () => {
    const { id } = await exported({ columns: ['id', 'name'] })
    const key = await keyOf(id)
    await age(id, '2 days 23 hours')
    await tidyExports(world.ctx)
    expect([(await getExport(ctx, id)).state, await isKept(key)]).toEqual(['done', true])
    await age(id, '2 hours')
    expect((await getExport(ctx, id)).state).toBe('expired')
    await tidyExports(world.ctx)
    expect([(await getExport(ctx, id)).state, await isKept(key)]).toEqual(['expired', false])
  })

  test('one of two equal files stays while the other export goes', async () => {
    const [old, young] = [
      await exported({ columns: ['id', 'user'] }),
      await exported({ columns: ['id', 'user'] }),
    ]
    const key = await keyOf(young.id)
    expect(await keyOf(old.id)).toBe(key)
    await age(old.id, '4 days')
    await tidyExports(world.ctx)
    expect(await isKept(key)).toBe(true)
    await age(young.id, '4 days')
    await tidyExports(world.ctx)
    expect(await isKept(key)).toBe(false)
  })

  test('F1: an erasure takes every file there is: at once from those who load it, then from the disk', async () => {
    const { id } = await exported({ columns: ['name', 'id'] })
    const key = await keyOf(id)
    expect(await world.ctx.db.transaction().execute(voidExports)).toBe(1)
    expect((await getExport(ctx, id)).state).toBe('removed')
    await tidyExports(world.ctx)
    expect([(await getExport(ctx, id)).state, await isKept(key)]).toEqual(['removed', false])
  })

  test('an erasure while a file is written: it is written again, without them', async () => {
    await make({ leaving: { user: 'leaving-1' } })
    const { id } = await start({ people: named('leaving', 'li'), columns: ['id', 'user'] })
    let erased = false
    const files = { ...world.ctx.files }
    files.put = async (source, limits) => {
      const stored = await world.ctx.files.put(source, limits)
      if (!erased) {
        erased = true
        await world.ctx.db.transaction().execute(async (trx) => {
          await sql`delete from contact_identities where contact_id = ${ids['leaving']}`.execute(trx)
          await sql`delete from contacts where id = ${ids['leaving']}`.execute(trx)
          await voidExports(trx)
        })
        expect(await isKept(stored.key)).toBe(true)
        first = stored.key
      }
      return stored
    }
    let first = ''
    await runExport({ ...world.ctx, files }, await runIdOf(id), NEVER)
    const done = await getExport(ctx, id)
    expect([done.state, done.people, await isKept(first)]).toEqual(['done', 1, false])
    expect((await linesOf(done)).flat()).not.toContain('leaving-1')
  })
})

describe('a run that is cut off', () => {
  const MANY = 3_500
  beforeAll(() =>
    query(
      `with c as (insert into contacts (created_at, name) select now(), 'many' from generate_series(1, ${MANY}) returning id)
       insert into contact_identities select 'user', 'many-' || id, id, now() from c`,
    ),
  )
  const people: ExportedPeople = { kind: 'filter', filter: { q: 'many' } }
  const incoming = () => readdir(path.join(world.ctx.config.dataDir, 'files', 'incoming'))

  test('F1: dead in the middle, another worker begins anew; the file is whole, and the dead one writes nothing more', async () => {
    const { id } = await start({ people, columns: ['id', 'user'] })
    const runId = await runIdOf(id)
    let wake = () => {}
    const asleep = new Promise<void>((resolve) => {
      wake = resolve
    })
    let pieces = 0
    const files = { ...world.ctx.files }
    files.put = (source, limits) =>
      world.ctx.files.put(
        (async function* () {
          for await (const piece of source as AsyncIterable<Uint8Array>) {
            yield piece
            pieces += 1
            if (pieces === 3) await asleep
          }
        })(),
        limits,
      )
    const late = runExport({ ...world.ctx, files }, runId, NEVER)
    await until(() => pieces === 3)
    await query(
      `update background_runs set lease_until = clock_timestamp() - interval '1 second' where id = $1`,
      [runId],
    )
    await runExport(await world.another(), runId, NEVER)
    const done = await getExport(ctx, id)
    expect(done).toMatchObject({ state: 'done', people: MANY, done: MANY })
    wake()
    await late
    expect(await getExport(ctx, id)).toEqual(done)
    const lines = (await linesOf(done)).slice(1).map(([contactId]) => contactId)
    expect(new Set(lines).size).toBe(MANY)
    expect(lines).toHaveLength(MANY)
    expect(await incoming()).toEqual([])
    const audited = await query(
      `select from audit_entries where action = 'contacts.exported' and subject_id = $1`,
      [id],
    )
    expect(audited).toHaveLength(1)
  })

  test('a stopping process leaves no piece of a file, and the next goes on from the start', async () => {
    const { id } = await start({ people, columns: ['user', 'id'], format: 'xlsx' })
    const stop = new AbortController()
    const files = { ...world.ctx.files }
    files.put = (source, limits) => {
      stop.abort()
      return world.ctx.files.put(source, limits)
    }
    await runExport({ ...world.ctx, files }, await runIdOf(id), stop.signal)
    expect((await getExport(ctx, id)).state).toBe('queued')
    expect(await incoming()).toEqual([])
    await runExport(world.ctx, await runIdOf(id), NEVER)
    expect((await linesOf(await getExport(ctx, id))).length).toBe(MANY + 1)
  })

  test('a failed run forgets whom it was asked for', async () => {
    const { id } = await start({ people: { kind: 'filter', filter: { q: 'secret-name' } } })
    await query(`update background_runs set state = 'failed', finished_at = now() where id = $1`, [
      await runIdOf(id),
    ])
    await tidyExports(world.ctx)
    expect(await query('select whom from people_exports where id = $1', [id])).toEqual([{ whom: null }])
    expect((await getExport(ctx, id)).state).toBe('failed')
  })
})

test.each(['csv', 'xlsx'] as const)(
  `F1: ${long ? 'a million' : '20,000'} people to %s in bounded memory`,
  { timeout: 1_200_000 },
  async (format) => {
    const COUNT = sized(20_000, 1_000_000)
    const prefix = `mass-${format}-`
    await query(
      `with c as (insert into contacts (created_at, name) select now(), $1 || g from generate_series(1, $2::int) g returning id, name)
     insert into contact_identities select 'user', name, id, now() from c`,
      [prefix, COUNT],
    )
    await query('analyze contacts, contact_identities')
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before)
    }, 50)
    const began = performance.now()
    const columns = ['id', 'name', 'user', 'tags', `openid:${accountId}`, 'a:city']
    const done = await exported({ people: { kind: 'filter', filter: { q: prefix } }, format, columns })
    const seconds = (performance.now() - began) / 1000
    clearInterval(watch)
    expect(done).toMatchObject({ state: 'done', people: COUNT })
    let lines = -1
    const key = await keyOf(done.id)
    for await (const _ of readTable({ format, open: async () => (await world.ctx.files.open(key)).stream }))
      lines += 1
    expect(lines).toBe(COUNT)
    const megabytes = most / 1024 ** 2
    console.info(
      `${COUNT} people to ${format}: ${seconds.toFixed(1)} s, memory grew by ${megabytes.toFixed(0)} MB`,
    )
    expect(megabytes).toBeLessThan(300)
  },
)
