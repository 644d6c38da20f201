import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { findOrMakePeople, type PersonClaim } from '../../src/modules/contacts/index.ts'
import { runFanSync, startFanSync } from '../../src/modules/contacts/sync.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { eraseNext } from '../../src/modules/privacy/erase.ts'
import { replayErasures } from '../../src/modules/privacy/keep.ts'
import { privacyModule } from '../../src/modules/privacy/module.ts'
import { PLACES } from '../../src/modules/privacy/places.ts'
import type { Counts, Erasure } from '../../src/modules/privacy/schema.ts'
import { forgetThoseWhoLeft } from '../../src/modules/privacy/unfollow.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { insertBroadcast } from '../support/broadcasts.ts'
import { until } from '../support/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  accountId = await bindAccount(world.ctx, await world.account({ fans: 12, seed: 3, drafts: 0, articles: 0 }))
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const NEVER = new AbortController().signal
const query = async <T extends object = Record<string, unknown>>(sql: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(sql, values)).rows
const count = async (from: string, values: unknown[] = []) =>
  (await query<{ n: number }>(`select count(*)::int as n from ${from}`, values))[0]?.n
async function person(claim: Omit<PersonClaim, 'mayLink'>) {
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin')
    const [found] = await findOrMakePeople(client, [{ ...claim, mayLink: true }], world.ctx.clock.now())
    await client.query('commit')
    return { contactId: found?.contactId as string, fanId: found?.fanId as string }
  } finally {
    client.release()
  }
}
const drain = async () => {
  while ((await eraseNext(world.ctx)) > 0);
}
async function erase(contactId: string): Promise<Erasure> {
  const asked = await admin<Erasure>('POST', `/api/contacts/${contactId}/erase`)
  expect(asked.status).toBe(200)
  await drain()
  return (await admin<Erasure>('GET', `/api/erasures/${asked.body.id}`)).body
}

