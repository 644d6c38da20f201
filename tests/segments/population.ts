import pg from 'pg'
import { createPool } from '../../src/infra/postgres/connect.ts'
import { createDb, type Db } from '../../src/infra/transaction.ts'
import { insertBroadcast } from '../support/broadcasts.ts'
import { createTestDatabase } from '../support/database.ts'
import { randomOf } from '../support/random.ts'

/** A small world of people with everything a rule can ask about, made from a seed, and the same in a database. */
export type Span = { since: number; until: number }
export type Carried = Span & { key: string; values: (string | number)[] }
export type Happened = {
  /** As the source told it; perhaps someone who was merged since. */
  person: string
  name: string
  account: string | null
  at: number
  received: number
  properties: Record<string, unknown>
}
export type FanRow = {
  account: string
  person: string
  following: boolean
  followed: number | null
  unfollowed: number | null
  interacted: number | null
  scene: string | null
  qr: string | null
  tags: (Span & { tag: number })[]
}
export type Line = { category: string; price: number | null; gift: boolean | null }
export type Order = Span & {
  key: string
  person: string
  at: number
  status: string
  day: string | null
  lines: Line[]
}
/** One person in one record of a send. */
export type Sent = {
  send: string
  arm: number
  activity: string | null
  account: string
  person: string
  at: number
}
/** What a campaign's message came to, each with the person it was planned for. */
export type Touched = {
  campaign: string
  activity: string | null
  account: string
  person: string
  what: 'received' | 'clicked' | 'converted'
  at: number
  known: number
}
export type Population = {
  people: string[]
  /** Merged person → who they are now. */
  aliases: Map<string, string>
  attributes: Map<string, Carried[]>
  ownTags: Map<string, (Span & { tag: string })[]>
  fans: FanRow[]
  events: Happened[]
  /** Key of the dataset that holds the orders. */
  dataset: string
  orders: Order[]
  sends: Sent[]
  leftOut: Sent[]
  /** Sends the platform accepted, whoever was in them. */
  sendsMade: { id: string; account: string; at: number }[]
  activities: string[]
  /** Ids of campaigns, and what came of them. */
  campaigns: string[]
  touched: Touched[]
  /** Kinds of identity by person. */
  identities: Map<string, Set<string>>
  unionids: Set<string>
  accounts: string[]
  tags: string[]
  /** Members of a segment computed once. */
  stored: { id: string; members: string[] }
  /** The same of a segment computed after everybody who merged had merged. */
  fresh: { id: string; members: string[] }
}

export const BASE = Date.parse('2026-11-21T04:00:00Z')
const DAY = 86_400_000
/** Instants asked about: now, and some of the past: on the hour, on Beijing's midnight, and a moment before one. */
export const INSTANTS = [
  BASE,
  BASE - 10 * DAY,
  Date.parse('2026-11-01T00:00:00+08:00'),
  Date.parse('2026-11-20T23:59:59.999+08:00'),
]
const MIDNIGHTS = [Date.parse('2026-11-21T00:00:00+08:00'), Date.parse('2026-11-01T00:00:00+08:00')]
export const ATTRIBUTES = {
  city: 'text',
  gender: 'enumeration',
  points: 'number',
  vip: 'boolean',
  birthday: 'date',
  visited: 'instant',
  hobbies: 'list',
} as const
export const CITIES = ['上海', '北京', "it's; drop", '😀城']
export const CATEGORIES = ['鞋', '包', '咖啡豆']
export const NAMES = ['view', 'order', '分享']

export type PopulationWorld = { world: Population; db: Db; client: pg.Client; close(): Promise<void> }

/** A population in a database of its own. */
export async function openPopulation(seed: number): Promise<PopulationWorld> {
  const database = await createTestDatabase()
  const db = createDb(createPool({ databaseUrl: database.url, max: 4 }))
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  return {
    world: await makePopulation(client, seed),
    db,
    client,
    async close() {
      await client.end()
      await db.destroy()
      await database.drop()
    },
  }
}

