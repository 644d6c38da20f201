import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { tagFans } from '../../channels/official-account/tags.ts'
import { accountClient, bindAccount } from '../accounts/index.ts'
import { startFanSync } from '../contacts/index.ts'
import { modules } from '../registry.ts'
import { getRun } from '../runs/index.ts'
import { runMemberSync } from './members.ts'
import type { WechatTag } from './schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let accountId: string
const never = new AbortController().signal

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
  accountId = await bindAccount(world.ctx, await world.account({ fans: 200, drafts: 0, articles: 0 }))
  const runId = await startFanSync(world.ctx, accountId)
  const contacts = modules.find((module) => module.name === 'contacts')
  await contacts?.jobs?.['contacts.sync-fans']?.(world.ctx, { runId }, never)
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const tags = async (method: 'GET' | 'POST' = 'GET', suffix = '') =>
  (await admin<{ items: WechatTag[] }>(method, `/api/accounts/${accountId}/tags${suffix}`)).body.items

test('D4: names and counts of WeChat beside the followers we know', async () => {
  expect(await tags()).toEqual([])
  const synced = await tags('POST', '/sync')
  expect(synced.length).toBeGreaterThan(0)
  expect(synced.every((tag) => tag.memberCount === tag.platformCount && tag.name !== '')).toBe(true)
  expect(await tags()).toEqual(synced)
  await world.ctx.pool.query(`insert into wechat_tags values ($1, 999, '旧', 1, now())`, [accountId])
  expect((await tags('POST', '/sync')).map((tag) => tag.tagId)).not.toContain(999)
})

test('D4: a member sync brings who has a tag into line with WeChat; those who left keep theirs', async () => {
  const [tag] = (await tags('POST', '/sync')).filter((one) => one.memberCount > 2)
  const tagId = tag?.tagId as number
  const { rows } = await world.ctx.pool.query<{ openid: string; has: boolean }>(
    'select openid, tag_ids @> array[$2::int] as has from fans where account_id = $1 order by has desc, openid',
    [accountId, tagId],
  )
  const openids = rows.map((row) => row.openid)
  const [left = '', lost = ''] = openids
  const [fresh = '', extra = ''] = openids.toReversed()
  const set = (text: string, openid: string) =>
    world.ctx.pool.query(`update fans set ${text} where openid = $1`, [openid])
  await set(`tag_ids = '{}'`, lost)
  await set(`tag_ids = tag_ids || ${tagId}`, extra)
  await set('following = false', left)
  await world.ctx.pool.query(
    `delete from simulator.tag_member m using simulator.fan f where f.id = m.fan_id and openid = $1`,
    [left],
  )
  await tagFans(await accountClient(world.ctx, accountId), tagId, [fresh])

  const { runId } = (await admin<{ runId: string }>('POST', `/api/accounts/${accountId}/tags/sync-members`))
    .body
  await runMemberSync(world.ctx, runId, never)
  expect(await getRun(world.ctx, runId)).toMatchObject({ state: 'done' })
  const after = await world.ctx.pool.query<{ openid: string }>(
    'select openid from fans where account_id = $1 and tag_ids @> array[$2::int]',
    [accountId, tagId],
  )
  const have = after.rows.map((row) => row.openid)
  expect(have).toEqual(expect.arrayContaining([left, lost, fresh]))
  expect(have).not.toContain(extra)
  const readings = await world.ctx.pool.query('select 1 from tag_member_readings')
  expect(readings.rows).toEqual([])
  const [again] = (await tags()).filter((one) => one.tagId === tagId)
  expect(again?.memberCount).toBe(again?.platformCount)
})

test('reading is for all, syncing for those who may', async () => {
  const analyst = await api.signIn('analyst')
  expect((await analyst('GET', `/api/accounts/${accountId}/tags`)).status).toBe(200)
  expect((await analyst('POST', `/api/accounts/${accountId}/tags/sync`)).status).toBe(403)
  const stranger = await api.signIn('operator', [])
  expect((await stranger('GET', `/api/accounts/${accountId}/tags`)).status).toBe(403)
})

test('a refusal of WeChat comes with its advice', async () => {
  const account = await world.account({ fans: 0, verified: false, drafts: 0, articles: 0 })
  const id = await bindAccount(world.ctx, account)
  const answer = await admin('POST', `/api/accounts/${id}/tags/sync`)
  expect(answer.body).toMatchObject({ error: { detail: { errcode: 48001 } } })
})
