import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTable, type TableFormat } from '../../src/infra/spreadsheets/index.ts'
import { addBeijingDays, beijingDay, beijingHour } from '../../src/kernel/beijing.ts'
import type { BroadcastFigures } from '../../src/modules/broadcasts/schema/figures.ts'
import type { MassFigure, MassRecord } from '../../src/modules/broadcasts/schema/records.ts'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { createOperator } from '../../src/modules/operators/index.ts'
import { type Truth, withFigures } from '../article-figures/support.ts'
import { type Caller, createTestApi, type TestApi } from '../support/api.ts'
import { atBeijing, type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

let world: SendingWorld
let figures: ReturnType<typeof withFigures>
let server: TestApi
let one: Bound
let two: Bound
let good: Broadcast
let plain: Broadcast
let text: Broadcast
let sentOn: string
let cookie: string

const TITLE = '=SUM(1,2)"好文"'
const RATES = { read: 0.4, readOriginal: 0.1, share: 0.2, favourite: 0.1, like: 0.1, comment: 0.05 }
const QUALITY = {
  quality: [
    { title: '好文', read: 1.8 },
    { title: '平常', read: 0.5 },
    { title: '', read: 1 },
  ],
}

beforeAll(async () => {
  world = await createSendingWorld()
  figures = withFigures(world)
  server = await createTestApi(world.ctx)
  cookie = await signInByHttp()
  await figures.morning(1, '10:20')
  one = await world.bind({ fans: 200, name: '一号店' })
  two = await world.bind({ fans: 80, name: '二号店' })
  for (const account of [one, two]) await figures.rates(account, RATES, QUALITY)
  sentOn = beijingDay(world.ctx.clock.now())
  const activity = await world.api<{ id: string }>('POST', '/api/activities', { name: '双十二' })
  good = await figures.send(one, [TITLE, '第二条'], { people: 100, name: '+好文群发' })
  plain = await figures.send(one, ['平常'], { people: 80, from: 100, name: '平常群发' })
  await world.ctx.pool.query('update broadcast_groups set activity_id = $2 where broadcast_id = $1', [
    good.id,
    activity.body.id,
  ])
  text = await world.draft(one)
  await world.confirm(text)
  await world.drain()
  await figures.send(two, ['二号店的文章'], { name: '二号店群发' })
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

/** A session as a browser has it, for what is no JSON. */
async function signInByHttp(): Promise<string> {
  const login = { email: 'records@example.com', password: 'a-long-enough-password' }
  await createOperator(world.ctx, {
    ...login,
    name: '分析',
    role: 'analyst',
    allAccounts: true,
    accountIds: [],
  })
  const answer = await fetch(`${world.apiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-weida-request': '1' },
    body: JSON.stringify(login),
  })
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
}

const read = async (broadcast: Broadcast) => {
  const { status, body } = await world.api<BroadcastFigures>(
    'GET',
    `/api/accounts/${broadcast.accountId}/broadcasts/${broadcast.id}/figures`,
  )
  expect(status).toBe(200)
  return body
}
const records = async (query = '', api: Caller = world.api) =>
  (await api<{ items: MassRecord[]; nextCursor: string | null }>('GET', `/api/mass-records?${query}`)).body
const names = async (query: string) => (await records(query)).items.map(({ name }) => name)
const truthOf = async (broadcast: Broadcast, idx = 1): Promise<Truth> => {
  const [key] = await figures.msgDataIds(broadcast)
  return (await figures.truth(one)).find((item) => item.msgDataId === key && item.idx === idx) as Truth
}

describe.sequential('figures of one mass send', () => {
  test('E9: nothing is told before it is read; delivered becomes final at 09:00 of the next day', async () => {
    expect(await read(good)).toMatchObject({
      delivered: {
        people: 100,
        uncounted: 0,
        isFinal: false,
        finalAt: atBeijing(world.ctx.clock.now(), 1, '09:00').toISOString(),
      },
      state: 'waiting',
      readAt: null,
      nextAt: atBeijing(world.ctx.clock.now(), 1, '09:00').toISOString(),
      articles: [
        { place: 1, title: TITLE, figures: null },
        { place: 2, title: '第二条', figures: null },
      ],
      days: [],
    })
    expect((await read(text)).state).toBe('none')
    await figures.morning(1, '08:59')
    expect((await read(good)).delivered.isFinal).toBe(false)
    await figures.morning(0, '09:00')
    expect((await read(good)).delivered.isFinal).toBe(true)
  })

  test('E9: each article has its own people, its rate over those delivered to, and its days add up', async () => {
    await figures.collect()
    const first = await read(good)
    expect(first).toMatchObject({
      state: 'counting',
      problem: null,
      nextAt: atBeijing(world.ctx.clock.now(), 1, '09:00').toISOString(),
    })
    expect(first.articles[0]?.figures?.asOf).toBe(sentOn)
    for (let day = 0; day < 3; day += 1) {
      await figures.morning(1, '09:00')
      await figures.collect()
    }
    const { articles, days } = await read(good)
    for (const { place, figures: sums } of articles) {
      const truth = await truthOf(good, place)
      expect(sums).toMatchObject({
        readers: truth.read,
        readOriginal: truth.readOriginal,
        favourites: truth.favourite,
        shares: truth.share,
        likes: truth.like,
        comments: truth.comment,
        readRate: truth.read / 100,
        asOf: addBeijingDays(sentOn, 3),
      })
      const added = days.flatMap((day) => day.articles.filter((article) => article.place === place))
      expect(added.reduce((sum, day) => sum + day.readers, 0)).toBe(truth.read)
      expect(added.every((day) => day.readers >= 0)).toBe(true)
    }
    // the better article won, as the platform knows
    const rate = async (broadcast: Broadcast) =>
      (await read(broadcast)).articles[0]?.figures?.readRate as number
    expect(await rate(good)).toBeGreaterThan(await rate(plain))
  })

  test('E9: batches of one send are added up', async () => {
    const [batch] = await figures.msgDataIds(good)
    const both = await world.ctx.pool.query(
      `insert into broadcast_batches (broadcast_id, account_id, seq, state, size, client_msg_id, msg_data_id, due_at, accepted_at,
         finished_at, sent_count)
       select broadcast_id, account_id, 77, state, 50, 'copy-of-a-batch', '4711', due_at, accepted_at, finished_at, 50
       from broadcast_batches where msg_data_id = $1`,
      [batch],
    )
    expect(both.rowCount).toBe(1)
    await world.ctx.pool.query(
      `insert into article_figures select account_id, '4711', place, stat_day, sent_day, title, url, readers, message_readers,
         read_original, favourites, shares, likes, wows, comments, finish_rate, is_final, read_at
       from article_figures where msg_data_id = $1`,
      [batch],
    )
    const { articles, delivered } = await read(good)
    const truth = await truthOf(good)
    expect(delivered.people).toBe(150)
    expect(articles[0]?.figures).toMatchObject({ readers: 2 * truth.read, readRate: (2 * truth.read) / 150 })
    await world.ctx.pool.query(`delete from broadcast_batches where client_msg_id = 'copy-of-a-batch'`)
    await world.ctx.pool.query(`delete from article_figures where msg_data_id = '4711'`)
  })

  test('E9: after seven days they are final', async () => {
    await figures.morning(4, '09:00')
    await figures.collect()
    expect(await read(good)).toMatchObject({ state: 'final', nextAt: null })
  })
})

describe.sequential('the records', () => {
  test('E9: across accounts, newest first, with filters', async () => {
    expect(await names('')).toEqual(['二号店群发', text.name, '平常群发', '+好文群发'])
    expect(await names(`accountId=${two.id}`)).toEqual(['二号店群发'])
    expect(await names('kind=text')).toEqual([text.name])
    expect(await names('kind=articles&label=sent')).toEqual(['二号店群发', '平常群发', '+好文群发'])
    expect(await names('label=failed')).toEqual([])
    expect(await names(`q=${encodeURIComponent('第二条')}`)).toEqual(['+好文群发'])
    expect(await names(`q=${encodeURIComponent('平常群')}`)).toEqual(['平常群发'])
    expect(await names(`from=${sentOn}&to=${sentOn}`)).toHaveLength(4)
    expect(await names(`from=${addBeijingDays(sentOn, 1)}`)).toEqual([])
    expect(await names(`to=${addBeijingDays(sentOn, -1)}`)).toEqual([])
    const activity = (await records(`q=${encodeURIComponent('好文')}`)).items[0]?.activity
    expect(activity?.name).toBe('双十二')
    expect(await names(`activityId=${activity?.id}`)).toEqual(['+好文群发'])
    const [record] = (await records(`accountId=${one.id}&kind=articles&label=sent&limit=1`)).items
    expect(record).toMatchObject({
      accountName: '一号店',
      delivered: { people: 80, isFinal: true },
      figures: {
        state: 'final',
        articles: [{ title: '平常', figures: { readers: (await truthOf(plain)).read } }],
      },
    })
  })

  test('E9: pages tell each record once, also where a label leaves some out', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof records>> = await records(
        `limit=1&label=sent${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(['二号店群发', text.name, '平常群发', '+好文群发'])
  })

  test('E9, E10: who sees one account sees its records, figures and rows, and no others', async () => {
    const analyst = await server.signIn('analyst', [two.id])
    expect((await records('', analyst)).items.map(({ name }) => name)).toEqual(['二号店群发'])
    expect((await analyst('GET', `/api/mass-records?accountId=${one.id}`)).status).toBe(404)
    expect((await analyst('GET', `/api/accounts/${one.id}/broadcasts/${good.id}/figures`)).status).not.toBe(
      200,
    )
    expect((await analyst('GET', `/api/accounts/${two.id}/broadcasts/${good.id}/figures`)).status).toBe(404)
    const range = `from=${sentOn}&to=${sentOn}`
    expect((await analyst('GET', `/api/mass-records/file?${range}&accountId=${one.id}`)).status).toBe(404)
    const chart = await analyst<{ items: MassFigure[] }>('GET', `/api/mass-figures?${range}&by=article`)
    expect(chart.body.items.map(({ article }) => article?.title)).toEqual(['二号店的文章'])
  })

  test('E9: charts by day, by hour of sending and by article', async () => {
    const chart = async (by: string) =>
      (
        await world.api<{ items: MassFigure[] }>(
          'GET',
          `/api/mass-figures?from=${addBeijingDays(sentOn, -1)}&to=${sentOn}&by=${by}&accountId=${one.id}`,
        )
      ).body.items
    const [truthGood, truthPlain] = [await truthOf(good), await truthOf(plain)]
    const sums = {
      sends: 3,
      readers: truthGood.read + truthPlain.read,
      shares: truthGood.share + truthPlain.share,
      readRate: (truthGood.read + truthPlain.read) / 180,
    }
    expect(await chart('day')).toMatchObject([{ key: sentOn, ...sums }])
    const hours = await chart('hour')
    expect(hours.map(({ key }) => Number(key)).every((hour) => hour >= 10 && hour <= 12)).toBe(true)
    expect(hours.reduce((sum, { sends }) => sum + sends, 0)).toBe(3)
    expect(beijingHour(new Date(good.startedAt ?? good.createdAt))).toBe(Number(hours[0]?.key))
    const articles = await chart('article')
    expect(articles[0]).toMatchObject({
      readers: truthGood.read,
      article: { title: TITLE, broadcastId: good.id },
    })
    expect(articles).toHaveLength(3)
  })

  const download = async (format: TableFormat, query = ''): Promise<string[][]> => {
    const answer = await fetch(
      `${world.apiUrl}/api/mass-records/file?from=${sentOn}&to=${sentOn}&format=${format}${query}`,
      { headers: { cookie } },
    )
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toContain(`mass-records-${sentOn}-${sentOn}.${format}`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    return Array.fromAsync(readTable({ format, open: async () => Readable.from([bytes]) }))
  }

  test.each(['csv', 'xlsx'] as const)(
    'E9: the %s of a range is read back by a reader, and no title is a formula',
    async (format) => {
      const [headings, ...rows] = await download(format)
      expect(headings).toHaveLength(22)
      expect(rows).toHaveLength(5)
      const column = (name: string) => (headings as string[]).indexOf(name)
      const lead = rows.find((row) => row[column('文章标题')]?.includes('SUM')) as string[]
      const truth = await truthOf(good)
      expect(lead[column('公众号')]).toBe('一号店')
      expect(lead[column('营销活动')]).toBe('双十二')
      expect(lead[column('状态')]).toBe('发送成功')
      expect(Number(lead[column('实际送达（人）')])).toBe(100)
      expect(lead[column('送达数已确定')]).toBe('是')
      expect(Number(lead[column('阅读（人）')])).toBe(truth.read)
      expect(Number(lead[column('阅读率')])).toBeCloseTo(truth.read / 100, 4)
      expect(Number(lead[column('留言（条）')])).toBe(truth.comment)
      expect(lead[column('数据截至')]).toBe(addBeijingDays(sentOn, 6))
      // text in XLSX is text by its type; in CSV an apostrophe keeps it so
      const title = lead[column('文章标题')] as string
      expect(title).toBe(format === 'csv' ? `'${TITLE}` : TITLE)
      const words = rows.find((row) => row[column('类型')] === '文本') as string[]
      expect(words[column('阅读（人）')] ?? '').toBe('')
      expect(await download(format, `&accountId=${two.id}`)).toHaveLength(2)
    },
  )

  test('E9: the file says what was taken offline, the article alone or all of a record', async () => {
    const offline = async () => {
      const [headings, ...rows] = await download('csv', `&accountId=${one.id}`)
      const column = (name: string) => (headings as string[]).indexOf(name)
      return rows.map((row) => [row[column('文章位置')] ?? '', row[column('下线')] ?? ''])
    }
    expect((await world.act(good, 'withdraw', { article: 2 })).status).toBe(200)
    expect(await offline()).toEqual(expect.arrayContaining([['2', '下线中 0 / 1 批']]))
    await world.drain()
    expect((await offline()).filter(([, state]) => state !== '')).toEqual([['2', '已下线']])
    expect((await world.act(good, 'withdraw')).status).toBe(200)
    await world.drain()
    expect((await offline()).filter(([, state]) => state !== '')).toEqual([
      ['1', '已下线'],
      ['2', '已下线'],
    ])
  })

  test('E9: a range of 366 days, not one more, nor turned round', async () => {
    const file = (from: string, to: string) =>
      world.api('GET', `/api/mass-figures?from=${from}&to=${to}&by=day`)
    expect((await file(addBeijingDays(sentOn, -365), sentOn)).status).toBe(200)
    expect((await file(addBeijingDays(sentOn, -366), sentOn)).body).toMatchObject({
      error: { reason: 'range_too_long' },
    })
    expect((await file(sentOn, addBeijingDays(sentOn, -1))).status).toBe(400)
    expect((await file('gestern', sentOn)).status).toBe(400)
  })
})
