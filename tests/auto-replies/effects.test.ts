import { afterAll, beforeAll, expect, test } from 'vitest'
import { preflightNext } from '../../src/modules/campaigns/preflight/sweep.ts'
import type { Campaign } from '../../src/modules/campaigns/schema.ts'
import type { Answer } from '../support/api.ts'
import type { Moment } from '../support/doomed-worker.ts'
import { until } from '../support/until.ts'
import { forkWorker } from '../support/workers.ts'
import { answer, createReplyWorld, pushesOf, type ReplyWorld, text, words } from './world.ts'

let world: ReplyWorld
beforeAll(async () => {
  world = await createReplyWorld()
})
afterAll(() => world?.close())

const ok = <T>({ status, body }: Answer<T>): T => {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** A running campaign that waits to be called. */
async function callable(perPerson: number | null, content: string): Promise<Campaign> {
  const at = `/api/accounts/${world.own.id}/campaigns`
  const plan = {
    content: { kind: 'text', text: content },
    trigger: { kind: 'event', event: { event: 'weida.called', where: [] }, perPerson },
    purpose: 'service',
  }
  const draft = ok(await world.api<Campaign>('POST', at, { kind: 'customer-service', name: content, plan }))
  ok(await world.api('POST', `${at}/${draft.id}/preflight`, {}))
  await preflightNext(world.ctx, new AbortController().signal)
  const shown = ok(await world.api<Campaign>('GET', `${at}/${draft.id}`))
  const expectedReached = shown.preflight?.result?.reached
  return ok(await world.api('POST', `${at}/${draft.id}/start`, { revision: shown.revision, expectedReached }))
}

const tagged = async (tagId: string) => {
  const { rows } = await world.ctx.pool.query<{ people: number; spans: number }>(
    `select count(distinct contact_id)::int as people, count(*)::int as spans from contact_tags where tag_id = $1`,
    [tagId],
  )
  return rows[0]
}

const moments: Moment[] = [
  { at: 'commit', what: 'insert into reply_days', when: 'before', nth: 1 },
  { at: 'commit', what: 'insert into reply_days', when: 'after', nth: 1 },
]
test.each(moments)(
  'C4: killed $when the commit of what follows, every effect of an answer is there once',
  async (moment) => {
    const name = `效果 ${moment.when}`
    const { id: tag } = ok(await world.api<{ id: string }>('POST', '/api/tags', { name }))
    const campaign = await callable(null, `由答复发起 ${moment.when}`)
    const ruleId = await world.rule({
      kind: 'keyword',
      keywords: words(name),
      answer: {
        ...answer('第一条', '第二条'),
        effects: {
          give: [tag],
          take: [],
          attributes: [{ key: 'asked', value: name }],
          campaignId: campaign.id,
        },
      },
    })
    const pushes = await pushesOf(world)
    for (const openid of world.own.openids)
      expect(await pushes.send(pushes.text(openid, name))).toContain('第一条')
    const worker = forkWorker(world, moment)
    expect(await worker.ended).toBe('SIGKILL')
    await world.ctx.pool.query(
      `update deliveries set lease_until = clock_timestamp() - interval '1 second' where state = 'sending'`,
    )
    await world.settle()
    const people = world.own.openids.length
    expect(await tagged(tag)).toEqual({ people, spans: people })
    const sums = await world.ctx.pool.query(
      'select sum(hits)::int as hits, sum(passive)::int as passive from reply_days where rule_id = $1',
      [ruleId],
    )
    expect(sums.rows).toEqual([{ hits: people, passive: people }])
    const seen = await world.ctx.pool.query(
      'select count(*)::int as n from reply_people where rule_id = $1',
      [ruleId],
    )
    expect(seen.rows).toEqual([{ n: people }])
    const planned = await world.ctx.pool.query(
      `select count(*)::int as n, count(distinct contact_id)::int as people from deliveries where run_id = $1`,
      [ruleId],
    )
    expect(planned.rows).toEqual([{ n: people * 2, people }])
    const fired = await world.ctx.pool.query(
      'select count(*)::int as n from deliveries d join campaigns c on c.send_id = d.send_id where c.id = $1',
      [campaign.id],
    )
    expect(fired.rows).toEqual([{ n: people }])
    for (const openid of world.own.openids)
      expect((await world.heard(openid)).filter((one) => one === '第二条').length).toBeLessThanOrEqual(1)
  },
  60_000,
)

test('C4: a campaign that is called keeps its own limits, and one that doesn’t wait for it can’t be named', async () => {
  const once = await callable(1, '只一次')
  const effects = { ...answer().effects, campaignId: once.id }
  await world.rule({ kind: 'keyword', keywords: words('活动'), answer: { ...answer(), effects } })
  const fan = world.own.openids[0] as string
  await world.says(fan, '活动')
  await world.settle()
  await world.says(fan, '活动')
  await world.settle()
  expect((await world.heard(fan)).filter((one) => one === '只一次')).toHaveLength(1)
  const at = `/api/accounts/${world.own.id}/reply-rules`
  const body = {
    kind: 'follow',
    name: 'x',
    answer: { ...answer('y'), effects: { ...effects, campaignId: '999999' } },
  }
  const refused = await world.api<{ error: { reason: string } }>('POST', at, body)
  expect([refused.status, refused.body.error.reason]).toEqual([400, 'campaign_not_callable'])
  ok(await world.api('POST', `/api/accounts/${world.own.id}/campaigns/${once.id}/end`, {}))
  const listed = ok(
    await world.api<{ items: { name: string; problems: { reason: string }[] }[] }>(
      'GET',
      `${at}?problem=true`,
    ),
  )
  expect(listed.items.flatMap(({ problems }) => problems.map(({ reason }) => reason))).toEqual([
    'campaign_not_live',
  ])
})

test('D11: a reply whose material is gone is shown on its rule before anybody asks, and the other reply is given', async () => {
  const picture = await world.ctx.pool.query<{ id: string }>(
    `insert into media_assets (account_id, kind, name, mime, bytes, media_id, created_at)
     values ($1, 'image', '图', 'image/png', 1, 'M1', now()) returning id`,
    [world.own.id],
  )
  const image = { kind: 'image' as const, mediaAssetId: picture.rows[0]?.id as string, variables: {} }
  const ruleId = await world.rule({
    kind: 'keyword',
    keywords: words('图片'),
    answer: { ...answer(), replies: [{ content: image, weight: 1 }, text('看不到图片也没关系')] },
  })
  const pushes = await pushesOf(world)
  const ask = () => pushes.send(pushes.text('oAsksForPictures', '图片'))
  expect(await ask()).toContain('<MediaId><![CDATA[M1]]>')
  const at = `/api/accounts/${world.own.id}/reply-rules/${ruleId}`
  const problems = async () => ok(await world.api<{ problems: object[] }>('GET', at)).problems
  expect(await problems()).toEqual([])
  await world.ctx.pool.query('update media_assets set gone_at = now() where id = $1', [image.mediaAssetId])
  await until(async () => (await ask())?.includes('没关系') ?? false, {
    what: 'the other reply',
    everyMs: 20,
  })
  expect(await problems()).toMatchObject([{ rule: ruleId, reply: 0, reason: 'material_gone' }])
})

test('ADR 0019: what RE2 doesn’t know, what is too large and what isn’t there is refused with its reason', async () => {
  const at = `/api/accounts/${world.own.id}/reply-rules`
  const reasonFor = async (change: object) => {
    const body = { kind: 'keyword', name: 'x', keywords: words('x'), answer: answer('y'), ...change }
    const { status, body: said } = await world.api<{ error?: { reason: string } }>('POST', at, body)
    return status === 200 ? 'taken' : said.error?.reason
  }
  const regex = (pattern: string) => ({ keywords: [{ text: pattern, match: 'regex' }] })
  expect(await reasonFor(regex('(?=x)'))).toBe('regex_not_supported')
  expect(await reasonFor(regex('x{600}'))).toBe('regex_too_large')
  expect(await reasonFor({ answer: { ...answer('y'), effects: { give: ['999999'] } } })).toBe('unknown_tag')
  expect(await reasonFor({ answer: { replies: [] } })).toBe('invalid_input')
  const template = { kind: 'template', templateId: null }
  expect(await reasonFor({ answer: { replies: [{ content: template }] } })).toBe(
    'reply_needs_customer_service',
  )
  expect(await reasonFor({ answer: answer('') })).toBe('message_invalid')
  expect(await reasonFor(regex('x+'))).toBe('taken')
})
