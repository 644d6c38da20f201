import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSegmentWorld, ok, type SegmentWorld } from '../../../tests/segments/world.ts'
import { seed, sized } from '../../../tests/support/index.ts'
import { differenceOf, overlapOf } from './commands/compare.ts'
import type { Segment, SegmentListItem } from './schema/segment.ts'

let world: SegmentWorld
beforeAll(async () => {
  world = await createSegmentWorld()
})
afterAll(() => world?.close())

const picked = async (contactIds: readonly string[], more: object = {}) =>
  ok(
    await world.api<Segment>('POST', '/api/segments/static', {
      name: '手选',
      from: { kind: 'contacts', contactIds },
      ...more,
    }),
  )
const split = async (id: string, body: object) =>
  ok(await world.api<{ seed: string; items: SegmentListItem[] }>('POST', `/api/segments/${id}/split`, body))
const membersOf = (parts: readonly SegmentListItem[]) => Promise.all(parts.map(({ id }) => world.members(id)))

describe('random split (E6)', () => {
  test('everybody is in exactly one part, sizes differ by at most one, the same seed splits the same way', async () => {
    const everybody = await world.people(120)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 20 }),
        fc.subarray(everybody, { minLength: 20 }),
        fc
          .string({ minLength: 1, maxLength: 20 })
          .filter((text) => text.trim() !== '' && !text.includes('\0')),
        async (parts, people, word) => {
          const { id } = await picked(people)
          const first = await split(id, { parts, seed: word })
          const members = await membersOf(first.items)
          expect(first.items).toHaveLength(parts)
          expect(members.flat().sort()).toEqual([...people].sort())
          const sizes = members.map((some) => some.length)
          expect(first.items.map(({ size }) => size)).toEqual(sizes)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
          expect(await membersOf((await split(id, { parts, seed: word })).items)).toEqual(members)
        },
      ),
      { numRuns: sized(8, 100), seed },
    )
  })

  test('shares in percent; a seed is drawn and kept; another one splits otherwise', async () => {
    const { id } = await picked(await world.people(200))
    const drawn = await split(id, { parts: 3, shares: [10, 20, 70], names: ['甲', '乙'] })
    expect(drawn.items.map(({ size, name }) => [size, name])).toEqual([
      [20, '甲'],
      [40, '乙'],
      [140, '手选 (3)'],
    ])
    expect(drawn.items[0]?.origin).toMatchObject({ kind: 'split', seed: drawn.seed, part: 1, parts: 3 })
    const other = await split(id, { parts: 3, shares: [10, 20, 70] })
    expect(await membersOf(other.items)).not.toEqual(await membersOf(drawn.items))
    const wrong = await world.api('POST', `/api/segments/${id}/split`, { parts: 2, shares: [50, 51] })
    expect(wrong.status).toBe(400)
  })

  test('a live segment is split as it is now; too few people are refused', async () => {
    const ids = await world.people(5)
    const live = await world.create({ rule: await world.tagged(ids), updateKind: 'live' })
    const { items } = await split(live.id, { parts: 2 })
    expect((await membersOf(items)).flat().sort()).toEqual([...ids].sort())
    const refused = await world.api('POST', `/api/segments/${live.id}/split`, { parts: 6 })
    expect(refused.body).toMatchObject({ error: { reason: 'segment_too_small', detail: { size: 5 } } })
  })
})

test('F3: a snapshot to export: the current one, of a live segment one of now that stays as it is', async () => {
  const ids = await world.people(4)
  const rule = await world.tagged(ids.slice(0, 2))
  const live = await world.create({ rule, updateKind: 'live' })
  const stored = await picked(ids)
  const take = async (id: string) =>
    ok(await world.api<{ snapshotId: string; size: number }>('POST', `/api/segments/${id}/snapshot`))
  expect(await take(stored.id)).toEqual({ snapshotId: stored.snapshotId, size: 4 })
  const taken = await take(live.id)
  await world.tag(rule, ids)
  const members = async () =>
    (await world.ctx.pool.query('select segment_member_ids($1) as id', [taken.snapshotId])).rows.map(
      ({ id }) => id,
    )
  expect([taken.size, await members()]).toEqual([2, ids.slice(0, 2)])
  expect((await take(live.id)).size).toBe(4)
  expect(await world.members(live.id)).toEqual(ids)
  await world.work()
})

