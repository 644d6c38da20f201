import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 120 })
})
afterAll(() => world.close())

const create = (name: string, owner = account) => owner.post('/cgi-bin/tags/create', { tag: { name } })
const tagging = (openid_list: string[], tagid: number) =>
  account.post('/cgi-bin/tags/members/batchtagging', { openid_list, tagid })

describe('tags', () => {
  test('names: 30 characters, no second of a name, not empty', async () => {
    const made = await create('名'.repeat(30))
    expect(made.tag).toMatchObject({ name: '名'.repeat(30) })
    expect((await create('名'.repeat(31))).errcode).toBe(45158)
    expect((await create('名'.repeat(30))).errcode).toBe(45157)
    expect((await create('  ')).errcode).toBe(45157)
    const { id } = made.tag
    expect((await account.post('/cgi-bin/tags/update', { tag: { id, name: '新名字' } })).errcode).toBe(0)
    const { tags } = await account.get('/cgi-bin/tags/get')
    expect(tags).toContainEqual({ id, name: '新名字', count: 0 })
    expect((await account.post('/cgi-bin/tags/delete', { tag: { id } })).errcode).toBe(0)
    expect((await account.post('/cgi-bin/tags/delete', { tag: { id } })).errcode).toBe(45159)
  })

  test('there are 100 at most, the platform’s own not counted', async () => {
    const full = await world.account({ fans: 5 })
    const own = (await full.get('/cgi-bin/tags/get')).tags.filter((tag: { id: number }) => tag.id > 2).length
    for (let n = own; n < 100; n += 1) expect((await create(`标签${n}`, full)).errcode).toBeUndefined()
    expect((await create('多了一个', full)).errcode).toBe(45056)
  })

  test.each([0, 1, 2])('the platform’s own tag %i can’t be changed', async (id) => {
    expect((await account.post('/cgi-bin/tags/update', { tag: { id, name: '我的' } })).errcode).toBe(45058)
    expect((await account.post('/cgi-bin/tags/delete', { tag: { id } })).errcode).toBe(45058)
  })
})

describe('tagging', () => {
  test('50 fans a call, not 51 and not none', async () => {
    const { tag } = await create('批量')
    expect((await tagging(account.openids.slice(0, 50), tag.id)).errcode).toBe(0)
    expect((await tagging(account.openids.slice(0, 51), tag.id)).errcode).toBe(40032)
    expect((await tagging([], tag.id)).errcode).toBe(40032)
    const members = await account.post('/cgi-bin/user/tag/get', { tagid: tag.id, next_openid: '' })
    expect(members.count).toBe(50)
    expect(members.data.openid.toSorted()).toEqual(account.openids.slice(0, 50).toSorted())
    const rest = await account.post('/cgi-bin/user/tag/get', {
      tagid: tag.id,
      next_openid: members.next_openid,
    })
    expect(rest).toEqual({ count: 0 })
    const gone = await account.post('/cgi-bin/tags/members/batchuntagging', {
      openid_list: account.openids.slice(0, 20),
      tagid: tag.id,
    })
    expect(gone.errcode).toBe(0)
    expect((await account.post('/cgi-bin/user/tag/get', { tagid: tag.id })).count).toBe(30)
  })

  test('a fan carries 20 tags, not 21', async () => {
    const openid = account.openids[60]!
    const have = (await account.post('/cgi-bin/tags/getidlist', { openid })).tagid_list.length
    for (let n = have; n < 20; n += 1) {
      const { tag } = await create(`第${n}个`)
      expect((await tagging([openid], tag.id)).errcode).toBe(0)
    }
    const list = (await account.post('/cgi-bin/tags/getidlist', { openid })).tagid_list
    expect(list).toHaveLength(20)
    const { tag } = await create('第二十一个')
    expect((await tagging([openid], tag.id)).errcode).toBe(45059)
    expect((await tagging([openid], list[0])).errcode).toBe(0)
  })

  test('fans of another account, people who left and unknown tags are refused', async () => {
    const other = await world.account({ fans: 5 })
    const { tag } = await create('外人')
    expect((await tagging([other.openids[0]!], tag.id)).errcode).toBe(49003)
    await world.control('POST', '/act', {
      appid: account.appid,
      openid: account.openids[70],
      action: 'unfollow',
    })
    expect((await tagging([account.openids[70]!], tag.id)).errcode).toBe(50005)
    expect((await tagging([account.openids[0]!], 99_999)).errcode).toBe(45159)
  })
})

describe('the blacklist', () => {
  test('takes 20 a call, not 21', async () => {
    const change = (name: string, openid_list: string[]) =>
      account.post(`/cgi-bin/tags/members/${name}`, { openid_list })
    expect((await change('batchblacklist', account.openids.slice(0, 21))).errcode).toBe(40032)
    expect((await change('batchblacklist', account.openids.slice(0, 20))).errcode).toBe(0)
    const list = await account.post('/cgi-bin/tags/members/getblacklist', { begin_openid: '' })
    expect([list.total, list.count]).toEqual([20, 20])
    const after = await account.post('/cgi-bin/tags/members/getblacklist', { begin_openid: list.next_openid })
    expect(after.count).toBe(0)
    expect((await change('batchunblacklist', account.openids.slice(0, 20))).errcode).toBe(0)
    expect((await account.post('/cgi-bin/tags/members/getblacklist', { begin_openid: '' })).total).toBe(0)
  })
})
