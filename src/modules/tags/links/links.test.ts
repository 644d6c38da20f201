import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Bound, createSendingWorld, type SendingWorld } from '../../../../tests/support/sending.ts'
import { addTag, removeTag, renameTag, tagFans, untagFans } from '../../../channels/official-account/tags.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { accountClient } from '../../accounts/index.ts'
import { startMemberSync, syncTags } from '../commands.ts'
import { holdTags } from '../holding.ts'
import { runMemberSync } from '../members.ts'
import type { OwnTag, TagConflict } from '../schema.ts'
import { claimNext, pushClaimed } from '../wechat/push.ts'
import { compareLinks, followLooks, pushLinked } from './sweeps.ts'

let world: SendingWorld
const never = new AbortController().signal

beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
afterEach(() => world.fault())

const rows = async <T extends object>(text: string, values: unknown[] = []) =>
  (await world.ctx.pool.query<T>(text, values)).rows
const client = (account: Bound) => accountClient(world.ctx, account.id)
/** What the worker's sweeps do until nothing is left; how many rounds did something. Rests and rates are over at once. */
async function settle(): Promise<number> {
  for (let rounds = 0; rounds < 200; rounds += 1) {
    await rows(`update wechat_tag_changes set free_at = clock_timestamp() where state = 'waiting'`)
    await rows('update tag_link_looks set free_at = clock_timestamp()')
    await rows(`delete from rate_buckets where key like 'tag%'`)
    const did = [
      await compareLinks(world.ctx),
      await followLooks(world.ctx),
      await pushLinked(world.ctx, never),
    ]
    if (did.every((one) => one === 0)) return rounds
  }
  throw new Error('the two sides never come to rest')
}
const hold = (contactIds: readonly string[], give: string[], take: string[] = []) =>
  inTransaction(world.ctx.db, (trx) => holdTags(trx, { contactIds, give, take }, world.ctx.clock.now()))

type Pair = { account: Bound; own: string; wechat: number; contacts: string[]; linkId: string }
let made = 0
/** An own tag and a WeChat tag in step, with nobody carrying either. */
async function pair(fans = 4, name = `联动${++made}`): Promise<Pair> {
  const account = await world.bind({ fans })
  const own = (await world.api<{ id: string }>('POST', '/api/tags', { name })).body.id
  const link = await world.api<{ id: string; wechatTagId: number }>('POST', `/api/tags/${own}/links`, {
    accountId: account.id,
    wechatTagId: null,
  })
  await settle()
  const contacts = await rows<{ contact_id: string }>(
    'select contact_id from fans where id = any($1) order by id',
    [account.fanIds],
  )
  return {
    account,
    own,
    wechat: link.body.wechatTagId,
    linkId: link.body.id,
    contacts: contacts.map((row) => row.contact_id),
  }
}
/** Who has it by the platform's book, by ours, and by the own tag: each as places in the account's list of fans. */
async function sides({ account, own, wechat }: Pair) {
  const [row] = await rows<{ theirs: string[]; ours: string[]; own: string[] }>(
    `select
       (select coalesce(array_agg(s.openid), '{}') from simulator.tag_member m join simulator.fan s on s.id = m.fan_id
         join simulator.account a on a.id = m.account_id where a.appid = $1 and m.tag_id = $3) as theirs,
       (select coalesce(array_agg(openid), '{}') from fans where account_id = $2 and tag_ids @> array[$3::int]) as ours,
       (select coalesce(array_agg(f.openid), '{}') from contact_tags c join fans f on f.contact_id = c.contact_id
         where f.account_id = $2 and c.tag_id = $4 and c.until = 'infinity') as own`,
    [account.appid, account.id, wechat, own],
  )
  const places = (openids: string[]) =>
    openids.map((openid) => account.openids.indexOf(openid)).toSorted((a, b) => a - b)
  return { theirs: places(row?.theirs ?? []), ours: places(row?.ours ?? []), own: places(row?.own ?? []) }
}
const allAt = (places: number[]) => ({ theirs: places, ours: places, own: places })
async function syncMembers(account: Bound) {
  await runMemberSync(world.ctx, await startMemberSync(world.ctx, account.id), never)
}
const conflicts = async (account: Bound) =>
  (await world.api<{ items: TagConflict[] }>('GET', `/api/accounts/${account.id}/tags/conflicts`)).body.items
