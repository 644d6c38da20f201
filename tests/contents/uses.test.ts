import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { preflightNext } from '../../src/modules/campaigns/preflight/sweep.ts'
import { syncArticles } from '../../src/modules/contents/index.ts'
import { contentsModule } from '../../src/modules/contents/module.ts'
import { button, type MenuWorld, menu, withMenus } from '../menus/world.ts'
import { pngOf } from '../support/pictures.ts'
import { type Bound, createSendingWorld } from '../support/sending.ts'
import { uploadTo } from './support.ts'
import { usesHeld, usesWalked } from './uses-walk.ts'

const NEVER = new AbortController().signal

let world: MenuWorld
let account: Bound
/** Three pictures, a draft of two articles and a published one. */
let pictures: string[]
let draft: string
let published: string
beforeAll(async () => {
  world = withMenus(await createSendingWorld())
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.bind({ fans: 3, drafts: 2, articles: 2 })
  const run = await syncArticles(world.ctx, account.id, { scope: 'all', kinds: ['draft', 'published'] })
  await contentsModule.jobs?.['contents.sync-articles']?.(world.ctx, { runId: run.id }, NEVER)
  const idOf = async (kind: string) => {
    const { rows } = await world.ctx.pool.query<{ id: string }>(
      'select id from article_sets where account_id = $1 and kind = $2 order by id limit 1',
      [account.id, kind],
    )
    return rows[0]?.id as string
  }
  draft = await idOf('draft')
  published = await idOf('published')
  pictures = []
  for (const name of ['a.png', 'b.png', 'c.png']) {
    const { body } = await uploadTo(world, account, { data: pngOf(), name })
    pictures.push((body as { id: string }).id)
  }
})

async function call<T = { id: string }>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  rest: string,
  body?: object,
) {
  const answer = await world.api<T>(method, `/api/accounts/${account.id}/${rest}`, body)
  if (answer.status !== 200)
    throw new Error(`${method} ${rest}: ${answer.status} ${JSON.stringify(answer.body)}`)
  await expectUses(`${method} ${rest}`)
  return answer.body
}
/** What is noted is what a slow walk over everything that is saved finds. Returns it without the materials. */
async function expectUses(after: string): Promise<string[]> {
  const walked = await usesWalked(world.ctx.pool, account.id)
  expect(await usesHeld(world.ctx.pool, account.id), after).toEqual(walked)
  return walked
}
const image = (id = pictures[0]) => ({ kind: 'image', mediaAssetId: id })
const article = () => ({ kind: 'article', articleSetId: published, index: 0 })
const card = () => ({
  kind: 'news',
  title: '新品',
  url: 'https://shop.example.com',
  pictureAssetId: pictures[1],
})
const answering = (...contents: object[]) => ({ replies: contents.map((content) => ({ content })) })

test('D11: what replies, codes, recalls and menus name is known after every change of them', async () => {
  const rule = { kind: 'follow', name: '欢迎', answer: answering(image(), article(), card()) }
  const { id } = await call('POST', 'reply-rules', rule)
  expect(await expectUses('made')).toHaveLength(3)
  await call('PUT', `reply-rules/${id}`, { ...rule, name: '新的欢迎', answer: answering(image(), image()) })
  await call('POST', `reply-rules/${id}/state`, { on: false })
  await call('POST', `reply-rules/${id}/state`, { on: true })
  await call('DELETE', `reply-rules/${id}`)
  expect(await expectUses('deleted')).toEqual([])

  const code = await call('POST', 'qr-codes', { name: '门店', life: 'permanent', answer: answering(image()) })
  const filed = { folderId: null, placementId: null }
  await call('PUT', `qr-codes/${code.id}`, { name: '门店', ...filed, answer: answering(article()) })
  const { items } = await call<{ items: { id: string }[] }>('POST', 'qr-codes/batch', {
    codes: [{ name: '一' }, { name: '二' }],
    life: 'permanent',
    answer: answering(card()),
  }).then(() => call<{ items: { id: string }[] }>('GET', 'qr-codes?q=二'))
  await call('PUT', `qr-codes/${items[0]?.id}`, {
    name: '二',
    ...filed,
    answer: answering(image()),
    answerOf: 'own',
  })
  await call('POST', `qr-codes/${code.id}/archive`)

  const recall = { name: '召回', minutes: 10, reading: 'before-end', on: true }
  const custom = { kind: 'custom', replies: [image(pictures[2]), card(), { kind: 'text', text: '回来看看' }] }
  const made = await call('POST', 'recall-rules', { ...recall, content: custom })
  const greeting = { kind: 'default', greeting: '您好', phrase: '领券', says: '领券' }
  const edited = await call<{ version: number }>('PUT', `recall-rules/${made.id}`, {
    ...recall,
    version: 1,
    content: greeting,
    keywordReply: answering(image(), article()),
  })
  await call('PUT', `recall-rules/${made.id}`, {
    ...recall,
    version: edited.version,
    name: '召回 2',
    content: custom,
  })
  await call('POST', `recall-rules/${made.id}/state`, { on: false })
  await call('DELETE', `recall-rules/${made.id}`)

  const buttons = [
    button({ name: '图', type: 'media_id', mediaAssetId: pictures[0] as string }),
    button({ name: '文', type: 'article_id', articleSetId: published }),
    button({
      name: '更多',
      below: [button({ name: '答', answer: answering(card()) as never })],
      mediaAssetId: pictures[1] as string,
    }),
  ]
  await world.menus.save(account, menu('菜单', { buttons }))
  expect(await expectUses('menus saved')).toContainEqual(expect.stringMatching(/^menu .* media:/))
  await world.menus.publish(account)
  expect(await expectUses('menus published')).toContainEqual(
    expect.stringMatching(/^live-menu .* article-set:/),
  )
  await world.menus.save(account, menu('菜单', { buttons: buttons.slice(0, 1) }))
  await expectUses('menus saved again')
  await world.menus.publish(account)
  await expectUses('menus published again')
  expect(await usesAgain()).toEqual(await usesHeld(world.ctx.pool, account.id))
})