export async function makePopulation(client: pg.Client, seed: number, size = 36): Promise<Population> {
  const next = randomOf(seed)
  const maybe = (share: number) => next() < share
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const upTo = (n: number) => Math.floor(next() * (n + 1))
  // often exactly where a window of a rule begins or ends, seen from an instant that is asked about
  const instant = (days = 45) => {
    const edge =
      one([...INSTANTS, ...MIDNIGHTS]) -
      one([0, 0, 0, 1, 2, 3, 5, 10, 20, 30]) * one([DAY, 3_600_000, 60_000])
    return maybe(0.5) ? edge : BASE + DAY - upTo(days * DAY)
  }
  const ids = async (text: string, values: unknown[] = []) =>
    (await client.query<{ id: string }>(text, values)).rows.map((row) => row.id)
  const iso = (time: number) => new Date(time).toISOString()
  const until = (time: number) => (time === Number.POSITIVE_INFINITY ? 'infinity' : iso(time))

  const accounts = await ids(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at)
     select 'wxcompiler' || n || $1, 'a', 'service', true, '', 'key' || n || $1, '', '', now()
     from generate_series(1, 2) n returning id`,
    [String(seed)],
  )
  const all = await ids(
    `insert into contacts (created_at) select now() from generate_series(1, $1::int) returning id`,
    [size],
  )
  const aliases = new Map<string, string>()
  for (let index = 0; index < size; index += 9) aliases.set(all[index + 1] as string, all[index] as string)
  for (const [from, into] of aliases)
    await client.query(`insert into contact_aliases values ($1, $2, now(), 'test')`, [from, into])
  const people = all.filter((id) => !aliases.has(id))

  const attributes = new Map<string, Carried[]>()
  const attributeIds = new Map<string, number>()
  for (const [key, type] of Object.entries(ATTRIBUTES)) {
    const [id] = await ids(
      `insert into attributes (key, type, origin, created_at) values ($1, $2, 'declared', now())
       on conflict (key) do update set type = excluded.type returning id`,
      [key, type],
    )
    attributeIds.set(key, Number(id))
  }
  for (const person of people) {
    const carried: Carried[] = []
    for (const key of Object.keys(ATTRIBUTES) as (keyof typeof ATTRIBUTES)[]) {
      let since = BASE - 50 * DAY + upTo(20 * DAY)
      while (since < BASE && maybe(0.7)) {
        const ends = maybe(0.4)
          ? Math.max(since + 1, instant())
          : maybe(0.5)
            ? since + 1 + upTo(25 * DAY)
            : Number.POSITIVE_INFINITY
        carried.push({ key, since, until: ends, values: valuesOf(key, { next, one, upTo, instant }) })
        since = ends + (maybe(0.5) ? 0 : upTo(2 * DAY))
      }
    }
    attributes.set(person, carried)
    for (const { key, values, ...span } of carried)
      for (const [item, value] of values.entries())
        await client.query(
          `insert into contact_attributes (contact_id, attribute_id, item, text_value, number_value, since, until)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [
            person,
            attributeIds.get(key),
            item,
            typeof value === 'string' ? value : null,
            typeof value === 'number' ? value : null,
            iso(span.since),
            until(span.until),
          ],
        )
  }

  const tags = await ids(
    `insert into tags (name, created_at) select 't' || n || $1, now() from generate_series(1, 4) n returning id`,
    [`-${seed}`],
  )
  const ownTags = new Map<string, (Span & { tag: string })[]>()
  for (const person of people) {
    const carried = tags
      .filter(() => maybe(0.4))
      .map((tag) => ({ tag, since: instant(), until: Number.POSITIVE_INFINITY }))
    for (const span of carried) if (maybe(0.4)) span.until = Math.max(span.since, instant())
    ownTags.set(person, carried)
    for (const { tag, since, until: end } of carried)
      await client.query(`insert into contact_tags values ($1, $2, $3, $4)`, [
        tag,
        person,
        iso(since),
        until(end),
      ])
  }

  const fans: FanRow[] = []
  for (const account of accounts)
    for (const person of people.filter(() => maybe(0.7))) {
      const following = maybe(0.7)
      const fan: FanRow = {
        account,
        person,
        following,
        followed: maybe(0.9) ? instant(60) : null,
        unfollowed: !following ? instant(20) : maybe(0.2) ? instant(60) : null,
        interacted: maybe(0.7) ? instant() : null,
        scene: maybe(0.8) ? one(['ADD_SCENE_QR_CODE', 'ADD_SCENE_SEARCH']) : null,
        qr: maybe(0.3) ? one(['shop_1', 'shop_2', '']) : null,
        tags: [100, 101]
          .filter(() => maybe(0.4))
          .map((tag) => {
            const since = instant()
            return { tag, since, until: maybe(0.3) ? Math.max(since, instant()) : Number.POSITIVE_INFINITY }
          }),
      }
      fans.push(fan)
      const [id] = await ids(
        `insert into fans (account_id, contact_id, following, openid, followed_at, unfollowed_at, last_interaction_at,
           subscribe_scene, qr_scene)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
        [
          account,
          person,
          following,
          `o${account}-${person}`,
          fan.followed && iso(fan.followed),
          fan.unfollowed && iso(fan.unfollowed),
          fan.interacted && iso(fan.interacted),
          fan.scene,
          fan.qr,
        ],
      )
      for (const tag of fan.tags)
        await client.query(
          `insert into fan_tags (account_id, tag_id, contact_id, fan_id, since, until) values ($1, $2, $3, $4, $5, $6)`,
          [account, tag.tag, person, id, iso(tag.since), until(tag.until)],
        )
    }

  const { activities, sends, leftOut, sendsMade } = await makeSends(client, {
    fans,
    accounts,
    seed,
    tools: { maybe, one, upTo, instant, iso },
  })
  const { campaigns, touched } = await makeCampaigns(client, {
    all,
    accounts,
    activities,
    tools: { maybe, one, upTo, instant, iso },
  })
  const orders = await makeOrders(client, { all, seed, tools: { maybe, one, upTo, instant, iso, until } })
  const events: Happened[] = []
  for (let index = 0; index < size * 9; index += 1) {
    const at = instant()
    const name = maybe(0.2)
      ? one(['wechat.message', 'wechat.message', 'wechat.menu_click', 'weida.click', 'weida.click'])
      : one(NAMES)
    events.push({
      person: one(all),
      name,
      account: maybe(0.5) ? one(accounts) : null,
      at:
        name.startsWith('wechat') && maybe(0.5)
          ? one(INSTANTS) - one([0, 59_999, 60_000, 47.5 * 3_600_000, 48 * 3_600_000])
          : at,
      received: maybe(0.7) ? at : Math.max(at, instant()),
      properties: {
        ...(maybe(0.8) && { category: one([...CATEGORIES, null, '']) }),
        ...(maybe(0.8) && {
          price: one([upTo(300), upTo(300) + 0.25, '120', ' 80.5 ', 'free', null, '1e9']),
        }),
        ...(maybe(0.5) && { gift: one([true, false, 'true', 'yes', 1]) }),
        ...(maybe(0.3) && { when: one([iso(instant()), '2026-11-20', '2026-02-31', 'soon', 7]) }),
        ...(maybe(name === 'weida.click' ? 0.9 : 0.3) && { send: one(sendsMade).id }),
        ...(maybe(0.2) && { "'; drop": one(CITIES) }),
      },
    })
  }
  for (const event of events)
    await client.query(
      `insert into events (account_id, contact_id, name, at, received_at, properties) values ($1, $2, $3, $4, $5, $6)`,
      [
        event.account,
        event.person,
        event.name,
        iso(event.at),
        iso(event.received),
        JSON.stringify(event.properties),
      ],
    )

  const identities = new Map<string, Set<string>>()
  const unionids = new Set<string>()
  for (const person of people) {
    const kinds = new Set(['phone', 'user', 'external_user', 'anonymous'].filter(() => maybe(0.25)))
    identities.set(person, kinds)
    for (const kind of kinds)
      await client.query(`insert into contact_identities values ($1, $2, $3, now())`, [
        kind,
        `${kind}${person}`,
        person,
      ])
    if (!maybe(0.3)) continue
    unionids.add(person)
    await client.query(`update contacts set unionid = $1 where id = $2`, [`u${person}`, person])
  }

  const keep = async (members: string[], at: string) => {
    const [segment] = await ids(
      `insert into segments (name, update_kind, created_at, updated_at) values ('kept', 'static', now(), now()) returning id`,
    )
    const [snapshot] = await ids(
      `insert into segment_snapshots (segment_id, version, cause, state, at, size, created_at)
       values ($1, 1, 'import', 'ready', $3, $2, now()) returning id`,
      [segment, members.length, at],
    )
    await client.query(
      `insert into segment_chunks (snapshot_id, chunk, members)
       select $1, id >> 16, array_agg(((id & 65535) - 32768)::smallint order by id) from unnest($2::bigint[]) id group by id >> 16`,
      [snapshot, members],
    )
    await client.query(`update segments set current_snapshot_id = $1 where id = $2`, [snapshot, segment])
    return { id: segment as string, members }
  }
  return {
    people,
    aliases,
    attributes,
    ownTags,
    fans,
    events,
    dataset: `orders${seed}`,
    orders,
    sends,
    leftOut,
    sendsMade,
    activities,
    campaigns,
    touched,
    identities,
    unionids,
    accounts,
    tags,
    stored: await keep(
      all.filter(() => maybe(0.4)),
      '2020-01-01',
    ),
    fresh: await keep(
      people.filter(() => maybe(0.4)),
      '2100-01-01',
    ),
  }
}

type Draw = {
  next(): number
  one<T>(list: readonly T[]): T
  upTo(n: number): number
  instant(): number
}

function valuesOf(key: keyof typeof ATTRIBUTES, { one, upTo, instant }: Draw): (string | number)[] {
  switch (key) {
    case 'city':
      return [one(CITIES)]
    case 'gender':
      return [one(['男', '女'])]
    case 'points':
      return [one([0, 100, 100.5, upTo(500)])]
    case 'vip':
      return [one(['true', 'false'])]
    case 'birthday':
      return [one(['1990-11-21', '1992-11-28', '2000-02-29', '1985-12-31', '1999-01-01', '1988-03-01'])]
    case 'visited':
      return [instant()]
    case 'hobbies':
      return ['读书', '跑步', '咖啡'].filter(() => upTo(1) === 1)
  }
}

type Tools = {
  maybe(share: number): boolean
  one<T>(list: readonly T[]): T
  upTo(n: number): number
  instant(days?: number): number
  iso(time: number): string
  until(time: number): string
}

async function makeOrders(
  client: pg.Client,
  { all, seed, tools }: { all: string[]; seed: number; tools: Tools },
): Promise<Order[]> {
  const { maybe, one, upTo, instant, iso, until } = tools
  const { rows } = await client.query<{ id: number }>(
    `insert into datasets (key, name, fields, line_fields, created_at) values ($1, '订单',
       '[{"id":1,"key":"status","name":"状态","type":"enumeration"},{"id":2,"key":"day","name":"到店日","type":"date"}]',
       '[{"id":3,"key":"category","name":"品类","type":"text"},{"id":4,"key":"price","name":"单价","type":"number"},{"id":5,"key":"gift","name":"赠品","type":"boolean"}]',
       now()) returning id`,
    [`orders${seed}`],
  )
  const table = `details.d${rows[0]?.id}`
  await client.query(`
    create table ${table} (key text not null, contact_id bigint, account_id bigint, at timestamptz not null,
      since timestamptz not null, until timestamptz not null default 'infinity', received_at timestamptz not null,
      f1 text, f2 date);
    create table ${table}_lines (key text, line int, contact_id bigint, at timestamptz, since timestamptz,
      until timestamptz, f3 text, f4 double precision, f5 boolean)`)
  const orders: Order[] = []
  for (let number = 0; number < all.length * 2; number += 1) {
    const at = instant()
    const person = one(all)
    let since = at
    // an order that changes: versions one after the other
    for (let version = 0; version < 2; version += 1) {
      const last = version === 1 || maybe(0.7)
      const end = last ? Number.POSITIVE_INFINITY : Math.max(since + 1, instant())
      orders.push({
        key: `O${number}`,
        person,
        at,
        since,
        until: end,
        status: one(['paid', 'refunded']),
        day: maybe(0.7) ? one(['2026-11-20', '2026-11-21', '2026-10-01']) : null,
        lines: Array.from({ length: upTo(3) }, () => ({
          category: one(CATEGORIES),
          price: maybe(0.9) ? upTo(300) + (maybe(0.3) ? 0.1 : 0) : null,
          gift: one([true, false, null]),
        })),
      })
      if (last) break
      since = end
    }
  }
  for (const order of orders) {
    await client.query(
      `insert into ${table} (key, contact_id, at, since, until, received_at, f1, f2) values ($1, $2, $3, $4, $5, $4, $6, $7)`,
      [order.key, order.person, iso(order.at), iso(order.since), until(order.until), order.status, order.day],
    )
    for (const [index, line] of order.lines.entries())
      await client.query(`insert into ${table}_lines values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, [
        order.key,
        index,
        order.person,
        iso(order.at),
        iso(order.since),
        until(order.until),
        line.category,
        line.price,
        line.gift,
      ])
  }
  return orders
}

