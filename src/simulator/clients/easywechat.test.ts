import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CacheInterface, FormData, OfficialAccount, ServerRequest } from 'node-easywechat'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/index.ts'
import { addDays, dayOf } from '../calendar.ts'
import { drawPng } from '../population/pictures.ts'
import { SECRET, startTestWorld, type TestAccount, type TestWorld } from '../test-world.ts'

// biome-ignore lint/suspicious/noExplicitAny: the client gives back whatever the platform answered
type Answer = any

/** A client that others wrote (npm node-easywechat), unchanged: only its base address is ours. */
let world: TestWorld
let account: TestAccount
let app: OfficialAccount
let receiver: Server
const heard: { type: string; event: string; content: string }[] = []

/** By default it keeps tokens in files that outlive the test. */
class Memory extends CacheInterface {
  private readonly kept = new Map<string, unknown>()
  override get = async (key: string) => this.kept.get(key) ?? null
  override has = async (key: string) => this.kept.has(key)
  override set = async (key: string, value: unknown) => this.kept.set(key, value) !== undefined
  override delete = async (key: string) => this.kept.delete(key)
}
const client = (more: object = {}): OfficialAccount => {
  const made = new OfficialAccount(config(more))
  made.setCache(new Memory())
  return made
}

const config = (more: object = {}) => ({
  app_id: account.appid,
  secret: SECRET,
  token: 'demoToken01',
  aes_key: 'QmV0YUdhbW1hRGVsdGFFcHNpbG9uWmV0YUV0YVRoZXQ',
  http: { baseURL: `${world.sim().url}/` },
  ...more,
})

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 60 })
  app = client({ use_stable_access_token: true })
  receiver = createServer(async (request, response) => {
    const own = client()
    own.setRequest(await ServerRequest.createFromIncomingMessage(request))
    const server = own.getServer()
    server.with((message: Answer) => {
      heard.push({ type: message.MsgType, event: message.Event, content: message.Content })
      return message.MsgType === 'text' ? '已收到' : 'success'
    })
    const answer = await server.serve()
    response.end(answer.getBody().toString())
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => receiver.once('listening', resolve))
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await world.close()
})

const get = async (path: string, params: object = {}): Promise<Answer> =>
  (await app.getClient().get(path, { params: { ...params } })).toObject()
const post = async (path: string, data: object): Promise<Answer> =>
  (await app.getClient().postJson(path, { ...data })).toObject()
const upload = async (path: string, bytes: Buffer, params: object = {}): Promise<Answer> => {
  const formData = new FormData()
  formData.append('media', bytes, { filename: 'a.png' })
  // `formData` is this client's own word, which its types leave out.
  const form: object = { formData, params: { ...params } }
  return (await app.getClient().request('post', path, form)).toObject()
}

test('credentials: classic and stable tokens, ticket, addresses', async () => {
  const classic = client()
  expect(await classic.getAccessToken().getToken()).toMatch(/^C/)
  expect(await app.getAccessToken().getToken()).toMatch(/^S/)
  expect(await app.getTicket().getTicket()).toBeTypeOf('string')
  expect((await get('cgi-bin/getcallbackip')).ip_list).toBeInstanceOf(Array)
  expect((await get('cgi-bin/get_api_domain_ip')).ip_list).toBeInstanceOf(Array)
})

test('users, tags and the blacklist', async () => {
  const users = await get('cgi-bin/user/get')
  expect(users.count).toBe(60)
  const [openid] = users.data.openid
  expect((await get('cgi-bin/user/info', { openid, lang: 'zh_CN' })).subscribe).toBe(1)
  expect((await post('cgi-bin/user/info/batchget', { user_list: [{ openid }] })).user_info_list).toHaveLength(
    1,
  )
  expect((await post('cgi-bin/user/info/updateremark', { openid, remark: '老客' })).errcode).toBe(0)
  const { tag } = await post('cgi-bin/tags/create', { tag: { name: '公开客户端' } })
  expect(
    (await post('cgi-bin/tags/members/batchtagging', { openid_list: [openid], tagid: tag.id })).errcode,
  ).toBe(0)
  expect((await post('cgi-bin/user/tag/get', { tagid: tag.id, next_openid: '' })).data.openid).toEqual([
    openid,
  ])
  expect((await post('cgi-bin/tags/getidlist', { openid })).tagid_list).toContain(tag.id)
  expect((await get('cgi-bin/tags/get')).tags).toContainEqual({ id: tag.id, name: '公开客户端', count: 1 })
  expect(
    (await post('cgi-bin/tags/members/batchuntagging', { openid_list: [openid], tagid: tag.id })).errcode,
  ).toBe(0)
  expect((await post('cgi-bin/tags/update', { tag: { id: tag.id, name: '改名' } })).errcode).toBe(0)
  expect((await post('cgi-bin/tags/delete', { tag: { id: tag.id } })).errcode).toBe(0)
  expect((await post('cgi-bin/tags/members/batchblacklist', { openid_list: [openid] })).errcode).toBe(0)
  expect((await post('cgi-bin/tags/members/getblacklist', { begin_openid: '' })).total).toBe(1)
  expect((await post('cgi-bin/tags/members/batchunblacklist', { openid_list: [openid] })).errcode).toBe(0)
})

