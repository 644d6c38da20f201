import { afterAll, beforeAll, expect, test } from 'vitest'
import { beijingDay } from '../../src/kernel/beijing.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { menusModule } from '../../src/modules/menus/module.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { button, createMenuWorld, type MenuWorld, menu } from './world.ts'

let world: MenuWorld
let account: Bound
beforeAll(async () => {
  world = await createMenuWorld()
  account = await world.bind({ fans: 10 })
})
afterAll(() => world.close())

const NEVER = new AbortController().signal
const reactions = createReactionSweep(menusModule.reactions ?? [])
type Figures = { items: { kind: string; target: string; taps: number; days: { taps: number }[] }[] }

const tap = (fan: number, ...place: number[]) =>
  world.control('POST', '/act', {
    appid: account.appid,
    openid: account.openids[fan],
    action: 'menu',
    button: place,
  })
const arrived = async (count: number) =>
  until(
    async () => {
      const { rows } = await world.ctx.pool.query<{ n: number }>(
        `select count(*)::int as n from events where account_id = $1 and name like 'wechat.menu%'`,
        [account.id],
      )
      return rows[0]?.n === count
    },
    { what: `${count} taps in the log` },
  )

test('D12: taps are counted by button, each once, also when the log is followed again; people are told apart', async () => {
  const page = 'https://shop.example.com/points'
  const order = button({ name: '点单' })
  const below = [
    button({ name: '积分', type: 'view', url: page }),
    button({ name: '店铺', type: 'miniprogram', url: page, appId: 'wx1234567890abcdef', path: 'pages/shop' }),
    button({ name: '拍照', type: 'pic_weixin', key: 'PHOTO' }),
  ]
  await world.ctx.pool.query(
    `with p as (insert into mini_programs (appid, name, created_at) values ('wx1234567890abcdef', '店', now()) returning id)
     insert into mini_program_links (mini_program_id, account_id, linked_at) select id, $1, now() from p`,
    [account.id],
  )
  await world.menus.save(account, menu('菜单', { buttons: [order, button({ name: '更多', below })] }))
  expect((await world.menus.publish(account)).publication).toMatchObject({ state: 'done' })
  await tap(0, 0)
  // two of one second would be one push repeated
  await world.forward(new Date(world.ctx.clock.now().getTime() + 2_000))
  await tap(0, 0)
  await tap(1, 0)
  await tap(1, 1, 0)
  await tap(2, 1, 1)
  await tap(2, 1, 2)
  await arrived(6)
  while ((await reactions.run(world.ctx, NEVER)) > 0);
  await reactions.run(world.ctx, NEVER)
  const today = beijingDay(world.ctx.clock.now())
  const range = `from=${today}&to=${today}`
  const { body } = await world.api<Figures>('GET', `/api/accounts/${account.id}/menu-figures?${range}`)
  expect(body.items.map(({ kind, target, taps }) => [kind, target, taps])).toEqual([
    ['tap', `wd-${order.id}`, 3],
    ['tap', 'PHOTO', 1],
    ['view', page, 1],
    ['view', 'pages/shop', 1],
  ])
  const people = async (kind: string, target: string) =>
    (
      await world.api(
        'GET',
        `/api/accounts/${account.id}/menu-figures/people?kind=${kind}&target=${encodeURIComponent(target)}&${range}`,
      )
    ).body
  expect(await people('tap', `wd-${order.id}`)).toEqual({ people: 2, taps: 3 })
  expect(await people('view', page)).toEqual({ people: 1, taps: 1 })
  const long = await world.api(
    'GET',
    `/api/accounts/${account.id}/menu-figures?from=2026-01-01&to=2026-04-01`,
  )
  expect(long.status).toBe(400)
})
