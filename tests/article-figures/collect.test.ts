import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addBeijingDays, beijingDay, beijingMinute } from '../../src/kernel/beijing.ts'
import { collectFigures } from '../../src/modules/article-figures/collect.ts'
import { dayState, figuresAt, latestFigures } from '../../src/modules/article-figures/index.ts'
import { articleFiguresModule } from '../../src/modules/article-figures/module.ts'
import { claimDay, endLook, expectFigures, writeFigures } from '../../src/modules/article-figures/store.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { withFigures } from './support.ts'

let world: SendingWorld
let figures: ReturnType<typeof withFigures>
const READERS = { read: 0.6, readOriginal: 0.2, share: 0.2, favourite: 0.1, like: 0.1, comment: 0.05 }
const PLAIN = { quality: [{ title: '', read: 1 }] }

beforeAll(async () => {
  world = await createSendingWorld()
  figures = withFigures(world)
  await figures.morning(1)
})
afterEach(() => figures.stop())
afterAll(async () => world?.close())

const clock = (days: number, time: string) => beijingMinute(atBeijing(now(), days, time)).slice(5)
const now = () => world.ctx.clock.now()
async function newAccount(fans = 60, more: object = {}): Promise<Bound> {
  const account = await world.bind({ fans, ...more })
  await figures.rates(account, READERS, PLAIN)
  return account
}
const truthOf = async (account: Bound, msgDataId: string | undefined) =>
  (await figures.truth(account)).find((one) => one.msgDataId === msgDataId && one.idx === 1)

test('E9: nothing before 09:00 of the next day, then every morning, over what was there, and no more after seven days', async () => {
  const account = await newAccount()
  const broadcast = await figures.send(account, ['秋冬新鞋', '第二条'])
  const [msgDataId] = await figures.msgDataIds(broadcast)
  const sent = beijingDay(now())

  await figures.morning(1, '08:59')
  expect(await figures.collect()).toBe(0)
  expect(await figures.stored(account)).toEqual([])
  expect((await articleFiguresModule.nextDue?.(world.ctx))?.dueAt).toEqual(atBeijing(now(), 0, '09:00'))

  await figures.morning(0, '09:00')
  expect((await articleFiguresModule.nextDue?.(world.ctx))?.busy).toBe(true)
  expect(await figures.collect()).toBe(1)
  expect(await figures.calls(account, { atLeast: 1 })).toBe(1)
  const first = await figures.stored(account)
  expect(first.map(({ place, statDay, isFinal }) => ({ place, statDay, isFinal }))).toEqual([
    { place: 1, statDay: sent, isFinal: true },
    { place: 2, statDay: sent, isFinal: true },
  ])
  expect(first[0]?.readers).toBeGreaterThan(10)
  expect(await dayState(world.ctx.db, account.id, { day: sent, statDay: sent })).toBe('final')
  expect(await dayState(world.ctx.db, account.id, { day: sent, statDay: addBeijingDays(sent, 1) })).toBe(
    'waiting',
  )

  for (let day = 2; day <= 7; day += 1) {
    await figures.morning(1, '09:00')
    expect(await figures.collect()).toBe(1)
    expect(await figures.calls(account, { atLeast: day })).toBe(day)
  }
  const latest = await latestFigures(world.ctx.db, account.id, [msgDataId as string])
  expect(latest.map(({ statDay }) => statDay)).toEqual([addBeijingDays(sent, 6), addBeijingDays(sent, 6)])
  const truth = await truthOf(account, msgDataId)
  expect(latest[0]).toMatchObject({
    readers: truth?.read,
    readOriginal: truth?.readOriginal,
    shares: truth?.share,
    favourites: truth?.favourite,
    likes: truth?.like,
    comments: truth?.comment,
  })
  expect(truth?.read).toBeGreaterThan(first[0]?.readers as number)
  expect(truth?.readOriginal).toBeGreaterThan(0)
  expect((await figures.days(account))[0]?.due).toBeNull()

  // what is done later is nobody's figure any more
  const before = await figures.stored(account)
  const [openid] = account.openids
  for (const action of ['read', 'share', 'favourite'])
    await world.control('POST', '/act', {
      appid: account.appid,
      openid,
      action,
      msgId: broadcast && (await msgIdOf(broadcast.id)),
    })
  await figures.morning(1, '09:00')
  expect(await figures.collect()).toBe(0)
  expect(await figures.stored(account)).toEqual(before)
})