describe('content', () => {
  test('material, drafts and publishing', async () => {
    const png = drawPng(30, 20, 10)
    const media = await upload('cgi-bin/media/upload', png, { type: 'image' })
    const read = await app.getClient().get('cgi-bin/media/get', {
      params: { media_id: media.media_id },
      responseType: 'arraybuffer',
    })
    expect(Buffer.from(read.getContent() as unknown as ArrayBuffer).equals(png)).toBe(true)
    expect((await upload('cgi-bin/media/uploadimg', png)).url).toContain('/mmbiz/')
    const cover = await upload('cgi-bin/material/add_material', png, { type: 'image' })
    expect((await get('cgi-bin/material/get_materialcount')).image_count).toBeGreaterThan(0)
    expect(
      (await post('cgi-bin/material/batchget_material', { type: 'image', offset: 0, count: 20 })).item_count,
    ).toBeGreaterThan(0)
    const article = { title: '公开客户端写的 🎉', content: '<p>正文</p>', thumb_media_id: cover.media_id }
    const { media_id } = await post('cgi-bin/draft/add', { articles: [article] })
    expect(
      (await post('cgi-bin/draft/update', { media_id, index: 0, articles: { ...article, title: '改过' } }))
        .errcode,
    ).toBe(0)
    expect((await post('cgi-bin/draft/get', { media_id })).news_item[0].title).toBe('改过')
    expect((await get('cgi-bin/draft/count')).total_count).toBe(3)
    expect((await post('cgi-bin/draft/batchget', { offset: 0, count: 20, no_content: 1 })).item_count).toBe(3)
    const { publish_id } = await post('cgi-bin/freepublish/submit', { media_id })
    await world.forward(2_100)
    await world.settle()
    const job = await post('cgi-bin/freepublish/get', { publish_id })
    expect(job.publish_status).toBe(0)
    expect(
      (await post('cgi-bin/freepublish/getarticle', { article_id: job.article_id })).news_item,
    ).toHaveLength(1)
    expect(
      (await post('cgi-bin/freepublish/batchget', { offset: 0, count: 20, no_content: 1 })).item_count,
    ).toBe(3)
    expect((await post('cgi-bin/freepublish/delete', { article_id: job.article_id, index: 0 })).errcode).toBe(
      0,
    )
    const spare = await post('cgi-bin/draft/add', { articles: [article] })
    expect((await post('cgi-bin/draft/delete', { media_id: spare.media_id })).errcode).toBe(0)
    expect((await post('cgi-bin/material/del_material', { media_id: cover.media_id })).errcode).toBe(0)
  })

  test('mass sends, statistics and comments', async () => {
    const media_id = await account.draft({ need_open_comment: 1 })
    const news = { msgtype: 'mpnews', mpnews: { media_id } }
    expect(
      (await post('cgi-bin/message/mass/preview', { touser: account.openids[0], ...news })).errcode,
    ).toBe(0)
    expect(
      (await post('cgi-bin/message/mass/send', { touser: account.openids, ...news, clientmsgid: 'easy' }))
        .errcode,
    ).toBe(0)
    // The client reads ids as numbers and breaks them: they are taken from the control interface instead.
    const [job] = (await world.control('GET', `/mass?appid=${account.appid}`)).items
    expect(await account.finish(job.msgId)).toMatchObject({ sent: 60 })
    expect((await post('cgi-bin/message/mass/get', { msg_id: job.msgId })).msg_status).toBe('SEND_SUCCESS')
    expect((await post('cgi-bin/message/mass/speed/set', { speed: 1 })).realspeed).toBe(60)
    expect((await post('cgi-bin/message/mass/speed/get', {})).speed).toBe(1)
    const all = { filter: { is_to_all: true }, msgtype: 'text', text: { content: '大家好' } }
    expect((await post('cgi-bin/message/mass/sendall', all)).errmsg).toBe('send job submission success')
    const day = addDays(dayOf(await world.now()), -2)
    for (const name of [
      'getusersummary',
      'getusercumulate',
      'getarticleread',
      'getarticleshare',
      'getbizsummary',
      'getarticletotaldetail',
    ])
      expect((await post(`datacube/${name}`, { begin_date: day, end_date: day })).list).toBeInstanceOf(Array)
    const msg_data_id = (await world.control('GET', `/ledger?msgId=${job.msgId}&limit=1`)).items[0].msgDataId
    expect(
      (await post('cgi-bin/comment/list', { msg_data_id, index: 0, begin: 0, count: 10, type: 0 })).errcode,
    ).toBe(0)
    expect((await post('cgi-bin/comment/close', { msg_data_id, index: 0 })).errcode).toBe(0)
    expect((await post('cgi-bin/message/mass/delete', { msg_id: job.msgId })).errcode).toBe(0)
  })
})

