import path from 'node:path'
import pg from 'pg'
import { prepareDatabase } from '../../src/cli/database.ts'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'
import { declareDataset } from '../../src/modules/datasets/commands.ts'
import { resolveDataset } from '../../src/modules/datasets/index.ts'
import { makePartitions } from '../../src/modules/ingest/partitions.ts'
import { settings } from './bench.ts'

/**
 * A server of its own with people who did things: for each person 5 attributes, 3 tags, 10 events of the last 90 days
 * and about 3 order lines of the last year, all skewed as life is: few cities hold most, few people do most.
 */
export type Crowd = {
  people: number
  ctx: OwnedCtx
  databaseUrl: string
  /** Physical tables and columns of the orders. */
  orders: { lines: string; category: string; price: string }
  /** Two stored segments. */
  segments: [string, string]
  /** Stops the server and starts it anew: nothing of it is in memory then. */
  restart(): Promise<void>
  close(): Promise<void>
}

export async function makeCrowd(directory: string, people: number): Promise<Crowd> {
  const dataDir = path.join(directory, `crowd-${people}`)
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir })
  await prepareDatabase(server.url, 'sandbox')
  const env = await settings(server.url, dataDir)
  const open = () =>
    createContext(loadConfig({ ...env, DATABASE_URL: server.url }), { databaseUrl: server.url })
  let ctx = await open()
  const orders = await fill(ctx, server.url, people)
  const segments = await store(server.url)
  return {
    people,
    get ctx() {
      return ctx
    },
    get databaseUrl() {
      return server.url
    },
    orders,
    segments,
    async restart() {
      await ctx.close()
      await server.stop()
      server = await startEmbeddedPostgres({ dataDir })
      ctx = await open()
    },
    async close() {
      await ctx.close()
      await server.stop()
    },
  }
}

const one = (values: readonly string[], skew: number) =>
  `(array[${values.map((value) => `'${value}'`).join(',')}])[1 + floor(${values.length} * random() ^ ${skew})]`
const CITIES = [
  '上海',
  '北京',
  '广州',
  '深圳',
  '杭州',
  '成都',
  '武汉',
  '南京',
  '西安',
  '重庆',
  '苏州',
  '天津',
  '长沙',
  '郑州',
  '青岛',
  '宁波',
  '厦门',
  '福州',
  '合肥',
  '昆明',
]
const CATEGORIES = ['鞋', '包', '上衣', '裤子', '咖啡豆', '杯子', '配饰', '礼盒']
const EVENTS = [
  'view_page',
  'view_page',
  'view_page',
  'view_page',
  'view_page',
  'view_product',
  'view_product',
  'view_product',
  'add_to_cart',
  'favourite',
  'order_paid',
  'share',
  'weida.click',
]

const field = <T extends 'text' | 'number' | 'enumeration'>(key: string, name: string, type: T) => ({
  key,
  name,
  type,
  options: [],
  personal: false,
})