const msgIdOf = async (broadcastId: string) =>
  (
    await world.ctx.pool.query<{ msg_id: string }>(
      'select msg_id from broadcast_batches where broadcast_id = $1',
      [broadcastId],
    )
  ).rows[0]?.msg_id

test('E9: after nine days without a worker one call brings all there is, once', async () => {
  const account = await newAccount()
  const [msgDataId] = await figures.msgDataIds(await figures.send(account, ['停机九天']))
  const sent = beijingDay(now())
  await figures.morning(9, '15:00')
  expect(await figures.collect()).toBe(1)
  expect(await figures.collect()).toBe(0)
  expect(await figures.calls(account, { atLeast: 1 })).toBe(1)
  const stored = await figures.stored(account)
  expect(stored.map(({ statDay }) => statDay)).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((days) => addBeijingDays(sent, days)),
  )
  expect(stored.at(-1)?.readers).toBe((await truthOf(account, msgDataId))?.read)
  expect((await figures.days(account))[0]?.due).toBeNull()
})

test('E9: the same figures twice are the same figures', async () => {
  const account = await newAccount()
  await figures.send(account, ['读两次'])
  const sent = beijingDay(now())
  await figures.morning(1, '09:00')
  await figures.collect()
  const once = await figures.stored(account)
  await world.ctx.pool.query('update figure_days set due_at = $2 where account_id = $1', [account.id, now()])
  await expectFigures(world.ctx.db, { accountId: account.id, at: [atBeijing(now(), -1, '10:00')] })
  expect(await figures.collect()).toBe(1)
  expect(await figures.stored(account)).toEqual(once)
  expect((await figures.days(account)).map(({ day }) => day)).toEqual([sent])
})

test('E9: figures that WeChat says are late are asked for again, and only final ones are final', async () => {
  const account = await newAccount()
  await figures.send(account, ['晚到的数据'])
  const sent = beijingDay(now())
  await figures.rates(account, {}, { statisticsDelay: { until: '10:10' } })
  await figures.morning(1, '09:00')
  expect(await figures.collect()).toBe(1)
  expect(await figures.stored(account)).toEqual([])
  expect(await dayState(world.ctx.db, account.id, { day: sent, statDay: sent })).toBe('late')
  expect((await figures.days(account))[0]).toMatchObject({
    problem: 'late',
    due: clock(0, '09:30'),
  })
  await figures.morning(0, '09:30')
  await figures.collect()
  await figures.morning(0, '10:30')
  await figures.collect()
  expect((await figures.stored(account))[0]).toMatchObject({ statDay: sent, isFinal: true })
  expect((await figures.days(account))[0]).toMatchObject({
    problem: null,
    due: clock(1, '09:00'),
  })

  // the second day is late: what is final stays final
  await figures.rates(account, {}, { statisticsDelay: {} })
  await figures.morning(1, '09:00')
  await figures.collect()
  expect((await figures.stored(account)).map(({ statDay, isFinal }) => [statDay, isFinal])).toEqual([
    [sent, true],
  ])
})

test('E9: 61503, a busy platform and the day’s last call are waited out, each for its time', async () => {
  const account = await newAccount()
  await figures.send(account, ['等一等'])
  const path = '/datacube/getarticletotaldetail'
  await world.fault({ match: { path, appid: account.appid }, kind: 'error', errcode: 61503, remaining: 1 })
  await figures.morning(1, '09:00')
  await figures.collect()
  expect((await figures.days(account))[0]).toMatchObject({
    problem: 'late',
    errcode: 61503,
    due: clock(0, '09:30'),
  })
  await world.fault({ match: { path, appid: account.appid }, kind: 'http-500', remaining: 10 })
  await figures.morning(0, '09:31')
  await figures.collect()
  expect((await figures.days(account))[0]).toMatchObject({
    problem: 'busy',
    due: clock(0, '09:35'),
  })
  await world.fault()
  await world.control('PATCH', `/accounts/${account.appid}`, { quotas: { [path]: 0 } })
  await figures.morning(0, '09:36')
  await figures.collect()
  expect((await figures.days(account))[0]).toMatchObject({
    problem: 'calls-used-up',
    errcode: 45009,
    due: clock(1, '00:05'),
  })
  await world.control('PATCH', `/accounts/${account.appid}`, { quotas: { [path]: 100 } })
  await figures.morning(1, '00:06')
  await figures.collect()
  expect(await figures.stored(account)).toHaveLength(1)
  expect((await figures.days(account))[0]).toMatchObject({
    problem: null,
    due: clock(0, '09:00'),
  })
})

