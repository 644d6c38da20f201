import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkCallback, getCallbackSources } from '../../src/channels/official-account/callback-check.ts'
import { listComments, openComments } from '../../src/channels/official-account/comments.ts'
import {
  addDraft,
  copyOf,
  countDrafts,
  deleteDraft,
  getDraft,
  listDrafts,
  updateDraft,
} from '../../src/channels/official-account/drafts.ts'
import {
  deleteMass,
  getMassSpeed,
  getMassStatus,
  previewMass,
  setMassSpeed,
  submitMass,
} from '../../src/channels/official-account/mass.ts'
import {
  countPermanent,
  deletePermanent,
  downloadPermanent,
  downloadTemporary,
  listPermanent,
  uploadArticleImage,
  uploadPermanent,
  uploadTemporary,
} from '../../src/channels/official-account/material.ts'
import {
  addConditionalMenu,
  createMenu,
  deleteConditionalMenu,
  deleteMenus,
  getCurrentMenu,
  getMenus,
  tryMatchMenu,
} from '../../src/channels/official-account/menus.ts'
import { getPublish, listPublished, submitPublish } from '../../src/channels/official-account/publish.ts'
import { clearAllQuota, getInterfaceQuota } from '../../src/channels/official-account/quota.ts'
import {
  articleOfStatistic,
  getAccountReading,
  getArticleTotals,
  getFollowerChanges,
  getFollowerTotals,
} from '../../src/channels/official-account/statistics.ts'
import {
  addTag,
  getTags,
  getTagsOfFan,
  listFansOfTag,
  removeTag,
  renameTag,
  tagFans,
  untagFans,
} from '../../src/channels/official-account/tags.ts'
import {
  blacklistFans,
  getFan,
  getFans,
  listBlacklisted,
  listFollowers,
  setRemark,
  unblacklistFans,
} from '../../src/channels/official-account/users.ts'
import {
  type Channels,
  createChannels,
  type OfficialAccountClient,
  type TokenSource,
} from '../../src/channels/port.ts'
import { addBeijingDays, beijingDay } from '../../src/kernel/beijing.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/index.ts'

const account = { appId: 'wx00000000000000c1', secret: 'c1'.repeat(16), ghId: 'gh_channeltest' }
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const png = { name: '封面.png', contentType: 'image/png', data: PNG }

let database: TestDatabase
let simulator: Awaited<ReturnType<typeof startSimulator>>
let channels: Channels
let client: OfficialAccountClient
let source: TokenSource & { refreshed: number }

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${simulator.url}/control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? undefined : response.json()
}
const forward = async (ms: number) => {
  const { now } = (await control('GET', '/clock')) as { now: string }
  await control('POST', '/clock', { now: new Date(Date.parse(now) + ms).toISOString() })
}
const simulatorNow = async () => new Date(((await control('GET', '/clock')) as { now: string }).now)

/** One process, no cache shared with others: the smallest true token source. */
function tokenSource(): TokenSource & { refreshed: number } {
  let token: string | undefined
  const fetchOne = async () => {
    token = (await channels.fetchStableToken(account)).token
    return token
  }
  return {
    refreshed: 0,
    get: async () => token ?? fetchOne(),
    async refresh() {
      this.refreshed++
      return fetchOne()
    },
  }
}

beforeAll(async () => {
  database = await createTestDatabase({ empty: true })
  simulator = await startSimulator({ databaseUrl: database.url, host: '127.0.0.1', port: 0, tlsPort: 0 })
  await control('POST', '/accounts', {
    appid: account.appId,
    secret: account.secret,
    kind: 'service',
    verified: true,
    name: '通道测试',
    ghId: account.ghId,
    fans: 60,
    seed: 7,
  })
  channels = createChannels({ mode: 'sandbox', simulatorUrl: simulator.url })
  source = tokenSource()
  client = channels.officialAccount({ tokenSource: source })
})

afterAll(async () => {
  await channels?.close()
  await simulator?.close()
  await database?.drop()
})