async function fill(ctx: OwnedCtx, url: string, people: number): Promise<Crowd['orders']> {
  await makePartitions(ctx)
  await declareDataset(ctx, {
    key: 'orders',
    retentionDays: null,
    name: '订单',
    fields: [field('status', '状态', 'enumeration'), field('amount', '金额', 'number')],
    lineFields: [
      field('category', '品类', 'text'),
      field('price', '单价', 'number'),
      field('quantity', '数量', 'number'),
    ],
  })
  const shape = await resolveDataset(ctx, 'orders')
  const column = (key: string) => `f${shape?.fields.find((field) => field.key === key)?.id}`
  const rows = `details.d${shape?.id}`
  const someone = `1 + floor(${people} * random() ^ 1.8)::int`
  const statements = [
    'select setseed(0.42)',
    `insert into contacts (name, created_at) select ${one(['王', '李', '张', '刘', '陈', '杨'], 1)} || ${one(['伟', '芳', '娜', '敏', '静'], 1)},
       now() - random() * interval '900 days' from generate_series(1, ${people})`,
    `insert into attributes (key, type, origin, created_at) values ('gender', 'enumeration', 'declared', now()),
       ('city', 'text', 'declared', now()), ('birthday', 'date', 'declared', now()),
       ('level', 'enumeration', 'declared', now()), ('points', 'number', 'declared', now())`,
    `insert into contact_attributes (contact_id, attribute_id, text_value, number_value, since)
     select c, a.id, case a.key when 'gender' then case when random() < 0.55 then '女' else '男' end
         when 'city' then ${one(CITIES, 2)} when 'birthday' then to_char(date '1960-01-01' + floor(random() * 18000)::int, 'YYYY-MM-DD')
         when 'level' then ${one(['普通', '银卡', '金卡', '钻石'], 3)} end,
       case a.key when 'points' then floor(random() * random() * 10000) end, now() - random() * interval '300 days'
     from generate_series(1, ${people}) c, attributes a`,
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at) values ('wxcrowd0000001', '基准', 'service', true, '', 'crowd', '', '', now())`,
    `insert into fans (account_id, contact_id, following, detailed, openid, followed_at, last_interaction_at)
     select a.id, c, random() < 0.93, true, 'oCrowd' || lpad(c::text, 22, '0'), now() - random() * interval '900 days',
       now() - random() * interval '60 days' from accounts a, generate_series(1, ${people}) c where random() < 0.85`,
    `insert into tags (name, created_at) select '标签' || g, now() from generate_series(1, 30) g`,
    `insert into contact_tags (tag_id, contact_id, since)
     select distinct on (t, c) t, c, now() - random() * interval '200 days'
     from (select 1 + floor(30 * random() ^ 2)::int as t, 1 + floor(${people} * random())::int as c
       from generate_series(1, ${people * 3})) x`,
    `insert into events (contact_id, name, at, received_at, source_id, properties)
     select ${someone}, e.name, e.t, e.t, 1, jsonb_build_object('category', ${one(CATEGORIES, 1.5)},
       'price', floor(random() * random() * 2000), 'page', '/p/' || floor(random() * 500),
       'send', case when random() < 0.05 then '17' end)
     from (select ${one(EVENTS, 1)} as name, now() - random() * interval '90 days' as t
       from generate_series(1, ${people * 10}) order by 2) e`,
    `insert into ${rows} (key, contact_id, account_id, at, since, until, received_at, ${column('status')}, ${column('amount')})
     select 'O' || g, ${someone}, 1, now() - random() * interval '365 days', now(), 'infinity', now(),
       case when random() < 0.9 then 'paid' else 'refunded' end, floor(random() * 1000)
     from generate_series(1, ${Math.round(people * 1.2)}) g`,
    `insert into ${rows}_lines (key, line, contact_id, at, since, until, ${column('category')}, ${column('price')}, ${column('quantity')})
     select key, l, contact_id, at, since, until, ${one(CATEGORIES, 1.5)}, floor(random() * random() * 1000),
       1 + floor(random() * 3) from ${rows}, generate_series(1, 1 + (hashtext(key) & 3)) l`,
    'vacuum (analyze)',
    'checkpoint',
  ]
  await inOneSession(url, statements)
  return { lines: `${rows}_lines`, category: column('category'), price: column('price') }
}

/** Two stored segments: those with any of two tags, and those with points. */
async function store(url: string): Promise<[string, string]> {
  const ids: string[] = []
  for (const members of [
    `select distinct contact_id as id from contact_tags where tag_id in (1, 2, 3)`,
    `select contact_id as id from contact_attributes where number_value > 2000`,
  ]) {
    const result = await inOneSession(url, [
      `with segment as (
         insert into segments (name, update_kind, created_at, updated_at) values ('基准', 'static', now(), now()) returning id),
       snapshot as (
         insert into segment_snapshots (segment_id, version, cause, state, at, created_at)
         select id, 1, 'import', 'ready', now(), now() from segment returning id, segment_id),
       chunks as (
         insert into segment_chunks (snapshot_id, chunk, members)
         select s.id, m.id >> 16, array_agg(((m.id & 65535) - 32768)::smallint order by m.id)
         from snapshot s, (${members}) m group by s.id, m.id >> 16)
       select segment_id::text as id from snapshot`,
      `update segments set current_snapshot_id = n.id from segment_snapshots n where n.segment_id = segments.id`,
    ])
    ids.push(String(result[0]?.rows[0]?.id))
  }
  return [ids[0] as string, ids[1] as string]
}

async function inOneSession(url: string, statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results: pg.QueryResult[] = []
    for (const statement of statements) results.push(await client.query(statement))
    return results
  } finally {
    await client.end()
  }
}