describe('several segments (F3)', () => {
  test('overlaps, differences and combinations are those of the sets', async () => {
    const everybody = await world.people(24)
    const subset = fc.subarray(everybody, { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(subset, { minLength: 2, maxLength: 6 }), async (sets) => {
        const made = await Promise.all(sets.map((people) => picked(people)))
        const ids = made.map(({ id }) => id)
        const { sizes, regions, intersections } = await overlapOf(world.ctx, ids)
        expect(sizes.map(({ size }) => size)).toEqual(sets.map((people) => people.length))
        const inAll = (chosen: readonly string[]) =>
          everybody.filter((one) => ids.every((id, at) => !chosen.includes(id) || sets[at]?.includes(one)))
        expect(intersections).toHaveLength(2 ** sets.length - 1 - sets.length)
        for (const { segmentIds, size } of intersections) expect(size).toBe(inAll(segmentIds).length)
        const masks = everybody.map((one) => ids.filter((_, at) => sets[at]?.includes(one)).join())
        for (const { segmentIds, size } of regions)
          expect(size).toBe(masks.filter((mask) => mask === segmentIds.join()).length)
        expect(regions.reduce((sum, { size }) => sum + size, 0)).toBe(masks.filter(Boolean).length)

        const [a = [], b = []] = sets
        const [first = '', second = ''] = ids
        const difference = await differenceOf(world.ctx, [first, second], 3)
        expect(difference).toMatchObject({
          both: a.filter((one) => b.includes(one)).length,
          onlyFirst: a.filter((one) => !b.includes(one)).length,
          onlySecond: b.filter((one) => !a.includes(one)).length,
        })
        expect(difference.examplesFirst).toHaveLength(Math.min(3, difference.onlyFirst))
        for (const { contactId } of difference.examplesFirst) {
          expect(a).toContain(contactId)
          expect(b).not.toContain(contactId)
        }
        for (const [how, wanted] of [
          ['union', [...new Set([...a, ...b])]],
          ['intersection', a.filter((one) => b.includes(one))],
          ['difference', a.filter((one) => !b.includes(one))],
        ] as const) {
          const combined = ok(
            await world.api<Segment>('POST', '/api/segments/combine', {
              name: how,
              how,
              segmentIds: [first, second],
            }),
          )
          expect((await world.members(combined.id)).sort()).toEqual([...wanted].sort())
        }
      }),
      { numRuns: sized(8, 100), seed },
    )
  })
})

describe('static ones of ids', () => {
  test('openids, phones and user ids; unknown ones are counted and can be downloaded', async () => {
    const accountId = await world.account()
    const [one = '', two = '', stranger = ''] = await world.people(3, accountId)
    await world.ctx.pool.query(
      `insert into contact_identities (kind, value, contact_id, added_at)
       values ('phone', '+8613800138000', $1, now()), ('user', 'u-1', $1, now()), ('user', 'u-2', $2, now())`,
      [one, two],
    )
    const make = async (idKind: string, ids: string[], account = accountId) =>
      ok(
        await world.api<Segment>('POST', '/api/segments/static', {
          name: idKind,
          accountId: account,
          from: { kind: 'ids', idKind, ids },
        }),
      )
    const openids = await make('openid', [`oFan_${one}`, `oFan_${stranger}`, 'oNobody', `oFan_${one}`])
    expect(openids).toMatchObject({ size: 2, origin: { given: 4, repeated: 1, unknown: 1 } })
    expect(await world.members(openids.id)).toEqual([one, stranger])
    const phones = await make('phone', ['138 0013 8000', '+86 138-0013-8000', '=cmd|1', '13900139000'])
    expect(phones).toMatchObject({ size: 1, origin: { given: 4, repeated: 1, unknown: 2 } })
    const users = await make('user', ['u-1', 'u-2', 'u-3'])
    expect(await world.members(users.id)).toEqual([one, two])
    // of another account's fans there are none among them
    expect((await make('user', ['u-1'], await world.account())).size).toBe(0)
    const needs = await world.api('POST', '/api/segments/static', {
      name: 'x',
      from: { kind: 'ids', idKind: 'openid', ids: ['o'] },
    })
    expect(needs.body).toMatchObject({ error: { reason: 'segment_account_needed' } })
  })

  test('a file of any of the usual shapes, and the file of unknown ids is safe to open', async () => {
    const accountId = await world.account()
    const [one = '', two = ''] = await world.people(2, accountId)
    const upload = async (text: string | Uint8Array<ArrayBuffer>, idKind = 'openid') => {
      const form = new FormData()
      form.append('file', new Blob([text]), 'ids.csv')
      return world.api<Segment>(
        'POST',
        `/api/segments/static/upload?name=f&idKind=${idKind}&accountId=${accountId}`,
        form,
      )
    }
    for (const text of [
      `oFan_${one}\noFan_${two}\n`,
      `﻿name,openid\r\n"a,b",oFan_${one}\r\n,"oFan_${two}"\r\n`,
      `昵称\topenid\n甲\toFan_${one}\n乙\toFan_${two}`,
    ])
      expect(ok(await upload(text))).toMatchObject({ size: 2, origin: { given: 2, unknown: 0 } })
    const reasons = await Promise.all([
      upload('a,b\nc,d\n'),
      upload(''),
      upload(new Uint8Array([0xff, 0xfe, 0, 1, 2])),
    ])
    expect(reasons.map(({ body }) => (body as { error?: { reason: string } }).error?.reason)).toEqual([
      'id_column_missing',
      'list_empty',
      'file_not_text',
    ])
    const bad = ok(await upload(`=HYPERLINK("x")\noFan_${one}\n+1\n`))
    expect(bad.origin).toMatchObject({ unknown: 2 })
    const { rows } = await world.ctx.pool.query(
      'select value from segment_unknown_ids where segment_id = $1',
      [bad.id],
    )
    expect(rows).toHaveLength(2)
    const cookies = await cookiesOf(world)
    const file = await world.server.app.inject({
      method: 'GET',
      url: `/api/segments/${bad.id}/unknown-ids`,
      cookies,
    })
    expect(file.headers['content-type']).toContain('text/csv')
    expect(file.body).toBe(`﻿id\r\n"'=HYPERLINK(""x"")"\r\n'+1\r\n`)
  })
})

