import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import type { OwnedCtx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { bindAccount } from '../accounts/index.ts'
import { addTemplate, deleteTemplate } from './commands/change.ts'
import { syncDueTemplates, syncTemplates } from './commands/sync.ts'
import { getTemplate, listTemplates, templateState, templatesOf } from './reads.ts'
import type { LibraryKeyword, LibraryTitle, MessageTemplate, TemplateKind } from './schema.ts'
import { markGone } from './store.ts'
import { setTemplateUses } from './uses.ts'

let world: TestWorld
let ctx: OwnedCtx
let api: TestApi
let operator: Caller
let accountId: string

beforeAll(async () => {
  world = await createTestWorld()
  ctx = world.ctx
  api = await createTestApi(ctx)
  operator = await api.signIn('operator')
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})
beforeEach(async () => {
  await world.control('PUT', '/faults', [])
  accountId = await bind()
})

const bind = async (overrides = {}) =>
  bindAccount(ctx, await world.account({ fans: 0, drafts: 0, articles: 0, ...overrides }))
const of = (kind: TemplateKind) => templatesOf(ctx.db, accountId, kind)
async function first(kind: TemplateKind): Promise<MessageTemplate> {
  const [found] = await of(kind)
  if (found === undefined) throw new Error('the account has templates')
  return found
}
/** What somebody does to a template on the platform’s own pages. */
const atWechat = (change: string, wechatId: string) =>
  ctx.pool.query(`update simulator.template set ${change} where id = $1`, [wechatId])
const page = () => listTemplates(ctx, accountId, { gone: false, limit: 50 })

describe('D1, D8: sync', () => {
  test('both kinds are here with fields, types, term and family', async () => {
    const { added, changed, gone } = await syncTemplates(ctx, accountId)
    const all = [...(await of('template')), ...(await of('subscription'))]
    expect([added.length, changed, gone]).toEqual([all.length, [], []])
    expect(all.length).toBeGreaterThan(4)
    for (const { kind, fields, content, term, family } of all) {
      expect(fields.length).toBeGreaterThan(0)
      for (const { key } of fields) expect(content).toContain(`{{${key}.DATA}}`)
      expect(term === null).toBe(kind === 'template')
      expect(family === null).toBe(kind === 'subscription')
    }
    expect(all.map(({ family }) => family)).toContain('industry')
    expect(all.map(({ term }) => term)).toContain('one-time')
    expect((await page()).lastSyncedAt).not.toBeNull()
  })

  test('a look that finds the same says so and changes nothing but the date', async () => {
    await syncTemplates(ctx, accountId)
    const before = await first('template')
    expect(await syncTemplates(ctx, accountId)).toEqual({ added: [], changed: [], gone: [] })
    expect({ ...(await first('template')), syncedAt: before.syncedAt }).toEqual(before)
  })

  test('D1: a template with other fields is changed, with another title or example it is not', async () => {
    await syncTemplates(ctx, accountId)
    const { id, wechatId, fingerprint, content } = await first('subscription')
    await atWechat(`title = '另一个标题', example = '另一个例子'`, wechatId)
    expect(await syncTemplates(ctx, accountId)).toMatchObject({ changed: [] })
    expect(await getTemplate(ctx.db, { accountId, templateId: id })).toMatchObject({
      title: '另一个标题',
      fingerprint,
      changedAt: null,
    })
    await atWechat(`content = '备注：{{thing9.DATA}}' || chr(10) || content`, wechatId)
    expect(await syncTemplates(ctx, accountId)).toEqual({ added: [], changed: [id], gone: [] })
    const changed = await getTemplate(ctx.db, { accountId, templateId: id })
    expect(changed.changedAt).not.toBeNull()
    expect(changed.fields[0]).toEqual({ key: 'thing9', type: 'thing', name: '备注', values: null })
    expect((await templateState(ctx.db, [id])).get(id)?.fingerprint).not.toBe(fingerprint)
    expect(changed.content).not.toBe(content)
  })

  test('a template no longer there is gone, and one that comes back is there again under its own number', async () => {
    await syncTemplates(ctx, accountId)
    const { id, wechatId } = await first('template')
    await atWechat('deleted_at = now()', wechatId)
    expect((await syncTemplates(ctx, accountId)).gone).toEqual([id])
    expect((await templateState(ctx.db, [id])).get(id)?.gone).toBe(true)
    expect((await page()).items.map((one) => one.id)).not.toContain(id)
    expect((await syncTemplates(ctx, accountId)).gone).toEqual([])
    await atWechat('deleted_at = null', wechatId)
    expect((await syncTemplates(ctx, accountId)).added).toEqual([id])
    expect((await templateState(ctx.db, [id])).get(id)?.gone).toBe(false)
  })

  test('D1: while something active names a template its account is looked at three times an hour, else every four hours', async () => {
    let now = new Date()
    const later = { ...ctx, clock: { now: () => now } }
    const forward = (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000)
    }
    await ctx.pool.query(`update template_syncs set due_at = 'infinity'`)
    await ctx.pool.query(`update accounts set state = 'paused' where id <> $1`, [accountId])
    await syncTemplates(later, accountId)
    const { id, wechatId } = await first('template')
    const use = (active: boolean) =>
      inTransaction(ctx.db, (trx) =>
        setTemplateUses(trx, { kind: 'campaign', id: '8', name: '下单提醒', active }, [id]),
      )
    forward(60)
    expect(await syncDueTemplates(later)).toBe(0)
    // what is known is an hour old
    await use(true)
    expect(await syncDueTemplates(later)).toBe(1)
    await atWechat(`content = '备注：{{thing9.DATA}}' || chr(10) || content`, wechatId)
    forward(19)
    expect(await syncDueTemplates(later)).toBe(0)
    forward(1)
    expect(await syncDueTemplates(later)).toBe(1)
    expect((await getTemplate(ctx.db, { accountId, templateId: id })).changedAt).toBe(now.toISOString())
    await use(false)
    forward(20)
    expect(await syncDueTemplates(later)).toBe(1)
    forward(4 * 60 - 1)
    expect(await syncDueTemplates(later)).toBe(0)
    await ctx.pool.query(`update accounts set state = 'active'`)
  })

  test('an answer 40037 marks it gone, once', async () => {
    await syncTemplates(ctx, accountId)
    const { id } = await first('subscription')
    expect(await markGone(ctx.db, id, ctx.clock.now())).toBe(true)
    expect(await markGone(ctx.db, id, ctx.clock.now())).toBe(false)
    expect((await getTemplate(ctx.db, { accountId, templateId: id })).goneAt).not.toBeNull()
  })

  test('what fails is told and kept for the page, and nothing is taken for gone', async () => {
    await syncTemplates(ctx, accountId)
    await world.control('PUT', '/faults', [{ match: { path: '/wxaapi/newtmpl/gettemplate' }, kind: 'busy' }])
    await expect(syncTemplates(ctx, accountId)).rejects.toMatchObject({ reason: 'platform_busy' })
    expect((await page()).problem).toMatchObject({ reason: 'platform_busy' })
    expect((await page()).items.filter(({ goneAt }) => goneAt !== null)).toEqual([])
    await world.control('PUT', '/faults', [])
    await syncTemplates(ctx, accountId)
    expect((await page()).problem).toBeNull()
  })

  test('an account without subscription notifications has its template messages synced, and is not paused', async () => {
    await world.control('PUT', '/faults', [
      { match: { path: '/wxaapi/newtmpl/gettemplate' }, kind: 'error', errcode: 48001 },
    ])
    const { added } = await syncTemplates(ctx, accountId)
    expect(added.length).toBe((await of('template')).length)
    expect((await operator<{ state: string }>('GET', `/api/accounts/${accountId}`)).body.state).toBe('active')
  })

  test.each([
    ['subscription', true, 'service_accounts_only'],
    ['service', false, 'not_verified'],
  ])('a %s account, verified %s, is told %s', async (kind, verified, reason) => {
    const other = await bind({ kind, verified })
    await expect(syncTemplates(ctx, other)).rejects.toMatchObject({ reason })
  })

  test('every account is looked at when it is due and not before, also after a failure', async () => {
    await ctx.pool.query('delete from template_syncs')
    await ctx.pool.query(`update accounts set state = 'archived' where id <> $1`, [accountId])
    expect(await syncDueTemplates(ctx)).toBe(1)
    expect(await syncDueTemplates(ctx)).toBe(0)
    const due = async () =>
      (await ctx.pool.query<{ due_at: Date }>('select due_at from template_syncs')).rows[0]?.due_at as Date
    const at = (when: Date): OwnedCtx => ({ ...ctx, clock: { ...ctx.clock, now: () => when } })
    const next = await due()
    expect(next.getTime() - ctx.clock.now().getTime()).toBeGreaterThan(3 * 3_600_000)
    expect(await syncDueTemplates(at(new Date(next.getTime() - 1)))).toBe(0)
    await world.control('PUT', '/faults', [{ match: { path: '/wxaapi/newtmpl/gettemplate' }, kind: 'busy' }])
    expect(await syncDueTemplates(at(next))).toBe(1)
    expect((await due()).getTime() - next.getTime()).toBe(15 * 60_000)
  })
})

