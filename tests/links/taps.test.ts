import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/infra/transaction.ts'
import { eraseDeliveries } from '../../src/modules/deliveries/index.ts'
import { goalsModule } from '../../src/modules/goals/module.ts'
import { createReactionSweeps } from '../../src/modules/ingest/index.ts'
import { codeOf, saveLinks } from '../../src/modules/links/index.ts'
import { TAP_MS } from '../../src/modules/links/rules.ts'
import { createApp } from '../../src/server/index.ts'
import { type BareWorld, createBareWorld } from '../security/world.ts'
import { sentTo } from './world.ts'

const NEVER = new AbortController().signal
let world: BareWorld
beforeAll(async () => {
  world = await createBareWorld('production', { PUBLIC_URL: 'https://weida.example.com' })
})
afterAll(() => world?.close())

const follow = async () => {
  for (const sweep of createReactionSweeps(goalsModule.reactions ?? []))
    while ((await sweep.run(world.ctx, NEVER)) > 0);
}

test('A6: a mini program that opens twice for one tap counts once, told together or apart; another tap, and one of another link, counts', async () => {
  const { ctx } = world
  const { sendId, accountId, deliveryIds, contactIds } = await sentTo(ctx, { people: 2, urls: [] })
  await saveLinks(
    ctx.db,
    { sendId, version: 1 },
    [0, 1].map((index) => ({ index, kind: 'mini-program' as const, url: 'pages/shoe' })),
  )
  const base = Math.floor(ctx.clock.now().getTime() / TAP_MS) * TAP_MS - 60_000
  const opened = async (...opens: { person: number; link: number; ms: number }[]) => {
    for (const { person, link, ms } of opens)
      await sql`insert into events (account_id, contact_id, name, at, received_at, source_id, properties)
        values (${accountId}::bigint, ${contactIds[person]}::bigint, 'weida.link_open', ${new Date(base + ms)}, now(), 1,
          ${JSON.stringify({ link: codeOf(ctx, deliveryIds[person] as string, link) })}::jsonb)`.execute(
        ctx.db,
      )
    await follow()
  }
  await opened({ person: 0, link: 0, ms: 0 }, { person: 0, link: 0, ms: 3_000 })
  await opened({ person: 0, link: 0, ms: TAP_MS - 1 })
  await opened(
    { person: 0, link: 0, ms: TAP_MS },
    { person: 0, link: 1, ms: 0 },
    { person: 1, link: 0, ms: 0 },
  )
  const { rows } = await sql<{ person: string; link: number; ms: number }>`
    select contact_id as person, link_index as link, (extract(epoch from at) * 1000 - ${base}::bigint)::int as ms
    from link_clicks where send_id = ${sendId}::bigint order by contact_id, link_index, at`.execute(ctx.db)
  const [first, second] = contactIds as [string, string]
  expect(rows).toEqual([
    { person: first, link: 0, ms: 0 },
    { person: first, link: 0, ms: TAP_MS },
    { person: first, link: 1, ms: 0 },
    { person: second, link: 0, ms: 0 },
  ])
})

test('F1: links of somebody who was erased lead nowhere', async () => {
  const { ctx } = world
  const app = await createApp(ctx)
  const { deliveryIds, contactIds } = await sentTo(ctx, { people: 1, urls: ['https://brand.example.com/'] })
  await inTransaction(ctx.db, async (trx) => {
    await eraseDeliveries(trx, contactIds, { erasureId: '3', now: ctx.clock.now() })
  })
  const answer = await app.inject({ url: `/t/${codeOf(ctx, deliveryIds[0] as string, 0)}` })
  expect([answer.statusCode, answer.headers.location]).toEqual([404, undefined])
  await app.close()
})
