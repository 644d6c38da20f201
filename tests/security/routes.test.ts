import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/context.ts'
import type { Endpoint } from '../../src/kernel/endpoint.ts'
import type { BroadcastAudience } from '../../src/modules/broadcasts/schema.ts'
import { isAllowed, PERMISSIONS } from '../../src/modules/permissions.ts'
import { modules } from '../../src/modules/registry.ts'
import { createTestApi, type TestApi } from '../support/api.ts'
import { singleGroup } from '../support/broadcasts.ts'
import { nothing, type Possessions, possess } from './possessions.ts'
import { type BareWorld, createBareWorld } from './world.ts'

const endpoints = modules.flatMap((module) => (module.routes ?? []).map((route) => route.endpoint))
const named = endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const)
const closed = named.filter(([, endpoint]) => endpoint.access !== 'public')
const ofAccounts = closed.filter(([, endpoint]) => endpoint.path.includes(':accountId'))
const ROLES: Role[] = ['administrator', 'operator', 'approver', 'analyst']

let world: BareWorld
let api: TestApi
let mine: Possessions
let theirs: Possessions
/** One key of each role that sees every account, and of each role that sees `mine` only. */
const everywhere = {} as Record<Role, string>
const scoped = {} as Record<Role, string>

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  mine = await possess(world.ctx)
  theirs = await possess(world.ctx)
  for (const role of ROLES) {
    everywhere[role] = await keyOf(role, null)
    scoped[role] = await keyOf(role, [mine.accountId])
  }
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

async function keyOf(role: Role, accounts: string[] | null): Promise<string> {
  const caller = await api.signIn(role, accounts)
  return (await caller<{ key: string }>('POST', '/api/me/api-keys', { name: 'walk' })).body.key
}

/** What a route can't be asked without. */
const QUERIES: Record<string, string> = {
  '/api/accounts/:accountId/broadcasts/:broadcastId/groups/:place/lift': '?event=order_paid',
  '/api/accounts/:accountId/qr-placement-figures': '?from=2026-11-01&to=2026-11-02',
  '/api/accounts/:accountId/qr-codes/:qrCodeId/figures': '?from=2026-11-01&to=2026-11-02',
  '/api/accounts/:accountId/menu-figures': '?from=2026-11-01&to=2026-11-02',
  '/api/accounts/:accountId/menu-figures/people': '?kind=tap&target=K&from=2026-11-01&to=2026-11-02',
}
const urlOf = ({ path }: Endpoint, ids: Record<string, string>) =>
  path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '777777') + (QUERIES[path] ?? '')

async function call(
  endpoint: Endpoint,
  { key, ids = mine, body }: { key?: string; ids?: Record<string, string>; body?: string },
) {
  const answer = await api.app.inject({
    method: endpoint.method,
    url: urlOf(endpoint, ids),
    headers: {
      'x-weida-request': '1',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { payload: body }),
  })
  const json = answer.headers['content-type']?.startsWith('application/json') === true
  return { status: answer.statusCode, text: answer.payload, error: json ? answer.json().error : undefined }
}

/** Not JSON, and more than any route takes: whoever is refused before the body is read never hears of it. */
const unreadable = `{"${'x'.repeat(1_100_000)}`
const broken = '{'
const trackers = ['GET /sdk/weida.js', 'GET /sdk/mini-program/weida.js']
const takesBody = ({ method }: Endpoint) => method !== 'GET'

describe('F5: what routes declare', () => {
  test('each names a permission that exists, or says that anyone may, or anyone signed in', () => {
    for (const [name, { access }] of named) {
      if (access !== 'public' && access !== 'signed-in')
        expect(Object.keys(PERMISSIONS), name).toContain(access)
    }
  })

  test('only signing in, the first set-up, trackers, WeChat’s pushes and what has a write key are open', () => {
    expect(new Set(named.filter(([, { access }]) => access === 'public').map(([name]) => name))).toEqual(
      new Set([
        'GET /api/setup',
        'POST /api/setup',
        'POST /api/session',
        'GET /callbacks/official-account/:key',
        'POST /callbacks/official-account/:key',
        ...trackers,
        // people subscribe there; shows nothing but what an operator made public
        'GET /subscribe/:pageKey',
        // show the code that an operator made for everybody to scan: tests/qr-codes
        'GET /scan/:linkKey',
        'GET /scan/:linkKey/code.png',
        // redirects to what was stored for the message, and to nowhere else: tests/links
        'GET /t/:code',
        // these answer nobody without a write key: tests/collection
        ...['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch'].map(
          (name) => `POST /v1/${name}`,
        ),
        ...['GET /sa', 'POST /sa', 'GET /sa.gif', 'POST /sa.gif', 'POST /debug'],
        'POST /v1/datasets/:key',
      ]),
    )
  })

  test('what belongs to an account is under it, where the shell checks the scope', () => {
    for (const [name, { path }] of named) {
      if (path.startsWith('/api/accounts/')) expect(path, name).toMatch(/^\/api\/accounts\/:accountId(\/|$)/)
      else
        expect(path, name).not.toMatch(
          /:(accountId|fanId|listId|runId|broadcastId|articleSetId|mediaAssetId)/,
        )
    }
  })

  test('no two answer the same call, and all are routed', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length)
    for (const [name, { method, path }] of named)
      expect(api.app.hasRoute({ method, url: path }), name).toBe(true)
  })

  test('no permission is without a route, and every role may do something', () => {
    const used = new Set<string>(endpoints.map(({ access }) => access))
    const unused = Object.keys(PERMISSIONS).filter((permission) => !used.has(permission))
    // /metrics is no business call and declares its own
    expect(unused).toEqual(['metrics:read'])
    for (const role of ROLES) expect(endpoints.some(({ access }) => isAllowed(role, access))).toBe(true)
  })
})

