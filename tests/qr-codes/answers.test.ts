import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestResult } from '../../src/modules/auto-replies/schema.ts'
import type { ContactEvent } from '../../src/modules/ingest/schema.ts'
import { makeWaiting } from '../../src/modules/qr-codes/make.ts'
import type { QrCodeDetail } from '../../src/modules/qr-codes/schema.ts'
import { answer, createReplyWorld, type ReplyWorld } from '../auto-replies/world.ts'

let world: ReplyWorld
const NEVER = new AbortController().signal

beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const url = (rest = '') => `/api/accounts/${world.own.id}/qr-codes${rest}`
const openid = (place: number) => world.own.openids[place] as string
const make = async () => {
  while ((await makeWaiting(world.ctx, NEVER)) > 0);
}
const get = async (id: string) => (await world.api<QrCodeDetail>('GET', url(`/${id}`))).body
async function code(fields: object): Promise<QrCodeDetail> {
  const { status, body } = await world.api<QrCodeDetail>('POST', url(), {
    name: '门店',
    life: 'permanent',
    ...fields,
  })
  if (status !== 200) throw new Error(JSON.stringify(body))
  await make()
  return get(body.id)
}
const edit = async ({ id, name, folderId, placementId }: QrCodeDetail, fields: object) => {
  const { status, body } = await world.api<QrCodeDetail>('PUT', url(`/${id}`), {
    name,
    folderId,
    placementId,
    ...fields,
  })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body
}
/** What a fan did, the latest first. */
async function eventsOf(fan: string) {
  const { rows } = await world.ctx.pool.query<{ id: string }>('select id from fans where openid = $1', [fan])
  const { body } = await world.api<{ items: ContactEvent[] }>(
    'GET',
    `/api/accounts/${world.own.id}/fans/${rows[0]?.id}/events`,
  )
  return body
}
/** What a fan hears for one scan, by itself. */
async function hears(fan: string, scanned: QrCodeDetail): Promise<string[]> {
  await world.forward(new Date(world.ctx.clock.now().getTime() + 1_000))
  const before = (await world.heard(fan)).length
  await world.acts(fan, 'scan', { url: scanned.url })
  await world.settle()
  return (await world.heard(fan)).slice(before)
}

test('D12: a scan is answered and tagged by its code, a follow through it too and instead of the follow reply', async () => {
  await world.rule({ kind: 'follow', answer: answer('欢迎关注') })
  const tag = (await world.api<{ id: string }>('POST', '/api/tags', { name: '到店' })).body.id
  const made = answer('这里是南京路店', '今天八折')
  const answered = await code({ answer: { ...made, effects: { ...made.effects, give: [tag] } } })
  const silent = await code({ name: '不回复' })
  expect([answered.hasAnswer, answered.answerShared, silent.hasAnswer]).toEqual([true, 1, false])
  expect(await hears(openid(0), answered)).toEqual(['这里是南京路店', '今天八折'])
  const { rows } = await world.ctx.pool.query(
    `select f.openid from contact_tags t join fans f on f.contact_id = t.contact_id where t.tag_id = $1`,
    [tag],
  )
  expect(rows).toEqual([{ openid: openid(0) }])
  await world.acts(openid(1), 'unfollow')
  expect(await hears(openid(1), answered)).toEqual(['这里是南京路店', '今天八折'])
  expect(await hears(openid(2), silent)).toEqual([])
  await world.acts(openid(2), 'unfollow')
  expect(await hears(openid(2), silent)).toEqual(['欢迎关注'])
})

test('D12: a code that gets another name gives it to its answer, too', async () => {
  const named = await code({ name: '旧店名', answer: answer('欢迎光临') })
  await edit(named, { name: '新店名' })
  const { rows } = await world.ctx.pool.query(
    `select name, version from reply_rules where owner_kind = 'qr-code' and owner_id = $1`,
    [named.id],
  )
  expect(rows).toEqual([{ name: '新店名', version: 1 }])
  expect(await hears(openid(7), named)).toEqual(['欢迎光临'])
})

