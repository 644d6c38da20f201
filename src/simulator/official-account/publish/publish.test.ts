import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 5, articles: 25 })
})
afterAll(() => world.close())

const submit = async (): Promise<{ media_id: string; publish_id: string }> => {
  const media_id = await account.draft()
  const answer = await account.post('/cgi-bin/freepublish/submit', { media_id })
  expect(answer).toMatchObject({ errcode: 0, publish_id: expect.any(String) })
  expect(BigInt(answer.msg_data_id) > 2n ** 53n).toBe(true)
  return { media_id, publish_id: answer.publish_id }
}
const get = (publish_id: string) => account.post('/cgi-bin/freepublish/get', { publish_id })
const end = async (publish_id: string) => {
  expect((await get(publish_id)).publish_status).toBe(1)
  await world.forward(2_100)
  await world.settle()
  return get(publish_id)
}

describe('publishing', () => {
  test('takes a while, then the draft is gone and the article can be read', async () => {
    const { media_id, publish_id } = await submit()
    const done = await end(publish_id)
    expect(done).toMatchObject({ publish_status: 0, article_detail: { count: 1 }, fail_idx: [] })
    expect((await account.post('/cgi-bin/draft/get', { media_id })).errcode).toBe(40007)
    const url = done.article_detail.item[0].article_url
    expect(await (await fetch(url)).text()).toContain('正文')
    const { article_id } = done
    const read = await account.post('/cgi-bin/freepublish/getarticle', { article_id })
    expect(read.news_item[0]).toMatchObject({ title: '标题', url, is_deleted: false })
    expect((await account.post('/cgi-bin/freepublish/delete', { article_id, index: 1 })).errcode).toBe(0)
    expect(await (await fetch(url)).text()).toContain('该内容已被发布者删除')
    expect(
      (await account.post('/cgi-bin/freepublish/getarticle', { article_id })).news_item[0].is_deleted,
    ).toBe(true)
  })

  test.each([2, 3, 4])('a job that ends with status %i keeps its draft', async (status) => {
    await world.control('PATCH', `/accounts/${account.appid}`, { settings: { nextPublish: [status] } })
    const { media_id, publish_id } = await submit()
    expect(await end(publish_id)).toMatchObject({ publish_status: status, fail_idx: [1] })
    expect((await account.post('/cgi-bin/draft/get', { media_id })).news_item).toHaveLength(1)
  })

  test('what was published is listed, 20 at a time, newest first', async () => {
    const page = await account.post('/cgi-bin/freepublish/batchget', { offset: 0, count: 20, no_content: 1 })
    expect(page.item_count).toBe(20)
    expect(page.total_count).toBe(25)
    const times = page.item.map((item: { update_time: number }) => item.update_time)
    expect(times).toEqual(times.toSorted((a: number, b: number) => b - a))
    const rest = await account.post('/cgi-bin/freepublish/batchget', { offset: 20, count: 20 })
    expect(rest.item_count).toBe(5)
    expect((await account.post('/cgi-bin/freepublish/batchget', { offset: 0, count: 21 })).errcode).toBe(
      40035,
    )
  })

  test('unknown ids and unverified accounts are refused', async () => {
    expect((await account.post('/cgi-bin/freepublish/submit', { media_id: 'x' })).errcode).toBe(40007)
    expect((await account.post('/cgi-bin/freepublish/getarticle', { article_id: 'x' })).errcode).toBe(53600)
    expect((await account.post('/cgi-bin/freepublish/delete', { article_id: 'x', index: 0 })).errcode).toBe(
      53600,
    )
    const plain = await world.account({ verified: false, fans: 5 })
    expect((await plain.post('/cgi-bin/freepublish/submit', { media_id: 'x' })).errcode).toBe(48001)
  })
})