describe('F5: without sign-in', () => {
  test.each(closed)('%s: 401 before the body is read', async (_name, endpoint) => {
    for (const key of [undefined, 'wk_wrong', '']) {
      const answer = await call(endpoint, {
        ...(key !== undefined && { key }),
        ...(takesBody(endpoint) && { body: unreadable }),
      })
      expect(answer).toMatchObject({
        status: 401,
        error: { code: 'unauthenticated', reason: 'not_signed_in' },
      })
    }
  })
})

describe('F5: routes × roles', () => {
  test.each(closed)('%s', async (_name, endpoint) => {
    for (const role of ROLES) {
      const may = endpoint.access === 'signed-in' || isAllowed(role, endpoint.access)
      const key = everywhere[role]
      if (!may) {
        const answer = await call(endpoint, { key, ...(takesBody(endpoint) && { body: unreadable }) })
        expect(answer, role).toMatchObject({ status: 403, error: { reason: 'permission_missing' } })
        continue
      }
      // a body that can't be read shows that the door was passed without going through it
      const answer = await call(endpoint, { key, ...(takesBody(endpoint) && { body: broken }) })
      if (takesBody(endpoint))
        expect(answer, role).toMatchObject({ status: 400, error: { reason: 'not_json' } })
      else expect([200, 400, 404, 409, 503], `${role}: ${answer.text}`).toContain(answer.status)
    }
  })
})

