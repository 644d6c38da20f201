import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { declareDataset, listDatasets } from '../datasets/index.ts'
import { createSource, listSources, rotateSourceKeys } from '../sources/index.ts'
import type { ShopState } from './schema.ts'
import { control } from './simulator.ts'

const SOURCE_NAME = '小满商城'
const ORDERS = 'orders'
const PAGES = 'https://shop.example.com'

type Shop = Omit<ShopState, 'sourceId'> & { url: string }

/**
 * Opens the simulated shop with a server source of its own, as any customer of the interface would; it tells its
 * past in the background. One that is open already only learns where to report now.
 */
export async function openShop(ctx: Ctx, appid: string): Promise<void> {
  const { shop } = await control<{ shop: Shop | null }>(ctx, 'GET', '/shop')
  if (shop !== null) {
    if (shop.url !== ctx.config.publicUrl) await control(ctx, 'PATCH', '/shop', { url: ctx.config.publicUrl })
    return
  }
  const account = await ctx.db
    .selectFrom('accounts')
    .select('id')
    .where('appid', '=', appid)
    .executeTakeFirst()
  if (account === undefined) return
  await declareOrders(ctx)
  await declareTraits(ctx)
  await makePageSource(ctx, account.id)
  await control(ctx, 'PUT', '/shop', {
    appid,
    url: ctx.config.publicUrl,
    writeKey: await keyOf(ctx, account.id),
    ordersDataset: ORDERS,
    seed: 'xiaoman',
  })
  await ctx.queue.add(ctx.db, 'sandbox.name-shop', {}, { key: 'sandbox.name-shop' })
}

/** A source whose key only the forgotten shop knew gets a new one. */
async function keyOf(ctx: Ctx, accountId: string): Promise<string> {
  const source = await findShopSource(ctx)
  if (source !== undefined)
    return (await rotateSourceKeys(ctx, source.id, { writeKey: true, signingSecret: false })).writeKey
  return (await createSource(ctx, { name: SOURCE_NAME, kind: 'server', accountId })).keys.writeKey
}

/** For the shop's pages, where links of the simulated articles lead: sends are told apart by it. */
async function makePageSource(ctx: Ctx, accountId: string): Promise<void> {
  const name = `${SOURCE_NAME} H5`
  if ((await listSources(ctx)).some((source) => source.name === name)) return
  await createSource(ctx, { name, kind: 'public', accountId, allowedOrigins: [PAGES] })
}

const findShopSource = async (ctx: Ctx) =>
  (await listSources(ctx)).find(({ name, kind }) => name === SOURCE_NAME && kind === 'server')

const text = (key: string, name: string) => ({
  key,
  name,
  type: 'text' as const,
  options: [],
  personal: false,
})
const number = (key: string, name: string) => ({ ...text(key, name), type: 'number' as const })

async function declareOrders(ctx: Ctx): Promise<void> {
  if ((await listDatasets(ctx, {})).some(({ key }) => key === ORDERS)) return
  await declareDataset(ctx, {
    key: ORDERS,
    name: '订单',
    fields: [number('amount', '订单金额'), text('channel', '下单渠道')],
    lineFields: [
      text('sku', '商品编号'),
      text('product', '商品'),
      text('category', '品类'),
      number('price', '单价'),
      number('quantity', '数量'),
      number('amount', '小计'),
    ],
    retentionDays: null,
  })
}

/** What the shop tells of customers, with the names people know it by. */
const TRAITS = [
  { key: 'gender', name: '性别', type: 'enumeration', options: ['女', '男'] },
  { key: 'city', name: '城市', type: 'text', options: [] },
  { key: 'birthday', name: '生日', type: 'date', options: [] },
  { key: 'level', name: '会员等级', type: 'enumeration', options: ['普通', '银卡', '金卡', '黑金'] },
] as const

async function declareTraits(ctx: Ctx): Promise<void> {
  for (const { key, name, type, options } of TRAITS)
    await sql`insert into attributes (key, display_name, type, options, origin, created_at)
      values (${key}, ${name}, ${type}, ${JSON.stringify(options)}, 'declared', ${ctx.clock.now()})
      on conflict (key) do nothing`.execute(ctx.db)
}

const EVENT_NAMES = {
  view_product: '浏览商品',
  favourite: '收藏商品',
  add_to_cart: '加入购物车',
  order_paid: '支付订单',
  order_reviewed: '评价订单',
  share: '分享商品',
  'weida.click': '点击群发链接',
}
const PROPERTY_NAMES = {
  category: '品类',
  product: '商品',
  sku: '商品编号',
  price: '单价',
  quantity: '数量',
  amount: '金额',
  order_no: '订单号',
  stars: '评分',
  channel: '渠道',
  to: '分享到',
}

const LONGEST_PAST_MS = 5 * 60_000

/** Gives what came of the shop its names, once it has told its past; names that people gave stay. */
export async function nameShop(ctx: Ctx, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LONGEST_PAST_MS
  while (!signal.aborted && performance.now() < until) {
    const { shop } = await control<{ shop: Shop | null }>(ctx, 'GET', '/shop')
    if (shop === null || (shop.history.done >= shop.history.total && (await isRegistered(ctx)))) break
    await delay(500, undefined, { signal }).catch(() => undefined)
  }
  await sql`update event_names n set display_name = t.value from jsonb_each_text(${JSON.stringify(EVENT_NAMES)}::jsonb) t
    where n.name = t.key and n.display_name is null`.execute(ctx.db)
  await sql`update event_properties p set display_name = t.value from jsonb_each_text(${JSON.stringify(PROPERTY_NAMES)}::jsonb) t
    where p.name = t.key and p.display_name is null and p.event_name = any(${Object.keys(EVENT_NAMES)}::text[])`.execute(
    ctx.db,
  )
}

async function isRegistered(ctx: Ctx): Promise<boolean> {
  const { rows } = await sql<{ known: number }>`select count(*)::int as known from event_names
    where name in ('view_product', 'favourite', 'add_to_cart', 'order_paid', 'order_reviewed', 'share')`.execute(
    ctx.db,
  )
  return rows[0]?.known === 6
}

/** The shop as the simulated world has it; null before it opens. */
export async function showShop(ctx: Ctx): Promise<{ shop: ShopState | null }> {
  const { shop } = await control<{ shop: Shop | null }>(ctx, 'GET', '/shop')
  if (shop === null) return { shop: null }
  const source = await findShopSource(ctx)
  return { shop: { ...shop, sourceId: source?.id ?? null } }
}

/** Opens or closes the shop, or changes how many come. */
export async function steerShop(
  ctx: Ctx,
  change: { isOpen?: boolean | undefined; visitsPerHour?: number | undefined },
): Promise<{ shop: ShopState | null }> {
  if ((await showShop(ctx)).shop === null) throw notFound('shop')
  await control(ctx, 'PATCH', '/shop', change)
  await inTransaction(ctx.db, (trx) => audit(ctx, trx, { action: 'sandbox.shop_set', detail: { ...change } }))
  return showShop(ctx)
}