test('quotas', async () => {
  expect((await post('cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/user/get' })).quota.daily_limit).toBe(
    500,
  )
  expect((await post('cgi-bin/openapi/quota/clear', { cgi_path: '/cgi-bin/user/get' })).errcode).toBe(0)
  expect((await post('cgi-bin/clear_quota', { appid: account.appid })).errcode).toBe(0)
  expect((await get('cgi-bin/get_current_autoreply_info')).is_autoreply_open).toBe(0)
})

test('its server understands our pushes and its replies are shown to the fan (safe mode)', async () => {
  const { port } = receiver.address() as AddressInfo
  const callback = {
    url: `http://127.0.0.1:${port}/`,
    token: config().token,
    aesKey: config().aes_key,
    mode: 'safe',
  }
  await world.control('PATCH', `/accounts/${account.appid}`, { callback })
  expect((await world.control('POST', `/accounts/${account.appid}/callback/verify`)).ok).toBe(true)
  const openid = account.openids[5]
  const act = (action: string, more: object = {}) =>
    world.control('POST', '/act', { appid: account.appid, openid, action, ...more })
  await act('text', { content: '你好，世界 🌏' })
  await until(() => heard.some((one) => one.content === '你好，世界 🌏'))
  await world.settle()
  const { items } = await world.control('GET', `/chat?appid=${account.appid}&openid=${openid}`)
  expect(items.at(-1)).toMatchObject({ kind: 'reply', content: { content: '已收到' } })
  await act('unfollow')
  await until(() => heard.some((one) => one.event === 'unsubscribe'))
})

describe('messages to single people', () => {
  const act = (openid: string, action: string, more: object = {}) =>
    world.control('POST', '/act', { appid: account.appid, openid, action, ...more })

  test('a customer-service message after the fan wrote, and typing before it', async () => {
    const openid = account.openids[25] as string
    const text = { touser: openid, msgtype: 'text', text: { content: '你好' } }
    expect((await post('/cgi-bin/message/custom/send', text)).errcode).toBe(45015)
    await act(openid, 'text', { content: '在吗' })
    expect(
      (await post('/cgi-bin/message/custom/typing', { touser: openid, command: 'Typing' })).errcode,
    ).toBe(0)
    expect((await post('/cgi-bin/message/custom/send', text)).errcode).toBe(0)
  })

  test('a template message, whose result is pushed', async () => {
    const { template_list: list } = await get('/cgi-bin/template/get_all_private_template')
    const template = list.find((one: Answer) => one.title === '预约成功通知')
    const sent = await post('/cgi-bin/message/template/send', {
      touser: account.openids[26],
      template_id: template.template_id,
      data: {
        thing1: { value: '品鉴会' },
        time2: { value: '2026年11月28日 14:00' },
        name3: { value: '王小满' },
        phone_number4: { value: '021-1234567' },
      },
    })
    expect(sent.errcode).toBe(0)
  })

  test('a notification to somebody who accepted one', async () => {
    const openid = account.openids[27] as string
    const { data } = await get('/wxaapi/newtmpl/gettemplate')
    const templateId = data.find((one: Answer) => one.title === '新品上市通知').priTmplId
    await act(openid, 'subscribe', { answers: [{ templateId, accept: true }] })
    const notice = {
      touser: openid,
      template_id: templateId,
      data: { thing1: { value: '桂花拿铁' }, date2: { value: '2026-12-01' }, amount3: { value: '￥32.00' } },
    }
    expect((await post('/cgi-bin/message/subscribe/bizsend', notice)).errcode).toBe(0)
    expect((await post('/cgi-bin/message/subscribe/bizsend', notice)).errcode).toBe(43101)
  })
})