const someFans = async (count: number) => (await listFollowers(client)).openIds.slice(0, count)
const newCover = async () => (await uploadPermanent(client, 'image', png)).mediaId
const newDraft = async (title: string) =>
  addDraft(client, [
    { title, content: '<p>你好🎉</p>', thumb_media_id: await newCover(), need_open_comment: 1 },
  ])

test('E1: a wrong secret is a matter for the account, told apart from a bad token', async () => {
  await expect(channels.fetchStableToken({ ...account, secret: 'f'.repeat(32) })).rejects.toMatchObject({
    errcode: 40001,
    kind: 'account',
  })
  await expect(channels.fetchClassicToken({ ...account, appId: 'wxnone' })).rejects.toMatchObject({
    errcode: 40013,
    kind: 'account',
  })
  await expect(channels.fetchClassicToken(account)).resolves.toMatchObject({
    expiresInSeconds: expect.any(Number),
  })
})

test('E2: fans are listed to the last page and read with their data', async () => {
  const page = await listFollowers(client)
  expect(page.openIds.length).toBeGreaterThan(1)
  expect(page.total).toBe(page.openIds.length)
  expect(page.next).toBe(page.openIds.at(-1))
  expect(await listFollowers(client, page.next ?? '')).toMatchObject({ openIds: [], next: null })
  const [first = ''] = page.openIds
  const [info] = await getFans(client, [first])
  expect(info).toMatchObject({ openid: first, subscribe: 1 })
  await setRemark(client, first, '老顾客')
  expect(await getFan(client, first)).toMatchObject({ remark: '老顾客' })
})

test('E2: tags are made, given, read, taken and removed', async () => {
  const fans = await someFans(3)
  const tag = await addTag(client, '通道会员')
  await renameTag(client, tag.id, '金卡会员')
  expect(await tagFans(client, tag.id, fans)).toEqual([])
  expect(await getTags(client)).toContainEqual({ id: tag.id, name: '金卡会员', count: 3 })
  expect((await listFansOfTag(client, tag.id)).openIds.sort()).toEqual([...fans].sort())
  expect(await getTagsOfFan(client, fans[0]!)).toContain(tag.id)
  expect(await untagFans(client, tag.id, fans.slice(0, 1))).toEqual([])
  await removeTag(client, tag.id)
  await expect(tagFans(client, tag.id, fans)).rejects.toMatchObject({ kind: 'content' })
})

test('the blacklist takes and gives back', async () => {
  const [fan = ''] = (await someFans(20)).slice(-1)
  await blacklistFans(client, [fan])
  expect((await listBlacklisted(client)).openIds).toEqual([fan])
  await unblacklistFans(client, [fan])
  expect((await listBlacklisted(client)).openIds).toEqual([])
})

test('E2: a picture goes up and comes back to the byte, temporary and permanent', async () => {
  const temporary = await uploadTemporary(client, 'image', png)
  expect(await downloadTemporary(client, temporary.mediaId)).toMatchObject({ file: { bytes: PNG } })
  const blob = { ...png, data: new Blob([new Uint8Array(PNG)]) }
  const permanent = await uploadPermanent(client, 'image', blob)
  expect(permanent.url).toMatch(/^http/)
  expect(await downloadPermanent(client, permanent.mediaId)).toMatchObject({ file: { bytes: PNG } })
  expect(await uploadArticleImage(client, png)).toMatch(/^http/)
  expect(
    (await listPermanent(client, { type: 'image', offset: 0, count: 20 })).items.map((item) => item.media_id),
  ).toContain(permanent.mediaId)
  const { image } = await countPermanent(client)
  await deletePermanent(client, permanent.mediaId)
  expect((await countPermanent(client)).image).toBe(image - 1)
  await expect(downloadPermanent(client, permanent.mediaId)).rejects.toMatchObject({
    errcode: 40007,
    kind: 'content',
  })
})

