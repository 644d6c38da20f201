import { afterAll, beforeAll, expect, test } from 'vitest'
import { menusModule } from '../../src/modules/menus/module.ts'
import type { Bound } from '../support/sending.ts'
import { endRunLeases, forkWorker } from '../support/workers.ts'
import { button, createMenuWorld, type MenuWorld, menu } from './world.ts'

let world: MenuWorld
let account: Bound
let ios: string
let android: string
beforeAll(async () => {
  world = await createMenuWorld()
  account = await world.bind({ fans: 40 })
  ios = await fanOf(1)
  android = await fanOf(2)
})
afterAll(() => world.close())

async function fanOf(system: number): Promise<string> {
  for (const openid of account.openids)
    if ((await world.shown(account, openid)).system === system) return openid
  throw new Error('nobody has such a phone')
}
const onIos = { match: { tagId: null, system: 'ios' } } as const
const onAndroid = { match: { tagId: null, system: 'android' } } as const
const nameFor = async (openid: string) => (await world.shown(account, openid)).buttons[0]?.name
/** What each saw from a moment on, one after the other. */
async function sawSince(openid: string, count: number): Promise<(string | undefined)[]> {
  const { history } = await world.shown(account, openid)
  const names = history.slice(count).map((seen) => seen?.buttons[0]?.name)
  return names.filter((name, index) => name !== names[index - 1])
}
const changesSoFar = async () => (await world.shown(account, ios)).history.length
const seenNow = async () => {
  const { revision, liveDigest: live } = await world.menus.read(account)
  return { revision, live }
}

test('D12: what is saved is shown to nobody before it is published, and to everybody after', async () => {
  const before = await nameFor(ios)
  const saved = await world.menus.save(
    account,
    menu('新菜单', {
      buttons: [
        button({
          name: '会员',
          below: [button({ name: '积分', type: 'view', url: 'https://shop.example.com/points' })],
        }),
      ],
    }),
  )
  expect(saved).toMatchObject({ problems: [], changes: [{ what: 'changed', match: null }] })
  expect(await nameFor(ios)).toBe(before)
  const done = await world.menus.publish(account)
  expect(done).toMatchObject({
    changes: [],
    publication: { state: 'done', steps: 1, createdBy: 'administrator' },
  })
  expect((await world.shown(account, ios)).buttons).toMatchObject([
    { name: '会员', sub_button: [{ name: '积分', url: 'https://shop.example.com/points' }] },
  ])
})

test('D12: four buttons never leave us', async () => {
  const made = await world.calls(account, '/cgi-bin/menu/create')
  const four = await world.menus.save(
    account,
    menu('四个', { buttons: [1, 2, 3, 4].map((n) => button({ name: `第${n}` })) }),
  )
  expect(four.problems).toMatchObject([{ reason: 'too_many_buttons', limit: 3, actual: 4 }])
  const refused = await world.menus.post(account, 'publish', await seenNow())
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { reason: 'menu_invalid', detail: { problems: four.problems } } },
  })
  expect(await world.calls(account, '/cgi-bin/menu/create')).toBe(made)
})

test('D12: conditional menus are tried in their order, and nobody sees a wrong one while they change', async () => {
  await world.menus.save(account, menu('默认甲'), menu('苹果甲', onIos), menu('安卓甲', onAndroid))
  await world.menus.publish(account)
  expect([await nameFor(ios), await nameFor(android)]).toEqual(['苹果甲', '安卓甲'])
  const count = await changesSoFar()
  await world.menus.save(account, menu('默认乙'), menu('苹果乙', onIos), menu('安卓乙', onAndroid))
  const done = await world.menus.publish(account)
  expect(done.publication).toMatchObject({ state: 'done', steps: 5 })
  expect(await sawSince(ios, count - 1)).toEqual(['苹果甲', '苹果乙'])
  expect(await sawSince(android, count - 1)).toEqual(['安卓甲', '安卓乙'])
  expect(done.live?.conditional.map(({ match }) => match?.system)).toEqual(['ios', 'android'])
})

