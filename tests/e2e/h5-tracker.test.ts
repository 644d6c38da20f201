import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bindAccount } from '../../src/modules/accounts/index.ts'
import { createSource } from '../../src/modules/sources/index.ts'
import type { SourceKeys } from '../../src/modules/sources/schema.ts'
import { type RunningServer, startServer } from '../../src/server/index.ts'
import { hasBrowser, launchBrowser, openPage } from '../support/browser.ts'
import { freePort, until } from '../support/index.ts'
import { createTestWorld, type TestWorld } from '../support/world.ts'

type Weida = {
  track(name: string, properties?: object): void
  identify(who: object): void
  share(data: object): { link: string; trigger(): void }
}
declare global {
  // what the script puts into the page
  var weida: Weida
}

let world: TestWorld
let server: RunningServer
let brand: Server
let browser: Browser
let context: BrowserContext
let page: Page
let errors: string[]
let source: { id: string; keys: SourceKeys }
let shop: string
let api: string

/** A page of the brand as strict as pages get: no script but ours, and no inline one. */
const html = () => `<!doctype html><meta charset="utf-8"><title>跑鞋</title>
<script async src="${api}/sdk/weida.js" data-key="${source.keys.writeKey}"></script>
<button id="keep" data-weida-event="favourite" data-weida-prop-sku="S101"><span>收藏</span></button>`