test('E10: a deleted article keeps what was read of it', async () => {
  const account = await newAccount()
  const broadcast = await figures.send(account, ['要下线的'])
  await figures.morning(1, '09:00')
  await figures.collect()
  const before = await figures.stored(account)
  expect(before).toHaveLength(1)
  expect((await world.act(broadcast, 'withdraw')).status).toBe(200)
  await world.drain()
  await figures.morning(1, '09:00')
  expect(await figures.collect()).toBe(1)
  expect(await figures.stored(account)).toEqual(before)
})

test('E9: another send of the day with the same title has figures of its own', async () => {
  const account = await newAccount(100)
  const [one] = await figures.msgDataIds(await figures.send(account, ['同名'], { people: 80 }))
  const [two] = await figures.msgDataIds(await figures.send(account, ['同名'], { people: 10, from: 80 }))
  const statDay = beijingDay(now())
  await figures.morning(1, '09:00')
  expect(await figures.collect()).toBe(1)
  const articles = [one, two].map((msgDataId) => ({ msgDataId: msgDataId as string, place: 1 }))
  const found = await figuresAt(world.ctx.db, { accountId: account.id, statDay, articles })
  const stored = await figures.stored(account)
  for (const { msgDataId } of articles)
    expect(found.get(`${msgDataId}_1`)?.readers).toBe(
      stored.find((row) => row.msgDataId === msgDataId)?.readers,
    )
  expect(found.get(`${one}_1`)?.readers).toBeGreaterThan(10)
  expect(found.get(`${two}_1`)?.readers).toBeLessThanOrEqual(10)
  const wrong = [{ msgDataId: one as string, place: 2 }]
  expect((await figuresAt(world.ctx.db, { accountId: account.id, statDay, articles: wrong })).size).toBe(0)
})

test('E9: a paused account is asked once it is resumed; a text has no figures', async () => {
  const account = await newAccount()
  const text = await world.draft(account)
  await world.confirm(text)
  await world.drain()
  expect(await figures.days(account)).toEqual([])
  await figures.send(account, ['暂停'])
  await world.ctx.pool.query(`update accounts set state = 'paused' where id = $1`, [account.id])
  await figures.morning(2, '09:00')
  expect(await figures.collect()).toBe(0)
  await world.ctx.pool.query(`update accounts set state = 'active' where id = $1`, [account.id])
  expect(await figures.collect()).toBe(1)
})

test('E9: two workers, and one that died in a look: each day is asked once, and the dead one’s answer is not taken', async () => {
  const account = await newAccount()
  await figures.send(account, ['两个进程'])
  const [today] = await figures.days(account)
  await expectFigures(world.ctx.db, {
    accountId: account.id,
    at: [1, 2, 3, 4, 5].map((days) => atBeijing(now(), -days, '12:00')),
  })
  await figures.morning(1, '09:00')
  const [one, two] = [world.ctx, await world.another()]
  await two.clock.refresh()
  const looks = await Promise.all([figures.collect(one), figures.collect(two)])
  expect(looks[0] + looks[1]).toBe(6)
  expect(await figures.calls(account, { atLeast: 6 })).toBe(6)

  await world.ctx.pool.query('update figure_days set due_at = $2 where account_id = $1 and day = $3', [
    account.id,
    now(),
    today?.day,
  ])
  const dead = await claimDay(one.db, now())
  if (dead === undefined) throw new Error('nothing was claimed')
  expect(await collectFigures(two)).toBe(0)
  await world.ctx.pool.query(
    `update figure_days set lease_until = clock_timestamp() - interval '1 second' where account_id = $1`,
    [account.id],
  )
  expect(await collectFigures(two)).toBe(1)
  const after = await figures.days(account)
  const late = { outcome: 'busy' as const, errcode: -1, dueAt: null, tries: 9, at: now() }
  expect(await endLook(one.db, dead, late)).toBe(false)
  expect(await figures.days(account)).toEqual(after)
})

