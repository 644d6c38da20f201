import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Segment } from '../../src/modules/segments/schema.ts'
import { readPushSecrets, sealedPush, textMessage } from '../support/pushes.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { ok, work } from './world.ts'

const SEGMENTS = 50
const PEOPLE = 20_000
/** WeChat gives up after 5 s; a tenth of that is still far from it on a busy machine. */
const LONGEST_MS = 500

let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 5 })
})
afterAll(() => world?.close())

test('recomputing 50 audiences doesn’t delay a callback’s answer', async () => {
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `with made as (insert into tags (name, created_at) values ('T', now()) returning id),
       people as (insert into contacts (created_at) select now() from generate_series(1, $1::int) returning id),
       carried as (insert into contact_tags (tag_id, contact_id, since)
         select made.id, people.id, '2020-01-01' from made, people where people.id % 3 > 0)
     select id from made`,
    [PEOPLE],
  )
  const tagged = { kind: 'tag', match: 'any', tags: [{ of: 'own', tagId: rows[0]?.id ?? '' }] }
  const rule = { kind: 'or', of: [tagged, { kind: 'not', of: tagged }, { kind: 'identity', has: 'fan' }] }
  const made: Segment[] = []
  for (let n = 0; n < SEGMENTS; n += 1)
    made.push(
      ok(await world.api<Segment>('POST', '/api/segments', { name: `S${n}`, updateKind: 'on_demand', rule })),
    )

  const { path, secrets } = await readPushSecrets(world.ctx, account)
  const push = async (n: number) => {
    const { url, body } = sealedPush(path, secrets, textMessage(`9${n}`, { from: account.openids[0] ?? '' }))
    const begun = performance.now()
    const answer = await fetch(`${world.apiUrl}${url}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/xml' },
    })
    await answer.text()
    expect(answer.status).toBe(200)
    return performance.now() - begun
  }
  await push(0)
  // a worker has connections of its own
  const worker = await world.another()
  let working = true
  const computed = work(worker).finally(() => {
    working = false
  })
  const answers: number[] = []
  for (let n = 1; working; n += 1) answers.push(await push(n))
  expect(await computed).toBe(SEGMENTS)
  expect(answers.length).toBeGreaterThan(10)
  const slowest = answers.toSorted((a, b) => b - a)
  expect(slowest[Math.floor(answers.length / 100)]).toBeLessThan(LONGEST_MS)
  for (const { id } of made)
    expect(ok(await world.api<Segment>('GET', `/api/segments/${id}`)).size).toBeGreaterThanOrEqual(PEOPLE)
})
