import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPng } from '../population/pictures.ts'
import { SECRET, startTestWorld, type TestAccount, type TestWorld } from '../test-world.ts'

// biome-ignore lint/suspicious/noExplicitAny: the package has no types
type Answer = any
type Client = Record<string, (...values: unknown[]) => void> & { fileServerPrefix: string }
type WechatApi = new (appid: string, secret: string) => Client
const WechatApi = createRequire(import.meta.url)('wechat-api') as WechatApi

/** A client that others wrote (npm wechat-api), unchanged, over TLS as it insists on; it trusts our certificate only. */
let world: TestWorld
let account: TestAccount
let client: Client
let folder: string
let png: string

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 40 })
  client = new WechatApi(account.appid, SECRET)
  const { tlsUrl, certificate } = world.sim()
  client['setEndpoint']?.(new URL(tlsUrl).host)
  client['setOpts']?.({ ca: certificate, timeout: 10_000 })
  client.fileServerPrefix = `${tlsUrl}/cgi-bin/`
  folder = await mkdtemp(join(tmpdir(), 'weida-client-'))
  png = join(folder, 'a.png')
  await writeFile(png, drawPng(30, 20, 90))
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

const call = (name: string, ...values: unknown[]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    client[name]?.(...values, (error: Error | null, answer: Answer) =>
      error ? reject(error) : resolve(answer),
    )
  })

test('an account of another certificate is not trusted: TLS is real', async () => {
  await expect(fetch(`${world.sim().tlsUrl}/cgi-bin/token`)).rejects.toThrow()
})

test('token, ticket and addresses', async () => {
  expect((await call('getLatestToken')).accessToken).toMatch(/^C/)
  expect((await call('getLatestTicket')).ticket).toBeTypeOf('string')
  expect((await call('getIp')).ip_list).toEqual(['127.0.0.1'])
})

test('users and tags', async () => {
  const followers = await call('getFollowers')
  expect(followers.count).toBe(40)
  const [openid] = followers.data.openid
  expect((await call('getUser', openid)).openid).toBe(openid)
  expect((await call('batchGetUsers', [openid])).user_info_list).toHaveLength(1)
  expect((await call('updateRemark', openid, '老客')).errcode).toBe(0)
  const { tag } = await call('createTag', '老客户端')
  expect((await call('membersBatchtagging', tag.id, [openid])).errcode).toBe(0)
  expect((await call('getTagUsers', tag.id, '')).data.openid).toEqual([openid])
  expect((await call('getUserTags', openid)).tagid_list).toContain(tag.id)
  expect((await call('editTag', tag.id, '改名')).errcode).toBe(0)
  expect((await call('getTags')).tags).toContainEqual({ id: tag.id, name: '改名', count: 1 })
  expect((await call('membersBatchuntagging', tag.id, [openid])).errcode).toBe(0)
  expect((await call('deleteTag', tag.id)).errcode).toBe(0)
  await expect(call('getUser', 'o-nobody')).rejects.toThrow(/^invalid openid rid: /)
})

test('material', async () => {
  const { media_id } = await call('uploadImage', png).then(() => call('uploadMedia', png, 'image'))
  expect((await call('getMedia', media_id)).length).toBeGreaterThan(50)
  const kept = await call('uploadMaterial', png, 'image')
  expect((await call('getMaterialCount')).image_count).toBeGreaterThan(1)
  expect((await call('getMaterials', 'image', 0, 20)).item[0].media_id).toBe(kept.media_id)
  expect((await call('getMaterial', kept.media_id)).length).toBeGreaterThan(50)
  expect((await call('removeMaterial', kept.media_id)).errcode).toBe(0)
  await expect(call('uploadNewsMaterial', { articles: [] })).rejects.toThrow('This API has been unsupported')
})

describe('mass sends', () => {
  test('preview, send, state and deletion', async () => {
    expect((await call('previewText', account.openids[0], '预览')).errcode).toBe(0)
    const media_id = await account.draft()
    expect((await call('previewNews', account.openids[0], media_id)).errcode).toBe(0)
    expect((await call('massSendNews', media_id, account.openids)).errmsg).toBe('send job submission success')
    const [job] = (await world.control('GET', `/mass?appid=${account.appid}`)).items
    expect(await account.finish(job.msgId)).toMatchObject({ sent: 40 })
    expect((await call('getMassMessageStatus', job.msgId)).msg_status).toBe('SEND_SUCCESS')
    expect((await call('deleteMass', job.msgId)).errcode).toBe(0)
    expect((await call('massSendText', '大家好', true)).errcode).toBe(0)
  })

  test('groups are gone: a tag is wanted', async () => {
    await expect(call('massSendText', '旧分组', 100)).rejects.toThrow(/^invalid group id/)
  })
})

test('statistics and quotas', async () => {
  const day = '2025-12-01'
  expect((await call('getUserSummary', day, day)).list).toBeInstanceOf(Array)
  expect((await call('getUserCumulate', day, day)).list).toHaveLength(1)
  await expect(call('getArticleSummary', day, day)).rejects.toThrow(
    'this api is offline, please use the new api',
  )
  expect((await call('clearQuota', account.appid)).errcode).toBe(0)
})

test('messages to a fan who wrote, template messages and a menu', async () => {
  const openid = account.openids[3] as string
  await expect(call('sendText', openid, '你好')).rejects.toThrow('out of time limit')
  const act = { appid: account.appid, openid, action: 'text', content: '在吗' }
  await world.control('POST', '/act', act)
  expect((await call('sendText', openid, '你好')).errcode).toBe(0)
  const picture = await call('uploadMedia', png, 'image')
  expect((await call('sendImage', openid, picture.media_id)).errcode).toBe(0)
  const article = { title: '新品', description: '桂花拿铁', url: 'https://shop.example.com', picurl: '' }
  expect((await call('sendNews', openid, [article])).errcode).toBe(0)
  await expect(call('sendNews', openid, [article, article])).rejects.toThrow('article size out of limit')
  const { template_list: list } = await account.get('/cgi-bin/template/get_all_private_template')
  const review = list.find((one: Answer) => one.title === '服务评价提醒')
  const data = {
    character_string1: { value: 'A1' },
    thing2: { value: '门店自取' },
    time3: { value: '2026-11-21 10:20' },
  }
  const sent = await call('sendTemplate', openid, review.template_id, 'https://shop.example.com', data)
  expect(sent.errcode).toBe(0)
  const menu = { button: [{ type: 'click', name: '点单', key: 'ORDER' }] }
  expect((await call('createMenu', menu)).errcode).toBe(0)
  expect((await call('getMenu')).menu.button).toMatchObject([{ name: '点单', key: 'ORDER' }])
})
