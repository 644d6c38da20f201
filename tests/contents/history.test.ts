import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteDraft } from '../../src/channels/official-account/drafts.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import type { ArticleSetPreview, ArticleSetSummary } from '../../src/modules/contents/schema.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { articlesSentBy, draftedSet } from './support.ts'

let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 4 })
})
afterAll(() => world?.close())

const at = (rest: string) => `/api/accounts/${account.id}${rest}`
const sets = async (query: string) =>
  (await world.api<{ items: ArticleSetSummary[] }>('GET', at(`/article-sets?${query}`))).body.items
async function send(articleSetId: string) {
  const articles = [0, 1].map((index) => ({ articleSetId, index }))
  const broadcast = await world.draft(account, { content: { kind: 'articles', articles } })
  await world.confirm(broadcast)
  await world.drain()
  const [batch] = await world.batches(broadcast)
  expect(batch).toMatchObject({ state: 'delivered' })
  return articlesSentBy(world, batch?.msgId)
}

test('D11: what was mass sent is kept as it went out, and can be sent again when its draft is long gone', async () => {
  const draft = await draftedSet(world, account, [
    { title: '头条', author: '小微', content: '<p>第一篇</p>' },
    { title: '次条', content: '<p>第二篇</p>' },
  ])
  expect(await sets('kind=history')).toEqual([])
  const first = await send(draft)
  const [kept, ...others] = await sets('kind=history')
  expect(others).toEqual([])
  expect(kept).toMatchObject({ kind: 'history', title: '头条', goneAt: null })
  expect(kept?.articles).toMatchObject(
    ['头条', '次条'].map((title) => ({
      ...{ title, problem: null },
      ...{ thumbUrl: expect.stringMatching(/^http/), url: expect.stringMatching(/^http/) },
    })),
  )
  const id = kept?.id ?? ''
  const { body } = await world.api<ArticleSetPreview>('GET', at(`/article-sets/${id}`))
  expect(body.articles.map(({ html }) => html)).toEqual(['<p>第一篇</p>', '<p>第二篇</p>'])
  expect((await world.api('POST', at(`/article-sets/${id}/refresh`))).body).toMatchObject({ changed: false })
  expect((await sets('q=小微')).map(({ kind }) => kind)).toEqual(['draft'])
  const refused = await world.api<{ error: { reason: string } }>('POST', at(`/article-sets/${id}/publish`))
  expect(refused.body.error.reason).toBe('articles_not_a_draft')

  const [{ wechatId } = { wechatId: '' }] = await sets('kind=draft')
  await deleteDraft(await accountClient(world.ctx, account.id), wechatId)
  await world.forward(new Date(world.ctx.clock.now().getTime() + 60_000))
  const second = await send(id)
  expect(second?.map(({ title, content }) => [title, content])).toEqual(
    first?.map(({ title, content }) => [title, content]),
  )
  const again = await sets('kind=history')
  expect(again.map((set) => set.id)).toEqual([id])
  expect(Date.parse(again[0]?.wechatUpdatedAt ?? '')).toBeGreaterThan(Date.parse(kept?.wechatUpdatedAt ?? ''))
})