describe('F5: an account that is not the operator’s', () => {
  test.each(ofAccounts)('%s: 403 that tells nothing of what exists', async (_name, endpoint) => {
    for (const role of ROLES.filter((one) => one !== 'administrator' && isAllowed(one, endpoint.access))) {
      const key = scoped[role]
      const body = takesBody(endpoint) ? { body: unreadable } : {}
      const existing = await call(endpoint, { key, ids: theirs, ...body })
      const absent = await call(endpoint, { key, ids: { ...nothing }, ...body })
      expect(existing).toMatchObject({ status: 403, error: { reason: 'account_not_allowed', detail: {} } })
      expect(existing.text).toBe(absent.text)
    }
  })

  test('an administrator has every account, whatever is assigned', async () => {
    const detail = endpoints.find(
      ({ path, method }) => path === '/api/accounts/:accountId' && method === 'GET',
    )!
    expect((await call(detail, { key: scoped.administrator, ids: theirs })).status).toBe(200)
  })

  const BODIES: Record<string, unknown> = {
    'PUT /api/accounts/:accountId/broadcasts/:broadcastId': {
      version: 1,
      ...singleGroup({
        name: 'x',
        audience: { kind: 'all' },
        content: { kind: 'text', text: 'hi' },
        path: 'list',
      }),
    },
    'PUT /api/accounts/:accountId/broadcasts/:broadcastId/groups/:place/time': { sendAt: null },
    'PUT /api/accounts/:accountId/qr-codes/:qrCodeId': { name: 'x', folderId: null, placementId: null },
    'POST /api/accounts/:accountId/qr-codes/:qrCodeId/conversions': { event: { event: 'x' }, days: 1 },
    'PUT /api/accounts/:accountId/material-folders/:folderId': { name: 'x' },
    'PUT /api/accounts/:accountId/qr-folders/:labelId': { name: 'x' },
    'PUT /api/accounts/:accountId/qr-placements/:labelId': { name: 'x' },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/arms/:number/answer': { do: 'skip' },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/arms/:number/choose': { variant: 0 },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/send': {
      version: 1,
      expected: [{ arm: 0, reached: 1 }],
    },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/segment': { name: 'x', outcome: 'reached' },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/test-send': { openids: ['oSomebody'] },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/test-people': { segmentId: '1' },
    'POST /api/accounts/:accountId/outside-sends/:outsideSendId/charge': { reach: { kind: 'all' } },
    'POST /api/accounts/:accountId/outside-sends/:outsideSendId/own': { broadcastId: '1', seq: 0 },
    'PATCH /api/accounts/:accountId/campaigns/:campaignId': { revision: 1 },
    'POST /api/accounts/:accountId/campaigns/:campaignId/start': { revision: 1, expectedReached: 1 },
    'POST /api/accounts/:accountId/campaigns/:campaignId/rate': { ratePerMinute: 1 },
    'POST /api/accounts/:accountId/campaigns/:campaignId/runs/:runId/decide': { send: true },
    'POST /api/accounts/:accountId/campaigns/:campaignId/edit-preview': { plan: {} },
    'POST /api/accounts/:accountId/campaigns/:campaignId/edit': { revision: 1, plan: {} },
    'POST /api/accounts/:accountId/campaigns/:campaignId/test-send': { fanIds: ['1'] },
    'PUT /api/accounts/:accountId/reply-rules/:replyRuleId': {
      kind: 'follow',
      name: 'x',
      answer: { replies: [{ content: { kind: 'text', text: 'hi' } }] },
    },
    'POST /api/accounts/:accountId/reply-rules/:replyRuleId/state': { on: true },
    'PUT /api/accounts/:accountId/recall-rules/:recallId': {
      name: 'x',
      minutes: 10,
      content: { kind: 'default', greeting: 'x', phrase: 'x', says: 'x' },
      version: 1,
    },
    'POST /api/accounts/:accountId/recall-rules/:recallId/state': { on: true },
    'POST /api/accounts/:accountId/sends/:sendId/unknown': { outcome: 'sent' },
    'PATCH /api/accounts/:accountId/tags/:wechatTagId': { name: 'x' },
    'PUT /api/accounts/:accountId/subscribe-pages/:pageId': {
      name: 'x',
      title: 'x',
      button: 'x',
      templateIds: ['1'],
    },
    'POST /api/accounts/:accountId/broadcasts/:broadcastId/batches/:seq/resolve': { outcome: 'not_sent' },
  }
  const inside = ofAccounts.filter(([, { path }]) => path.replace(':accountId', '').includes(':'))

  test.each(inside)('%s: something of another account is nothing here', async (name, endpoint) => {
    const body = takesBody(endpoint) ? { body: JSON.stringify(BODIES[name] ?? {}) } : {}
    const foreign = { ...theirs, accountId: mine.accountId }
    const absent = { ...nothing, accountId: mine.accountId }
    // mini programs are the installation's, not an account's
    if (endpoint.path.includes(':miniProgramId')) return
    for (const key of [scoped.operator, everywhere.administrator]) {
      const found = await call(endpoint, { key, ids: foreign, ...body })
      expect(found.status, found.text).toBe(isAllowed('operator', endpoint.access) ? 404 : found.status)
      const missed = await call(endpoint, { key, ids: absent, ...body })
      expect(found.text).toBe(missed.text)
    }
  })

  test('audiences and contents that name another account’s things find nothing', async () => {
    const create = endpoints.find(
      ({ path, method }) => path === '/api/accounts/:accountId/broadcasts' && method === 'POST',
    )!
    const preflight = endpoints.find(({ path }) => path.endsWith('/:broadcastId/preflight'))!
    const audiences: BroadcastAudience[] = [
      { kind: 'list', listId: theirs.listId },
      { kind: 'fans', fanIds: [theirs.fanId] },
    ]
    for (const audience of audiences) {
      const made = await call(create, {
        key: scoped.operator,
        body: JSON.stringify(
          singleGroup({ name: 'x', audience, content: { kind: 'text', text: 'hi' }, path: 'list' }),
        ),
      })
      expect(made.status, made.text).toBe(200)
      const ids = { ...mine, broadcastId: JSON.parse(made.text).id as string }
      const looked = await call(preflight, { key: scoped.operator, ids, body: '{}' })
      expect(JSON.parse(looked.text)).toMatchObject({ total: 0, reached: 0 })
    }
  })
})

