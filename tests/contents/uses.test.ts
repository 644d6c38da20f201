import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { preflightNext } from '../../src/modules/campaigns/preflight/sweep.ts'
import { syncArticles } from '../../src/modules/contents/index.ts'
import { contentsModule } from '../../src/modules/contents/module.ts'
import { resolveContent } from '../../src/modules/messages/index.ts'
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

type Refused = { error: { reason: string; detail: Record<string, unknown> } }
const remove = (rest: string, force = false) =>
  world.api<Refused>('DELETE', `/api/accounts/${account.id}/${rest}?force=${force}`)
const broken = async () => {
  const { items } = await call<{ items: { use: { kind: string; name: string }; material: object }[] }>(
    'GET',
    'broken-material-uses',
  )
  return items.map(({ use, material }) => ({ ...material, by: use.kind, name: use.name }))
}

test('D11: material that something names is deleted only by whoever has seen where; then it is shown as broken at once', async () => {
  const [picture = '', other = ''] = pictures
  const rule = { kind: 'follow', name: '欢迎', answer: answering(image()) }
  await call('POST', 'reply-rules', rule)
  await call('POST', 'campaigns', { kind: 'customer-service', name: '草稿', plan: { content: image() } })
  expect((await remove(`media/${other}`)).status).toBe(200)
  expect((await remove(`media/${other}`)).status).toBe(404)
  const refused = await remove(`media/${picture}`)
  expect([refused.status, refused.body.error]).toMatchObject([
    409,
    {
      reason: 'material_in_use',
      detail: {
        uses: [
          { kind: 'reply-rule', name: '欢迎', live: true, owner: null },
          { kind: 'campaign', name: '草稿', live: false },
        ],
      },
    },
  ])
  expect((await call<{ items: object[] }>('GET', `materials/media/${picture}/uses`)).items).toHaveLength(2)
  expect(await broken()).toEqual([])
  expect((await remove(`media/${picture}`, true)).status).toBe(200)
  // a draft of a campaign breaks nothing
  expect(await broken()).toEqual([
    { material: 'media', id: picture, title: 'a.png', by: 'reply-rule', name: '欢迎' },
  ])
  const { rows } = await world.ctx.pool.query('select media_id from media_assets where id = $1', [picture])
  const left = await world.ctx.pool.query('select from simulator.media where media_id = $1', [
    rows[0].media_id,
  ])
  expect(left.rows).toEqual([])
})

test('D11: what WeChat itself still shows it does not delete, and says where to look', async () => {
  const [picture = ''] = pictures
  await world.menus.save(
    account,
    menu('菜单', { buttons: [button({ type: 'media_id', mediaAssetId: picture })] }),
  )
  await world.menus.publish(account)
  const refused = await remove(`media/${picture}`, true)
  expect(refused.body.error.detail).toMatchObject({
    errcode: 48005,
    advice: { zh: expect.stringContaining('菜单') },
  })
  expect(await broken()).toEqual([])
})

test('D11: a draft is deleted, one that is being published and a published one are not', async () => {
  await call('POST', 'campaigns', { kind: 'customer-service', name: '活动', plan: { content: article() } })
  expect((await remove(`article-sets/${published}`, true)).body.error.reason).toBe('articles_not_a_draft')
  await world.draft(account, { content: { kind: 'articles', articles: [{ articleSetId: draft, index: 0 }] } })
  expect((await remove(`article-sets/${draft}`)).body.error.reason).toBe('material_in_use')
  expect((await remove(`article-sets/${draft}`, true)).status).toBe(200)
  expect((await remove(`article-sets/${draft}`, true)).body.error.reason).toBe('articles_gone')
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `select id from article_sets where account_id = $1 and kind = 'draft' and gone_at is null`,
    [account.id],
  )
  const id = rows[0]?.id as string
  await call('POST', `article-sets/${id}/publish`)
  expect((await remove(`article-sets/${id}`, true)).body.error.reason).toBe('articles_publishing')
})

test('D11: one article of a set that was deleted at WeChat breaks what names it, and nothing that names another', async () => {
  const recall = { name: '召回', minutes: 10, reading: 'before-end', on: true }
  const custom = { kind: 'custom', replies: [article()] }
  await call('POST', 'recall-rules', { ...recall, content: custom })
  await call('POST', 'recall-rules', { ...recall, name: '关着', on: false, content: custom })
  const rule = await call('POST', 'reply-rules', {
    kind: 'follow',
    name: '欢迎',
    answer: answering(article()),
  })
  const revision = async () =>
    (await world.ctx.pool.query('select n from reply_revisions where account_id = $1', [account.id])).rows[0]
      .n
  const before = await revision()
  expect(await broken()).toEqual([])
  const { rows } = await world.ctx.pool.query(
    `update article_sets set articles = jsonb_set(articles, '{0,is_deleted}', 'true') where id = $1
     returning articles -> 0 ->> 'title' as title`,
    [published],
  )
  expect(await broken()).toEqual([
    { material: 'article-set', id: published, title: rows[0].title, by: 'recall', name: '召回' },
    { material: 'article-set', id: published, title: rows[0].title, by: 'reply-rule', name: '欢迎' },
  ])
  // whoever answers reads the rules again
  expect(Number(await revision())).toBe(Number(before) + 1)
  const { problems } = await call<{ problems: object[] }>('GET', `reply-rules/${rule.id}`)
  expect(problems).toMatchObject([{ reply: 0, reason: 'material_gone' }])
  await world.ctx.pool.query(`update article_sets set articles = articles || articles where id = $1`, [
    published,
  ])
  expect(await broken()).toHaveLength(2)
  expect(Number(await revision())).toBe(Number(before) + 2)
  await world.ctx.pool.query(
    `update article_sets set articles = jsonb_set(articles, '{0,is_deleted}', 'false') where id = $1`,
    [published],
  )
  expect(await broken()).toEqual([])
})

test('D11: what is not for a place is refused there, and history goes into campaigns as a card', async () => {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `insert into article_sets (account_id, kind, wechat_id, title, articles, synced_at)
     select account_id, 'history', 'sent-1', title, articles, synced_at from article_sets where id = $1 returning id`,
    [published],
  )
  const history = rows[0]?.id as string
  const of = (articleSetId: string) => ({ ...article(), articleSetId, variables: {} })
  const refusal = async (rest: string, body: object) => {
    const { body: said } = await world.api<Refused>('POST', `/api/accounts/${account.id}/${rest}`, body)
    return (said.error.detail['problems'] as { reason: string }[]).map(({ reason }) => reason)
  }
  const rule = { kind: 'follow', name: '欢迎' }
  const recall = { name: '召回', minutes: 10, reading: 'before-end', on: true }
  for (const [id, reason] of [
    [draft, 'article_not_published'],
    [history, 'article_is_history'],
  ] as const) {
    expect(await refusal('reply-rules', { ...rule, answer: answering(of(id)) })).toEqual([reason])
    const content = { kind: 'custom', replies: [of(id)] }
    expect(await refusal('recall-rules', { ...recall, content })).toEqual([reason])
    const saved = await world.menus.save(
      account,
      menu('菜单', { buttons: [button({ type: 'article_id', articleSetId: id })] }),
    )
    expect(saved.problems).toMatchObject([{ reason: 'article_not_published' }])
  }
  const resolve = (id: string) =>
    resolveContent(world.ctx, world.ctx.db, account.id, { ...of(id), kind: 'article' }, { place: 'campaign' })
  expect(await resolve(history)).toMatchObject({ message: { msgtype: 'news' } })
  await expect(resolve(draft)).rejects.toMatchObject({ reason: 'message_invalid' })
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
