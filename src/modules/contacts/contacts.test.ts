import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { bindAccount } from '../accounts/index.ts'
import { audienceRelation, createFanList } from './index.ts'
import type { Audience, Fan, FanDetail, FanList } from './schema.ts'
import { runFanSync, startFanSync } from './sync.ts'

let world: TestWorld
let api: TestApi
let accountId: string
let otherId: string
let admin: Caller
let operator: Caller
let analyst: Caller
let openids: string[]

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  const platform = { openPlatform: 'op', drafts: 0, articles: 0 }
  const bind = async (account: object) =>
    bindAccount(world.ctx, await world.account({ ...platform, ...account }))
  accountId = await bind({ fans: 120, seed: 5 })
  otherId = await bind({ fans: 120, seed: 6 })
  for (const id of [accountId, otherId]) {
    await runFanSync(world.ctx, await startFanSync(world.ctx, id), new AbortController().signal)
  }
  admin = await api.signIn('administrator')
  operator = await api.signIn('operator', [accountId])
  analyst = await api.signIn('analyst')
  const { rows } = await world.ctx.pool.query<{ openid: string }>(
    'select openid from fans where account_id = $1 order by id',
    [accountId],
  )
  openids = rows.map((row) => row.openid)
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

type Page<T> = { items: T[]; nextCursor: string | null }
const fansOf = async (query: string, who = admin) =>
  (await who<Page<Fan>>('GET', `/api/accounts/${accountId}/fans?${query}`)).body
const numberOf = async (query = '') =>
  (await admin<{ total: number; following: number }>('GET', `/api/accounts/${accountId}/fan-count?${query}`))
    .body

describe('fans of an account', () => {
  test('pages by key hold every fan once, newest first', async () => {
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page<Fan> = await fansOf(`limit=50${cursor && `&cursor=${cursor}`}`)
      ids.push(...page.items.map((fan) => fan.id))
      cursor = page.nextCursor
    }
    expect(ids).toHaveLength(openids.length)
    expect(new Set(ids).size).toBe(openids.length)
    expect(ids).toEqual(ids.toSorted((a, b) => Number(b) - Number(a)))
  })

  test('filters by openid, its beginning, own id, remark, tag and following', async () => {
    const [first = '', second = ''] = openids
    await world.ctx.pool.query(`update fans set remark = '会员 VIP-3', following = false where openid = $1`, [
      second,
    ])
    const openidsOf = async (query: string) => (await fansOf(query)).items.map((fan) => fan.openid)
    expect(await openidsOf(`q=${first}`)).toEqual([first])
    expect(await openidsOf(`q=${first.slice(0, 20)}`)).toContain(first)
    expect(await openidsOf(`q=vip-3`)).toEqual([second])
    expect(await openidsOf(`following=false`)).toEqual([second])
    expect((await openidsOf(`openids=${first},${second},oNobody`)).toSorted()).toEqual(
      [first, second].toSorted(),
    )
    const [fan] = (await fansOf(`q=${first}`)).items
    expect(await openidsOf(`q=${fan?.id}`)).toContain(first)
    expect(await numberOf()).toEqual({ total: openids.length, following: openids.length - 1 })
    const tagged = (await fansOf('limit=200')).items.find((one) => one.tagIds.length > 0)
    const tag = tagged?.tagIds[0]
    const withTag = (await fansOf(`tagId=${tag}&limit=200`)).items
    expect(withTag.every((one) => one.tagIds.includes(tag as number))).toBe(true)
    expect((await numberOf(`tagId=${tag}`)).total).toBe(withTag.length)
  })

  test('a fan’s page shows the same person in other accounts, but only those the caller may see', async () => {
    const { rows } = await world.ctx.pool.query<{ id: string }>(
      `select a.id from fans a join fans b on b.contact_id = a.contact_id
       where a.account_id = $1 and b.account_id = $2 limit 1`,
      [accountId, otherId],
    )
    const url = `/api/accounts/${accountId}/fans/${rows[0]?.id}`
    const whole = await admin<FanDetail>('GET', url)
    expect(whole.body.otherAccounts).toMatchObject([{ accountId: otherId }])
    expect((await operator<FanDetail>('GET', url)).body.otherAccounts).toEqual([])
    expect((await admin('GET', `/api/accounts/${otherId}/fans/${rows[0]?.id}`)).status).toBe(404)
  })

  test('openids are shortened for those who may not see persons', async () => {
    const { items } = await fansOf('limit=5', analyst)
    expect(items.every((fan) => /^.{4}….{3}$/u.test(fan.openid))).toBe(true)
    const detail = await analyst<FanDetail>('GET', `/api/accounts/${accountId}/fans/${items[0]?.id}`)
    expect(detail.body.unionid).toContain('…')
  })

  test('another’s account is forbidden; writing needs the permission', async () => {
    expect((await operator('GET', `/api/accounts/${otherId}/fans`)).status).toBe(403)
    expect((await analyst('POST', `/api/accounts/${accountId}/fans/sync`)).status).toBe(403)
    expect((await operator('POST', `/api/accounts/${accountId}/fans/sync`)).status).toBe(200)
  })
})