const decide = (account: Bound, wechatTagId: number, reason: string, choice: string) =>
  world.api('POST', `/api/accounts/${account.id}/tags/conflicts/settle`, { wechatTagId, reason, choice })
const openid = ({ account }: Pair, place: number) => account.openids[place] as string

test('F1: a link gives each side what the other has; its preview said how many', async () => {
  const account = await world.bind({ fans: 6 })
  const wechat = (await addTag(await client(account), '老客')).id
  await tagFans(await client(account), wechat, account.openids.slice(0, 3))
  await syncTags(world.ctx, account.id)
  await syncMembers(account)
  const own = (await world.api<{ id: string }>('POST', '/api/tags', { name: '老客户' })).body.id
  const contacts = (
    await rows<{ contact_id: string }>('select contact_id from fans where id = any($1) order by id', [
      account.fanIds,
    ])
  ).map((row) => row.contact_id)
  await hold(contacts.slice(2, 5), [own])
  const body = { accountId: account.id, wechatTagId: wechat }
  const shown = await world.api('POST', `/api/tags/${own}/links/preview`, body)
  expect(shown.body).toEqual({ toWechat: 2, toOwn: 2 })
  const { body: link } = await world.api<{ id: string }>('POST', `/api/tags/${own}/links`, body)
  await settle()
  expect(await sides({ account, own, wechat, contacts, linkId: link.id })).toEqual(allAt([0, 1, 2, 3, 4]))
  expect((await world.api('POST', `/api/tags/${own}/links`, body)).body).toMatchObject({
    error: { reason: 'tag_already_linked' },
  })
})

test('F1: what changes on the person is told to WeChat; what changes at WeChat comes to the person', async () => {
  const both = await pair()
  await hold(both.contacts.slice(0, 2), [both.own])
  await settle()
  expect(await sides(both)).toEqual(allAt([0, 1]))
  await tagFans(await client(both.account), both.wechat, [openid(both, 3)])
  await untagFans(await client(both.account), both.wechat, [openid(both, 0)])
  await syncMembers(both.account)
  await settle()
  expect(await sides(both)).toEqual(allAt([1, 3]))
  await hold(both.contacts, [], [both.own])
  await settle()
  expect(await sides(both)).toEqual(allAt([]))
})

test('F1: no ping-pong: once in step, syncs and sweeps find nothing to do and WeChat is told nothing', async () => {
  const both = await pair(60)
  await hold(both.contacts, [both.own])
  await settle()
  const spans = () =>
    rows('select * from contact_tags where tag_id = $1 order by contact_id, since', [both.own])
  const before = await spans()
  await world.fault({
    match: { path: '/cgi-bin/tags/members', appid: both.account.appid },
    kind: 'error',
    errcode: 48001,
  })
  for (let round = 0; round < 3; round += 1) {
    await syncMembers(both.account)
    expect(await settle()).toBe(0)
  }
  expect(await spans()).toEqual(before)
  expect(await conflicts(both.account)).toEqual([])
})

test('F1: one own tag linked in two accounts: a tag given in the one reaches the other once, and rests', async () => {
  const one = await pair(3)
  const other = await world.bind({ fans: 3 })
  await rows(
    `update fans f set contact_id = o.contact_id from fans o
     where o.id = $2 and f.id = $1`,
    [other.fanIds[0], one.account.fanIds[0]],
  )
  const link = await world.api<{ id: string; wechatTagId: number }>('POST', `/api/tags/${one.own}/links`, {
    accountId: other.id,
    wechatTagId: null,
  })
  await settle()
  await tagFans(await client(one.account), one.wechat, [openid(one, 0)])
  await syncMembers(one.account)
  await settle()
  const second = { ...one, account: other, wechat: link.body.wechatTagId }
  expect(await sides(one)).toEqual(allAt([0]))
  expect(await sides(second)).toEqual(allAt([0]))
  expect(await settle()).toBe(0)
})