/**
 * Two sends of two groups, the first of them with two records: each filed under an activity or under none, each record
 * with people it reached and people it left out, chosen by no batch or in one that failed.
 */
async function makeSends(
  client: pg.Client,
  {
    fans,
    accounts,
    seed,
    tools,
  }: { fans: readonly FanRow[]; accounts: readonly string[]; seed: number; tools: CampaignTools },
): Promise<Pick<Population, 'activities' | 'sends' | 'leftOut' | 'sendsMade'>> {
  const { maybe, one, instant, iso } = tools
  const { rows: filed } = await client.query<{ id: string }>(
    `insert into activities (name, created_at) select 'activity ' || n || $1, now() from generate_series(1, 2) n returning id`,
    [`-${seed}`],
  )
  const activities = filed.map(({ id }) => id)
  const made: Pick<Population, 'sends' | 'leftOut' | 'sendsMade'> = { sends: [], leftOut: [], sendsMade: [] }
  for (const accountId of [one(accounts), one(accounts)]) {
    const groups = [one([...activities, null]), one([...activities, null])] as const
    const id = await insertBroadcast(client, {
      accountId,
      state: 'ended',
      ...(groups[0] !== null && { activityId: groups[0] }),
    })
    await client.query(
      `with g as (insert into broadcast_groups (broadcast_id, place, name, audience, path, activity_id)
         values ($1, 1, 'second', '{"kind":"all"}', 'list', $2) returning id)
       insert into broadcast_arms (broadcast_id, account_id, group_id, number, kind, share, state, content, frozen_content)
         select $1, a.account_id, o.id, o.number, o.kind, o.share, 'ended', a.content, a.frozen_content from broadcast_arms a,
           (select id, 2 as number, 'whole' as kind, null::smallint as share from g
            union all select group_id, 1, 'variant', 5000 from broadcast_arms where broadcast_id = $1) o
         where a.broadcast_id = $1`,
      [id, groups[1]],
    )
    const arms = [groups[0], groups[0], groups[1]].map((activity) => ({
      activity,
      accepted: instant(20),
      failed: instant(20),
      started: instant(20),
    }))
    made.sendsMade.push({ id, account: accountId, at: Math.min(...arms.map(({ accepted }) => accepted)) })
    for (const [arm, { accepted, failed, started }] of arms.entries()) {
      // who never went out at all is told by its end
      await client.query(
        `update broadcast_arms set ${maybe(0.7) ? 'started_at' : 'ended_at'} = $3 where broadcast_id = $1 and number = $2`,
        [id, arm, iso(started)],
      )
      await client.query(
        `insert into broadcast_batches (broadcast_id, account_id, arm, seq, state, size, client_msg_id, due_at, accepted_at, finished_at)
         values ($1, $2, $3, $4, 'accepted', 1, $5, now(), $6, null),
           ($1, $2, $3, $4 + 1, $7, 1, $5 || 'x', now(), null, $8)`,
        [
          id,
          accountId,
          arm,
          arm * 100_000,
          `c${id}-${arm}`,
          iso(accepted),
          one(['failed', 'skipped']),
          iso(failed),
        ],
      )
    }
    for (const { person } of fans.filter((fan) => fan.account === accountId && maybe(0.7))) {
      const number = one([0, 1, 2])
      const arm = arms[number] as (typeof arms)[number]
      const end = one(['sent', 'sent', 'failed', 'skipped'])
      await client.query(
        `insert into broadcast_recipients (broadcast_id, fan_id, arm, batch_seq, reason)
         select $1, id, $2, $3, $4 from fans where account_id = $5 and contact_id = $6`,
        [
          id,
          number,
          end === 'skipped' ? null : number * 100_000 + (end === 'sent' ? 0 : 1),
          end === 'skipped' ? 'held_out' : null,
          accountId,
          person,
        ],
      )
      const at = { sent: arm.accepted, failed: arm.failed, skipped: arm.started }[end] as number
      const row = { send: id, arm: number, activity: arm.activity, account: accountId, person, at }
      if (end === 'sent') made.sends.push(row)
      else made.leftOut.push(row)
    }
  }
  return { activities, ...made }
}

