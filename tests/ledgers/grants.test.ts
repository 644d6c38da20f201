import { afterAll, beforeAll, expect, test } from 'vitest'
import { after, beijing, createLedgerWorld, type Fan, type LedgerWorld } from './world.ts'

let world: LedgerWorld
let accountId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
})
afterAll(() => world?.close())

let templates = 0
const template = async (term: 'one-time' | 'long-term', fingerprint = 'as-is') => {
  templates += 1
  const id = await world.one(
    `insert into message_templates (account_id, kind, wechat_id, title, content, fields, term, fingerprint, first_seen_at, synced_at)
     values ($1, 'subscription', $2, 't', '', '[]', $3, $4, now(), now()) returning id`,
    accountId,
    `tmpl-${templates}`,
    term,
    fingerprint,
  )
  return { id, wechatId: `tmpl-${templates}`, fingerprint: 'as-is' }
}
const grant = (fan: Fan, templateId: string, granted: number) =>
  world.ctx.pool.query(
    'insert into subscription_grants (fan_id, template_id, account_id, granted, accepted_at) values ($1, $2, $3, $4, $5)',
    [fan.fanId, templateId, accountId, granted, NOW],
  )
const left = async (fan: Fan, templateId: string) =>
  Number(
    await world.one(
      'select granted - used as id from subscription_grants where fan_id = $1 and template_id = $2',
      fan.fanId,
      templateId,
    ),
  )
async function plan(fan: Fan, of: Awaited<ReturnType<typeof template>>) {
  const sendId = await world.send(accountId, { channel: 'subscription', template: of })
  return world.delivery(sendId, fan)
}
const ask = async (fan: Fan, of: Awaited<ReturnType<typeof template>>, now = NOW) => {
  const id = await plan(fan, of)
  const decision = await world.decided(accountId, id, now)
  return { id, reason: decision.kind === 'send' ? null : decision.reason }
}

test('D8: one acceptance is one notification, for somebody who doesn’t follow as well; a long-term one is never spent', async () => {
  const once = await template('one-time')
  const always = await template('long-term')
  const fan = await world.fan(accountId, { following: false })
  expect((await ask(fan, once)).reason).toBe('no_grant')
  await grant(fan, once.id, 1)
  await grant(fan, always.id, 1)
  expect((await ask(fan, once)).reason).toBeNull()
  expect((await ask(fan, once)).reason).toBe('grant_used_up')
  for (let sent = 0; sent < 3; sent += 1) expect((await ask(fan, always)).reason).toBeNull()
})

test('spent by success only: a refusal and a failed result give it back, 43101 takes all', async () => {
  const once = await template('one-time')
  const fan = await world.fan(accountId)
  await grant(fan, once.id, 3)
  const sent = await ask(fan, once)
  await world.settle(sent.id, 'accepted', undefined, NOW, once.id)
  expect(await left(fan, once.id)).toBe(2)
  await world.settle(sent.id, 'failed', undefined, NOW, once.id)
  expect(await left(fan, once.id)).toBe(3)
  const refused = await ask(fan, once)
  await world.settle(refused.id, 'refused', 47003, NOW, once.id)
  expect(await left(fan, once.id)).toBe(3)
  const unknown = await ask(fan, once)
  await world.settle(unknown.id, 'unknown', undefined, NOW, once.id)
  expect(await left(fan, once.id)).toBe(2)
  const denied = await ask(fan, once)
  await world.settle(denied.id, 'refused', 43101, after(NOW, 1_000), once.id)
  expect((await ask(fan, once)).reason).toBe('grant_refused')
})

test('two processes at once never spend one acceptance twice', async () => {
  const once = await template('one-time')
  const fan = await world.fan(accountId)
  await grant(fan, once.id, 2)
  const other = await world.another()
  const ids = await Promise.all(Array.from({ length: 8 }, () => plan(fan, once)))
  const rounds = await Promise.all(
    ids.map((id, index) =>
      world.intend({ accountId, deliveryIds: [id], now: NOW }, index % 2 === 0 ? world.ctx : other),
    ),
  )
  const taken = rounds.flatMap(({ reserved }) => [...reserved.values()]).filter((one) => one !== 'raced')
  expect(taken).toHaveLength(2)
  expect(await left(fan, once.id)).toBe(0)
})

test('a template that changed or is gone holds everybody, whatever they accepted', async () => {
  const changed = await template('one-time', 'other-fields')
  const gone = await template('one-time')
  const fan = await world.fan(accountId)
  await grant(fan, changed.id, 1)
  await grant(fan, gone.id, 1)
  await world.ctx.pool.query('update message_templates set gone_at = now() where id = $1', [gone.id])
  expect((await ask(fan, changed)).reason).toBe('template_changed')
  expect((await ask(fan, gone)).reason).toBe('template_gone')
  expect(await left(fan, gone.id)).toBe(1)
})