test('E3: a draft keeps emoji and Chinese to the letter; its copy is equal', async () => {
  const mediaId = await newDraft('会员日🎉“引号”\\u4f60')
  const [article] = await getDraft(client, mediaId)
  expect(article).toMatchObject({
    title: '会员日🎉“引号”\\u4f60',
    content: '<p>你好🎉</p>',
    need_open_comment: 1,
  })
  const [copy] = await getDraft(client, await addDraft(client, [copyOf(article!)]))
  expect(copyOf(copy!)).toEqual(copyOf(article!))
  await updateDraft(client, { mediaId, index: 0, article: { ...copyOf(article!), title: '新标题' } })
  const { items, total } = await listDrafts(client, { offset: 0, count: 20, withContent: false })
  expect(items.find((item) => item.media_id === mediaId)?.content.news_item[0]).toMatchObject({
    title: '新标题',
  })
  expect(await countDrafts(client)).toBe(total)
  await deleteDraft(client, mediaId)
  await expect(getDraft(client, mediaId)).rejects.toMatchObject({ errcode: 40007 })
})

test('E3: publishing tells its state', async () => {
  const { publishId } = await submitPublish(client, await newDraft('发布'))
  expect(publishId).toMatch(/^\d+$/)
  await forward(10_000)
  await expect.poll(async () => (await getPublish(client, publishId)).status, { timeout: 10_000 }).toBe(0)
  const { items } = await listPublished(client, { offset: 0, count: 1, withContent: true })
  expect(items[0]?.content.news_item[0]).toMatchObject({ title: '发布' })
})

test('D4: a repeated clientmsgid is one job; ids beyond 2^53 keep every digit', async () => {
  const send = {
    target: { to: 'list', openIds: await someFans(2) },
    content: { msgtype: 'mpnews', mpnews: { media_id: await newDraft('群发') } },
    clientMsgId: 'test-1-0-0',
    allowReprint: false,
  } as const
  const first = await submitMass(client, send)
  expect(BigInt(first.msgId!)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
  await expect(submitMass(client, send)).rejects.toMatchObject({
    errcode: 45066,
    kind: 'busy',
    ambiguous: true,
  })
  await forward(61_000)
  expect(await submitMass(client, send)).toEqual({ ...first, repeated: true })
  await expect.poll(() => getMassStatus(client, first.msgId!), { timeout: 10_000 }).toBe('SEND_SUCCESS')
  await openComments(client, { msgDataId: first.msgDataId!, index: 0 })
  expect(
    await listComments(client, { msgDataId: first.msgDataId!, index: 0 }, { begin: 0, count: 49 }),
  ).toMatchObject({ items: expect.any(Array) })
  await deleteMass(client, first.msgId!)
  expect(await getMassStatus(client, first.msgId!)).toBe('DELETE')
})

test('E7: a preview reaches the fan and costs nothing; one openid is no list', async () => {
  const [fan = ''] = await someFans(1)
  await previewMass(client, { openId: fan }, { msgtype: 'text', text: { content: '预览' } })
  await expect(
    previewMass(client, { wechatId: 'nobody-here' }, { msgtype: 'text', text: { content: 'x' } }),
  ).rejects.toMatchObject({ errcode: 40132 })
  expect(await control('GET', `/ledger?appid=${account.appId}&openid=${fan}`)).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ kind: 'preview', openid: fan })]),
  })
})

test('D7: the speed is set and read', async () => {
  await setMassSpeed(client, 3)
  expect(await getMassSpeed(client)).toEqual({ speed: 3, realSpeed: 30 })
  await setMassSpeed(client, 0)
})

test('statistics of yesterday are read by 08:00, and not before', async () => {
  const midnight = Date.parse(`${addBeijingDays(beijingDay(await simulatorNow()), 1)}T00:00:00+08:00`)
  await forward(midnight + 7 * 3_600_000 - (await simulatorNow()).getTime())
  const yesterday = addBeijingDays(beijingDay(await simulatorNow()), -1)
  const span = { from: yesterday, to: yesterday }
  await expect(getFollowerChanges(client, span)).rejects.toMatchObject({ errcode: 61503, kind: 'busy' })
  await forward(3_600_000)
  expect(await getFollowerChanges(client, span)).toEqual(expect.any(Array))
  expect(await getFollowerTotals(client, span)).toMatchObject([{ ref_date: yesterday }])
  expect(await getAccountReading(client, span)).toMatchObject({ final: expect.any(Boolean) })
  const { rows } = await getArticleTotals(client, yesterday)
  expect(rows.map((row) => articleOfStatistic(row.msgid)?.position)).not.toContain(undefined)
})