describe('F5: lists', () => {
  const get = async (key: string, url: string) => {
    const answer = await api.app.inject({ url, headers: { authorization: `Bearer ${key}` } })
    return { status: answer.statusCode, body: answer.json() as { items: Record<string, unknown>[] } }
  }

  test('of accounts and of the audit log hold nothing of other accounts', async () => {
    for (const p of [mine, theirs])
      await world.ctx.pool.query(
        `insert into audit_entries (at, actor_kind, actor_name, action, account_id) values (now(), 'system', 'x', 'seen.by', $1)`,
        [p.accountId],
      )
    for (const role of ROLES.filter((one) => one !== 'administrator')) {
      const { body } = await get(scoped[role], '/api/accounts')
      expect(body.items.map(({ id }) => id)).toEqual([mine.accountId])
    }
    const { body } = await get(scoped.approver, '/api/audit?limit=200')
    expect(new Set(body.items.map(({ accountId }) => accountId))).toEqual(new Set([mine.accountId]))
    const asked = await get(scoped.approver, `/api/audit?accountId=${theirs.accountId}`)
    expect(asked.body.items).toEqual([])
    const all = await get(everywhere.approver, '/api/audit?limit=200')
    expect(all.body.items.map(({ accountId }) => accountId)).toEqual(
      expect.arrayContaining([mine.accountId, theirs.accountId, null]),
    )
  })

  test('what is held after a restore is counted over the caller’s accounts', async () => {
    await world.ctx.pool.query(`update broadcasts set state = 'running' where id = $1`, [theirs.broadcastId])
    await world.ctx.pool.query(
      `update broadcast_batches set state = 'planned', due_at = now() + interval '1 day' where broadcast_id = $1`,
      [theirs.broadcastId],
    )
    const url = '/api/installation'
    const held = async (key: string) => (await get(key, url)).body
    expect(await held(scoped.analyst)).toMatchObject({ heldBatches: 0, heldRecipients: 0 })
    expect(await held(everywhere.analyst)).toMatchObject({ heldBatches: 1, heldRecipients: 1 })
  })

  test('the sandbox’s ledger answers for the caller’s accounts only, whether others exist or not', async () => {
    const ask = async (appid: string) =>
      (
        await api.app.inject({
          url: `/api/sandbox/ledger?appid=${appid}`,
          headers: { authorization: `Bearer ${scoped.analyst}` },
        })
      ).payload
    const { rows } = await world.ctx.pool.query<{ appid: string }>(
      'select appid from accounts where id = $1',
      [theirs.accountId],
    )
    expect(await ask(rows[0]!.appid)).toBe(await ask('wxnobody'))
    expect(JSON.parse(await ask('wxnobody'))).toMatchObject({ error: { reason: 'account_not_allowed' } })
  })
})

describe('whatever is asked, nothing answers 500', () => {
  const ODD = [
    '9223372036854775808',
    '9999999999999999999',
    '0',
    '-1',
    'abc',
    '%00',
    '%zz',
    "1'--",
    'x'.repeat(300),
  ]
  const QUERIES = [
    'cursor=abc',
    'cursor=%00',
    'limit=0',
    'limit=x',
    'cursor=99999999999999999999',
    'q=%00',
    'from=x',
    'accountId=99999999999999999999',
    'appid=%00',
    'action=%00',
    'limit=1&limit=2',
    '__proto__[a]=b',
    'fanId=99999999999999999999',
    'tagId=99999999999',
    'state=nope',
    'kind=nope',
  ]
  const EXECUTED = ['POST /api/sandbox/reset']

  test.each(closed)('%s', async (name, endpoint) => {
    const key = everywhere.administrator
    const params = [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
    for (const param of params)
      for (const odd of ODD) {
        const answer = await call(endpoint, {
          key,
          ids: { ...nothing, [param]: odd },
          ...(takesBody(endpoint) && { body: '{}' }),
        })
        expect(answer.status, `${param}=${odd}: ${answer.text}`).toBeLessThan(500)
        if (answer.status >= 400)
          expect(answer.error, answer.text).toMatchObject({
            code: expect.any(String),
            reason: expect.any(String),
          })
      }
    if (endpoint.method === 'GET')
      for (const query of QUERIES) {
        const answer = await call({ ...endpoint, path: `${endpoint.path}?${query}` } as Endpoint, { key })
        expect([200, 400, 404, 409, 503], `${query}: ${answer.status} ${answer.text}`).toContain(
          answer.status,
        )
      }
    else if (!EXECUTED.includes(name))
      for (const body of ['[]', 'null', '"x"', '1', '{"name":"\\u0000"}', '{"__proto__":{"x":1}}', '']) {
        const answer = await call(endpoint, { key, ids: { ...nothing }, body })
        expect([200, 400, 403, 404, 409, 503], `${body}: ${answer.text}`).toContain(answer.status)
      }
  })
})