let serial = 0
/** Someone with a trace in every place, and who they were before a merge. */
async function known() {
  const n = ++serial
  const ids = {
    user: `user-secret-${n}`,
    phone: `+86136000000${String(n).padStart(2, '0')}`,
    unionid: `union-secret-${n}`,
    openid: { accountId, openid: `oSecret${n}` },
  }
  const { contactId: visitor } = await person({ anonymous: `visitor-secret-${n}` })
  const { contactId, fanId } = await person(ids)
  await person({ user: ids.user, anonymous: `visitor-secret-${n}` })
  const run = (sql: string, ...values: unknown[]) => query(sql, values)
  await run(`update contacts set name = '秘密' where id = $1`, contactId)
  await run(`update fans set remark = '秘密', tag_ids = '{2}', following = true where id = $1`, fanId)
  for (const id of [visitor, contactId]) {
    await run(
      `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
       values ($1, $2, $3, 'wechat.message', now(), now(), '{"content": "秘密"}')`,
      accountId,
      id,
      fanId,
    )
  }
  await run(
    `with t as (insert into tags (name, created_at) values ('t' || $2::text, now()) returning id)
     insert into contact_tags select id, $1, now() from t`,
    contactId,
    n,
  )
  await run(
    `with a as (insert into attributes (key, type, origin, created_at) values ('a' || $2::text, 'text', 'declared', now()) returning id)
     insert into contact_attributes (contact_id, attribute_id, text_value, since) select $1, id, '秘密', now() from a`,
    contactId,
    n,
  )
  await run(
    `with l as (insert into fan_lists (account_id, name, size, created_at) values ($1, 'l', 1, now()) returning id)
     insert into fan_list_members select id, $2 from l`,
    accountId,
    fanId,
  )
  await run(`insert into mass_allowances values ($1, '2026-11-01', $2, 1)`, accountId, fanId)
  const sent = { id: await insertBroadcast(world.ctx.pool, { accountId, state: 'running', planned: 2 }) }
  await run(
    `insert into broadcast_batches (broadcast_id, account_id, seq, state, size, client_msg_id, due_at)
     values ($1, $2, 0, 'delivered', 2, 'c0-' || $3, now()), ($1, $2, 1, 'planned', 3, 'c1-' || $3, now())`,
    sent?.id,
    accountId,
    String(n),
  )
  await run(`insert into broadcast_recipients values ($1, $2, $3)`, sent?.id, fanId, n % 2)
  await run(
    `with g as (insert into segments (name, update_kind, created_at, updated_at) values ('s', 'static', now(), now()) returning id),
       s as (insert into segment_snapshots (segment_id, version, cause, state, at, size, created_at)
         select id, 1, 'import', 'ready', now(), 1, now() from g returning id)
     insert into segment_chunks select id, $1::bigint >> 16, array[($1::bigint & 65535) - 32768]::smallint[] from s`,
    contactId,
  )
  await run(
    `with s as (insert into sources (name, kind, write_key_hash, write_key_encrypted, signing_secret_encrypted, created_at)
       values ('s', 'server', decode(md5($1::text), 'hex'), '', '', now()) returning id)
     insert into source_rejections (source_id, received_at, reason, payload)
       select id, now(), 'bad', '{"userId":"' || $1::text || '"}' from s union all select id, now(), 'bad', '{"userId":"other"}' from s`,
    ids.user,
  )
  const [send] = await query<{ id: string }>(
    `insert into sends (account_id, owner_kind, owner_id, name, channel, purpose, lane, created_at)
     values ($1, 'campaign', 1, 's', 'customer-service', 'marketing', 'bulk', now()) returning id`,
    [accountId],
  )
  const [delivery] = await query<{ id: string }>(
    `insert into deliveries (send_id, account_id, version, contact_id, fan_id, state, due_at, planned_at, intent_at, detail, msg_id)
     values ($1, $2, 1, $3, $4, 'delivered', now(), now(), now(), '{"value": "秘密"}', '7') returning id`,
    [send?.id, accountId, visitor, fanId],
  )
  await run(
    `insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, state, due_at, planned_at, context)
     values ($1, $2, 1, $3, $4, 1, 'planned', now(), now(), '{"properties": {"note": "秘密"}}')`,
    send?.id,
    accountId,
    contactId,
    fanId,
  )
  await run(
    `insert into delivery_tallies (send_id, slot, state, n) values ($1, 0, 'planned', 1), ($1, 0, 'delivered', 1)`,
    send?.id,
  )
  await run(
    `insert into link_clicks (delivery_id, send_id, version, link_index, contact_id, at, known_at) values ($1, $2, 1, 0, $3, now(), now())`,
    delivery?.id,
    send?.id,
    contactId,
  )
  await run(
    `insert into service_windows (fan_id, kind, account_id, event_id, opened_at, expires_at, allowance)
     values ($2, 'message', $1, 1, now(), now(), 5)`,
    accountId,
    fanId,
  )
  await run(`insert into fan_blocks values ($2, $1, 43019, now(), now())`, accountId, fanId)
  await run(
    `insert into contact_suppressions (contact_id, note, created_at) values ($1, '秘密', now())`,
    contactId,
  )
  return {
    ids,
    contactId,
    visitor,
    fanId,
    broadcastId: sent?.id as string,
    sendId: send?.id as string,
  }
}

/** Every text of every table of ours that still says something. */
async function tablesThatSay(needle: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_schema in ('public', 'details') and table_type = 'BASE TABLE'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    if (((await count(`${name} as t where strpos(t::text, $1) > 0`, [needle])) ?? 0) > 0) found.push(name)
  }
  return found
}