test('D12: who follows through a code that says so gets the follow reply after its own, within what a follow allows', async () => {
  await world.rule({ kind: 'follow', priority: 5, answer: answer('关注一', '关注二') })
  const tag = (await world.api<{ id: string }>('POST', '/api/tags', { name: '门店来的' })).body.id
  const own = { ...answer('门店一', '门店二', '门店三'), followToo: true }
  const both = await code({ answer: own })
  const fan = openid(5)
  expect(await hears(fan, both), 'a scan by a follower is no follow').toEqual(['门店一', '门店二', '门店三'])
  await world.acts(fan, 'unfollow')
  expect(await hears(fan, both), 'one at once, three in the window').toEqual([
    '门店一',
    '门店二',
    '门店三',
    '关注一',
  ])
  const tested = await world.api<TestResult>('POST', `/api/accounts/${world.own.id}/reply-test`, {
    push: { kind: 'follow', scene: both.scene.text },
  })
  expect(tested.body).toMatchObject({
    because: { reason: 'code' },
    also: { rule: { kind: 'follow' } },
    first: { index: 0 },
    rest: [{ index: 1 }, { index: 2 }, { index: 0 }, { index: 1 }],
    warnings: [{ reason: 'beyond_window', detail: { allowed: 3, replies: 4 } }],
  })
  // a code that only tags leaves the push's own answer to the follow reply
  const effects = { ...answer().effects, give: [tag] }
  const tags = await code({ answer: { mode: 'all', replies: [], effects, followToo: true } })
  const other = openid(6)
  await world.acts(other, 'unfollow')
  await world.forward(new Date(world.ctx.clock.now().getTime() + 1_000))
  await world.acts(other, 'scan', { url: tags.url })
  expect(await world.heard(other), 'before any worker').toEqual(['关注一'])
  await world.settle()
  expect(await world.heard(other)).toEqual(['关注一', '关注二'])
  const told = (await eventsOf(other)).items[0]?.told
  expect(
    told?.map(({ kind }) => kind),
    'the code’s own rule and that of the follow',
  ).toEqual(['reply-rule', 'reply-rule', 'qr-code'])
  expect(told?.[2]).toMatchObject({ id: tags.id, name: '门店' })
  const { rows } = await world.ctx.pool.query(
    `select f.openid from contact_tags t join fans f on f.contact_id = t.contact_id where t.tag_id = $1`,
    [tag],
  )
  expect(rows).toEqual([{ openid: other }])
  const refused = await world.api('POST', `/api/accounts/${world.own.id}/reply-rules`, {
    kind: 'follow',
    name: '不行',
    answer: { ...answer('一'), followToo: true },
  })
  expect(refused.body).toMatchObject({ error: { reason: 'follow_too_of_codes' } })
})

test('D12: codes made together share one answer: changed for all, or for one that leaves the others theirs', async () => {
  const { body } = await world.api<{ ids: string[] }>('POST', url('/batch'), {
    codes: [{ name: '甲' }, { name: '乙' }, { name: '丙' }],
    life: 'permanent',
    answer: answer('一样的'),
  })
  await make()
  const [first, second, third] = (await Promise.all(body.ids.map(get))) as [
    QrCodeDetail,
    QrCodeDetail,
    QrCodeDetail,
  ]
  expect([first.answerShared, third.answerShared]).toEqual([3, 3])
  expect(await hears(openid(3), third)).toEqual(['一样的'])
  await edit(second, { answer: answer('都改了'), answerOf: 'shared' })
  expect(await hears(openid(3), first)).toEqual(['都改了'])
  // also the one whose rule the others use
  const own = await edit(first, { answer: answer('只有甲'), answerOf: 'own' })
  expect([own.answerShared, (await get(third.id)).answerShared]).toEqual([1, 2])
  expect(await hears(openid(3), first)).toEqual(['只有甲'])
  expect(await hears(openid(3), second)).toEqual(['都改了'])
  await edit(third, { answer: null })
  expect(await hears(openid(3), third)).toEqual([])
  expect(await hears(openid(3), second)).toEqual(['都改了'])
  await edit(third, { answer: answer('又有了') })
  expect(await hears(openid(3), third)).toEqual(['又有了'])
})

test('D12: an archived code answers nobody any more; a change of its name leaves its answer alone', async () => {
  const kept = await code({ answer: answer('在的') })
  await edit(kept, { name: '改名' })
  expect(await hears(openid(4), kept)).toEqual(['在的'])
  await world.api('POST', url(`/${kept.id}/archive`), {})
  expect(await hears(openid(4), kept)).toEqual([])
  expect(await get(kept.id)).toMatchObject({ hasAnswer: false, answer: null })
})

test('D12: what can’t answer is refused with the code, and nothing of it is made', async () => {
  const before = (await world.api<{ items: unknown[] }>('GET', url())).body.items.length
  const refused = await world.api('POST', url(), {
    name: '空',
    life: 'permanent',
    answer: { mode: 'all', replies: [], effects: {} },
  })
  expect(refused.status).toBe(400)
  const foreign = { kind: 'image', mediaAssetId: '777777' }
  const gone = await world.api('POST', url(), {
    name: '没有素材',
    life: 'permanent',
    answer: { mode: 'all', replies: [{ content: foreign, weight: 1 }] },
  })
  expect(gone.status).toBeGreaterThanOrEqual(400)
  expect((await world.api<{ items: unknown[] }>('GET', url())).body.items).toHaveLength(before)
})
