import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaignsModule } from '../../src/modules/campaigns/module.ts'
import { startPreflight } from '../../src/modules/campaigns/preflight/sweep.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import { deliveriesModule } from '../../src/modules/deliveries/module.ts'
import { createReactionSweep } from '../../src/modules/ingest/index.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { until } from '../support/until.ts'
import { ok } from './world.ts'

const NEVER = new AbortController().signal
let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 10 })
})
afterAll(() => world?.close())

const reactions = createReactionSweep([
  ...(deliveriesModule.reactions ?? []),
  ...(campaignsModule.reactions ?? []),
])

const engine = (deliveriesModule.sweeps ?? []).filter(({ name }) => /immediate|bulk/.test(name))

/** What a worker's sweeps do, until the campaign has come to rest. */
const drain = async (campaign: Campaign) => {
  for (const sweep of [reactions, ...(campaignsModule.sweeps ?? [])])
    while ((await sweep.run(world.ctx, NEVER)) > 0);
  await until(async () => {
    for (const sweep of engine) await sweep.run(world.ctx, NEVER)
    const { rows } = await world.ctx.pool.query(
      `select from deliveries d join campaigns c on c.send_id = d.send_id
       where c.id = $1 and (d.state = 'sending' or d.state in ('planned', 'held') and d.due_at <= $2)`,
      [campaign.id, world.ctx.clock.now()],
    )
    return rows.length === 0
  })
}

/** How often each fan received a message of their own, by the simulator's ledger. */
async function got(): Promise<Map<string, number>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; times: number }>(
    `select openid, count(*)::int as times from simulator.receipt r join simulator.fan f on f.id = r.fan_id
       join simulator.account a on a.id = r.account_id
     where a.appid = $1 and r.kind = 'custom' group by openid`,
    [account.appid],
  )
  return new Map(rows.map((row) => [row.openid, row.times]))
}

const at = (campaign: Campaign, rest = '') => `/api/accounts/${account.id}/campaigns/${campaign.id}${rest}`

async function start(plan: object, fields: object = {}): Promise<Campaign> {
  const body = { kind: 'customer-service', name: '活动', plan, ...fields }
  const draft = ok(await world.api<Campaign>('POST', `/api/accounts/${account.id}/campaigns`, body))
  await startPreflight(world.ctx, { accountId: account.id, campaignId: draft.id })
  await drain(draft)
  const { revision, preflight } = ok(await world.api<Campaign>('GET', at(draft)))
  if (!preflight?.result) throw new Error(JSON.stringify(preflight?.error))
  expect(preflight.result.blockers).toEqual([])
  const started = await world.api<Campaign>('POST', at(draft, '/start'), {
    revision,
    expectedReached: preflight.result.reached,
  })
  return ok(started)
}

const says = async (openid: string, content: string) => {
  await world.control('POST', '/act', { appid: account.appid, openid, action: 'text', content })
  await until(async () => {
    const { rows } = await world.ctx.pool.query(
      `select from events e join fans f on f.id = e.fan_id where f.openid = $1 and e.name = 'wechat.message'
         and e.properties ->> 'content' = $2`,
      [openid, content],
    )
    return rows.length > 0
  })
}

test('A4, A7: a fan writes and gets the message; the numbers of the page and of the simulator agree', async () => {
  const campaign = await start({
    content: { kind: 'text', text: '谢谢你的留言' },
    trigger: { kind: 'event', event: { event: 'wechat.message', where: [] } },
  })
  const [writer = '', other = ''] = account.openids
  await says(writer, '你好')
  await drain(campaign)
  expect(await got()).toEqual(new Map([[writer, 1]]))
  await says(writer, '在吗')
  await says(other, '您好')
  await drain(campaign)
  expect(await got()).toEqual(
    new Map([
      [writer, 2],
      [other, 1],
    ]),
  )
  const { counts, funnel } = ok(await world.api<Campaign>('GET', at(campaign)))
  expect(counts).toMatchObject({ accepted: 3, planned: 0, skipped: 0 })
  expect(funnel.sent).toBe(3)
  ok(await world.api('POST', at(campaign, '/end'), {}))
})

test('A4, G1: everyone who interacted in 48 hours, once: pre-flight, page and simulator agree on whom and why not', async () => {
  const before = await got()
  const campaign = await start({
    content: { kind: 'text', text: '新品到店' },
    audience: { kind: 'all' },
    trigger: { kind: 'once', at: 'now', audienceWindow: 'interacted-48h' },
  })
  const shown = campaign.preflight?.result
  expect(shown).toMatchObject({ total: 2, reached: 2 })
  await drain(campaign)
  await drain(campaign)
  const received = [...(await got())].filter(([openid, times]) => times > (before.get(openid) ?? 0))
  expect(received).toHaveLength(shown?.reached ?? -1)
  expect(ok(await world.api<Campaign>('GET', at(campaign)))).toMatchObject({
    state: 'ended',
    counts: { accepted: 2 },
  })
})
