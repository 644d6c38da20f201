import { afterAll, beforeAll, expect, test } from 'vitest'
import { signPage } from '../../src/modules/consents/jsapi.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 0 })
})
afterAll(() => world?.close())

const OPENED = 40
const sign = () => signPage(world.ctx, account.id, 'https://weida.example.com/subscribe/x')

test('D8: a page that many open while WeChat gives no ticket asks it once, and leaves the connections to others', async () => {
  await world.fault({ match: { path: '/cgi-bin/ticket/getticket' }, kind: 'busy', remaining: 1 })
  const answers = await Promise.allSettled(Array.from({ length: OPENED }, sign))
  // the fault strikes one call: a second one would have had its ticket
  expect(answers.map(({ status }) => status)).toEqual(Array(OPENED).fill('rejected'))
})

test('D8: nor is it asked again for each who opens it a moment later', async () => {
  expect((await Promise.allSettled([sign(), sign()])).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
  ])
  const other = await world.another()
  // another process has its own patience, and its ticket serves all
  expect((await signPage(other, account.id, 'https://weida.example.com/subscribe/x')).signature).toMatch(
    /^[0-9a-f]{40}$/,
  )
  expect((await sign()).signature).toMatch(/^[0-9a-f]{40}$/)
})
