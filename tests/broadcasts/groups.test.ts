import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broadcast, GroupAudience } from '../../src/modules/broadcasts/schema.ts'
import { singleGroup } from '../support/broadcasts.ts'
import {
  type Bound,
  createSendingWorld,
  expectedIn,
  freshText,
  type SendingWorld,
} from '../support/sending.ts'
import { seed, sized } from '../support/size.ts'
import { closeBalanced, expectBalanced } from '../support/sums.ts'

let world: SendingWorld

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => closeBalanced(world))

/** The text of the mass send that each fan received, by the simulator's ledger. */
async function textsOf(account: Bound): Promise<Map<string, string[]>> {
  const { rows } = await world.ctx.pool.query<{ openid: string; texts: string[] }>(
    `select f.openid, array_agg(m.content ->> 'content') as texts from simulator.receipt r
       join simulator.fan f on f.id = r.fan_id join simulator.account a on a.id = r.account_id
       join simulator.message m on m.id = r.message_id
     where a.appid = $1 and r.kind = 'mass' group by 1`,
    [account.appid],
  )
  return new Map(rows.map(({ openid, texts }) => [openid, texts]))
}

const fans = (fanIds: readonly string[]): GroupAudience => ({ kind: 'fans', fanIds: [...fanIds] })
const textOf = (broadcast: Broadcast, place: number): string => {
  const content = broadcast.groups[place]?.arms[0]?.content
  return content?.kind === 'text' ? content.text : ''
}

test('E5: each group receives its own text; who is in an earlier one is filtered and counted, the rest gets what remains', async () => {
  const account = await world.bind({ fans: 12 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 4) },
    comparisons: [{ audience: fans(account.fanIds.slice(2, 7)) }, { audience: { kind: 'remaining' } }],
  })
  const shown = await world.confirm(broadcast)
  expect(shown.groups.map(({ total, filtered, arms }) => [total, filtered, arms[0]?.reached])).toEqual([
    [4, 0, 4],
    [5, 2, 3],
    [5, 0, 5],
  ])
  expect(shown).toMatchObject({ total: 12, reached: 12, batches: 3, calls: 3 })
  await world.drain()
  const received = await textsOf(account)
  expect(account.openids.map((openid) => received.get(openid))).toEqual(
    account.openids.map((_, n) => [textOf(broadcast, n < 4 ? 0 : n < 7 ? 1 : 2)]),
  )
  const sent = await world.read(broadcast)
  expect(sent).toMatchObject({ label: 'sent', totals: { planned: 12, delivered: 12 }, batchCount: 3 })
  expect(
    sent.groups.map(({ total, filtered, arms }) => [total, filtered, arms[0]?.totals.delivered]),
  ).toEqual([
    [4, 0, 4],
    [5, 2, 3],
    [5, 0, 5],
  ])
  await expectBalanced(world, sent)
})

test('D7: each group is one of the account’s sends of the day, however many batches it has', async () => {
  const account = await world.bind({ fans: 9 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 4) },
    comparisons: [{ audience: { kind: 'remaining' } }],
  })
  await world.confirm(broadcast)
  await world.drain()
  const { rows } = await world.ctx.pool.query(
    'select sum(sends)::int as sends, sum(calls)::int as calls, sum(recipients)::int as people from mass_days where account_id = $1',
    [account.id],
  )
  expect(rows).toEqual([{ sends: 2, calls: 2, people: 9 }])
})

test('E5: a group that lost everybody to earlier ones is said before, and does not go', async () => {
  const account = await world.bind({ fans: 4 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds },
    comparisons: [{ name: '空的', audience: fans(account.fanIds.slice(1)) }],
  })
  expect((await world.preflight(broadcast)).blockers).toEqual([
    { reason: 'nobody', detail: { reached: 0, group: 1, groupName: '空的' } },
  ])
})

test('E5: a group that shrank since it was shown is shown again, though the sum is nearly the same', async () => {
  const account = await world.bind({ fans: 240 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 6) },
    comparisons: [{ audience: { kind: 'remaining' } }],
  })
  const shown = await world.preflight(broadcast)
  const expected = expectedIn(shown).map(({ arm, reached }) => ({
    arm,
    reached: arm === 0 ? reached + 2 : reached,
  }))
  const answer = await world.act(broadcast, 'send', { version: broadcast.version, expected })
  expect([answer.status, answer.body]).toMatchObject([
    409,
    {
      error: {
        reason: 'drift',
        detail: { expected: 242, now: 240, arms: [{ arm: 0, expected: 8, now: 6 }, {}] },
      },
    },
  ])
})

