import { afterAll, beforeAll, expect, test } from 'vitest'
import { addConditionalMenu, createMenu } from '../../src/channels/official-account/menus.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import type { MenuProposal } from '../../src/modules/menus/schema.ts'
import { createMenuWorld, type MenuWorld } from './world.ts'

let world: MenuWorld
beforeAll(async () => {
  world = await createMenuWorld()
})
afterAll(() => world.close())

const importInto = async (accountId: string) =>
  (await world.api<MenuProposal>('POST', `/api/accounts/${accountId}/menus/import`, {})).body

test('D12: menus made by calls are taken over to the letter, so that publishing them changes nothing', async () => {
  const account = await world.bind({ fans: 2 })
  const client = await accountClient(world.ctx, account.id)
  const buttons = [
    { name: '点单', type: 'click', key: 'ORDER' },
    {
      name: '更多',
      sub_button: [
        { name: '网页', type: 'view', url: 'https://shop.example.com/a?b=c&d=中' },
        { name: '扫码', type: 'scancode_waitmsg', key: 'SCAN' },
      ],
    },
  ]
  await createMenu(client, buttons)
  await addConditionalMenu(client, {
    buttons: buttons.slice(0, 1),
    match: { tagId: null, system: 'android' },
  })
  const { menus, notes } = await importInto(account.id)
  expect(menus).toMatchObject([
    {
      match: null,
      buttons: [
        { name: '点单', type: 'click', key: 'ORDER' },
        { name: '更多', below: [{}, {}] },
      ],
    },
    { match: { system: 'android' }, buttons: [{ key: 'ORDER' }] },
  ])
  expect(notes.map(({ button, reason }) => [button, reason])).toEqual([
    ['点单', 'key_of_another_system'],
    ['扫码', 'key_of_another_system'],
    ['点单', 'key_of_another_system'],
  ])
  expect(await world.menus.save(account, ...menus)).toMatchObject({ changes: [], problems: [] })
})

test('D12: a menu of WeChat’s own pages is answered from here afterwards, with pictures that last', async () => {
  const account = await world.bind({ fans: 2, drafts: 1 })
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `select media_id as id from simulator.media m join simulator.account a on a.id = m.account_id
     where appid = $1 and m.kind = 'image' and permanent limit 1`,
    [account.appid],
  )
  const article = {
    title: '新品',
    digest: '到店',
    content_url: 'https://mp.weixin.qq.com/s/x',
    cover_url: 'https://mmbiz.qpic.cn/x/0',
  }
  await world.control('POST', '/owner', {
    appid: account.appid,
    action: 'menu',
    buttons: [
      { name: '问好', type: 'text', value: '您好' },
      {
        name: '看看',
        sub_button: [
          { name: '图片', type: 'img', value: rows[0]?.id },
          { name: '图文', type: 'news', value: 'x', news_info: { list: [article] } },
          { name: '网页', type: 'view', url: 'https://shop.example.com' },
          { name: '视频', type: 'video', value: rows[0]?.id },
        ],
      },
    ],
  })
  const { menus, notes } = await importInto(account.id)
  expect(notes).toMatchObject([{ button: '视频', reason: 'video', url: expect.stringMatching(/^https?:/) }])
  expect(menus[0]?.buttons[1]?.below[3], 'kept, to be answered').toMatchObject({
    name: '视频',
    type: 'click',
    answer: null,
  })
  const [hello, look] = menus[0]?.buttons ?? []
  expect(hello).toMatchObject({
    type: 'click',
    key: '',
    answer: { replies: [{ content: { kind: 'text', text: '您好' } }] },
  })
  const [picture, news, page] = look?.below ?? []
  const content = picture?.answer?.replies[0]?.content
  expect(content).toMatchObject({ kind: 'image', mediaAssetId: expect.stringMatching(/^\d+$/) })
  expect(news?.answer?.replies).toMatchObject([
    { content: { kind: 'news', title: '新品', url: article.content_url } },
  ])
  expect(page).toMatchObject({ type: 'view', url: 'https://shop.example.com' })
  const { bytes } = (
    await world.ctx.pool.query<{ bytes: number }>(
      'select bytes::int from media_assets where account_id = $1',
      [account.id],
    )
  ).rows[0] ?? { bytes: 0 }
  expect(bytes).toBeGreaterThan(0)
  expect((await world.menus.save(account, ...menus)).problems).toEqual([])
})