test('F1: a reading begun before a change of ours does not undo it', async () => {
  const both = await pair(3)
  await hold(both.contacts.slice(0, 1), [both.own])
  await settle()
  const runId = await startMemberSync(world.ctx, both.account.id)
  const { clock } = world.ctx
  let asked = 0
  // the tag's page is read, then we take the tag and WeChat is told, then the page is applied
  const late = {
    ...world.ctx,
    channels: {
      ...world.ctx.channels,
      officialAccount: (options: Parameters<typeof world.ctx.channels.officialAccount>[0]) => {
        const real = world.ctx.channels.officialAccount(options)
        return {
          ...real,
          call: (async (api: { path: string }, input: { tagid?: number }) => {
            const answer = await real.call(api as never, input as never)
            if (api.path === '/cgi-bin/user/tag/get' && input.tagid === both.wechat && asked++ === 0) {
              await hold(both.contacts.slice(0, 1), [], [both.own])
              await settle()
            }
            return answer
          }) as typeof real.call,
        }
      },
    },
    clock,
  }
  await runMemberSync(late, runId, never)
  expect(asked).toBeGreaterThan(0)
  await settle()
  expect(await sides(both)).toEqual(allAt([]))
})

test('F1: a fan at 20 tags is shown as a conflict; trying again after room was made, or doing as WeChat has it', async () => {
  const both = await pair(3)
  const at = await client(both.account)
  const fill = async (place: number) => {
    const has =
      (
        await rows<{ n: number }>('select cardinality(tag_ids) as n from fans where openid = $1', [
          openid(both, place),
        ])
      )[0]?.n ?? 0
    const ids: number[] = []
    for (let n = has; n < 20; n += 1) {
      const { id } = await addTag(at, `满${place}-${n}`)
      await tagFans(at, id, [openid(both, place)])
      ids.push(id)
    }
    return ids
  }
  const [extra] = await fill(0)
  await fill(1)
  await hold(both.contacts, [both.own])
  await settle()
  expect(await sides(both)).toMatchObject({ theirs: [2], ours: [2], own: [0, 1, 2] })
  expect(await conflicts(both.account)).toMatchObject([
    {
      reason: 'fan_full',
      fans: 2,
      wechatTagId: both.wechat,
      link: { tagId: both.own },
      examples: [{ give: true }, {}],
    },
  ])
  await untagFans(at, extra as number, [openid(both, 0)])
  expect((await decide(both.account, both.wechat, 'fan_full', 'retry')).status).toBe(200)
  await settle()
  expect(await sides(both)).toMatchObject({ theirs: [0, 2], own: [0, 1, 2] })
  expect((await decide(both.account, both.wechat, 'fan_full', 'keep_wechat')).status).toBe(200)
  await settle()
  expect(await sides(both)).toEqual(allAt([0, 2]))
  expect(await conflicts(both.account)).toEqual([])
})

test.each(['keep_own', 'keep_wechat'] as const)(
  'F1: a tag deleted at WeChat is taken from nobody here, and shown: %s',
  async (choice) => {
    const both = await pair(3)
    await hold(both.contacts, [both.own])
    await settle()
    await removeTag(await client(both.account), both.wechat)
    // a single fan is read before the account's tags are
    await rows(`update fans set tag_ids = '{}' where openid = $1`, [openid(both, 0)])
    await settle()
    expect((await sides(both)).own).toEqual([0, 1, 2])
    expect(await conflicts(both.account)).toMatchObject([{ reason: 'deleted', link: { tagId: both.own } }])
    expect((await decide(both.account, both.wechat, 'deleted', choice)).status).toBe(200)
    await settle()
    expect(await conflicts(both.account)).toEqual([])
    const { body } = await world.api<{ items: OwnTag[] }>('GET', '/api/tags')
    const links = body.items.find((tag) => tag.id === both.own)?.links ?? []
    expect(links).toHaveLength(choice === 'keep_own' ? 1 : 0)
    if (choice === 'keep_own') {
      expect(await sides({ ...both, wechat: links[0]?.wechatTagId as number })).toEqual(allAt([0, 1, 2]))
    }
  },
)

