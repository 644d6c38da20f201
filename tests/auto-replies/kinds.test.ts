import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { addTargets, replyRulesChanged, saveOwnedRule } from '../../src/modules/auto-replies/index.ts'
import { answer, createReplyWorld, pushesOf, type ReplyWorld, words } from './world.ts'

let world: ReplyWorld

beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const owned = async (kind: 'scan' | 'menu', targets: string[], text: string, id = targets[0] as string) => {
  const { ruleId } = await inTransaction(world.ctx.db, (trx) =>
    saveOwnedRule(world.ctx, trx, {
      owner: { kind: kind === 'scan' ? 'qr-code' : 'menu', id: String(id.length) },
      kind,
      accountId: world.own.id,
      name: text,
      answer: answer(text),
      targets,
    }),
  )
  await replyRulesChanged(world.ctx, [world.own.id])
  return ruleId as string
}

test('D12: a follow, a scan and a tap get their own answers; a follow through a code that of the code', async () => {
  await world.rule({ kind: 'follow', answer: answer('谢谢关注') })
  const code = await owned('scan', ['shop-1'], '一号店')
  await inTransaction(world.ctx.db, (trx) =>
    addTargets(world.ctx, trx, code, world.own.id, 'scan', ['shop-2']),
  )
  await replyRulesChanged(world.ctx, [world.own.id])
  const fan = world.next()
  await world.acts(fan, 'unfollow')
  await world.acts(fan, 'follow')
  expect(await world.heard(fan)).toEqual(['谢谢关注'])
  await world.acts(fan, 'unfollow')
  await world.acts(fan, 'follow', { qrScene: 'shop-2' })
  expect(await world.heard(fan)).toEqual(['谢谢关注', '一号店'])
  await world.acts(fan, 'unfollow')
  await world.acts(fan, 'follow', { qrScene: 'unknown' })
  expect(await world.heard(fan), 'a code without an answer').toEqual(['谢谢关注', '一号店', '谢谢关注'])
  const pushes = await pushesOf(world)
  expect(await pushes.send(pushes.scan(fan, 'shop-1'))).toContain('一号店')
  expect(await pushes.send(pushes.scan(fan, 'unknown'))).toBeNull()
})

test('D12: a tap on a button gets the answer of its key, and none once that is archived', async () => {
  const pushes = await pushesOf(world)
  await owned('menu', ['wd-m1-a'], '菜单答复')
  await owned('menu', ['wd-m1-b'], '另一个')
  const tap = (key: string) => pushes.send(pushes.click(fan, key))
  let fan = world.next()
  expect(await tap('wd-m1-a')).toContain('菜单答复')
  expect(await tap('wd-m1-b')).toContain('另一个')
  expect(await tap('wd-m1-c')).toBeNull()
  await inTransaction(world.ctx.db, (trx) =>
    saveOwnedRule(world.ctx, trx, {
      owner: { kind: 'menu', id: '7' },
      kind: 'menu',
      accountId: world.own.id,
      name: '',
      answer: null,
      targets: ['wd-m1-a'],
    }),
  )
  await replyRulesChanged(world.ctx, [world.own.id])
  // another fan: the same tap in the same second is the platform's second try
  fan = world.next()
  expect(await tap('wd-m1-a')).toBeNull()
  expect(await tap('wd-m1-b'), 'of the same page').toContain('另一个')
})

test('the default answers what nothing else does, once in its time, also for two messages that come in together', async () => {
  const fan = world.next()
  const pushes = await pushesOf(world)
  const ruleId = await world.rule({ kind: 'default', everyMs: 3_600_000, answer: answer('稍后回复你') })
  await world.rule({ kind: 'keyword', keywords: words('人工'), answer: answer('转人工') })
  const both = await Promise.all([
    pushes.send(pushes.text(fan, '在吗')),
    pushes.send(pushes.text(fan, '有人吗')),
  ])
  expect(both.filter((one) => one !== null)).toHaveLength(1)
  expect(await pushes.send(pushes.text(fan, '喂'))).toBeNull()
  expect(await pushes.send(pushes.text(fan, '人工')), 'a keyword is not limited by it').toContain('转人工')
  const again = pushes.text(fan, '过了一会儿')
  await world.forward(new Date(world.ctx.clock.now().getTime() + 3_590_000))
  expect(await pushes.send(pushes.text(fan, '还差十秒'))).toBeNull()
  await world.forward(new Date(world.ctx.clock.now().getTime() + 11_000))
  expect(await pushes.send(pushes.text(fan, '一小时后'))).toContain('稍后回复你')
  expect(await pushes.send(again), 'told late: it happened within the hour').toBeNull()
  const events = await world.ctx.pool.query(
    `select properties -> 'reply' as reply from events where name = 'wechat.message'
       and properties -> 'reply' ? 'muted' and fan_id = (select id from fans where openid = $1)`,
    [fan],
  )
  expect(events.rows).toHaveLength(4)
  expect(events.rows[0]).toEqual({ reply: { rule: ruleId, muted: 'limit' } })
  await world.settle()
  const sums = await world.ctx.pool.query(
    'select sum(hits)::int as hits, sum(passive)::int as passive, sum(muted)::int as muted from reply_days where rule_id = $1',
    [ruleId],
  )
  expect(sums.rows).toEqual([{ hits: 2, passive: 2, muted: 4 }])
  await world.api('POST', `/api/accounts/${world.own.id}/reply-rules/${ruleId}/state`, { on: false })
})

test('rules of one account answer in that account alone', async () => {
  const other = await world.bind({ fans: 1 })
  await world.rule({ kind: 'keyword', keywords: words('只在这里'), answer: answer('这里') })
  const there = await pushesOf(world, other)
  expect(await there.send(there.text(other.openids[0] as string, '只在这里'))).toBeNull()
})

test('C4: a rule that is off, or out of its hours, answers nothing; it does again once it is on', async () => {
  const fan = world.next()
  const pushes = await pushesOf(world)
  const ruleId = await world.rule({ kind: 'keyword', keywords: words('开关'), answer: answer('开着') })
  const asked = () => pushes.send(pushes.text(fan, '开关'))
  const at = `/api/accounts/${world.own.id}/reply-rules/${ruleId}`
  expect(await asked()).toContain('开着')
  expect((await world.api('POST', `${at}/state`, { on: false })).body).toMatchObject({ state: 'off' })
  expect(await asked()).toBeNull()
  await world.api('POST', `${at}/state`, { on: true })
  expect(await asked()).toContain('开着')
  const now = world.ctx.clock.now()
  const day = ((new Date(now.getTime() + 8 * 3_600_000).getUTCDay() + 6) % 7) + 1
  const elsewhere = [{ days: [(day + 2) % 7 || 7], fromMinute: 0, untilMinute: 1_440, zone: 'Asia/Shanghai' }]
  const rule = { kind: 'keyword', name: '开关', keywords: words('开关'), answer: answer('开着') }
  expect((await world.api('PUT', at, { ...rule, hours: elsewhere })).status).toBe(200)
  expect(await asked()).toBeNull()
  expect((await world.api('DELETE', at)).status).toBe(200)
  expect((await world.api('GET', at)).status).toBe(404)
})