test('D12: WeChat is asked which menu one fan sees', async () => {
  const ask = (openid: string) => {
    const fanId = account.fanIds[account.openids.indexOf(openid)]
    return world.api<{ match: unknown; buttons: { name: string }[] }>(
      'POST',
      `/api/accounts/${account.id}/menus/try`,
      { fanId },
    )
  }
  expect((await ask(ios)).body).toMatchObject({ match: { system: 'ios' }, buttons: [{ name: '苹果乙' }] })
  expect((await ask(android)).body).toMatchObject({ match: { system: 'android' } })
  const other = await fanOf(3)
  expect((await ask(other)).body).toMatchObject({ match: null, buttons: [{ name: '默认乙' }] })
})

test('D12: one menu less takes one call, and its fans go to the next that fits', async () => {
  const { menus } = await world.menus.read(account)
  await world.menus.save(account, ...menus.filter(({ name }) => name !== '苹果乙'))
  const count = await changesSoFar()
  expect((await world.menus.publish(account)).publication).toMatchObject({ steps: 1 })
  expect(await sawSince(ios, count - 1)).toEqual(['苹果乙', '默认乙'])
  expect(await nameFor(android)).toBe('安卓乙')
})

test('D12: a menu that was changed at WeChat meanwhile is shown before it is replaced', async () => {
  await world.menus.save(account, menu('我们的'))
  const seen = await seenNow()
  const elsewhere = {
    appid: account.appid,
    action: 'menu',
    buttons: [{ name: '后台', type: 'text', value: '好' }],
  }
  await world.control('POST', '/owner', elsewhere)
  const refused = await world.menus.post(account, 'publish', seen)
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { reason: 'menu_changed_at_wechat', detail: { changes: [{ what: 'added' }] } } },
  })
  expect(await nameFor(ios)).toBe('后台')
  expect((await world.menus.publish(account)).publication).toMatchObject({ state: 'done' })
  expect(await nameFor(ios)).toBe('我们的')
  const same = await world.menus.post(account, 'publish', await seenNow())
  expect(same.body.error.reason).toBe('menu_same')
})

test('D12: what somebody else saved is not saved over, nor published unseen', async () => {
  const { revision, liveDigest } = await world.menus.read(account)
  const menus = [menu('另一个人的')]
  const path = `/api/accounts/${account.id}/menus`
  expect((await world.api('PUT', path, { revision, menus })).status).toBe(200)
  expect(await world.api('PUT', path, { revision, menus })).toMatchObject({
    status: 409,
    body: { error: { reason: 'menus_changed' } },
  })
  const refused = await world.menus.post(account, 'publish', { revision, live: liveDigest })
  expect(refused.body.error.reason).toBe('menus_changed')
})

