import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { syncTemplates } from '../../src/modules/templates/index.ts'
import type { Bound } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { forkWorker, type WorkerProcess } from '../support/workers.ts'
import { createDeliveryWorld, type DeliveryWorld } from './world.ts'

let world: DeliveryWorld
let workers: WorkerProcess[] = []

beforeAll(async () => {
  world = await createDeliveryWorld()
  world.recorder.pass = true
})
afterAll(() => world?.close())
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  workers = []
})

async function begin(fans: number): Promise<Bound> {
  const account = await world.bind({ fans })
  // nobody may be messaged but who says something
  await world.ctx.pool.query('delete from service_windows where account_id = $1', [account.id])
  workers = [forkWorker(world), forkWorker(world)]
  await Promise.all(workers.map(({ ready }) => ready))
  return account
}

/** What single fans of the account received, by the simulator's ledger. */
async function ledger(account: Bound): Promise<Map<string, number>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; times: number }>(
    `select openid, count(*)::int as times from simulator.receipt r join simulator.fan f on f.id = r.fan_id
       join simulator.account a on a.id = r.account_id
     where a.appid = $1 and r.kind <> 'mass' group by openid`,
    [account.appid],
  )
  return new Map(rows.map((row) => [row.openid, row.times]))
}

const state = async (sendId: string, name: string) => (await world.states(sendId))[name] ?? 0

test('A4: who wrote gets the message, who didn’t is skipped with the reason; the platform’s ledger and ours agree', async () => {
  const account = await begin(16)
  const wrote = account.openids.slice(0, 6)
  for (const openid of wrote)
    await world.control('POST', '/act', { appid: account.appid, openid, action: 'text', content: '在吗' })
  await until(async () => {
    const { rows } = await world.ctx.pool.query('select from service_windows where account_id = $1', [
      account.id,
    ])
    return rows.length === wrote.length
  })
  const sendId = await world.send(account)
  await world.plan(sendId, account)
  const quiet = account.openids.length - wrote.length
  await until(
    async () =>
      (await state(sendId, 'accepted')) + (await state(sendId, 'skipped:window_closed')) === quiet + 6,
  )
  expect(await world.states(sendId)).toEqual({ accepted: 6, 'skipped:window_closed': quiet })
  expect(await ledger(account)).toEqual(new Map(wrote.map((openid) => [openid, 1])))
  // nothing was tried that the platform had to refuse
  expect(world.recorder.reached.length).toBe(6)
})

test('D1: template messages come home as delivered by their results, a worker killed on the way', async () => {
  const account = await begin(60)
  const reached = world.recorder.reached.length
  await syncTemplates(world.ctx, account.id)
  const { rows } = await world.ctx.pool.query<{
    id: string
    wechatId: string
    fingerprint: string
    fields: { key: string; type: string }[]
  }>(
    `select id, wechat_id as "wechatId", fingerprint, fields from message_templates
     where account_id = $1 and kind = 'template' and family = 'category' order by id limit 1`,
    [account.id],
  )
  const template = rows[0] as (typeof rows)[number]
  const values: Record<string, string> = {
    thing: '到店',
    time: '2026年11月21日 15:01',
    date: '2026年11月21日',
    amount: '¥12.50',
    character_string: 'A1001',
    phrase: '已完成',
    number: '3',
    name: '王小明',
    phone_number: '13800138000',
  }
  const fields = Object.fromEntries(template.fields.map(({ key, type }) => [key, values[type] ?? '内容']))
  const { fields: of, ...named } = template
  const sendId = await world.send(account, {
    channel: 'template',
    template: named,
    ratePerMinute: 3_600,
    content: {
      kind: 'template',
      channel: 'template',
      variables: {},
      template: { ...named, title: '通知', family: 'category', fields: of },
      fields,
      url: '',
      miniProgram: null,
    } as never,
  })
  await world.plan(sendId, account)
  await until(() => world.recorder.reached.length >= reached + 20)
  await workers[0]?.kill()
  await world.endLeases()
  await until(async () => (await state(sendId, 'delivered')) === account.openids.length)
  expect(await world.tallies(sendId)).toEqual({ delivered: account.openids.length })
  expect(await ledger(account)).toEqual(new Map(account.openids.map((openid) => [openid, 1])))
})
