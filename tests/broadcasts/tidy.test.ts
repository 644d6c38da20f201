import { afterAll, beforeAll, expect, test } from 'vitest'
import { countDrafts } from '../../src/channels/official-account/drafts.ts'
import { accountClient } from '../../src/modules/accounts/index.ts'
import { openNext } from '../../src/modules/broadcasts/arms/open.ts'
import { prepareNext } from '../../src/modules/broadcasts/prepare.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { closeBalanced } from '../support/sums.ts'

let world: SendingWorld
let account: Bound

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 30, drafts: 2 })
  await world.sync(account)
})
afterAll(() => closeBalanced(world))

const draftsThere = async () => countDrafts(await accountClient(world.ctx, account.id))

test('E3: a copy that is never sent leaves the draft box, the operator’s own drafts stay', async () => {
  const own = await draftsThere()
  const { rows } = await world.ctx.pool.query<{ id: string }>(
    `select id from article_sets where account_id = $1 and kind = 'draft' limit 1`,
    [account.id],
  )
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 5) },
    content: { kind: 'articles', articles: [{ articleSetId: rows[0]?.id as string, index: 0 }] },
  })
  await world.confirm(broadcast)
  const never = new AbortController().signal
  await prepareNext(world.ctx)
  while ((await draftsThere()) === own) await openNext(world.ctx, never)
  await world.act(broadcast, 'cancel')
  await world.drain()
  expect(await draftsThere()).toBe(own)
  expect(await world.read(broadcast)).toMatchObject({ state: 'cancelled', totals: { submitted: 0 } })
})
