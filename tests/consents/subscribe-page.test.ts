import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SubscribePage } from '../../src/modules/consents/schema.ts'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import type { MessageTemplate } from '../../src/modules/templates/schema.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'

let world: SendingWorld
let account: Bound
let templates: MessageTemplate[]

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 3 })
  await syncTemplates(world.ctx, account.id)
  await world.ctx.pool.query(
    `update message_templates set term = 'long-term' where id = (select max(id) from message_templates where kind = 'subscription')`,
  )
  const path = `/api/accounts/${account.id}/templates?kind=subscription`
  templates = (await world.api<{ items: MessageTemplate[] }>('GET', path)).body.items
})
afterAll(() => world?.close())

const ofTerm = (term: string) => templates.filter((one) => one.term === term).map(({ id }) => id)
const body = (more: object = {}) => ({
  name: '门店订阅',
  title: '活动提醒',
  text: '新品上市时告诉你',
  button: '订阅通知',
  templateIds: ofTerm('one-time').slice(0, 2),
  ...more,
})
type Refused = { error: { reason: string } }
const create = (more: object = {}) =>
  world.api<SubscribePage & Refused>('POST', `/api/accounts/${account.id}/subscribe-pages`, body(more))
async function open(page: SubscribePage, query = '') {
  const answer = await fetch(`${world.apiUrl}${new URL(page.url).pathname}${query}`)
  return { status: answer.status, html: await answer.text(), headers: answer.headers }
}
type Config = { appId: string; timestamp: number; nonceStr: string; signature: string }
const configIn = (html: string): Config =>
  JSON.parse(/id="settings">(.*?)<\/script>/.exec(html)?.[1] ?? '{}').config
/** What the browser of a phone says to it. */
async function judge({ appId, ...config }: Config, url: string): Promise<string> {
  const query = new URLSearchParams({ appid: appId, url, ...config, timestamp: String(config.timestamp) })
  const answer = await fetch(`${world.simulator.url}/jssdk/config?${query}`)
  return ((await answer.json()) as { errMsg: string }).errMsg
}

describe('D8: the H5 subscribe page', () => {
  test('shows the open tag with its templates and is signed for the address it was opened at', async () => {
    const { body: page } = await create()
    const { status, html } = await open(page, '?from=singlemessage')
    const wechatIds = page.templates.map(({ id }) => templates.find((one) => one.id === id)?.wechatId)
    expect(status).toBe(200)
    expect(html).toContain(`<wx-open-subscribe id="subscribe" template="${wechatIds.join(',')}">`)
    expect(await judge(configIn(html), `${page.url}?from=singlemessage`)).toBe('config:ok')
    expect(await judge(configIn(html), page.url)).toBe('config:invalid signature')
  })

  test('one ticket serves every page until it ends, then the next is fetched', async () => {
    const { body: page } = await create()
    await open(page)
    const ticket = async () =>
      (
        await world.ctx.pool.query<{ t: string; expires_at: Date }>(
          `select encode(ticket_encrypted, 'hex') as t, expires_at from jsapi_tickets where account_id = $1`,
          [account.id],
        )
      ).rows[0]
    const before = await ticket()
    await Promise.all([open(page), open(page), open(page)])
    expect(await ticket()).toEqual(before)
    await world.forward(before?.expires_at as Date)
    const { html } = await open(page)
    expect((await ticket())?.t).not.toBe(before?.t)
    expect(await judge(configIn(html), page.url)).toBe('config:ok')
  })

  test('what an operator writes is shown as text, never as markup', async () => {
    const { body: page } = await create({
      title: `<img src=x onerror="alert(1)">`,
      button: `"><script>1</script>`,
    })
    const { html } = await open(page)
    expect(html).not.toContain('<img src=x')
    expect(html).not.toContain('"><script>1')
    expect(html).toContain('&lt;img src=x')
  })

  test('its policy lets WeChat’s scripts in and nobody frame it', async () => {
    const { body: page } = await create()
    const policy = (await open(page)).headers.get('content-security-policy')
    expect(policy).toContain('https://*.qq.com')
    expect(policy).toContain("frame-ancestors 'none'")
  })

  test('one to five templates of one term, of this account, still at WeChat', async () => {
    expect((await create({ templateIds: ofTerm('one-time').slice(0, 1) })).status).toBe(200)
    expect((await create({ templateIds: [] })).status).toBe(400)
    expect((await create({ templateIds: ['1', '2', '3', '4', '5', '6'] })).status).toBe(400)
    const mixed = await create({ templateIds: [ofTerm('one-time')[0], ofTerm('long-term')[0]] })
    expect([mixed.status, mixed.body.error.reason]).toEqual([400, 'terms_mixed'])
    const foreign = await create({ templateIds: ['999999'] })
    expect(foreign.body.error.reason).toBe('template_gone')
  })

  test('a template that is gone is not asked for any more; without any the page is offline', async () => {
    const [once = ''] = ofTerm('one-time').slice(-1)
    const { body: page } = await create({ templateIds: [once] })
    const gone = (at: string) =>
      world.ctx.pool.query(`update message_templates set gone_at = ${at} where id = $1`, [once])
    await gone('now()')
    expect((await open(page)).status).toBe(404)
    await gone('null')
    expect((await open(page)).status).toBe(200)
  })

  test('taken offline it says so, and an unknown address is none; opening is counted', async () => {
    const { body: page } = await create()
    await open(page)
    await open(page)
    const list = `/api/accounts/${account.id}/subscribe-pages`
    const shown = (await world.api<{ items: SubscribePage[]; domain: string }>('GET', list)).body
    expect(shown.items.find(({ id }) => id === page.id)?.opened).toBe(2)
    expect(shown.domain).toBe('127.0.0.1')
    await world.api('POST', `${list}/${page.id}/archive`)
    const offline = await open(page)
    expect([offline.status, offline.html.includes('<wx-open-subscribe')]).toEqual([404, false])
    expect((await open({ ...page, url: 'http://x/subscribe/nobody-knows' })).status).toBe(404)
    const again = await world.api<Refused>('PUT', `${list}/${page.id}`, body())
    expect([again.status, again.body.error.reason]).toEqual([409, 'page_archived'])
  })

  test('without a ticket the page asks to come back later', async () => {
    const other = await world.bind({ fans: 1 })
    await syncTemplates(world.ctx, other.id)
    const path = `/api/accounts/${other.id}/templates?kind=subscription`
    const [template] = (await world.api<{ items: MessageTemplate[] }>('GET', path)).body.items
    const { body: page } = await world.api<SubscribePage>(
      'POST',
      `/api/accounts/${other.id}/subscribe-pages`,
      body({ templateIds: [template?.id] }),
    )
    await world.fault({ match: { path: '/cgi-bin/ticket/getticket' }, kind: 'busy' })
    expect((await open(page)).status).toBe(503)
    await world.fault()
    await until(async () => (await open(page)).status === 200)
  })
})
