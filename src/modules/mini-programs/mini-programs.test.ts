import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, createTestApi, type TestApi } from '../../../tests/support/api.ts'
import { singleGroup } from '../../../tests/support/broadcasts.ts'
import { createTestWorld, type TestWorld } from '../../../tests/support/world.ts'
import { type Actor, withActor } from '../../context.ts'
import { bindAccount } from '../accounts/index.ts'
import { archiveMiniProgram, linkMiniProgram, unlinkMiniProgram } from './commands.ts'
import { listLinkedAppIds } from './index.ts'
import { getMiniProgram } from './reads.ts'
import type { MiniProgram } from './schema.ts'

let world: TestWorld
let api: TestApi
let admin: Caller
let ours: string
let theirs: string

beforeAll(async () => {
  world = await createTestWorld()
  api = await createTestApi(world.ctx)
  admin = await api.signIn('administrator')
  ours = await bindAccount(world.ctx, await world.account())
  theirs = await bindAccount(world.ctx, await world.account())
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const freshAppid = () => `wx${randomBytes(8).toString('hex')}`
const create = (overrides = {}, caller = admin) =>
  caller<MiniProgram>('POST', '/api/mini-programs', {
    appid: freshAppid(),
    name: '会员商城',
    ...overrides,
  })
const made = async () => (await create()).body
const link = (accountId: string, { id }: MiniProgram, caller = admin) =>
  caller<MiniProgram>('PUT', `/api/accounts/${accountId}/mini-programs/${id}`)
const act = (one: MiniProgram, verb: 'archive' | 'restore') =>
  admin<MiniProgram>('POST', `/api/mini-programs/${one.id}/${verb}`)
const refusal = (status: number, reason: string) => ({ status, body: { error: { reason } } })
const listed = async (caller: Caller, query = '') =>
  (await caller<{ items: MiniProgram[] }>('GET', `/api/mini-programs${query}`)).body.items
const trail = async ({ id }: MiniProgram) => {
  const { rows } = await world.ctx.pool.query<{ action: string; account_id: string | null }>(
    `select action, account_id from audit_entries where subject_kind = 'mini-program' and subject_id = $1 order by id`,
    [id],
  )
  return rows.map((row) => [row.action, row.account_id])
}

describe('E1: binding mini programs', () => {
  test('one is bound with what is known of it, and corrected', async () => {
    const { status, body } = await create({ ghId: 'gh_0123456789ab', note: '积分兑换' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ ghId: 'gh_0123456789ab', note: '积分兑换', archived: false, links: [] })
    const changed = await admin('PATCH', `/api/mini-programs/${body.id}`, { name: '商城', ghId: null })
    expect(changed.body).toMatchObject({ appid: body.appid, name: '商城', ghId: null, note: '积分兑换' })
    expect(await listed(admin)).toContainEqual(changed.body)
    expect(await trail(body)).toEqual([
      ['mini_program.created', null],
      ['mini_program.updated', null],
    ])
  })

  test.each([
    ['a name of 60', { name: '名'.repeat(60) }, 200],
    ['a name of 61', { name: '名'.repeat(61) }, 400],
    ['no name', { name: ' ' }, 400],
    ['an app id of 15 places', { appid: `wx${'a'.repeat(15)}` }, 400],
    ['an app id of 17 places', { appid: `wx${'a'.repeat(17)}` }, 400],
    ['an original id that is none', { ghId: 'mall' }, 400],
    ['a note of 200', { note: '注'.repeat(200) }, 200],
    ['a note of 201', { note: '注'.repeat(201) }, 400],
  ])('%s', async (_what, overrides, status) => {
    expect((await create(overrides)).status).toBe(status)
  })

  test('an app id is bound once, also when several try at the same time, and also while archived', async () => {
    const appid = freshAppid()
    const tries = await Promise.all([create({ appid }), create({ appid }), create({ appid })])
    expect(tries.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const winner = tries.find(({ status }) => status === 200)?.body as MiniProgram
    expect(await trail(winner)).toEqual([['mini_program.created', null]])
    await act(winner, 'archive')
    expect(await create({ appid })).toMatchObject({
      status: 409,
      body: { error: { reason: 'appid_taken', detail: { appid, archived: true } } },
    })
  })

  test('an official account’s app id is no mini program’s', async () => {
    const account = await world.account()
    await bindAccount(world.ctx, account)
    expect(await create({ appid: account.appid })).toMatchObject(refusal(409, 'appid_of_account'))
  })

  test('an archived one is not listed, not changed and not linked, and comes back with its links', async () => {
    const one = await made()
    await link(ours, one)
    expect((await act(one, 'archive')).body).toMatchObject({ archived: true })
    expect((await listed(admin)).map(({ id }) => id)).not.toContain(one.id)
    expect((await listed(admin, '?archived=true')).map(({ id }) => id)).toContain(one.id)
    expect(await listLinkedAppIds(world.ctx, ours)).not.toContain(one.appid)
    const archived = refusal(409, 'mini_program_archived')
    expect(await act(one, 'archive')).toMatchObject(archived)
    expect(await admin('PATCH', `/api/mini-programs/${one.id}`, { name: '商城' })).toMatchObject(archived)
    expect(await link(theirs, one)).toMatchObject(archived)
    expect((await act(one, 'restore')).body.links).toHaveLength(1)
    expect(await act(one, 'restore')).toMatchObject(refusal(409, 'mini_program_not_archived'))
    expect(await listLinkedAppIds(world.ctx, ours)).toContain(one.appid)
  })
})

describe('E1: links to accounts', () => {
  test('a link says who made it and when; repeating it or taking it back twice leaves no second entry', async () => {
    const one = await made()
    const { body } = await link(ours, one)
    expect(body.links).toEqual([{ accountId: ours, linkedBy: 'administrator', linkedAt: expect.any(String) }])
    expect((await link(ours, one)).body).toEqual(body)
    const path = `/api/accounts/${ours}/mini-programs`
    const linked = (await admin<{ items: object[] }>('GET', path)).body.items
    expect(linked).toContainEqual({
      id: one.id,
      appid: one.appid,
      name: one.name,
      linkedAt: body.links[0]?.linkedAt,
    })
    expect(await listLinkedAppIds(world.ctx, theirs)).not.toContain(one.appid)
    for (let time = 0; time < 2; time += 1)
      expect((await admin<MiniProgram>('DELETE', `${path}/${one.id}`)).body.links).toEqual([])
    expect(await listLinkedAppIds(world.ctx, ours)).not.toContain(one.appid)
    expect(await trail(one)).toEqual([
      ['mini_program.created', null],
      ['mini_program.linked', ours],
      ['mini_program.unlinked', ours],
    ])
  })

  test('neither an archived account nor a mini program nobody bound is linked', async () => {
    const gone = await bindAccount(world.ctx, await world.account())
    await admin('POST', `/api/accounts/${gone}/archive`)
    expect(await link(gone, await made())).toMatchObject(refusal(409, 'account_archived'))
    expect((await admin('PUT', `/api/accounts/${ours}/mini-programs/999999`)).status).toBe(404)
  })

  test.each(['analyst', 'approver', 'operator'] as const)('%s: looks, but manages nothing', async (role) => {
    const caller = await api.signIn(role, [ours])
    const one = await made()
    await link(ours, one)
    await link(theirs, one)
    const seen = (await listed(caller)).find(({ id }) => id === one.id)
    expect(seen?.links.map(({ accountId }) => accountId)).toEqual([ours])
    const linked = await caller<{ items: MiniProgram[] }>('GET', `/api/accounts/${ours}/mini-programs`)
    expect(linked.body.items.map(({ id }) => id)).toContain(one.id)
    const missing = refusal(403, 'permission_missing')
    expect(await create({}, caller)).toMatchObject(missing)
    expect(await caller('PATCH', `/api/mini-programs/${one.id}`, { name: 'x' })).toMatchObject(missing)
    expect(await caller('POST', `/api/mini-programs/${one.id}/archive`)).toMatchObject(missing)
    expect(await link(ours, one, caller)).toMatchObject(missing)
    expect(await caller('DELETE', `/api/accounts/${ours}/mini-programs/${one.id}`)).toMatchObject(missing)
  })

  test('who doesn’t hold the account neither reads nor changes its links', async () => {
    const one = await made()
    const caller = await api.signIn('operator', [ours])
    const foreign = refusal(403, 'account_not_allowed')
    expect(await caller('GET', `/api/accounts/${theirs}/mini-programs`)).toMatchObject(foreign)
    const actor: Actor = {
      kind: 'operator',
      id: '1',
      name: '小王',
      role: 'administrator',
      accounts: [ours],
      locale: 'zh-CN',
    }
    const scoped = withActor(world.ctx, actor)
    const pair = { accountId: theirs, miniProgramId: one.id }
    const hidden = { code: 'not_found', detail: { what: 'account' } }
    await expect(linkMiniProgram(scoped, pair)).rejects.toMatchObject(hidden)
    await linkMiniProgram(world.ctx, pair)
    await expect(unlinkMiniProgram(scoped, pair)).rejects.toMatchObject(hidden)
    await expect(listLinkedAppIds(scoped, theirs)).rejects.toMatchObject(hidden)
    expect((await getMiniProgram(scoped, one.id)).links).toEqual([])
    expect((await getMiniProgram(world.ctx, one.id)).links).toHaveLength(1)
  })
})

describe('E1, E3: mini-program links in a mass send', () => {
  const linkTo = (appid: string) =>
    `<a href="https://example.com/m" data-miniprogram-appid="${appid}" data-miniprogram-path="pages/index">进入商城</a>`
  const problems = async (...appids: string[]) => {
    const { body: draft } = await admin<{ id: string }>(
      'POST',
      `/api/accounts/${ours}/broadcasts`,
      singleGroup({
        name: '小程序',
        audience: { kind: 'all' },
        content: { kind: 'text', text: appids.map(linkTo).join('，') },
        path: 'list',
      }),
    )
    const { body } = await admin<{ blockers: { reason: string; detail: object }[] }>(
      'POST',
      `/api/accounts/${ours}/broadcasts/${draft.id}/preflight`,
      {},
    )
    return body.blockers.filter(({ reason }) => reason.startsWith('mini_program'))
  }
  const unbound = ({ appid }: { appid: string }) => ({
    reason: 'mini_program_not_bound',
    detail: { field: 'text', appid },
  })

  test('pre-flight stops one that is not bound, or bound and not linked to this account', async () => {
    const nobodys = { appid: freshAppid() }
    const elsewhere = await made()
    await link(theirs, elsewhere)
    expect(await problems(nobodys.appid, elsewhere.appid)).toEqual([unbound(nobodys), unbound(elsewhere)])
  })

  test('one that is bound and linked may go out until it is archived or unlinked', async () => {
    const [one, other] = [await made(), await made()]
    await link(ours, one)
    await link(ours, other)
    expect(await problems(one.appid, other.appid)).toEqual([])
    await archiveMiniProgram(world.ctx, one.id)
    await unlinkMiniProgram(world.ctx, { accountId: ours, miniProgramId: other.id })
    expect(await problems(one.appid, other.appid)).toEqual([unbound(one), unbound(other)])
  })

  test('a malformed app id is told once, by the check of the text', async () => {
    expect((await problems('wx123')).map(({ reason }) => reason)).toEqual(['mini_program_incomplete'])
  })
})
