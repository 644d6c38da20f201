import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { replyRulesChanged, saveOwnedRule } from '../../src/modules/auto-replies/index.ts'
import { createTestApi, type TestApi } from '../support/api.ts'
import { until } from '../support/until.ts'
import { answer, createReplyWorld, pushesOf, type ReplyWorld, words } from './world.ts'

let world: ReplyWorld
let other: TestApi
let elsewhere: string
let pushes: Awaited<ReturnType<typeof pushesOf>>
let fan: string

beforeAll(async () => {
  world = await createReplyWorld()
  other = await createTestApi(await world.another())
  elsewhere = await other.app.listen({ host: '127.0.0.1', port: 0 })
  fan = world.own.openids[0] as string
})
beforeEach(async () => {
  pushes = await pushesOf(world)
})
afterAll(async () => {
  await other?.close()
  await world?.close()
})

const patch = (callbackMode: string) => world.api('PATCH', `/api/accounts/${world.own.id}`, { callbackMode })

test.each(['safe', 'compat', 'plain'])(
  'C4: in mode %s the platform’s second try gets the same reply from another process, after an edit and a new key',
  async (mode) => {
    await patch(mode)
    const keyword = `多进程${mode}`
    const rule = { kind: 'keyword' as const, keywords: words(keyword), answer: answer('第一版') }
    const ruleId = await world.rule({ ...rule, name: keyword })
    const push = mode === 'plain' ? pushes.plainText(fan, keyword) : pushes.text(fan, keyword)
    expect(await pushes.send(push)).toContain('第一版')
    await world.api('PUT', `/api/accounts/${world.own.id}/reply-rules/${ruleId}`, {
      ...rule,
      name: keyword,
      answer: answer('第二版'),
    })
    const rotations = `/api/accounts/${world.own.id}/callback/rotations`
    expect((await world.api('POST', rotations, { aesKey: true })).status).toBe(200)
    const again = await pushes.send(push, elsewhere)
    expect(again).toContain('第一版')
    expect(again?.includes('第二版')).toBe(false)
    await patch('safe')
  },
)

test('C4: what is changed here is answered by elsewhere at once, and within a second where nobody heard of it', async () => {
  const keyword = '立刻'
  // somebody else each time: nobody gets more than twenty answers a minute
  let asked = 0
  const ask = () => pushes.send(pushes.text(`oAsks${++asked}`, keyword), elsewhere)
  expect(await ask()).toBeNull()
  const ruleId = await world.rule({ kind: 'keyword', keywords: words(keyword), answer: answer('有了') })
  const made = performance.now()
  await until(async () => (await ask()) !== null, { what: 'the answer elsewhere', everyMs: 1 })
  expect(performance.now() - made, 'heard of, and asked a few times').toBeLessThan(500)
  // as if the notice had been lost
  await world.ctx.pool.query(`update reply_rules set state = 'off' where id = $1`, [ruleId])
  await world.ctx.pool.query('update reply_revisions set n = n + 1 where account_id = $1', [world.own.id])
  const changed = performance.now()
  await until(async () => (await ask()) === null, { what: 'silence elsewhere', everyMs: 20 })
  expect(performance.now() - changed).toBeLessThan(2_000)
})

test('I8: pushes are answered while every other connection of the process is busy for long', async () => {
  await world.rule({ kind: 'keyword', keywords: words('忙吗'), answer: answer('不忙') })
  const { pool } = world.ctx
  // one of them listens
  const sleeping = Array.from({ length: pool.options.max - 1 }, () => pool.query('select pg_sleep(4)'))
  await until(async () => pool.totalCount === pool.options.max && pool.idleCount === 0, {
    what: 'a full pool',
  })
  const from = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 15 }, (_, n) =>
      pushes.send(pushes.text(world.own.openids[1 + (n % 5)] as string, '忙吗')),
    ),
  )
  expect(performance.now() - from, 'they waited for none of them').toBeLessThan(3_500)
  for (const one of answers) expect(one).toContain('不忙')
  await Promise.all(sleeping)
})

test('I8: pushes are answered while the targets of fifty thousand codes are read', async () => {
  await world.rule({ kind: 'keyword', keywords: words('在读吗'), answer: answer('在读') })
  expect(await pushes.send(pushes.text('oReads', '在读吗'))).toContain('在读')
  const { ruleId } = await inTransaction(world.ctx.db, (trx) =>
    saveOwnedRule(world.ctx, trx, {
      owner: { kind: 'qr-code', id: '1' },
      kind: 'scan',
      accountId: world.own.id,
      name: '五万个码',
      answer: answer('扫到了'),
      targets: [],
    }),
  )
  await world.ctx.pool.query(
    `insert into reply_targets (account_id, kind, target, rule_id)
     select $1, 'scan', 'wd' || n, $2 from generate_series(1, 50000) n`,
    [world.own.id, ruleId],
  )
  await world.ctx.pool.query('update reply_revisions set n = n + 1 where account_id = $1', [world.own.id])
  let answered = 0
  let reading = true
  const read = replyRulesChanged(world.ctx, [world.own.id]).finally(() => {
    reading = false
  })
  // another fan each time: nobody gets more than twenty answers a minute
  while (reading) if ((await pushes.send(pushes.text(`oReads${answered}`, '在读吗'))) !== null) answered += 1
  await read
  expect(answered).toBeGreaterThan(1)
  expect(await pushes.send(pushes.scan(fan, 'wd50000'))).toContain('扫到了')
})

test('a fan whose machine echoes is answered twenty times a minute, and no more', async () => {
  const machine = world.own.openids[7] as string
  await world.rule({ kind: 'keyword', keywords: words('你说什么'), answer: answer('你说什么') })
  const answers: (string | null)[] = []
  for (let n = 0; n < 25; n += 1) answers.push(await pushes.send(pushes.text(machine, '你说什么')))
  expect(answers.filter((one) => one !== null)).toHaveLength(20)
  expect(answers.slice(20)).toEqual([null, null, null, null, null])
  await world.settle()
  const { rows } = await world.ctx.pool.query(
    `select count(*)::int as n from events where properties #>> '{reply,muted}' = 'too_many'`,
  )
  expect(rows).toEqual([{ n: 5 }])
})
