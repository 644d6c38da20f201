import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goalsModule } from '../../src/modules/goals/module.ts'
import { createReactionSweeps } from '../../src/modules/ingest/index.ts'
import { codeOf, saveLinks, tie } from '../../src/modules/links/index.ts'
import { TAP_MS } from '../../src/modules/links/rules.ts'
import { writeUncounted } from '../../src/modules/links/uncounted.ts'
import { createApp } from '../../src/server/index.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'
import { until } from '../support/index.ts'
import { sentTo } from './world.ts'

const WECHAT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50'
const NEVER = new AbortController().signal
let world: BareWorld
let app: FastifyInstance
beforeAll(async () => {
  world = await createBareWorld('production', { PUBLIC_URL: 'https://weida.example.com' })
  app = await createApp(world.ctx)
})
afterAll(async () => {
  await app?.close()
  await world?.close()
})

const open = (
  code: string,
  headers: Record<string, string> = { 'user-agent': WECHAT },
  method: 'GET' | 'HEAD' = 'GET',
) => app.inject({ method, url: `/t/${code}`, headers })
const clicksOf = async (sendId: string) => {
  for (const sweep of createReactionSweeps(goalsModule.reactions ?? []))
    while ((await sweep.run(world.ctx, NEVER)) > 0);
  const { rows } = await sql<{ delivery: string; link: number; contact: string }>`
    select delivery_id as delivery, link_index as link, contact_id as contact from link_clicks where send_id = ${sendId}::bigint
    order by id`.execute(world.ctx.db)
  return rows
}

test('A2: a tap leads to the address of its place in the message, is an event of that person, and counts once', async () => {
  const { ctx } = world
  const urls = ['https://brand.example.com/新品', 'https://brand.example.com/b?x=1']
  const sent = await sentTo(ctx, { people: 2, urls })
  const address = tie(ctx, { deliveryId: sent.deliveryIds[1] as string })(urls[1] as string, 1)
  expect(address).toMatch(/^https:\/\/weida\.example\.com\/t\/[0-9A-Za-z]{8,16}$/)
  const code = address.split('/').at(-1) as string

  // both in the same ten seconds
  await until(() => ctx.clock.now().getTime() % TAP_MS < TAP_MS - 2_000)
  const answers = [await open(code), await open(code)]
  expect(answers.map((answer) => [answer.statusCode, answer.headers.location])).toEqual([
    [302, urls[1]],
    [302, urls[1]],
  ])
  expect(answers[0]?.headers).toMatchObject({ 'cache-control': 'no-store' })
  const other = await open(codeOf(ctx, sent.deliveryIds[1] as string, 0), { 'user-agent': 'curl/8.9' })
  expect([other.statusCode, other.headers.location]).toEqual([302, encodeURI(urls[0] as string)])
  expect(await clicksOf(sent.sendId)).toEqual([
    { delivery: sent.deliveryIds[1], link: 1, contact: sent.contactIds[1] },
  ])
  const { rows } =
    await sql`select name, fan_id, contact_id, properties from events where account_id = ${sent.accountId}`.execute(
      ctx.db,
    )
  expect(rows).toEqual([
    {
      name: 'weida.link_click',
      fan_id: sent.fanIds[1],
      contact_id: sent.contactIds[1],
      properties: { send: sent.sendId, delivery: sent.deliveryIds[1], version: 1, link: 1, url: urls[1] },
    },
  ])
  const { rows: clicked } = await sql<{
    id: string
  }>`select id from deliveries where clicked_at is not null and send_id = ${sent.sendId}`.execute(ctx.db)
  expect(clicked).toEqual([{ id: sent.deliveryIds[1] }])
})