test.each([
  ['keep_own', 'own'],
  ['keep_wechat', 'wechat'],
] as const)('F1: a tag renamed at WeChat is shown until someone decides: %s', async (choice, whose) => {
  const both = await pair(1, `原名-${choice}`)
  await renameTag(await client(both.account), both.wechat, `新名-${choice}`)
  await syncTags(world.ctx, both.account.id)
  expect(await conflicts(both.account)).toMatchObject([
    { reason: 'renamed', wechatName: `新名-${choice}`, link: { name: `原名-${choice}` } },
  ])
  expect((await decide(both.account, both.wechat, 'renamed', choice)).status).toBe(200)
  const name = whose === 'own' ? `原名-${choice}` : `新名-${choice}`
  const named = (await syncTags(world.ctx, both.account.id)).find((tag) => tag.tagId === both.wechat)
  expect(named).toMatchObject({ name, link: { name } })
  expect(await conflicts(both.account)).toEqual([])
})

test('F1: two people who merge, and a fan who follows again, come into step', async () => {
  const both = await pair(3)
  const [first = '', second = ''] = both.contacts
  await hold([first], [both.own])
  await settle()
  await rows('update fans set contact_id = $1 where contact_id = $2', [first, second])
  await settle()
  expect(await sides(both)).toEqual(allAt([0, 1]))
  const third = both.contacts[2] as string
  await rows('update fans set following = false where contact_id = $1', [third])
  await hold([third], [both.own])
  await settle()
  expect((await sides(both)).theirs).toEqual([0, 1])
  await rows('update fans set following = true where contact_id = $1', [third])
  await settle()
  expect(await sides(both)).toEqual(allAt([0, 1, 2]))
})

test('F1: a tag taken while WeChat is being told to give it: the last word counts, on both sides', async () => {
  const both = await pair(2)
  await hold(both.contacts, [both.own])
  const claimed = await claimNext(world.ctx, null)
  expect(claimed.map((change) => change.give)).toEqual([true, true])
  await hold(both.contacts, [], [both.own])
  expect(await claimNext(world.ctx, null)).toEqual([])
  await pushClaimed(world.ctx, await client(both.account), { claimed, signal: never }, async () => undefined)
  expect(await sides(both)).toEqual({ theirs: [0, 1], ours: [], own: [] })
  await settle()
  expect(await sides(both)).toEqual(allAt([]))
})

test('F1: two workers push at once: every change is told and settled once', async () => {
  const both = await pair(120)
  await hold(both.contacts, [both.own])
  const other = await world.another()
  const rest = async (ctx: typeof other) => {
    while ((await pushLinked(ctx, never)) > 0);
  }
  await Promise.all([rest(world.ctx), rest(other)])
  const everyone = both.account.openids.map((_, place) => place)
  expect((await sides(both)).theirs).toEqual(everyone)
  expect(await rows('select 1 from wechat_tag_changes')).toEqual([])
  await settle()
  expect(await sides(both)).toEqual(allAt(everyone))
})

test('F1: an ended link leaves both sides as they are, and nothing follows any more', async () => {
  const both = await pair(2)
  await hold(both.contacts.slice(0, 1), [both.own])
  await settle()
  expect((await world.api('DELETE', `/api/tags/${both.own}/links/${both.linkId}`)).status).toBe(200)
  await hold(both.contacts, [both.own])
  await settle()
  expect(await sides(both)).toEqual({ theirs: [0], ours: [0], own: [0, 1] })
  const bound = await pair(1)
  expect(
    (await world.api('DELETE', `/api/accounts/${bound.account.id}/tags/${bound.wechat}`)).body,
  ).toMatchObject({
    error: { reason: 'wechat_tag_linked' },
  })
})
