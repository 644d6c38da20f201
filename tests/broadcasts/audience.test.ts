import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { createStaticSegment } from '../../src/modules/segments/index.ts'
import { type Bound, createSendingWorld, freshText, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
let ids: string[]

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 12 })
  ids = account.fanIds
})
afterAll(() => world?.close())

/** A segment of these fans of the account. */
const segmentOf = (name: string, fanIds: readonly string[]): Promise<string> =>
  inTransaction(world.ctx.db, (trx) =>
    createStaticSegment(world.ctx, trx, {
      name,
      accountId: account.id,
      origin: { kind: 'picked' },
      people: sql<{
        contact_id: string
      }>`select contact_id from fans where id = any(${[...fanIds]}::bigint[])`,
    }),
  )
const tagAs = (tagId: number, fanIds: readonly string[]) =>
  world.ctx.pool.query('update fans set tag_ids = tag_ids || $1::int where id = any($2::bigint[])', [
    tagId,
    fanIds,
  ])

test('D4: segments and tags together are whoever is in any of them and in none of those left out, each once', async () => {
  const [some, others, gone] = [
    await segmentOf('一', ids.slice(0, 4)),
    await segmentOf('二', ids.slice(3, 5)),
    await segmentOf('去', ids.slice(1, 2)),
  ]
  await tagAs(501, ids.slice(2, 8))
  await tagAs(502, ids.slice(6, 7))
  const shown = async (audience: object) => {
    const broadcast = await world.draft(account, {
      audience: { kind: 'segments', include: [], exclude: [], ...audience },
    })
    const { total, reached } = await world.preflight(broadcast)
    return [total, reached]
  }
  expect(await shown({ include: [some, others] })).toEqual([5, 5])
  expect(await shown({ tags: [501] })).toEqual([6, 6])
  expect(await shown({ include: [some, others], tags: [501] })).toEqual([8, 8])
  expect(await shown({ include: [some], tags: [501, 502], exclude: [gone] })).toEqual([7, 7])
  expect(await shown({ include: [some], tags: [501], excludeTags: [502] })).toEqual([7, 7])
  expect(await shown({ include: [some], exclude: [gone], excludeTags: [501] })).toEqual([1, 1])
})

test('E7: a draft is kept before anybody is chosen for it, and says so instead of going out', async () => {
  const empty = { kind: 'segments' as const, include: [], exclude: [] }
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: ids.slice(0, 3) },
    comparisons: [{ name: '待选', audience: empty }],
  })
  const { blockers } = await world.preflight(broadcast)
  expect(blockers).toContainEqual({ reason: 'audience_empty', detail: { group: 1, groupName: '待选' } })
  const sent = await world.api<{ error?: { reason: string } }>(
    'POST',
    `/api/accounts/${account.id}/broadcasts/${broadcast.id}/send`,
    { version: broadcast.version, expected: [{ arm: 0, reached: 3 }] },
  )
  expect(sent).toMatchObject({ status: 409, body: { error: { reason: 'blocked' } } })
  expect(await world.read(broadcast)).toMatchObject<Partial<Broadcast>>({ state: 'draft' })
})

test('D4: a tag both named and left out is refused', async () => {
  const answer = await world.api('POST', `/api/accounts/${account.id}/broadcasts`, {
    name: 'x',
    groups: [
      {
        name: 'x',
        path: 'list',
        content: freshText(),
        audience: { kind: 'segments', include: [], tags: [501], excludeTags: [501] },
      },
    ],
  })
  expect(answer.status).toBe(400)
})