test('an expired token is renewed and the call repeated, unseen by the caller', async () => {
  const before = source.refreshed
  await control('PUT', '/faults', [{ match: { appid: account.appId }, kind: 'token-expired', remaining: 1 }])
  await expect(getTags(client)).resolves.toEqual(expect.any(Array))
  expect(source.refreshed).toBe(before + 1)
})

test('a time-out after the work was done is ambiguous, and the repeat finds the job', async () => {
  const send = {
    target: { to: 'list', openIds: await someFans(2) },
    content: { msgtype: 'text', text: { content: '你好' } },
    clientMsgId: 'test-2-0-0',
    allowReprint: false,
  } as const
  await control('PUT', '/faults', [
    { match: { path: '/cgi-bin/message/mass/send' }, kind: 'timeout-after-work', ms: 1, remaining: 1 },
  ])
  await expect(submitMass(client, send)).rejects.toMatchObject({ kind: 'busy', ambiguous: true })
  await forward(61_000)
  const { repeated, msgId } = await submitMass(client, send)
  expect(repeated).toBe(true)
  await expect.poll(() => getMassStatus(client, msgId!), { timeout: 10_000 }).toBe('SEND_SUCCESS')
})

test('D12: menus are made, read in the order in which they are tried, tried for a fan, and taken away', async () => {
  const buttons = (name: string) => [{ name, type: 'click', key: name, sub_button: [] }]
  await createMenu(client, buttons('默认'))
  const match = { tagId: null, system: 'ios' } as const
  const first = await addConditionalMenu(client, { buttons: buttons('苹果'), match })
  const second = await addConditionalMenu(client, { buttons: buttons('新苹果'), match })
  expect(BigInt(second)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
  expect(await getMenus(client)).toEqual({
    buttons: buttons('默认'),
    conditional: [
      { menuId: second, match, buttons: buttons('新苹果') },
      { menuId: first, match, buttons: buttons('苹果') },
    ],
  })
  const { openIds } = await listFollowers(client)
  const names = await Promise.all(
    openIds.slice(0, 20).map(async (id) => (await tryMatchMenu(client, id))[0]?.name),
  )
  expect(new Set(names)).toEqual(new Set(['默认', '新苹果']))
  await deleteConditionalMenu(client, second)
  expect((await getMenus(client))?.conditional).toHaveLength(1)
  expect(await getCurrentMenu(client)).toMatchObject({ open: true, buttons: [{ name: '默认' }] })
  await deleteMenus(client)
  expect(await getMenus(client)).toBeUndefined()
  expect(await getCurrentMenu(client)).toEqual({ open: false, buttons: [] })
})

test('quotas are read and reset; the callback URL is checked', async () => {
  const before = await getInterfaceQuota(client, '/cgi-bin/message/mass/send')
  expect(before).toMatchObject({ perDay: 100 })
  expect(before.used + before.left).toBe(100)
  await clearAllQuota(client, account.appId)
  expect((await getInterfaceQuota(client, '/cgi-bin/message/mass/send')).used).toBe(0)
  await expect(checkCallback(client)).rejects.toMatchObject({ errcode: 40201 })
  expect(await getCallbackSources(client)).not.toEqual([])
})

test('G1: a sandbox refuses a real host before a byte is sent', async () => {
  const real = channels.officialAccount({ tokenSource: source, baseUrl: 'https://api.weixin.qq.com' })
  await expect(getTags(real)).rejects.toMatchObject({ reason: 'real_host_in_sandbox' })
})