test('D12: of two who publish at once one does, and the other is told', async () => {
  await world.menus.save(account, menu('两人'))
  const seen = await seenNow()
  const both = await Promise.all([
    world.menus.post(account, 'publish', seen),
    world.menus.post(account, 'publish', seen),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  expect(both.find(({ status }) => status === 409)?.body.error.reason).toBe('menu_publishing')
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as n from menu_publications where account_id = $1 and state = 'running'`,
    [account.id],
  )
  expect(rows).toEqual([{ n: 1 }])
  const made = await world.calls(account, '/cgi-bin/menu/create')
  await world.menus.work(account)
  expect(await world.calls(account, '/cgi-bin/menu/create')).toBe(made + 1)
  expect(await nameFor(ios)).toBe('两人')
})

test('D12: a call whose answer is lost is not made twice', async () => {
  await world.menus.save(account, menu('默认丙'), menu('苹果丙', onIos))
  await world.fault({
    match: { path: '/cgi-bin/menu/addconditional' },
    kind: 'timeout-after-work',
    ms: 1,
    remaining: 1,
  })
  const { publication, live } = await world.menus.publish(account)
  await world.fault()
  expect(publication).toMatchObject({ state: 'done' })
  expect(live?.conditional).toHaveLength(1)
})

test('D12: what WeChat refuses ends the publication with the reason, and what it shows is known', async () => {
  await world.menus.save(account, menu('默认丁'), menu('苹果丁', onIos))
  await world.fault({
    match: { path: '/cgi-bin/menu/create' },
    kind: 'error',
    errcode: 40018,
    errmsg: 'invalid button name size',
  })
  const failed = await world.menus.publish(account)
  await world.fault()
  expect(failed.publication).toMatchObject({
    state: 'failed',
    problem: { reason: 'platform_content', detail: { errcode: 40018 } },
  })
  expect(failed.live).toMatchObject({
    buttons: [{ name: '默认丙' }],
    conditional: [{ buttons: [{ name: '苹果丁' }] }, {}],
  })
  expect((await world.menus.publish(account)).publication).toMatchObject({ state: 'done' })
  expect(await nameFor(ios)).toBe('苹果丁')
})

const ADD = '/cgi-bin/menu/addconditional'
const REMOVE = '/cgi-bin/menu/delconditional'
test.each([
  ['after the first new one', { at: 'call', what: ADD, when: 'after', nth: 1 }],
  ['before the second', { at: 'call', what: ADD, when: 'before', nth: 2 }],
  ['after the default', { at: 'call', what: '/cgi-bin/menu/create', when: 'after', nth: 1 }],
  ['after the first old one', { at: 'call', what: REMOVE, when: 'after', nth: 1 }],
  [
    'before its end is committed',
    { at: 'commit', what: 'update "menu_publications" set "state"', when: 'before', nth: 1 },
  ],
] as const)(
  'D12: killed %s: another goes on, and everybody saw their old menu, then their new one',
  async (name, moment) => {
    const old = [await nameFor(ios), await nameFor(android)]
    const count = await changesSoFar()
    await world.menus.save(
      account,
      menu('默认'),
      menu('苹果', { ...onIos, buttons: [button({ name: '苹果', key: name })] }),
      menu('安卓', { ...onAndroid, buttons: [button({ name: '安卓', key: name })] }),
    )
    await world.menus.post(account, 'publish', await seenNow())
    expect(await forkWorker(world, moment).ended).toBe('SIGKILL')
    expect((await world.menus.read(account)).publication).toMatchObject({ state: 'running' })
    await endRunLeases(world)
    await world.menus.work(account)
    expect(await world.menus.read(account)).toMatchObject({ publication: { state: 'done' }, changes: [] })
    expect(await nameFor(ios)).toBe('苹果')
    expect(await sawSince(ios, count - 1)).toEqual([...new Set([old[0], '苹果'])])
    expect(await sawSince(android, count - 1)).toEqual([...new Set([old[1], '安卓'])])
    expect((await world.menus.read(account)).live?.conditional).toHaveLength(2)
  },
)

test('D12: all menus are taken away when that was seen and asked for; what is edited stays', async () => {
  const { liveDigest: live, menus } = await world.menus.read(account)
  expect((await world.menus.post(account, 'remove', { live: 'another' })).body.error.reason).toBe(
    'menu_changed_at_wechat',
  )
  expect((await world.menus.post(account, 'remove', { live })).status).toBe(200)
  await world.menus.work(account)
  expect(await nameFor(ios)).toBeUndefined()
  expect(await world.menus.read(account)).toMatchObject({ live: null, menus })
})

test('D12: an account that may have no menus by calls is told so', async () => {
  const other = await world.bind({ fans: 2, kind: 'subscription', verified: false })
  const refused = await world.menus.post(other, 'look')
  expect(refused).toMatchObject({ status: 409, body: { error: { reason: 'not_verified' } } })
  expect(menusModule.routes?.every(({ endpoint }) => endpoint.access.startsWith('menus:'))).toBe(true)
})
