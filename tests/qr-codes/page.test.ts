import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Due } from '../../src/modules/manifest.ts'
import { qrCodesModule } from '../../src/modules/qr-codes/module.ts'
import type { QrCode } from '../../src/modules/qr-codes/schema.ts'
import { readQr } from '../support/qr.ts'
import { createQrWorld, type QrWorld } from './world.ts'

let world: QrWorld
const HOUR = 3_600_000
const DAY = 24 * HOUR

beforeAll(async () => {
  world = await createQrWorld()
})
afterAll(() => world?.close())

const keyOf = ({ pageUrl }: QrCode) => (pageUrl as string).split('/').at(-1) as string
const open = (code: QrCode, headers: Record<string, string> = {}) =>
  fetch(`${world.apiUrl}/scan/${keyOf(code)}`, { headers })
const shown = async (code: QrCode) => {
  const answer = await fetch(`${world.apiUrl}/scan/${keyOf(code)}/code.png`)
  return answer.status === 200 ? readQr(Buffer.from(await answer.arrayBuffer())) : answer.status
}
const codesAtWechat = async ({ scene }: QrCode) =>
  (
    await world.ctx.pool.query(
      'select url, expires_at from simulator.code where scene = $1 order by made_at',
      [scene.text],
    )
  ).rows
/** How many the account has so, and which the list shows. */
const listed = async (state: string) => {
  const { body } = await world.api<{ items: QrCode[]; counts: Record<string, number> }>(
    'GET',
    world.url(`?state=${state}`),
  )
  return [body.counts[state], body.items.map(({ id }) => id)]
}
const week = { life: 'temporary', lifeSeconds: 7 * 86_400 }

test('D12: the page shows name and code in the reader’s language, and nothing else of the account', async () => {
  const code = await world.made({ name: '门店 <b>A</b>' })
  const page = await open(code, { 'accept-language': 'zh-CN' })
  const html = await page.text()
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(html).toContain('门店 &lt;b&gt;A&lt;/b&gt;')
  expect(html).toContain('长按识别二维码')
  expect(html).toContain('noindex')
  expect(html).not.toContain(world.bound.appid)
  expect(html).not.toContain(code.scene.text)
  expect(await (await open(code, { 'accept-language': 'en-GB' })).text()).toContain('Press and hold')
  expect(await shown(code)).toBe(code.url)
})

test('D12: a temporary code is made anew by who opens its page in its last day; its address stays', async () => {
  const code = await world.made({ name: '展会', ...week })
  await world.later(6 * DAY - HOUR)
  expect(await shown(code)).toBe(code.url)
  await world.later(2 * HOUR)
  const renewed = await shown(code)
  expect(renewed).not.toBe(code.url)
  const [first, second, ...more] = await codesAtWechat(code)
  expect([first.url, second.url, more]).toEqual([code.url, renewed, []])
  expect(await world.get(code)).toMatchObject({ url: renewed, pageUrl: code.pageUrl, problem: null })
  // both live: whoever was shown the old one may still scan it
  await world.does(world.bound.openids[0] as string, 'scan', { url: code.url })
  await world.does(world.bound.openids[1] as string, 'scan', { url: renewed })
  expect((await world.get(code)).figures.scans).toBe(2)
})

test('D12: a code whose page somebody opened lately is made anew before it ends; one that nobody opens is let go', async () => {
  await world.ctx.pool.query('update qr_codes set page_opened_at = null')
  const [opened, forgotten] = [await world.made(week), await world.made(week)]
  await open(opened)
  const due = () => qrCodesModule.nextDue?.(world.ctx)
  const { dueAt } = (await due()) as Due
  expect(dueAt?.getTime()).toBe(Date.parse(opened.expiresAt as string) - DAY)
  await world.later(6 * DAY + HOUR)
  expect(await due()).toMatchObject({ busy: true })
  while ((await world.renew()) > 0);
  expect(await due()).toMatchObject({ busy: false })
  expect((await world.get(opened)).url).not.toBe(opened.url)
  expect((await world.get(forgotten)).url).toBe(forgotten.url)
  await world.later(DAY)
  const picture = await world.api('GET', world.url(`/${forgotten.id}/picture`))
  expect(picture.body).toMatchObject({ error: { reason: 'qr_code_expired' } })
  // and comes back for the first who opens it again
  expect((await open(forgotten)).status).toBe(200)
  expect(await shown(forgotten)).not.toBe(forgotten.url)
})

test('D12: while WeChat refuses, the last good picture is shown and one call a minute made; when it is over the page says so', async () => {
  const code = await world.made({ ...week, name: '故障' })
  await world.later(6 * DAY + HOUR)
  await world.fault({ match: { path: '/cgi-bin/qrcode/create' }, kind: 'error', errcode: 40053 })
  const answers = await Promise.all(Array.from({ length: 5 }, () => open(code)))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  expect(await shown(code)).toBe(code.url)
  const faults = await world.control<{ items: unknown[] }>('GET', '/faults')
  expect(faults.items).toHaveLength(1)
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as n from simulator.request_record where url like '/cgi-bin/qrcode/create%'`,
  )
  expect(rows).toEqual([{ n: 1 }])
  expect(await world.get(code)).toMatchObject({ state: 'ready', problem: { detail: { errcode: 40053 } } })
  expect(await listed('refused')).toEqual([1, [code.id]])
  await world.later(DAY)
  expect((await open(code)).status).toBe(503)
  expect(await shown(code)).toBe(404)
  await world.fault()
  await world.ctx.pool.query(`update qr_codes set free_at = clock_timestamp() where id = $1`, [code.id])
  expect((await open(code)).status).toBe(200)
  expect((await world.get(code)).problem).toBeNull()
  expect(await listed('refused')).toEqual([0, []])
})

test('D12: codes that end soon are listed and counted, unless their page keeps them alive; so are those that WeChat refused', async () => {
  await world.later(40 * DAY)
  const month = { life: 'temporary', lifeSeconds: 30 * 86_400 }
  const [forgotten, opened] = [await world.made(month), await world.made(month)]
  await open(opened)
  const short = await world.made({ life: 'temporary', lifeSeconds: 3_600 })
  await world.later(27 * DAY - 1_000)
  expect(await listed('lapsing')).toEqual([0, []])
  await world.later(2_000)
  expect(await listed('lapsing'), 'three days before its end').toEqual([1, [forgotten.id]])
  expect(await listed('ending'), 'ended ones with them').toEqual([
    undefined,
    expect.arrayContaining([short.id, opened.id]),
  ])
  await world.later(3 * DAY)
  expect(await listed('lapsing'), 'it is over').toEqual([0, []])
  await world.fault({ match: { path: '/cgi-bin/qrcode/create' }, kind: 'error', errcode: 40053 })
  const refused = await world.made({ name: '没做成' })
  await world.fault()
  expect(await listed('failed')).toEqual([1, [refused.id]])
  await world.api('POST', world.url(`/${refused.id}/archive`), {})
  expect(await listed('failed')).toEqual([0, []])
})

test('D12: an archived code’s page is offline; its scans are counted all the same', async () => {
  const code = await world.made({ name: '下架' })
  await world.api('POST', world.url(`/${code.id}/archive`), {})
  expect((await open(code)).status).toBe(404)
  expect(await shown(code)).toBe(404)
  expect((await fetch(`${world.apiUrl}/scan/nobody-made-it`)).status).toBe(404)
  await world.does(world.bound.openids[2] as string, 'scan', { url: code.url })
  expect((await world.get(code)).figures.scans).toBe(1)
})