test('A2: robots, previews, looks ahead and requests for headers are led on, and only summed up', async () => {
  const { ctx } = world
  const sent = await sentTo(ctx, { people: 1, urls: ['https://brand.example.com/'] })
  const code = codeOf(ctx, sent.deliveryIds[0] as string, 0)
  const answers = [
    await open(code, { 'user-agent': 'Baiduspider/2.0' }),
    await open(code, { 'user-agent': WECHAT, 'sec-purpose': 'prefetch' }),
    await open(code, { 'user-agent': WECHAT }, 'HEAD'),
  ]
  expect(answers.map((answer) => [answer.statusCode, answer.headers.location])).toEqual(
    Array(3).fill([302, 'https://brand.example.com/']),
  )
  await writeUncounted(ctx)
  expect(await clicksOf(sent.sendId)).toEqual([])
  const { rows } = await sql<{
    uncounted: string
  }>`select uncounted from send_links where send_id = ${sent.sendId}`.execute(ctx.db)
  expect(rows).toEqual([{ uncounted: '3' }])
})

test('A2: a code nobody was given leads nowhere: changed, for no message, for a place without a link', async () => {
  const { ctx } = world
  const sent = await sentTo(ctx, { people: 1, urls: ['https://brand.example.com/'] })
  const [deliveryId = ''] = sent.deliveryIds
  const code = codeOf(ctx, deliveryId, 0)
  const changed = code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A')
  const codes = [
    changed,
    codeOf(ctx, '999999', 0),
    codeOf(ctx, deliveryId, 1),
    'x',
    'https:%2F%2Fevil.example.com',
  ]
  for (const one of codes) {
    const answer = await open(one)
    expect([answer.statusCode, answer.headers.location], one).toEqual([404, undefined])
  }
  expect((await open(code)).statusCode).toBe(302)
})

test('A7: links of a send that is paused or ended still work, and those of a version lead where that version said', async () => {
  const { ctx } = world
  const sent = await sentTo(ctx, { people: 1, urls: ['https://brand.example.com/1'] })
  await sql`update sends set state = 'ended' where id = ${sent.sendId}`.execute(ctx.db)
  await saveLinks(ctx.db, { sendId: sent.sendId, version: 2 }, [
    { index: 0, kind: 'web', url: 'https://brand.example.com/2' },
  ])
  const answer = await open(codeOf(ctx, sent.deliveryIds[0] as string, 0))
  expect(answer.headers.location).toBe('https://brand.example.com/1')
  expect(await clicksOf(sent.sendId)).toHaveLength(1)
})

test('A2: a page of ours that is tracked learns through which message it was opened; others get the address as it is', async () => {
  const { ctx } = world
  const sent = await sentTo(ctx, {
    people: 1,
    urls: ['https://shop.example.com/p?sku=1', 'https://other.example.com/'],
  })
  await sql`insert into sources (name, kind, state, account_id, allowed_origins, write_key_hash, write_key_encrypted, signing_secret_encrypted, created_at)
    values ('网页', 'public', 'active', ${sent.accountId}::bigint, array['https://shop.example.com'], ''::bytea, ''::bytea, ''::bytea,
      now())`.execute(ctx.db)
  const codes = [0, 1].map((index) => codeOf(ctx, sent.deliveryIds[0] as string, index))
  const led = [await open(codes[0] as string), await open(codes[1] as string)].map(
    (answer) => answer.headers.location,
  )
  expect(led).toEqual([`https://shop.example.com/p?sku=1&wd=${codes[0]}`, 'https://other.example.com/'])
})

test('A6: of a mini program it is its own report that counts, by the code in its path; of a page it counts nothing more', async () => {
  const { ctx } = world
  const sent = await sentTo(ctx, { people: 1, urls: ['https://brand.example.com/'] })
  const { sendId, accountId, deliveryIds, contactIds } = sent
  await saveLinks(ctx.db, { sendId, version: 1 }, [{ index: 1, kind: 'mini-program', url: 'pages/shoe' }])
  const code = (index: number) => codeOf(ctx, deliveryIds[0] as string, index)
  for (const link of [code(0), code(1), `${code(1).slice(0, -1)}!`, 7])
    await sql`insert into events (account_id, contact_id, name, at, received_at, source_id, properties)
      values (${accountId}::bigint, ${contactIds[0]}::bigint, 'weida.link_open', now(), now(), 1,
        ${JSON.stringify({ link })}::jsonb)`.execute(ctx.db)
  expect(await clicksOf(sendId)).toEqual([{ delivery: deliveryIds[0], link: 1, contact: contactIds[0] }])
  // there is no page of ours to lead to
  expect((await open(code(1))).statusCode).toBe(404)
})