type CampaignTools = {
  maybe(share: number): boolean
  one<T>(list: readonly T[]): T
  upTo(n: number): number
  instant(days?: number): number
  iso(at: number): string
}

/** Two campaigns and a test send of one of them; messages in every state, taps and conversions, some of them known late. */
async function makeCampaigns(
  client: pg.Client,
  {
    all,
    accounts,
    activities,
    tools,
  }: {
    all: readonly string[]
    accounts: readonly string[]
    activities: readonly string[]
    tools: CampaignTools
  },
): Promise<Pick<Population, 'campaigns' | 'touched'>> {
  const { maybe, one, upTo, instant, iso } = tools
  const touched: Touched[] = []
  const campaigns = ['41', '42']
  const activityOf = new Map(campaigns.map((id) => [id, one([...activities, null])]))
  for (const [id, activity] of activityOf)
    await client.query(
      `insert into campaigns (id, account_id, activity_id, kind, name, plan, created_at, updated_at)
       overriding system value values ($1, $2, $3, 'template', 'c', '{}', now(), now())`,
      [id, accounts[0], activity],
    )
  for (const [campaign, kind] of [...campaigns.map((id) => [id, 'campaign']), ['41', 'test']]) {
    const account = one(accounts)
    const { rows } = await client.query<{ id: string }>(
      `insert into sends (account_id, owner_kind, owner_id, name, channel, purpose, lane, created_at)
       values ($1, $2, $3, 's', 'template', 'service', 'bulk', now()) returning id`,
      [account, kind, campaign],
    )
    const send = rows[0]?.id
    const tell = (person: string, what: Touched['what'], at: number, known: number) => {
      if (kind === 'campaign')
        touched.push({
          campaign: campaign as string,
          activity: activityOf.get(campaign as string) ?? null,
          account,
          person,
          what,
          at,
          known,
        })
    }
    for (const person of all.filter(() => maybe(0.5))) {
      const state = one([
        'accepted',
        'accepted',
        'delivered',
        'delivered',
        'unknown',
        'failed',
        'planned',
        'skipped',
      ])
      const sent = instant(20)
      const { rows: made } = await client.query<{ id: string }>(
        `insert into deliveries (send_id, account_id, version, contact_id, fan_id, state, due_at, planned_at, intent_at)
         values ($1, $2, 1, $3, 1, $4, now(), now(), $5) returning id`,
        [send, account, person, state, state === 'planned' || state === 'skipped' ? null : iso(sent)],
      )
      if (state === 'accepted' || state === 'delivered') tell(person, 'received', sent, sent)
      if (maybe(0.4)) {
        const [at, late] = [instant(20), maybe(0.3) ? upTo(5) * DAY : 0]
        await client.query(
          `insert into link_clicks (delivery_id, send_id, version, link_index, contact_id, at, known_at)
           values ($1, $2, 1, 0, $3, $4, $5)`,
          [made[0]?.id, send, person, iso(at), iso(at + late)],
        )
        tell(person, 'clicked', at, at + late)
      }
      if (maybe(0.4)) {
        const [at, late] = [instant(20), maybe(0.3) ? upTo(5) * DAY : 0]
        await client.query(
          `insert into conversions (event_id, send_id, delivery_id, contact_id, at, known_at)
           select coalesce(max(event_id), 0) + 1, $1, $2, $3, $4, $5 from conversions`,
          [send, made[0]?.id, person, iso(at), iso(at + late)],
        )
        tell(person, 'converted', at, at + late)
      }
    }
  }
  return { campaigns, touched }
}