describe('D4: fan lists', () => {
  const upload = async (name: string, content: Blob) => {
    const form = new FormData()
    form.set('file', content, 'list.csv')
    const url = `/api/accounts/${accountId}/fan-lists/upload?name=${encodeURIComponent(name)}`
    return operator('POST', url, form)
  }

  test('posted openids: each fan once, unknown and repeated ones counted', async () => {
    const [a = '', b = ''] = openids
    const made = await operator<FanList>('POST', `/api/accounts/${accountId}/fan-lists`, {
      name: '名单一',
      openids: [a, b, a, 'oNobody', 'not an openid'],
    })
    expect(made.body).toMatchObject({ size: 2, unknownOpenids: 2, repeatedOpenids: 1, createdBy: 'operator' })
    const url = `/api/accounts/${accountId}/fan-lists/${made.body.id}`
    const members = await operator<Page<Fan>>('GET', `${url}/members`)
    expect(members.body.items.map((fan) => fan.openid).toSorted()).toEqual([a, b].toSorted())
    expect((await operator('GET', `/api/accounts/${otherId}/fan-lists/${made.body.id}`)).status).toBe(403)
    expect((await admin('GET', `/api/accounts/${otherId}/fan-lists/${made.body.id}`)).status).toBe(404)
    expect((await analyst('DELETE', url)).status).toBe(403)
    expect((await operator('DELETE', url)).status).toBe(200)
    expect((await operator('GET', url)).status).toBe(404)
  })

  test('10,000 posted openids are taken, 10,001 are not', async () => {
    const post = (count: number) =>
      operator('POST', `/api/accounts/${accountId}/fan-lists`, {
        name: 'many',
        openids: Array.from({ length: count }, (_, n) => `o${n}`),
      })
    expect((await post(10_000)).body).toMatchObject({ size: 0, unknownOpenids: 10_000 })
    expect((await post(10_001)).status).toBe(400)
  })

  test('an uploaded file is read as it comes', async () => {
    const csv = `name,openid\n${openids.map((openid) => `"小,王",${openid}`).join('\n')}\nx,oNobody\nx,${openids[0]}\n`
    const made = await upload('上传', new Blob([csv]))
    expect(made).toMatchObject({
      status: 200,
      body: { size: openids.length, unknownOpenids: 1, repeatedOpenids: 1, name: '上传' },
    })
  })

  test('a file that is no list leaves nothing behind', async () => {
    const before = await admin<Page<FanList>>('GET', `/api/accounts/${accountId}/fan-lists`)
    expect((await upload('图', new Blob([Uint8Array.of(0x89, 0x50, 0, 1, 2)]))).body).toMatchObject({
      error: { reason: 'file_not_text' },
    })
    expect((await upload('空', new Blob(['\n\n']))).body).toMatchObject({ error: { reason: 'list_empty' } })
    const after = await admin<Page<FanList>>('GET', `/api/accounts/${accountId}/fan-lists`)
    expect(after.body.items).toEqual(before.body.items)
  })

  test('a list has at most 1,000,000 openids', async () => {
    const many = function* (count: number) {
      for (let n = 0; n < count; n += 1) yield '!'
    }
    const make = (count: number) => createFanList(world.ctx, accountId, { name: 'x', openids: many(count) })
    expect(await make(1_000_000)).toMatchObject({ size: 0, unknownOpenids: 1_000_000 })
    await expect(make(1_000_001)).rejects.toMatchObject({ reason: 'list_too_long' })
  })
})

describe('audience', () => {
  const openidsOf = async (audience: Audience, id = accountId) =>
    (await audienceRelation(id, audience).execute(world.ctx.db)).rows.map((row) => row.openid).toSorted()

  test('all, a tag, chosen fans and a list give exactly those of the account, each once', async () => {
    const all = await openidsOf({ kind: 'all' })
    expect(all).toEqual(openids.toSorted())
    const fans = (await fansOf('limit=200')).items
    const tag = fans.find((fan) => fan.tagIds.length > 0)?.tagIds[0] as number
    expect(await openidsOf({ kind: 'tag', tagId: tag })).toEqual(
      fans
        .filter((fan) => fan.tagIds.includes(tag))
        .map((fan) => fan.openid)
        .toSorted(),
    )
    const chosen = fans.slice(0, 3)
    expect(await openidsOf({ kind: 'fans', fanIds: chosen.map((fan) => fan.id) })).toEqual(
      chosen.map((fan) => fan.openid).toSorted(),
    )
    expect(await openidsOf({ kind: 'fans', fanIds: chosen.map((fan) => fan.id) }, otherId)).toEqual([])
    const list = await createFanList(world.ctx, accountId, {
      name: 'a',
      openids: [openids[0] ?? '', 'oNobody'],
    })
    expect(await openidsOf({ kind: 'list', listId: list.id })).toEqual([openids[0]])
    expect(await openidsOf({ kind: 'list', listId: list.id }, otherId)).toEqual([])
  })
})