test('E9: a thousand articles of a week are seven calls a day', async () => {
  const account = await newAccount(2)
  const today = beijingDay(now())
  await world.ctx.pool.query(
    `with a as (select id from simulator.account where appid = $1),
       p as (insert into simulator.publication (msg_data_id, account_id, notified, published_at)
         select 8100000000000000000 + n, a.id, true, $2::timestamptz - (n % 7) * interval '1 day' from a, generate_series(0, 124) as n
         returning msg_data_id, account_id, published_at),
       r as (insert into simulator.article (key, account_id, msg_data_id, idx, fields)
         select 'k' || msg_data_id || '_' || idx, account_id, msg_data_id, idx, '{"title": "千篇"}' from p, generate_series(1, 8) as idx)
     insert into simulator.article_day (msg_data_id, idx, day, account_id, read_user)
       select msg_data_id, idx, (published_at at time zone 'Asia/Shanghai')::date, account_id, 8 - idx + 1 from p, generate_series(1, 8) as idx`,
    [account.appid, now()],
  )
  await expectFigures(world.ctx.db, {
    accountId: account.id,
    at: [0, 1, 2, 3, 4, 5, 6].map((days) => atBeijing(now(), -days, '12:00')),
  })
  await figures.morning(1, '09:00')
  const started = performance.now()
  expect(await figures.collect()).toBe(7)
  const took = performance.now() - started
  expect(await figures.calls(account, { atLeast: 7 })).toBe(7)
  const { rows } = await world.ctx.pool.query<{ articles: number; readers: number }>(
    `select count(*)::int as articles, sum(readers)::int as readers from (
       select distinct on (msg_data_id, place) readers from article_figures where account_id = $1
       order by msg_data_id, place, stat_day desc) f`,
    [account.id],
  )
  expect(rows[0]).toEqual({ articles: 1_000, readers: 125 * 36 })
  expect(took).toBeLessThan(20_000)
  expect(beijingDay(now())).toBe(addBeijingDays(today, 1))
})

test('E9: what was read is written over, never added', async () => {
  const account = await newAccount(2)
  const row = {
    msg_data_id: '77',
    place: 1,
    stat_day: '2026-12-01',
    sent_day: '2026-12-01',
    title: 't',
    url: null,
    readers: 5,
    message_readers: null,
    read_original: 1,
    favourites: 1,
    shares: 1,
    likes: 1,
    wows: 1,
    comments: 1,
    finish_rate: null,
    is_final: true,
  }
  await writeFigures(world.ctx.db, { accountId: account.id, at: now(), rows: [row] })
  await writeFigures(world.ctx.db, {
    accountId: account.id,
    at: now(),
    rows: [{ ...row, readers: 4, is_final: false }],
  })
  expect(await figures.stored(account)).toMatchObject([{ readers: 4, isFinal: true }])
})

test('E9: what was delivered before there were figures is expected by the migration as a send expects it', async () => {
  const account = await newAccount()
  await figures.send(account, ['升级前'])
  const days = await figures.days(account)
  expect(days).toHaveLength(1)
  await world.ctx.pool.query('delete from figure_days where account_id = $1', [account.id])
  // a send kept its content itself then
  await world.ctx.pool.query('alter table broadcasts add column frozen_content jsonb')
  await world.ctx.pool.query(
    'update broadcasts b set frozen_content = a.frozen_content from broadcast_arms a where a.broadcast_id = b.id and b.account_id = $1',
    [account.id],
  )
  const migration = await readFile('migrations/20261121_0023_article_figures.sql', 'utf8')
  const backfill = migration.slice(migration.indexOf('insert into figure_days'))
  await world.ctx.pool.query(backfill.replace(';', ' on conflict do nothing'))
  await world.ctx.pool.query('alter table broadcasts drop column frozen_content')
  expect(await figures.days(account)).toEqual(days)
})
