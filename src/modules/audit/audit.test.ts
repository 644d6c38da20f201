import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { possess } from '../../../tests/security/possessions.ts'
import { type BareWorld, createBareWorld } from '../../../tests/security/world.ts'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { singleGroup } from '../../../tests/support/broadcasts.ts'
import { pauseAccount } from '../accounts/index.ts'
import { audit } from './index.ts'
import type { AuditEntry } from './schema.ts'

let world: BareWorld
let api: TestApi
let admin: Caller

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

type Page = { items: AuditEntry[]; nextCursor: string | null }
const list = async (query: Record<string, string> = {}) => {
  const { status, body } = await admin<Page>('GET', `/api/audit?${new URLSearchParams(query)}`)
  expect(status).toBe(200)
  return body
}
const snapshot = async (table: string) =>
  (await world.ctx.pool.query(`select t::text as row from ${table} t order by 1`)).rows

describe('F5: a change and its entry are one', () => {
  /** Runs with an audit log that takes nothing. */
  async function withoutLog<T>(work: () => Promise<T>): Promise<T> {
    await world.ctx.pool.query(`alter table audit_entries add constraint full_disk check (false) not valid`)
    try {
      return await work()
    } finally {
      await world.ctx.pool.query(`alter table audit_entries drop constraint full_disk`)
    }
  }

  test('where the entry can’t be written, nothing was changed', async () => {
    const { accountId, broadcastId } = await possess(world.ctx)
    await world.ctx.pool.query(`update broadcasts set state = 'draft' where id = $1`, [broadcastId])
    const { body: one } = await admin<{ id: string }>('POST', '/api/operators', {
      email: 'one@example.com',
      password: 'long enough now',
      name: 'one',
      role: 'analyst',
    })
    const { body: key } = await admin<{ id: string }>('POST', '/api/me/api-keys', { name: 'k' })
    const draft = singleGroup({
      name: 'new',
      audience: { kind: 'all' },
      content: { kind: 'text', text: 'x' },
      path: 'list',
    })
    const changes: [Parameters<Caller>[0], string, unknown?][] = [
      [
        'POST',
        '/api/operators',
        { email: 'n@example.com', password: 'long enough now', name: 'n', role: 'analyst' },
      ],
      ['PATCH', `/api/operators/${one.id}`, { role: 'operator', password: 'another long one' }],
      ['PATCH', '/api/me', { name: 'renamed' }],
      ['POST', '/api/me/api-keys', { name: 'k2' }],
      ['DELETE', `/api/me/api-keys/${key.id}`],
      ['PATCH', `/api/accounts/${accountId}`, { name: 'renamed' }],
      ['POST', `/api/accounts/${accountId}/pause`, {}],
      ['POST', `/api/accounts/${accountId}/archive`, {}],
      ['POST', `/api/accounts/${accountId}/callback/rotations`, { token: true, aesKey: true }],
      ['POST', `/api/accounts/${accountId}/broadcasts`, draft],
      ['PUT', `/api/accounts/${accountId}/broadcasts/${broadcastId}`, { ...draft, version: 1 }],
      ['DELETE', `/api/accounts/${accountId}/broadcasts/${broadcastId}`],
      ['POST', '/api/installation/confirm-restore', { understood: true }],
    ]
    await world.ctx.pool.query('update installation set sending_paused = true')
    const tables = [
      'operators',
      'operator_accounts',
      'operator_sessions',
      'accounts',
      'broadcasts',
      'installation',
      'business_clock',
      'audit_entries',
    ]
    // last_used_at of a key and the like are no changes of anyone's
    const state = async () =>
      JSON.stringify([
        await Promise.all(tables.map(snapshot)),
        await world.ctx.pool.query('select id, revoked_at from api_keys').then(({ rows }) => rows),
      ])
    const before = await state()
    await withoutLog(async () => {
      for (const [method, url, body] of changes) {
        const answer = await admin<{ error: { reason: string } }>(method, url, body)
        expect(answer.body.error?.reason, `${method} ${url} ${answer.status}`).toBe('internal')
        expect(await state(), `${method} ${url}`).toBe(before)
      }
      await expect(
        pauseAccount(world.ctx, world.ctx.db, accountId, 'credential_wrong', { advice: { zh: '', en: '' } }),
      ).rejects.toThrow()
      expect(await state()).toBe(before)
    })
    for (const [method, url, body] of changes) {
      const answer = await admin(method, url, body)
      expect(answer.status, `${method} ${url} ${JSON.stringify(answer.body)}`).toBe(200)
    }
  })

  test('a change that is undone leaves no entry', async () => {
    const before = await list({ action: 'undone' })
    await world.ctx.db
      .transaction()
      .execute(async (trx) => {
        await audit(world.ctx, trx, { action: 'undone.change' })
        throw new Error('after all not')
      })
      .catch(() => undefined)
    expect(await list({ action: 'undone' })).toEqual(before)
  })
})

describe('F5: reading it', () => {
  test('filters by account, action, actor, subject and time, and pages by key without a gap or a repeat', async () => {
    const { accountId } = await possess(world.ctx)
    const at = (minute: number) => new Date(Date.UTC(2031, 0, 1, 0, minute))
    for (let n = 0; n < 7; n += 1)
      await audit(
        {
          ...world.ctx,
          clock: { ...world.ctx.clock, now: () => at(n) },
          actor: { kind: 'system', name: n % 2 ? '张三 Zhang' : 'li' },
        },
        world.ctx.db,
        {
          action: n < 4 ? 'paging.one' : 'paging.two',
          accountId,
          subject: { kind: 'thing', id: String(n % 3) },
          detail: { n },
        },
      )
    const numbers = (page: Page) => page.items.map((item) => item.detail['n'])
    expect(numbers(await list({ action: 'paging.' }))).toEqual([6, 5, 4, 3, 2, 1, 0])
    expect(numbers(await list({ action: 'paging.one' }))).toEqual([3, 2, 1, 0])
    expect(numbers(await list({ accountId }))).toEqual([6, 5, 4, 3, 2, 1, 0])
    expect(numbers(await list({ accountId, actor: 'zhANG' }))).toEqual([5, 3, 1])
    expect(numbers(await list({ accountId, actor: '%' }))).toEqual([])
    expect(numbers(await list({ accountId, subjectKind: 'thing', subjectId: '0' }))).toEqual([6, 3, 0])
    // from is in, to is out
    expect(numbers(await list({ accountId, from: at(2).toISOString(), to: at(5).toISOString() }))).toEqual([
      4, 3, 2,
    ])

    const seen: unknown[] = []
    let cursor: string | null = null
    const sizes: number[] = []
    do {
      const page: Page = await list({ accountId, limit: '3', ...(cursor !== null && { cursor }) })
      sizes.push(page.items.length)
      seen.push(...numbers(page))
      // what comes in meanwhile moves no page
      await audit(world.ctx, world.ctx.db, { action: 'paging.three', accountId, detail: { n: 'late' } })
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0])
    expect(sizes).toEqual([3, 3, 1])
  })

  test('an exact page has no next one', async () => {
    const { accountId } = await possess(world.ctx)
    for (let n = 0; n < 3; n += 1) await audit(world.ctx, world.ctx.db, { action: 'exact.page', accountId })
    expect((await list({ accountId, limit: '3' })).nextCursor).toBeNull()
    expect((await list({ accountId, limit: '2' })).nextCursor).not.toBeNull()
  })

  test('nothing of the interface changes or removes an entry', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
      for (const url of ['/api/audit', '/api/audit/:id'])
        expect(api.app.hasRoute({ method, url })).toBe(false)
  })
})
