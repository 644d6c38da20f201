import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/infra/postgres/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../support/index.ts'

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase({ empty: true })
  await migrate(database.url, { upTo: '20261121_0021' })
  client = new pg.Client(database.url)
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

/** State and step of a send from before there were groups, and the state of it and of its arm afterwards. */
const CASES = [
  ['draft', null, 'draft', 'draft'],
  ['preparing', 'selecting', 'preparing', 'draft'],
  ['preparing', 'copying', 'running', 'opening'],
  ['running', null, 'running', 'running'],
  ['paused', 'selecting', 'paused', 'draft'],
  ['paused', 'copying', 'paused', 'opening'],
  ['paused', null, 'paused', 'running'],
  ['ended', null, 'ended', 'ended'],
  ['cancelled', null, 'cancelled', 'cancelled'],
  ['failed', null, 'failed', 'failed'],
] as const

test('E7: a send from before there were groups is one group with one arm that goes on where it was', async () => {
  const { rows: accounts } = await client.query(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at)
     values ('wx0000000000000001', 'A', 'service', true, '', 'k', '', '', now()) returning id`,
  )
  const { rows: activities } = await client.query(
    `insert into activities (name, created_at) values ('会员日', now()) returning id`,
  )
  for (const [n, [state, step]] of CASES.entries()) {
    const frozen = state === 'draft' ? null : '{"kind":"ready","message":{}}'
    const isSelected = state !== 'draft' && step !== 'selecting'
    const { rows } = await client.query(
      `insert into broadcasts (account_id, name, state, step, audience, content, path, activity_id, frozen_content, planned, skipped,
         frozen_at, created_at, updated_at)
       values ($1, 'b', $2, $3, '{"kind":"all"}', '{"kind":"text","text":"x"}', 'tag', $4, $5, $6, $7, $8, now(), now())
       returning id`,
      [
        accounts[0].id,
        state,
        step,
        activities[0].id,
        frozen,
        isSelected ? 5 : null,
        isSelected ? '{"not_following":2,"erased":1}' : '{}',
        isSelected ? new Date() : null,
      ],
    )
    if (isSelected)
      await client.query(
        `insert into broadcast_batches (broadcast_id, account_id, seq, size, client_msg_id, due_at, state, sent_count)
         values ($1, $2, 0, 5, $3, now(), $4, $5)`,
        [
          rows[0].id,
          accounts[0].id,
          `c${n}`,
          state === 'ended' ? 'delivered' : 'planned',
          state === 'ended' ? 4 : null,
        ],
      )
  }
  await migrate(database.url)
  const { rows } = await client.query(
    `select b.state, b.step, a.state as arm, a.kind, a.number, a.planned, g.path, g.audience, g.total, g.filtered,
       a.frozen_content is not null as frozen, a.due_at is not null as due
     from broadcasts b join broadcast_groups g on g.broadcast_id = b.id join broadcast_arms a on a.group_id = g.id
     order by b.id`,
  )
  expect(rows).toEqual(
    CASES.map(([state, step, after, arm]) => {
      const isSelected = state !== 'draft' && step !== 'selecting'
      return {
        state: after,
        step: step === 'selecting' ? 'selecting' : null,
        arm,
        kind: 'whole',
        number: 0,
        planned: isSelected ? 5 : null,
        path: 'tag',
        audience: { kind: 'all' },
        total: isSelected ? 8 : null,
        filtered: isSelected ? 0 : null,
        frozen: state !== 'draft',
        due: step === 'copying',
      }
    }),
  )
  const { rows: work } = await client.query('select kind, sent, delivered from activity_work where sent > 0')
  expect(work).toEqual([{ kind: 'broadcast', sent: '5', delivered: '4' }])
  for (const [what, refused] of [
    [`update broadcast_arms set kind = 'variant'`, /check/],
    [`update broadcast_arms set state = 'ended', frozen_content = null`, /check/],
    [`update broadcast_batches set arm = 1`, /broadcast_batches_arm/],
    [`update broadcast_groups set test = '{}'`, /check/],
  ] as const)
    await expect(client.query(what)).rejects.toThrow(refused)
})