test('E5, D4: groups that can’t be kept apart, or leave nobody, are refused when they are saved', async () => {
  const [service, subscription] = [
    await world.bind({ fans: 3 }),
    await world.bind({ fans: 3, kind: 'subscription' }),
  ]
  const post = async (account: Bound, groups: object[]) => {
    const body = {
      name: 'x',
      groups: groups.map((group, n) => ({ name: `${n}`, content: freshText(), ...group })),
    }
    return (
      await world.api<{ error?: { reason: string } }>('POST', `/api/accounts/${account.id}/broadcasts`, body)
    ).body.error?.reason
  }
  const all = { audience: { kind: 'all' }, path: 'all' }
  const some = { audience: fans(service.fanIds), path: 'list' }
  const rest = { audience: { kind: 'remaining' }, path: 'list' }
  expect(await post(service, [some, rest])).toBeUndefined()
  expect(await post(service, [rest])).toBe('remaining_first')
  expect(await post(service, [some, rest, some])).toBe('group_after_everybody')
  expect(await post(service, [{ ...all, path: 'list' }, rest])).toBe('group_after_everybody')
  expect(await post(service, [{ audience: { kind: 'tag', tagId: 2 }, path: 'tag' }, rest])).toBe(
    'groups_need_list',
  )
  expect(await post(subscription, [all, { ...all }])).toBe('groups_need_list')
  expect(await post(subscription, [all, rest])).toBe('path_not_available')
})

test('E5: nobody is in two groups, whatever the groups name', async () => {
  const account = await world.bind({ fans: 8 })
  await world.api('PUT', `/api/accounts/${account.id}/limits`, {
    massPerFanPerMonth: 1_000_000,
    massCallsPerDay: 1_000_000,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 2 }), {
        minLength: 2,
        maxLength: 4,
      }),
      fc.boolean(),
      async (named, remaining) => {
        const [first = [], ...others] = named.map((places) =>
          places.map((place) => account.fanIds[place] as string),
        )
        const broadcast = await world.draft(account, {
          audience: { kind: 'fans', fanIds: first },
          comparisons: [
            ...others.map((fanIds) => ({ audience: fans(fanIds) })),
            ...(remaining ? [{ audience: { kind: 'remaining' as const } }] : []),
          ],
        })
        const expected = new Map<string, number>()
        const groups = remaining ? [...named, [0, 1, 2, 3, 4, 5, 6, 7]] : named
        for (const [place, places] of groups.entries())
          for (const one of places) {
            const fanId = account.fanIds[one] as string
            if (!expected.has(fanId)) expected.set(fanId, place)
          }
        const shown = await world.preflight(broadcast)
        expect(shown.groups.map(({ arms }) => arms[0]?.reached)).toEqual(
          groups.map((_, place) => [...expected.values()].filter((one) => one === place).length),
        )
        expect(shown.total).toBe(expected.size)
      },
    ),
    { numRuns: sized(15, 200), seed },
  )
})

test('D6: a text refused for one group fails that group alone, and each can be retried by itself', async () => {
  const account = await world.bind({ fans: 6 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 3) },
    comparisons: [{ audience: { kind: 'remaining' } }],
  })
  await world.confirm(broadcast)
  const match = { path: '/cgi-bin/message/mass/send', appid: account.appid }
  await world.fault({ match, kind: 'error', errcode: 45028, remaining: 1 })
  await world.drain()
  await world.fault()
  const half = await world.read(broadcast)
  expect(half.label).toBe('partly_failed')
  expect(half.groups.map(({ arms }) => arms[0]?.state).toSorted()).toEqual(['ended', 'failed'])
  await expectBalanced(world, half)
  const [failed] = (await world.batches(broadcast)).filter(({ state }) => state === 'failed')
  await world.act(broadcast, `batches/${failed?.seq}/retry`)
  await world.drain()
  expect(await world.read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: 6 } })
  expect([...(await world.received(account)).values()]).toEqual(Array(6).fill(1))
})

test('D6: a copy has all groups, and is sent at once', async () => {
  const account = await world.bind({ fans: 5 })
  const broadcast = await world.draft(account, {
    audience: { kind: 'fans', fanIds: account.fanIds.slice(0, 2) },
    comparisons: [{ name: '其余', audience: { kind: 'remaining' } }],
    timing: { kind: 'at', at: new Date(world.ctx.clock.now().getTime() + 3_600_000).toISOString() },
  })
  const { body: copy } = await world.act(broadcast, 'copy')
  expect(copy.timing).toEqual({ kind: 'now' })
  expect(
    copy.groups.map(({ name, audience, arms }) => [name, audience, arms[0]?.content, arms[0]?.sendAt]),
  ).toEqual(broadcast.groups.map(({ name, audience, arms }) => [name, audience, arms[0]?.content, null]))
})

test('E7: a single group is saved and read as before', async () => {
  const account = await world.bind({ fans: 3 })
  const content = freshText()
  const body = singleGroup({ name: '一组', audience: { kind: 'all' }, content, path: 'list' })
  const made = await world.api<Broadcast>('POST', `/api/accounts/${account.id}/broadcasts`, body)
  expect(made.body).toMatchObject({
    name: '一组',
    path: 'list',
    timing: { kind: 'now' },
    groups: [{ audience: { kind: 'all' }, missed: 'ask', arms: [{ kind: 'whole', content, sendAt: null }] }],
  })
})
