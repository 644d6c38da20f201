import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDraft } from '../../src/channels/official-account/drafts.ts'
import { uploadPermanent } from '../../src/channels/official-account/material.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { createSource, updateSource } from '../../src/modules/sources/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 4 })
})
afterAll(() => world?.close())

const TRACKED = 'https://shop.example.com/shoes?sku=1'
const FOREIGN = 'https://other.example.com/'

/** Sends two articles with these links and says which broadcast it was and what their links were when they went out. */
async function send() {
  const client = await accountClient(world.ctx, account.id)
  const data = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const cover = await uploadPermanent(client, 'image', { name: 'c.png', contentType: 'image/png', data })
  const wechatId = await addDraft(
    client,
    [TRACKED, FOREIGN].map((link, index) => ({
      title: `上新 ${index}`,
      content: `<p>${Math.random()}</p>`,
      content_source_url: link,
      thumb_media_id: cover.mediaId,
    })),
  )
  await world.sync(account)
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    'select id from article_sets where wechat_id = $1',
    [wechatId],
  )
  const articleSetId = rows[0]?.id as string
  const broadcast = await world.draft(account, {
    content: { kind: 'articles', articles: [0, 1].map((index) => ({ articleSetId, index })) },
  })
  await world.confirm(broadcast)
  await world.drain()
  const [batch] = await world.batches(broadcast)
  const { rows: sent } = await world.ctx.pool.query<{ articles: { content_source_url: string }[] }>(
    'select articles from simulator.mass_job where msg_id = $1::bigint',
    [batch?.msgId],
  )
  return { id: broadcast.id, links: sent[0]?.articles.map((article) => article.content_source_url) }
}

test('G2: a link to a page with our script names its send; links to other sites go out as they were written', async () => {
  const { id: sourceId } = await createSource(world.ctx, {
    name: '商城 H5',
    kind: 'public',
    accountId: account.id,
    allowedOrigins: ['https://shop.example.com'],
  })
  const { id, links } = await send()
  expect(links).toEqual([`${TRACKED}&wd_send=${id}`, FOREIGN])

  await updateSource(world.ctx, sourceId, { state: 'disabled' })
  expect((await send()).links).toEqual([TRACKED, FOREIGN])
})