test('D11: what campaigns and mass sends name is known from the first draft to the end', async () => {
  const path = 'campaigns'
  const begin = await call<{ id: string; revision: number }>('POST', path, {
    kind: 'customer-service',
    name: '活动',
    plan: { content: image() },
  })
  const at = `${path}/${begin.id}`
  await call('POST', `${at}/copy`)
  const named = await call<{ revision: number }>('PATCH', at, {
    revision: begin.revision,
    name: '活动 2',
    plan: { content: card() },
  })
  await call('POST', `${at}/preflight`)
  await preflightNext(world.ctx, NEVER)
  const ready = await call<{ revision: number; preflight: { result: { reached: number } } }>('GET', at)
  expect(ready.revision).toBe(named.revision)
  const started = await call<{ revision: number }>('POST', `${at}/start`, {
    revision: ready.revision,
    expectedReached: ready.preflight.result.reached,
  })
  expect(await expectUses('started')).toContainEqual(expect.stringMatching(/^campaign .*live/))
  await call('POST', `${at}/edit`, { revision: started.revision, plan: { content: article() } })
  await call('POST', `${at}/pause`)
  await call('POST', `${at}/cancel`)
  const { items } = await world
    .api<{ items: { id: string; state: string }[] }>('GET', `/api/campaigns?accountId=${account.id}`)
    .then(({ body }) => body)
  for (const { id } of items.filter(({ state }) => state === 'draft')) await call('DELETE', `campaigns/${id}`)
  expect(await expectUses('all are over')).toEqual([])

  const articles = [
    { articleSetId: draft, index: 0, cover: { mediaAssetId: pictures[0] as string } },
    { articleSetId: published, index: 0 },
  ]
  const send = await world.draft(account, { content: { kind: 'articles', articles } })
  expect(await expectUses('composed')).toHaveLength(3)
  const pictured = await world.draft(account, {
    content: { kind: 'image', mediaAssetIds: pictures.slice(0, 2) },
  })
  await call('POST', `broadcasts/${pictured.id}/copy`)
  await world.confirm(pictured)
  expect(await expectUses('confirmed')).toContainEqual(expect.stringMatching(/^broadcast .*live/))
  expect(await usesAgain()).toEqual(await usesHeld(world.ctx.pool, account.id))
  await call('POST', `broadcasts/${pictured.id}/pause`)
  await call('POST', `broadcasts/${pictured.id}/cancel`)
  await call('DELETE', `broadcasts/${send.id}`)
  await world.frozen(account, [2], { content: { kind: 'image', mediaAssetIds: pictures.slice(2) } })
  await world.drain()
  expect(await expectUses('sent')).toHaveLength(2)
})

/** What the migration finds in what is saved, as if nobody had noted anything. */
async function usesAgain(): Promise<string[]> {
  const migration = await readFile(
    new URL('../../migrations/20261121_0038_material_uses.sql', import.meta.url),
    'utf8',
  )
  const client = await world.ctx.pool.connect()
  try {
    await client.query('begin; truncate material_uses')
    await client.query(migration.slice(migration.indexOf('-- What is saved already.')))
    return await usesHeld(client, account.id)
  } finally {
    await client.query('rollback')
    client.release()
  }
}