describe('an erasure', () => {
  test('F1: takes a person out of every table, under every id they had, and says how much', async () => {
    const { ids, contactId, visitor, fanId } = await known()
    const preview = await admin<{ counts: Counts }>('GET', `/api/contacts/${visitor}/erasure-preview`)
    const needles = [ids.user, ids.phone, ids.unionid, ids.openid.openid, `visitor-secret-${serial}`, '秘密']
    for (const needle of needles) expect(await tablesThatSay(needle)).not.toEqual([])
    const receipt = await erase(visitor)
    for (const needle of needles) expect(await tablesThatSay(needle), needle).toEqual([])
    expect(receipt).toMatchObject({ contactId, reason: 'request', requestedBy: 'administrator' })
    expect(receipt.finishedAt).not.toBeNull()
    expect(receipt.counts).toMatchObject({
      contacts: 2,
      identities: 3,
      fans: 1,
      events: 2,
      attributes: 1,
      recipients: 4,
      allowances: 3,
      consents: 1,
      listMembers: 1,
      segmentMembers: 1,
      rejections: 1,
      merges: 1,
    })
    expect(preview.body.counts).toEqual(receipt.counts)
    expect((await admin('GET', `/api/contacts/${contactId}`)).status).toBe(404)
    expect(await count('broadcast_recipients where fan_id = $1', [fanId])).toBe(0)
    expect(await count(`source_rejections where payload like '%other%'`)).toBe(1)
  })

  test('F1: reaches visitors whom a public source called by an id of the person', async () => {
    const user = `claimed-secret-${++serial}`
    const { contactId } = await person({ user })
    const client = await world.ctx.pool.connect()
    await client.query('begin')
    const [visitor] = await findOrMakePeople(client, [{ user, mayLink: false }], world.ctx.clock.now())
    await client.query('commit')
    client.release()
    expect(visitor?.contactId).not.toBe(contactId)
    await query(
      `insert into events (contact_id, name, at, received_at, properties)
       values ($1, 'e', now(), now(), jsonb_build_object('$user_id', $2::text))`,
      [visitor?.contactId, user],
    )
    await erase(contactId)
    expect(await tablesThatSay(user)).toEqual([])
  })

  test('F1: reaches who became a part of the person while it was under way', async () => {
    const n = ++serial
    const { contactId } = await person({ user: `late-${n}` })
    const { contactId: other } = await person({ phone: `+86137000000${String(n).padStart(2, '0')}` })
    await query(
      `insert into events (contact_id, name, at, received_at, properties) values ($1, 'e', now(), now(), '{"of": "late secret"}')`,
      [other],
    )
    expect((await admin('POST', `/api/contacts/${contactId}/erase`)).status).toBe(200)
    const client = await world.ctx.pool.connect()
    await client.query('begin')
    const claim = { user: `late-${n}`, phone: `+86137000000${String(n).padStart(2, '0')}`, mayLink: true }
    const [merged] = await findOrMakePeople(client, [claim], world.ctx.clock.now())
    expect(merged?.contactId).toBe(contactId)
    const erasing = eraseNext(world.ctx)
    await until(
      async () =>
        ((await count(`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)) ??
          0) > 0,
    )
    await client.query('commit')
    client.release()
    await erasing
    await drain()
    expect(await tablesThatSay('late secret')).toEqual([])
    expect(await count('contacts where id = any($1::bigint[])', [[contactId, other]])).toBe(0)
  })

  test('F1: sends keep their numbers: sent ones the row, waiting ones one person less', async () => {
    const sent = await known()
    const waiting = await known()
    const [delivered, planned] = serial % 2 === 0 ? [waiting, sent] : [sent, waiting]
    await erase(delivered.contactId)
    await erase(planned.contactId)
    const recipients = (id: string) =>
      query(
        'select fan_id < 0 as nobody, batch_seq, reason from broadcast_recipients where broadcast_id = $1',
        [id],
      )
    expect(await recipients(delivered.broadcastId)).toEqual([{ nobody: true, batch_seq: 0, reason: null }])
    expect(await recipients(planned.broadcastId)).toEqual([
      { nobody: true, batch_seq: null, reason: 'erased' },
    ])
    const sizes = 'select size from broadcast_batches where broadcast_id = $1 order by seq'
    expect(await query(sizes, [delivered.broadcastId])).toEqual([{ size: 2 }, { size: 3 }])
    expect(await query(sizes, [planned.broadcastId])).toEqual([{ size: 2 }, { size: 2 }])
    expect(
      await query('select planned, skipped from broadcast_arms where broadcast_id = $1', [
        planned.broadcastId,
      ]),
    ).toEqual([{ planned: 1, skipped: { erased: 1 } }])
  })

  test('F1: messages to single people keep their numbers: who waited is skipped, what was sent names nobody', async () => {
    const { contactId, fanId, sendId } = await known()
    await erase(contactId)
    expect(
      await query(
        `select contact_id < 0 and fan_id < 0 as nobody, occurrence::int, state, reason, detail, context, msg_id
         from deliveries where send_id = $1 order by occurrence`,
        [sendId],
      ),
    ).toEqual([
      {
        nobody: true,
        occurrence: 0,
        state: 'delivered',
        reason: null,
        detail: null,
        context: null,
        msg_id: null,
      },
      {
        nobody: true,
        occurrence: 1,
        state: 'skipped',
        reason: 'erased',
        detail: null,
        context: null,
        msg_id: null,
      },
    ])
    expect(
      await query(
        `select state, reason, sum(n)::int as n from delivery_tallies where send_id = $1
         group by 1, 2 having sum(n) <> 0 order by 1`,
        [sendId],
      ),
    ).toEqual([
      { state: 'delivered', reason: '', n: 1 },
      { state: 'skipped', reason: 'erased', n: 1 },
    ])
    expect(
      await query('select contact_id < 0 as nobody from link_clicks where send_id = $1', [sendId]),
    ).toEqual([{ nobody: true }])
    for (const table of ['service_windows', 'fan_blocks'])
      expect(await count(`${table} where fan_id = $1`, [fanId])).toBe(0)
  })

  test('every table that knows people by contact or fan is one that an erasure reaches', async () => {
    const columns = await query<{ name: string }>(
      `select distinct c.table_name as name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
         and c.column_name in ('contact_id', 'fan_id', 'contact_a', 'source_id', 'openid', 'unionid')
         and not exists (select from pg_inherits where inhrelid = c.table_name::regclass)`,
    )
    // these have a way of their own, or know a source of facts by `source_id`
    const otherwise = [
      ...['contacts', 'contact_aliases', 'fans', 'events', 'broadcast_recipients', 'erasures'],
      ...['deliveries', 'link_clicks', 'conversions', 'campaign_waits', 'recall_returns'],
    ]
    const reached = new Set([...PLACES.map(({ table }) => table), ...otherwise])
    const sources = ['source_rejections', 'source_counts', 'source_keys']
    expect(
      columns.map(({ name }) => name).filter((name) => !reached.has(name) && !sources.includes(name)),
    ).toEqual([])
  })

  test('a worker that dies in between leaves it to the next; many events go in chunks', async () => {
    const { contactId } = await known()
    await query(
      `insert into events (contact_id, name, at, received_at)
       select $1, 'page', now(), now() from generate_series(1, 6000)`,
      [contactId],
    )
    const asked = await admin<Erasure>('POST', `/api/contacts/${contactId}/erase`)
    expect((await admin('POST', `/api/contacts/${contactId}/erase`)).status).toBe(409)
    expect(await eraseNext(world.ctx)).toBe(5_000)
    expect((await admin<Erasure>('GET', `/api/erasures/${asked.body.id}`)).body.finishedAt).toBeNull()
    const other = await world.another()
    expect(await eraseNext(other)).toBe(1)
    expect((await admin<Erasure>('GET', `/api/erasures/${asked.body.id}`)).body.counts.events).toBe(6_002)
    expect(await count('events where contact_id = $1', [contactId])).toBe(0)
  })

  test('only administrators may; an operator is refused', async () => {
    const { contactId } = await known()
    const operator = await api.signIn('operator')
    expect((await operator('POST', `/api/contacts/${contactId}/erase`)).status).toBe(403)
    expect((await operator('GET', '/api/erasures')).status).toBe(403)
    expect((await admin('GET', '/api/erasures')).status).toBe(200)
  })
})

describe('afterwards', () => {
  test('a sync does not bring them back; what they do themselves makes someone new', async () => {
    const sync = async () => runFanSync(world.ctx, await startFanSync(world.ctx, accountId), NEVER)
    await sync()
    const [fan] = await query<{ contact_id: string; openid: string }>(
      `select contact_id, openid from fans where account_id = $1 and following and openid not like 'oSecret%' order by id limit 1`,
      [accountId],
    )
    const before = await count('fans where account_id = $1', [accountId])
    await erase(fan?.contact_id as string)
    await sync()
    expect(await count('fans where openid = $1', [fan?.openid])).toBe(0)
    expect(await count('fans where account_id = $1', [accountId])).toBe((before as number) - 1)
    const again = await person({ openid: { accountId, openid: fan?.openid as string } })
    expect(again.contactId).not.toBe(fan?.contact_id)
    await sync()
    expect(await count('fans where openid = $1 and following', [fan?.openid])).toBe(1)
  })

  test('a restored backup that still has them is erased again; hashes alone tell whom', async () => {
    const { ids, contactId } = await known()
    const { id } = await erase(contactId)
    const file = path.join(world.ctx.config.dataDir, 'erased.txt')
    const kept = await readFile(file, 'utf8')
    for (const one of [ids.user, ids.openid.openid, ids.unionid]) expect(kept).not.toContain(one)
    // the backup: as if none of it had happened
    await query('delete from erasure_tombstones where erasure_id = $1', [id])
    const back = await person(ids)
    const other = await person({ user: 'someone-else' })
    expect(await replayErasures(world.ctx)).toBe(0)
    await query('update installation set restored_at = now()')
    expect(await replayErasures(world.ctx)).toBe(1)
    await drain()
    expect(await count('contacts where id = any($1)', [[back.contactId, other.contactId]])).toBe(1)
    expect(await replayErasures(world.ctx)).toBe(0)
    await writeFile(file, '')
    await query('update installation set restored_at = null')
  })
})

describe('what WeChat told', () => {
  beforeEach(() => query('update privacy_settings set erase_after_unfollow = false, unfollow_days = 0'))

  async function left(daysAgo: number) {
    const one = await known()
    await query(
      `update fans set following = false, unionid = $2, subscribe_scene = 'ADD_SCENE_SEARCH',
         unfollowed_at = $3 where id = $1`,
      [one.fanId, one.ids.unionid, new Date(world.ctx.clock.now().getTime() - daysAgo * 86_400_000)],
    )
    return one
  }
  const told = async (fanId: string) =>
    (
      await query(
        `select f.unionid, f.remark, f.subscribe_scene, f.tag_ids, c.unionid as union_of_person,
           (select count(*)::int from events where fan_id = f.id and properties <> '{}') as events
         from fans f join contacts c on c.id = f.contact_id where f.id = $1`,
        [fanId],
      )
    )[0]
  const nothing = {
    unionid: null,
    remark: null,
    subscribe_scene: null,
    tag_ids: [],
    union_of_person: null,
    events: 0,
  }

  test('stays after an unfollow where the setting is off, and goes after its days where it is on', async () => {
    const [late, early] = [await left(8), await left(6)]
    expect(await forgetThoseWhoLeft(world.ctx)).toBe(0)
    const settings = { eraseAfterUnfollow: true, unfollowDays: 7 }
    expect((await admin('PUT', '/api/privacy-settings', settings)).body).toEqual(settings)
    expect((await admin('GET', '/api/privacy-settings')).body).toEqual(settings)
    expect(await forgetThoseWhoLeft(world.ctx)).toBe(1)
    expect(await forgetThoseWhoLeft(world.ctx)).toBe(0)
    expect(await told(late.fanId)).toEqual(nothing)
    expect(await told(early.fanId)).toMatchObject({ remark: '秘密', events: 2 })
    expect((await person({ user: late.ids.user })).contactId).toBe(late.contactId)
    const [receipt] = await query(`select reason, counts from erasures where contact_id = $1`, [
      late.contactId,
    ])
    expect(receipt).toEqual({ reason: 'unfollow', counts: { fans: 1, events: 2 } })
  })

  test('goes when WeChat says that the authorisation was withdrawn, whatever the setting', async () => {
    const one = await known()
    const asked = (event: string) =>
      query(
        `insert into events (account_id, contact_id, fan_id, name, at, received_at, properties)
         values ($1, $2, $3, 'wechat.privacy_requested', now(), now(), jsonb_build_object('event', $4::text))`,
        [accountId, one.contactId, one.fanId, event],
      )
    const react = async () => {
      const sweep = createReactionSweep(privacyModule.reactions ?? [])
      while ((await sweep.run(world.ctx, NEVER)) > 0);
    }
    await asked('user_info_modified')
    await react()
    expect(await told(one.fanId)).toMatchObject({ remark: '秘密' })
    await asked('user_authorization_revoke')
    await react()
    // they follow still, so who they are across accounts stays
    expect(await told(one.fanId)).toEqual({ ...nothing, union_of_person: one.ids.unionid })
  })
})
