import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeOne } from '../../src/modules/qr-codes/make.ts'
import { qrCodesModule } from '../../src/modules/qr-codes/module.ts'
import type { QrCode } from '../../src/modules/qr-codes/schema.ts'
import { type Claimed, claimWaiting } from '../../src/modules/qr-codes/store/making.ts'
import { createQrWorld, type QrWorld } from './world.ts'

let world: QrWorld

beforeAll(async () => {
  world = await createQrWorld()
})
afterAll(() => world?.close())

const calls = async () => {
  const { rows } = await world.ctx.pool.query<{ n: number }>('select count(*)::int as n from simulator.code')
  return rows[0]?.n ?? 0
}
/** Of the account’s permanent codes, as the list counts them. */
const permanent = async () =>
  (await world.api<{ counts: { permanent: number } }>('GET', world.url())).body.counts.permanent
const scene = (text: string | number) => ({
  scene: { text: String(text), isNumber: typeof text === 'number' },
})
const temporary = { life: 'temporary', lifeSeconds: 60 }

test.each([
  ['the largest permanent number', { ...scene(100_000) }, undefined],
  ['one above', { ...scene(100_001) }, 'out_of_range'],
  ['no number', { ...scene(0) }, 'out_of_range'],
  ['the largest temporary number', { ...scene(4_294_967_295), ...temporary }, undefined],
  ['one above that', { ...scene(4_294_967_296), ...temporary }, 'out_of_range'],
  ['64 characters', { ...scene('a'.repeat(64)) }, undefined],
  ['a space in it', { ...scene('a b') }, 'not_printable'],
] as const)(
  'D12: a scene is refused before WeChat hears of it, or made there: %s',
  async (_name, fields, problem) => {
    const before = await calls()
    const { status, body } = await world.create(fields)
    await world.make()
    if (problem === undefined) {
      expect(await world.get(body)).toMatchObject({ state: 'ready', scene: { text: fields.scene.text } })
      return
    }
    expect([status, body]).toMatchObject([
      400,
      { error: { reason: 'scene_out_of_range', detail: { problem } } },
    ])
    expect(await calls()).toBe(before)
  },
)

test.each([
  [59, 400],
  [60, 200],
  [2_592_000, 200],
  [2_592_001, 400],
])('D12: a temporary code lives 60 seconds to 30 days: %i', async (lifeSeconds, status) => {
  const answer = await world.create({ life: 'temporary', lifeSeconds })
  expect(answer.status).toBe(status)
  if (status === 200) {
    await world.make()
    const { expiresAt } = await world.get(answer.body)
    const left = Date.parse(expiresAt as string) - world.ctx.clock.now().getTime()
    expect(Math.abs(left - lifeSeconds * 1000)).toBeLessThan(30_000)
  }
  expect((await world.create({ life: 'permanent', lifeSeconds: 60 })).status).toBe(400)
  expect((await world.create({ life: 'temporary' })).status).toBe(400)
})

test('D12: a scan says the scene only, so a number and a text that read alike are one scene', async () => {
  expect((await world.create(scene(7001))).status).toBe(200)
  const second = await world.create(scene('7001'))
  expect([second.status, second.body]).toMatchObject([409, { error: { reason: 'scene_taken' } }])
  const both = await world.api('POST', world.url('/batch'), {
    life: 'permanent',
    codes: [
      { name: 'a', ...scene('twin') },
      { name: 'b', ...scene('twin') },
    ],
  })
  expect(both.body).toMatchObject({ error: { reason: 'scene_taken' } })
})

test('D12: a code made elsewhere is listened to and never made', async () => {
  await world.make()
  const before = await calls()
  const known = await world.made({ life: 'known', ...scene('门店一号') })
  expect(known).toMatchObject({ state: 'ready', url: null, pageUrl: null })
  expect(await calls()).toBe(before)
  await world.does(world.bound.openids[0] as string, 'scan', { scene: '门店一号' })
  expect((await world.get(known)).figures.scans).toBe(1)
})

test('D12: a subscription account has no codes, and is told why', async () => {
  const { ctx } = world
  await ctx.pool.query(`update accounts set kind = 'subscription' where id = $1`, [world.bound.id])
  const { status, body } = await world.create()
  expect([status, body]).toMatchObject([409, { error: { reason: 'service_accounts_only' } }])
  await ctx.pool.query(`update accounts set kind = 'service' where id = $1`, [world.bound.id])
})

test('D12: WeChat’s refusal stands on the code with its advice, and it can be tried again', async () => {
  await world.fault({
    match: { path: '/cgi-bin/qrcode/create' },
    kind: 'error',
    errcode: 40053,
    remaining: 1,
  })
  const failed = await world.made({ name: '失败' })
  expect(failed).toMatchObject({ state: 'failed', url: null, problem: { detail: { errcode: 40053 } } })
  const again = await world.api<QrCode>('POST', world.url(`/${failed.id}/renew`), {})
  expect(again.body).toMatchObject({ state: 'ready', problem: null })
})

test('D12: a code archived before it is made is not made, and takes no place; one archived while it is made stays archived', async () => {
  await world.make()
  const [before, unmade, made] = [await permanent(), (await world.create()).body, (await world.create()).body]
  const archive = ({ id }: { id: string }) => world.api('POST', world.url(`/${id}/archive`), {})
  await archive(unmade)
  const [claimed, ...others] = await claimWaiting(world.ctx.db, 20)
  expect([claimed?.id, others]).toEqual([made.id, []])
  await archive(made)
  await makeOne(world.ctx, claimed as Claimed)
  expect(await world.get(made)).toMatchObject({ state: 'ready', archivedAt: expect.any(String) })
  expect(await world.get(unmade)).toMatchObject({ state: 'waiting', url: null })
  expect(await permanent()).toBe(before + 1)
  expect(await qrCodesModule.nextDue?.(world.ctx), 'nothing is left to do').toMatchObject({ busy: false })
  const renewed = await world.api('POST', world.url(`/${unmade.id}/renew`), {})
  expect(renewed.body).toMatchObject({ error: { reason: 'qr_code_archived' } })
})

test('D12: 100,000 permanent codes are the account’s, archived ones with them; one more is refused before it is asked for', async () => {
  await world.ctx.pool.query(
    `insert into qr_codes (account_id, name, life, scene, scene_is_number, link_key, state, ticket, url, created_at, archived_at)
     select $1, 'x', 'permanent', 'many' || n, false, 'many' || n, 'ready', 't', 'u', now(), now()
     from generate_series(1, 99999 - $2::int) n`,
    [world.bound.id, await permanent()],
  )
  const two = { life: 'permanent', codes: [{ name: 'a' }, { name: 'b' }] }
  const full = await world.api('POST', world.url('/batch'), two)
  expect(full.body).toMatchObject({ error: { reason: 'qr_permanent_full', detail: { left: 1, wanted: 2 } } })
  expect((await world.create()).status).toBe(200)
  expect((await world.create()).body).toMatchObject({ error: { reason: 'qr_permanent_full' } })
  expect((await world.create(temporary)).status).toBe(200)
})
