import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { matchReceipts, templateResults } from '../../src/modules/deliveries/engine/receipts.ts'
import { eraseDeliveries } from '../../src/modules/deliveries/index.ts'
import { after, beijing, createLedgerWorld, type Fan, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

const report = (fan: Fan, msgId: string, fanId: string | null = fan.fanId) =>
  inTransaction(world.ctx.db, (trx) =>
    templateResults.react(
      world.ctx,
      [
        {
          ...world.event('wechat.template_finished', fan, after(NOW, 2_000), { msgId, outcome: 'success' }),
          fanId,
        },
      ],
      trx,
    ),
  )
const sent = async (fan: Fan, fields: { state: string; reason?: string; msgId?: string }) => {
  const sendId = await world.send(accountId, { channel: 'template' })
  const id = await world.delivery(sendId, fan, { state: fields.state, intentAt: NOW })
  await world.ctx.pool.query('update deliveries set reason = $2, msg_id = $3 where id = $1', [
    id,
    fields.reason ?? null,
    fields.msgId ?? null,
  ])
  return id
}
const state = async (id: string) => {
  const { rows } = await world.ctx.pool.query<{ state: string; msg_id: string | null }>(
    'select state, msg_id from deliveries where id = $1',
    [id],
  )
  return rows[0]
}

test('D9: a result that may be of a message still on its way resolves no other one in doubt', async () => {
  const fan = await world.fan(accountId)
  const doubted = await sent(fan, { state: 'unknown', reason: 'no_answer' })
  const flying = await sent(fan, { state: 'sending' })
  await report(fan, 'M1')
  expect(await state(doubted)).toEqual({ state: 'unknown', msg_id: null })
  // its answer, written a moment later, names that very message
  await world.ctx.pool.query(`update deliveries set state = 'accepted', msg_id = 'M1' where id = $1`, [
    flying,
  ])
  expect(await matchReceipts(world.ctx)).toBe(1)
  expect(await state(flying)).toEqual({ state: 'delivered', msg_id: 'M1' })
  // now the one in doubt is the only one
  await report(fan, 'M0')
  expect(await state(doubted)).toEqual({ state: 'delivered', msg_id: 'M0' })
})

test('D9: the result of a message whose person was erased while it was on its way still settles it', async () => {
  const fan = await world.fan(accountId)
  const id = await sent(fan, { state: 'accepted', msgId: 'M2' })
  await inTransaction(world.ctx.db, async (trx) => {
    await eraseDeliveries(trx, [fan.contactId], { erasureId: '7', now: NOW })
  })
  await world.ctx.pool.query('delete from fans where id = $1', [fan.fanId])
  await report(fan, 'M2', null)
  expect(await state(id)).toEqual({ state: 'delivered', msg_id: 'M2' })
  // of a message nobody knows nothing is kept about somebody nobody knows
  await report(fan, 'M3', null)
  expect(await world.one('select count(*) as id from delivery_receipts')).toBe('0')
})