describe.skipIf(!hasBrowser)('the H5 script in a real browser', () => {
  beforeAll(async () => {
    const port = await freePort()
    api = `http://127.0.0.1:${port}`
    world = await createTestWorld({ PORT: String(port) })
    server = await startServer(world.ctx)
    brand = createServer((_request, response) => {
      const policy = `default-src 'none'; script-src ${api}; connect-src ${api}`
      response.setHeader('content-security-policy', policy)
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(html())
    })
    await new Promise<void>((resolve) => brand.listen(0, '127.0.0.1', resolve))
    shop = `http://127.0.0.1:${(brand.address() as AddressInfo).port}`
    const account = await world.account()
    const accountId = await bindAccount(world.ctx, account)
    source = await createSource(world.ctx, {
      name: '商城 H5',
      kind: 'public',
      accountId,
      allowedOrigins: [shop],
    })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    brand?.closeAllConnections()
    brand?.close()
    await server?.close()
    await world?.close()
  })
  beforeEach(async () => {
    // storage of its own: another visitor
    context = await browser.newContext()
    page = await openPage(context)
    errors = []
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterEach(async () => {
    await context?.close()
    expect(errors).toEqual([])
  })

  type Row = {
    name: string
    contact_id: string
    fan: string | null
    properties: Record<string, unknown>
  }
  const rows = async (names: string[]): Promise<Row[]> => {
    const { rows: found } = await world.ctx.pool.query(
      `select e.name, e.contact_id, f.openid as fan, e.properties from events e left join fans f on f.id = e.fan_id
       where e.source_id = $1 and e.name = any($2) order by e.at, e.id`,
      [source.id, names],
    )
    return found
  }
  const arrived = (name: string) =>
    until(async () => (await rows([name])).length > 0, { what: `${name} to arrive` })
  const open = async (path = '/', where = page) => {
    await where.goto(`${shop}${path}`)
    await where.waitForFunction(() => typeof globalThis.weida?.track === 'function')
  }
  const track = (name: string, properties = {}, where = page) =>
    where.evaluate(([given, more]) => globalThis.weida.track(given as string, more as object), [
      name,
      properties,
    ] as const)

  test('F1: page views, clicks and actions of one visitor arrive, under a strict content security policy', async () => {
    await open('/shoes?sku=S101&code=WECHATCODE&wd_send=42&wd=Ab3dEf7h')
    await page.click('#keep span')
    await track('add_to_cart', { price: 399 })
    await arrived('add_to_cart')
    const found = await rows(['page', 'weida.click', 'weida.link_open', 'favourite', 'add_to_cart'])
    expect(found.map(({ name }) => name).toSorted()).toEqual([
      'add_to_cart',
      'favourite',
      'page',
      'weida.click',
      'weida.link_open',
    ])
    expect(new Set(found.map(({ contact_id }) => contact_id)).size).toBe(1)
    const of = (name: string) => found.find((one) => one.name === name)?.properties
    expect(of('weida.click')).toMatchObject({ send: '42' })
    expect(of('weida.link_open')).toMatchObject({ link: 'Ab3dEf7h' })
    expect(of('favourite')).toMatchObject({ sku: 'S101' })
    expect(of('page')).toMatchObject({ path: '/shoes', title: '跑鞋' })
    // what signs somebody in stays in the browser
    expect(JSON.stringify(found)).not.toContain('WECHATCODE')
  })

  test('F1: looking at the page again is another view, and not another click of the news card', async () => {
    await open('/again?wd_send=77')
    await page.reload()
    await page.waitForFunction(() => typeof globalThis.weida?.track === 'function')
    await track('after_reload')
    await arrived('after_reload')
    const found = (await rows(['page', 'weida.click'])).filter(
      ({ properties }) => properties['path'] === '/again' || properties['send'] === '77',
    )
    expect(found.map(({ name }) => name).toSorted()).toEqual(['page', 'page', 'weida.click'])
  })

  test('F1: what happens right before the page closes arrives, and once, although it is sent again later', async () => {
    await open()
    await track('last_words')
    await page.close({ runBeforeUnload: true })
    await arrived('last_words')
    const next = await openPage(context)
    let sentAgain = 0
    next.on('request', (request) => {
      if (request.postData()?.includes('last_words')) sentAgain += 1
    })
    await open('/next', next)
    await track('next_words', {}, next)
    await arrived('next_words')
    expect(sentAgain).toBeGreaterThan(0)
    expect(await rows(['last_words'])).toHaveLength(1)
    await until(async () => next.evaluate(() => localStorage.getItem('weida.queue') === '[]'))
  })

  test('F1: what could not be sent before the page closed is sent when the visitor comes back', async () => {
    await open('/offline')
    await until(async () => page.evaluate(() => localStorage.getItem('weida.queue') === '[]'))
    await context.setOffline(true)
    // what a closing page hands to the browser leaves it by a way that being offline here does not block
    await page.evaluate(
      `navigator.sendBeacon = () => false; window.fetch = () => Promise.reject(new TypeError('offline'))`,
    )
    await track('in_the_tunnel')
    await page.close()
    expect(await rows(['in_the_tunnel'])).toEqual([])
    await context.setOffline(false)
    await open('/back', await openPage(context))
    await arrived('in_the_tunnel')
    expect(await rows(['in_the_tunnel'])).toHaveLength(1)
  })

  test('F1: a server that fails twice, once after it had stored them, gets each message once', async () => {
    let calls = 0
    await context.route('**/v1/batch', async (route) => {
      calls += 1
      if (calls === 1) return route.fulfill({ status: 503 })
      // stored, but the answer never came
      if (calls === 2) {
        await route.fetch()
        return route.abort('connectionreset')
      }
      return route.continue()
    })
    await open('/flaky')
    await track('stubborn')
    await until(async () => page.evaluate(() => localStorage.getItem('weida.queue') === '[]'))
    expect(calls).toBeGreaterThanOrEqual(3)
    expect(await rows(['stubborn'])).toHaveLength(1)
  })

  test('F1: a signed openid makes the visitor the fan, also on later pages; a wrong signature is rejected with its reason', async () => {
    const openid = 'oH5visitor000000000000000001'
    const signature = createHmac('sha256', source.keys.signingSecret).update(openid).digest('hex')
    await open('/member')
    await page.evaluate((who) => globalThis.weida.identify(who), { openid, signature })
    await open('/member/orders')
    await track('as_member')
    await arrived('as_member')
    expect((await rows(['as_member']))[0]?.fan).toBe(openid)
    await page.evaluate((who) => globalThis.weida.identify(who), {
      openid: 'oSomebodyElse',
      signature,
    })
    await track('as_somebody_else')
    await until(async () => page.evaluate(() => localStorage.getItem('weida.queue') === '[]'))
    expect(await rows(['as_somebody_else'])).toEqual([])
    const { rows: rejected } = await world.ctx.pool.query(
      `select distinct reason from source_rejections where source_id = $1 and payload like '%oSomebodyElse%'`,
      [source.id],
    )
    expect(rejected).toEqual([{ reason: 'signature_invalid' }])
  })

  test('F1: a page whose storage is switched off, and odd arguments, change nothing for the page', async () => {
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new Error('denied')
        },
      })
    })
    await open('/private')
    await page.evaluate(() => {
      const circle: Record<string, unknown> = {}
      circle['self'] = circle
      const loose = globalThis.weida as unknown as Record<string, (...args: unknown[]) => void>
      loose['track']?.()
      loose['track']?.('circle', circle)
      loose['track']?.('huge', { text: '长'.repeat(50_000) })
      loose['identify']?.(null)
      loose['share']?.(null)
    })
    await track('still_here')
    await arrived('still_here')
    expect(await rows(['circle', 'huge'])).toEqual([])
  })

  test('F1: a shared link tells through which share it was opened', async () => {
    await open('/shoes?wd_send=9')
    const link = await page.evaluate((at) => {
      const shared = globalThis.weida.share({ title: '跑鞋', link: at })
      shared.trigger()
      return shared.link
    }, page.url())
    expect(link).not.toContain('wd_send')
    const friend = await openPage(browser)
    await open(link.slice(shop.length), friend)
    await arrived('weida.share_open')
    await arrived('weida.share')
    const [share] = await rows(['weida.share'])
    const [opened] = await rows(['weida.share_open'])
    expect(opened?.properties['share']).toBe(share?.properties['share'])
    expect(opened?.contact_id).not.toBe(share?.contact_id)
    await friend.context().close()
  })
})