describe('who may see what', () => {
  test('an operator of one account sees and makes segments of that account only; analysts see no openid', async () => {
    const [mine, other] = [await world.account(), await world.account()]
    const [shared = '', ...rest] = await world.people(4, mine)
    const rule = await world.tagged([shared, ...rest])
    const all = await world.create({ rule, updateKind: 'live', name: '全部' })
    const theirs = await world.create({ rule, updateKind: 'live', accountId: other })
    const ours = await world.create({ rule, updateKind: 'live', accountId: mine })
    const limited = await world.server.signIn('operator', [mine])
    const seen = ok(await limited<{ items: SegmentListItem[] }>('GET', '/api/segments'))
    expect(seen.items.map(({ id }) => id)).toEqual([ours.id])
    for (const { id } of [all, theirs]) {
      expect((await limited('GET', `/api/segments/${id}`)).status).toBe(404)
      expect((await limited('GET', `/api/segments/${id}/members`)).status).toBe(404)
      expect((await limited('POST', `/api/segments/${id}/split`, { parts: 2 })).status).toBe(404)
      const overlap = await limited('POST', '/api/segments/overlap', { segmentIds: [ours.id, id] })
      expect(overlap.status).toBe(404)
      const named = await limited('POST', '/api/segments', {
        name: 'x',
        updateKind: 'live',
        accountId: mine,
        rule: { kind: 'segment', segmentId: id },
      })
      expect(named.status).toBe(400)
    }
    const make = (accountId?: string) =>
      limited('POST', '/api/segments', {
        name: 'x',
        updateKind: 'live',
        rule,
        ...(accountId && { accountId }),
      })
    expect((await make()).body).toMatchObject({ error: { reason: 'segment_account_needed' } })
    expect((await make(other)).status).toBe(403)
    expect((await make(mine)).status).toBe(200)
    const mates = ok(await limited<{ items: SegmentListItem[] }>('GET', `/api/contacts/${shared}/segments`))
    expect(mates.items.every(({ accountId }) => accountId === mine)).toBe(true)

    const analyst = await world.server.signIn('analyst')
    const page = ok(await analyst<{ items: { openid: string }[] }>('GET', `/api/segments/${ours.id}/members`))
    expect(page.items[0]?.openid).toMatch(/…/)
    expect((await analyst('POST', `/api/segments/${ours.id}/refresh`)).status).toBe(403)
  })

  test('a segment about an account holds its fans only', async () => {
    const [mine, other] = [await world.account(), await world.account()]
    const [here, there] = [await world.people(3, mine), await world.people(3, other)]
    const rule = await world.tagged([...here, ...there])
    for (const updateKind of ['live', 'on_demand'] as const) {
      const { id } = await world.create({ rule, updateKind, accountId: mine })
      await world.work()
      expect(await world.members(id)).toEqual(here)
      expect((await world.read(id)).size).toBe(3)
    }
  })
})

async function cookiesOf({ server, ctx }: SegmentWorld): Promise<Record<string, string>> {
  const { createOperator } = await import('../operators/index.ts')
  const [email, password] = ['file@example.com', 'a long enough password']
  await createOperator(ctx, {
    email,
    password,
    name: 'f',
    role: 'operator',
    allAccounts: true,
    accountIds: [],
  })
  const session = await server.app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'x-weida-request': '1' },
    payload: { email, password },
  })
  return Object.fromEntries(session.cookies.map(({ name, value }) => [name, value]))
}
