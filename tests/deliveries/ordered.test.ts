import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { engineSweeps } from '../../src/modules/deliveries/engine/parts.ts'
import { PLACES, planDeliveries } from '../../src/modules/deliveries/index.ts'
import { until } from '../support/until.ts'
import { createDeliveryWorld, type DeliveryWorld, textContent } from './world.ts'

let world: DeliveryWorld
beforeAll(async () => {
  world = await createDeliveryWorld()
})
afterAll(() => world?.close())

test('C4: of one occasion a message never goes before the one in front of it has come to its end; other occasions don’t wait', async () => {
  const account = await world.bind({ fans: 1 })
  const sendId = await world.send(account, {
    ownerKind: 'auto-reply',
    lane: 'immediate',
    ordered: true,
    content: textContent('答复'),
  })
  const now = world.ctx.clock.now()
  const { rows } = await world.ctx.pool.query('select contact_id from fans where id = $1', [
    account.fanIds[0],
  ])
  const row = (event: number, place: number, dueAt: Date) => ({
    contactId: rows[0].contact_id as string,
    fanId: account.fanIds[0] as string,
    occurrence: String(event * PLACES + place),
    dueAt,
    version: 1,
  })
  const later = new Date(now.getTime() + 600_000)
  await inTransaction(world.ctx.db, (trx) =>
    planDeliveries(
      trx,
      sendId,
      [
        row(7, 0, later),
        row(7, 1, now),
        row(7, 2, now),
        { ...row(8, 0, now), passiveAt: now },
        row(8, 1, now),
        row(9, 0, now),
      ],
      now,
    ),
  )
  const states = async () =>
    Object.fromEntries(
      (
        await world.ctx.pool.query(
          `select occurrence / ${PLACES} || '.' || occurrence % ${PLACES} as place, state from deliveries where send_id = $1`,
          [sendId],
        )
      ).rows.map((one) => [one.place, one.state]),
    )
  const immediate = engineSweeps.filter(({ name }) => name.includes('immediate'))
  await until(
    async () => {
      for (const sweep of immediate) await sweep.run(world.ctx, new AbortController().signal)
      const { '8.1': eight, '9.0': nine } = await states()
      return eight === 'accepted' && nine === 'accepted'
    },
    { what: 'those who wait for nobody', everyMs: 1 },
  )
  expect(await states()).toEqual({
    '7.0': 'planned',
    '7.1': 'planned',
    '7.2': 'planned',
    '8.0': 'accepted',
    '8.1': 'accepted',
    '9.0': 'accepted',
  })
  await world.ctx.pool.query('update deliveries set due_at = $2 where send_id = $1 and due_at > $2', [
    sendId,
    now,
  ])
  await world.pump([sendId])
  expect(await world.states(sendId)).toEqual({ accepted: 6 })
  const went = await world.ctx.pool.query(
    `select occurrence from deliveries where send_id = $1 and occurrence / ${PLACES} = 7 order by settled_at, id`,
    [sendId],
  )
  expect(went.rows.map(({ occurrence }) => Number(occurrence) % PLACES)).toEqual([0, 1, 2])
  expect(await world.tallies(sendId)).toEqual({ accepted: 6 })
})

test('C4: twenty answers that WeChat refuses pause no other answer', async () => {
  const account = await world.bind({ fans: 30 })
  const sendId = await world.send(account, {
    ownerKind: 'auto-reply',
    ownerId: '2',
    lane: 'immediate',
    ordered: true,
  })
  await world.plan(sendId, account)
  world.recorder.behave = () => ({ answer: { errcode: 40007, errmsg: 'invalid media_id' } })
  await world.pump([sendId])
  expect(await world.states(sendId)).toMatchObject({ 'failed:content_refused': 30 })
  const { rows } = await world.ctx.pool.query('select state, refusals from sends where id = $1', [sendId])
  expect(rows).toEqual([{ state: 'running', refusals: 0 }])
})