describe('templates taken and deleted', () => {
  const library = async <T>(path: string) =>
    (await operator<{ items: T[] }>('GET', `/api/accounts/${accountId}/template-library/${path}`)).body.items

  test('D8: a subscription template is put together from the public library', async () => {
    await syncTemplates(ctx, accountId)
    const [category] = await library<{ id: string }>('categories')
    const [title] = await library<LibraryTitle>(`titles?categoryId=${category?.id}`)
    const keywords = await library<LibraryKeyword>(`keywords?tid=${title?.tid}`)
    const kids = keywords.slice(0, 2).map(({ kid }) => kid)
    const added = await operator<MessageTemplate>('POST', `/api/accounts/${accountId}/templates`, {
      kind: 'subscription',
      tid: title?.tid,
      kids,
      scene: '活动开始时提醒',
    })
    expect(added.status).toBe(200)
    expect(added.body.fields.map(({ name }) => name)).toEqual(keywords.slice(0, 2).map(({ name }) => name))
    expect((await of('subscription')).map(({ id }) => id)).toContain(added.body.id)
  })

  test('an account with 25 of a kind takes no more, with 24 it does', async () => {
    await syncTemplates(ctx, accountId)
    const have = (await of('subscription')).length
    const fill = (count: number) =>
      ctx.pool.query(
        `insert into simulator.template (id, account_id, kind, library_id, title, content, example, family, type, created_at)
         select md5(random()::text), t.account_id, 'subscription', t.library_id, 'x', t.content, '', 'category', 2, now()
         from generate_series(1, $1::int), (select * from simulator.template where id = $2) t`,
        [count, wechatId],
      )
    const { wechatId } = await first('subscription')
    await fill(24 - have)
    await syncTemplates(ctx, accountId)
    const [category] = await library<{ id: string }>('categories')
    const [title] = await library<LibraryTitle>(`titles?categoryId=${category?.id}`)
    const wish = { kind: 'subscription' as const, tid: title?.tid ?? '', kids: [1, 2], scene: '提醒' }
    expect((await addTemplate(ctx, accountId, wish)).goneAt).toBeNull()
    await expect(addTemplate(ctx, accountId, wish)).rejects.toMatchObject({
      reason: 'too_many_templates',
      detail: { most: 25 },
    })
  })

  test('deleting takes it away at WeChat; while an active task names it that is refused with its name', async () => {
    await syncTemplates(ctx, accountId)
    const { id } = await first('template')
    const use = (active: boolean) =>
      inTransaction(ctx.db, (trx) =>
        setTemplateUses(trx, { kind: 'campaign', id: '7', name: '下单提醒', active }, [id]),
      )
    await use(true)
    expect((await getTemplate(ctx.db, { accountId, templateId: id })).usedBy).toBe(1)
    await expect(deleteTemplate(ctx, accountId, id)).rejects.toMatchObject({
      reason: 'template_in_use',
      detail: { names: '下单提醒', count: 1 },
    })
    await use(false)
    expect((await deleteTemplate(ctx, accountId, id)).goneAt).not.toBeNull()
    expect(await syncTemplates(ctx, accountId)).toEqual({ added: [], changed: [], gone: [] })
    expect((await operator('DELETE', `/api/accounts/${accountId}/templates/${id}`)).status).toBe(200)
  })

  test('who only reads gets the list and changes nothing', async () => {
    const analyst = await api.signIn('analyst')
    expect((await analyst('GET', `/api/accounts/${accountId}/templates`)).status).toBe(200)
    expect((await analyst('POST', `/api/accounts/${accountId}/template-syncs`)).status).toBe(403)
  })
})
