import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { draftedSet } from '../contents/support.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())

const MINUTE = 60_000
const now = () => world.ctx.clock.now()
const later = (ms: number) => world.forward(new Date(now().getTime() + ms))
const armOf = ({ groups }: Broadcast) => groups[0]?.arms[0]

describe('E8: waiting for an administrator', () => {
  const confirmed = (account: Bound, accept: boolean) =>
    world
      .control<{ items: { msgId: string; state: string }[] }>('GET', `/mass?appid=${account.appid}`)
      .then(({ items }) => items.find(({ state }) => state === 'confirming'))
      .then((job) =>
        world.control('POST', '/mass/confirm', { appid: account.appid, msgId: job?.msgId, accept }),
      )
  const sent = async (account: Bound) => {
    const broadcast = await world.draft(account)
    await world.confirm(broadcast)
    await world.drain()
    return broadcast
  }

  test('has a countdown of 30 minutes, in its page and in lists; once it ran out it is failed and can be sent again', async () => {
    const account = await world.bind({ fans: 3, settings: { groupSendProtection: true } })
    const { status } = await world.api('PATCH', `/api/accounts/${account.id}`, { confirmsMass: true })
    expect(status).toBe(200)
    const broadcast = await sent(account)
    const [batch] = await world.batches(broadcast)
    const until = new Date(Date.parse(batch?.acceptedAt ?? '') + 30 * MINUTE).toISOString()
    const waiting = { batches: 1, until }
    expect(armOf(await world.read(broadcast))?.confirmation).toEqual(waiting)
    for (const list of [
      `accounts/${account.id}/broadcasts?view=queue`,
      `mass-records?accountId=${account.id}`,
    ]) {
      const { body } = await world.api<{ items: object[] }>('GET', `/api/${list}`)
      expect(body.items).toMatchObject([{ confirmation: waiting }])
    }
    await later(30 * MINUTE)
    await world.drain()
    expect(await world.read(broadcast)).toMatchObject({ label: 'failed', confirmation: null })
    expect(await world.batches(broadcast)).toMatchObject([{ reason: 'administrator_late', canRetry: true }])
    await world.act(broadcast, 'batches/0/retry')
    await world.drain()
    expect(armOf(await world.read(broadcast))?.confirmation).toMatchObject({ batches: 1 })
    await confirmed(account, true)
    await world.drain()
    expect(await world.read(broadcast)).toMatchObject({ label: 'sent', confirmation: null })
    expect([...(await world.received(account)).values()]).toEqual([1, 1, 1])
  })

  test('is learnt from the first refusal; nothing is counted down where nobody confirms', async () => {
    const account = await world.bind({ fans: 3, settings: { groupSendProtection: true } })
    const known = async () =>
      (await world.api<{ confirmsMass: boolean }>('GET', `/api/accounts/${account.id}`)).body.confirmsMass
    const broadcast = await sent(account)
    expect(await world.read(broadcast)).toMatchObject({ label: 'sending', confirmation: null })
    expect(await known()).toBe(false)
    await confirmed(account, false)
    await world.drain()
    expect(await known()).toBe(true)
    expect(await world.read(await sent(account))).toMatchObject({ confirmation: { batches: 1 } })
  })
})

describe('D5: the originality check', () => {
  /** One article, of which WeChat finds this; a verdict of the simulator for each attempt. */
  async function checked(...nextMass: object[]) {
    const account = await world.bind({ fans: 3, settings: { nextMass } })
    const articleSetId = await draftedSet(world, account, [{ title: '转载', content: '<p>转载</p>' }])
    const broadcast = await world.draft(account, {
      content: { kind: 'articles', articles: [{ articleSetId, index: 0 }] },
    })
    await world.confirm(broadcast)
    await world.drain()
    return { account, broadcast, batch: (await world.batches(broadcast))[0] }
  }

  test('a reprint that stopped the send is shown with its article, allowed, and sent again', async () => {
    const { account, broadcast, batch } = await checked({ checkState: 2 }, { checkState: 2 })
    expect(batch).toMatchObject({
      state: 'failed',
      canAllowReprint: true,
      allowReprint: false,
      originality: {
        checkState: 2,
        articles: [
          { place: 1, auditState: 2, canReprint: true, originalUrl: expect.stringContaining('http') },
        ],
      },
    })
    expect((await world.received(account)).size).toBe(0)
    await world.act(broadcast, 'batches/0/retry', { allowReprint: true })
    await world.drain()
    expect(await world.batches(broadcast)).toMatchObject([
      { state: 'delivered', allowReprint: true, attempt: 2, originality: { checkState: 2 } },
    ])
    expect([...(await world.received(account)).values()]).toEqual([1, 1, 1])
  })

  test('one that passed is shown so; what may never be reprinted is not offered again', async () => {
    const passed = await checked({ checkState: 1 })
    expect(passed.batch).toMatchObject({
      state: 'delivered',
      canAllowReprint: false,
      originality: { checkState: 1, articles: [{ place: 1, auditState: 11, originalUrl: null }] },
    })
    expect((await checked({ checkState: 3 })).batch).toMatchObject({
      state: 'failed',
      canAllowReprint: false,
      canRetry: true,
      originality: { checkState: 3, articles: [{ canReprint: false }] },
    })
  })
})
