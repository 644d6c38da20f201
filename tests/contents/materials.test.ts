import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { fetchFile } from '../../src/modules/contents/media-sync/fetch.ts'
import { runSyncMedia } from '../../src/modules/contents/media-sync/run.ts'
import { syncMedia } from '../../src/modules/contents/media-sync/start.ts'
import { getMediaAsset } from '../../src/modules/contents/reads.ts'
import type { MediaAsset, MediaKind } from '../../src/modules/contents/schema.ts'
import { getRun } from '../../src/modules/runs/index.ts'
import { gifOf, pngOf } from '../support/pictures.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'

const LIST = '/cgi-bin/material/batchget_material'
const GET = '/cgi-bin/material/get_material'
/** After the last page of a full sync, for what changed while it went on. */
const LOOK_ON_TOP = 1
const OTHER_KINDS = 2
const MB = 1024 * 1024
const NEVER = new AbortController().signal

let world: SendingWorld
let account: Bound
beforeAll(async () => {
  world = await createSendingWorld()
})
afterAll(() => world?.close())
beforeEach(async () => {
  account = await world.bind({ fans: 0 })
  await atWechat(
    `delete from simulator.media where account_id = (select id from simulator.account where appid = $1)`,
  )
})

const atWechat = (text: string, ...values: unknown[]) =>
  world.ctx.pool.query(text, [account.appid, ...values])
/** Materials at WeChat, numbered, the first of them the newest. */
const shelve = (
  kind: MediaKind,
  count: number,
  { bytes = pngOf(), type = 'image/png', prefix = kind as string } = {},
) =>
  atWechat(
    `insert into simulator.media (media_id, account_id, kind, permanent, name, content_type, bytes, title, introduction, created_at)
     select a.appid || $4 || n, a.id, $2, true, $4 || ' ' || n || '.' || split_part($5, '/', 2), $5, $6, '', '',
       a.created_at - n * interval '1 minute'
     from simulator.account a, generate_series(1, $3::int) n where a.appid = $1`,
    ...[kind, count, prefix, type, bytes],
  )
const take = (...names: string[]) =>
  atWechat(`delete from simulator.media where media_id = any(select $1 || unnest($2::text[]))`, names)
/** The same, with something done after each call of a path. */
function watched(path: string, after: (calls: number) => Promise<unknown> | unknown): Ctx {
  const { channels } = world.ctx
  let calls = 0
  return {
    ...world.ctx,
    channels: {
      ...channels,
      officialAccount: (options) => {
        const real = channels.officialAccount(options)
        const around =
          (call: (api: { path: string }, input: never) => Promise<unknown>) =>
          async (api: { path: string }, input: never) => {
            const answer = await call(api, input)
            if (api.path === path) await after(++calls)
            return answer
          }
        return {
          ...real,
          call: around(real.call as never) as typeof real.call,
          download: around(real.download as never) as typeof real.download,
        }
      },
    },
  }
}
async function sync(scope: 'new' | 'all', ctx: Ctx = world.ctx) {
  const run = await syncMedia(ctx, account.id, scope)
  await runSyncMedia(ctx, run.id, NEVER)
  return getRun(world.ctx, run.id)
}
const at = (rest: string) => `/api/accounts/${account.id}${rest}`
const list = async (query = ''): Promise<MediaAsset[]> =>
  (await world.api<{ items: MediaAsset[] }>('GET', at(`/media?limit=200&${query}`))).body.items
const stored = async (): Promise<Record<string, number>> => {
  const { rows } = await world.ctx.pool.query<{ kind: string; count: number }>(
    `select kind || case when gone_at is null then '' else ' gone' end as kind, count(*)::int as count
     from media_assets where account_id = $1 group by 1`,
    [account.id],
  )
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))
}
const fileOf = (asset: MediaAsset) => at(`/media/${asset.id}/file`)
const one = async (query: string): Promise<MediaAsset> => {
  const [first] = await list(query)
  if (first === undefined) throw new Error(`nothing for ${query}`)
  return first
}

describe('D11: images, voices and videos are synced', () => {
  test('a thousand of each in full, with their dates; then only what is new, down to a page that is known', async () => {
    for (const kind of ['image', 'voice', 'video'] as const) await shelve(kind, 1_000)
    expect(await sync('all')).toMatchObject({ state: 'done', done: 3_000, total: 3_000 })
    expect(await stored()).toEqual({ image: 1_000, voice: 1_000, video: 1_000 })
    const newest = await list()
    expect(newest.slice(0, 2).map(({ name }) => name)).toEqual(['image 1.png', 'image 2.png'])
    expect(newest[0]).toMatchObject({ mime: 'image/png', bytes: null, goneAt: null })
    expect(await sync('new')).toMatchObject({ done: 60, total: 60 })
  })

  test.each([
    [0, 20],
    [19, 40],
    [20, 40],
    [21, 60],
  ])('%i new ones are found by looking at %i', async (count, looked) => {
    await shelve('image', 100)
    await sync('all')
    await shelve('image', count, { prefix: 'fresh' })
    await atWechat(
      `update simulator.media set created_at = created_at + interval '1 hour' where media_id like $1 || 'fresh%'`,
    )
    expect(await sync('new')).toMatchObject({ done: looked })
    expect(await stored()).toEqual({ image: 100 + count })
  })

  test('what a full look does not meet is gone, rules hear of it, and it can come back; an incremental one takes nothing', async () => {
    await shelve('image', 41)
    await sync('all')
    await take('image1', 'image20', 'image41')
    await sync('new')
    expect(await stored()).toEqual({ image: 41 })
    await world.ctx.pool.query(
      `insert into reply_revisions (account_id, n) values ($1, 7) on conflict (account_id) do update set n = 7`,
      [account.id],
    )
    const revision = async () =>
      (
        await world.ctx.pool.query<{ n: string }>('select n from reply_revisions where account_id = $1', [
          account.id,
        ])
      ).rows[0]?.n
    await sync('all')
    expect(await stored()).toEqual({ image: 38, 'image gone': 3 })
    expect((await list('gone=true')).map(({ name }) => name)).toEqual([
      'image 1.png',
      'image 20.png',
      'image 41.png',
    ])
    expect(Number(await revision())).toBe(8)
    await shelve('image', 1)
    await sync('new')
    expect(await stored()).toEqual({ image: 39, 'image gone': 2 })
    expect(Number(await revision())).toBe(9)
  })

  test('what is deleted or changed between two pages moves the others, and none of them counts as gone', async () => {
    await shelve('image', 60)
    await sync('all')
    const ctx = watched(LIST, async (calls) => {
      if (calls === 2) await take('image3', 'image4')
      if (calls === 3) {
        await take('image5')
        await atWechat(`update simulator.media set created_at = now() where media_id = $1 || 'image60'`)
      }
    })
    await sync('all', ctx)
    // what went was met before it did
    expect(await stored()).toEqual({ image: 60 })
    await sync('all')
    expect(await stored()).toEqual({ image: 57, 'image gone': 3 })
  })

  test('a run that is cut off goes on at its next page; what was uploaded meanwhile is not gone', async () => {
    await shelve('image', 100)
    const stop = new AbortController()
    const cut = watched(LIST, (calls) => calls === 3 && stop.abort())
    const run = await syncMedia(world.ctx, account.id, 'all')
    await runSyncMedia(cut, run.id, stop.signal)
    expect(await getRun(world.ctx, run.id)).toMatchObject({ state: 'queued', done: 40 })
    expect((await syncMedia(world.ctx, account.id, 'new')).id).toBe(run.id)
    await world.ctx.pool.query(
      `insert into media_assets (account_id, kind, name, mime, bytes, media_id, created_at)
       values ($1, 'image', 'mine.png', 'image/png', 1, 'uploaded-just-now', $2)`,
      [account.id, world.ctx.clock.now()],
    )
    let pages = 0
    await runSyncMedia(
      watched(LIST, (calls) => {
        pages = calls
      }),
      run.id,
      NEVER,
    )
    expect([await getRun(world.ctx, run.id), pages]).toMatchObject([
      { state: 'done', done: 100 },
      3 + LOOK_ON_TOP + OTHER_KINDS,
    ])
    expect(await stored()).toEqual({ image: 101 })
  })

  test('an incremental sync that failed half-way leaves no gap: the next one goes down to what was known before', async () => {
    await sync('all')
    await shelve('image', 60)
    const fault = { match: { path: LIST }, kind: 'error', errcode: 45009, errmsg: 'reach max' }
    const failing = watched(LIST, (calls) => calls === 1 && world.fault(fault))
    expect(await sync('new', failing)).toMatchObject({ state: 'failed', done: 20 })
    await world.fault()
    await sync('new')
    expect(await stored()).toEqual({ image: 60 })
  })

  test('whoever may not write starts none', async () => {
    const analyst = await world.as('analyst')
    expect((await analyst('POST', at('/media-syncs'), {})).status).toBe(403)
    expect((await world.api('POST', at('/media-syncs'), {})).status).toBe(200)
  })
})

describe('D11: the file of synced material', () => {
  const MP3 = Buffer.concat([Buffer.from('494433040000', 'hex'), Buffer.alloc(40)])
  const MP4 = Buffer.concat([Buffer.from('0000002066747970', 'hex'), Buffer.alloc(40)])
  const read = (asset: MediaAsset) => world.api<Buffer>('GET', fileOf(asset))

  test.each([
    ['image', 'image/png', pngOf({ width: 7, height: 5 }), { width: 7, height: 5 }],
    ['voice', 'audio/mpeg', MP3, { width: null }],
    ['video', 'video/mp4', MP4, { width: null }],
  ] as const)('%s: is fetched when somebody first looks, and kept', async (kind, mime, bytes, facts) => {
    await shelve(kind, 1, { bytes, type: mime })
    await sync('all')
    expect((await read(await one(`kind=${kind}`))).status).toBe(200)
    expect(await one(`kind=${kind}`)).toMatchObject({ mime, bytes: bytes.length, ...facts })
    await take(`${kind}1`)
    expect((await read(await one(`kind=${kind}`))).status).toBe(200)
  })

  test('many who look at once wait for one call', async () => {
    await shelve('image', 1)
    await sync('all')
    let calls = 0
    const ctx = watched(GET, (n) => {
      calls = n
    })
    const asset = await one('')
    const keys = await Promise.all(Array.from({ length: 8 }, () => fetchFile(ctx, account.id, asset)))
    expect([new Set(keys).size, calls]).toEqual([1, 1])
  })

  test('one that moves counts as such before anybody looked; a page that calls itself a picture is served as nothing', async () => {
    await shelve('image', 1, { bytes: gifOf(1), type: 'image/gif', prefix: 'gif' })
    await sync('all')
    expect((await one('')).animated).toBe(true)
    await read(await one(''))
    expect((await one('')).animated).toBe(false)
    await shelve('image', 1, { bytes: Buffer.from('<script>alert(1)</script>'), prefix: 'page' })
    await sync('all')
    const page = await one('q=page')
    await read(page)
    expect((await getMediaAsset(world.ctx, account.id, page.id)).mime).toBe('application/octet-stream')
  })

  test('10 MB are fetched, one byte more is not; what WeChat has no more is gone', async () => {
    await shelve('image', 1, {
      bytes: Buffer.concat([pngOf(), Buffer.alloc(10 * MB - pngOf().length)]),
      prefix: 'most',
    })
    await shelve('image', 1, { bytes: Buffer.alloc(10 * MB + 1), prefix: 'more' })
    await shelve('image', 1, { prefix: 'lost' })
    await sync('all')
    expect((await read(await one('q=most'))).status).toBe(200)
    expect(await read(await one('q=more'))).toMatchObject({
      status: 400,
      body: { error: { reason: 'file_too_large' } },
    })
    await take('lost1')
    expect((await read(await one('q=lost'))).status).toBe(404)
    expect(await stored()).toEqual({ image: 2, 'image gone': 1 })
  })
})

describe('D11: folders', () => {
  const create = (name: string) =>
    world.api<{ id: string; error: { reason: string } }>('POST', at('/material-folders'), { name })
  const move = (folderId: string | null, mediaAssetIds: string[], articleSetIds: string[] = []) =>
    world.api('POST', at('/materials/move'), { folderId, mediaAssetIds, articleSetIds })
  const folders = async () =>
    (await world.api<{ items: { name: string; media: number }[] }>('GET', at('/material-folders'))).body.items

  test('made, renamed and deleted; materials are moved many at once, filtered and searched', async () => {
    await shelve('image', 60)
    await sync('all')
    const ids = (await list()).map(({ id }) => id)
    const { id } = (await create('夏季')).body
    expect((await create('夏季')).body.error.reason).toBe('material_folder_taken')
    expect((await move(id, ids.slice(0, 25))).body).toEqual({ moved: 25 })
    expect((await list(`folder=${id}`)).map((asset) => asset.id)).toEqual(ids.slice(0, 25))
    expect(await list('folder=none')).toHaveLength(35)
    expect((await list(`folder=${id}&q=IMAGE 7`)).map(({ name }) => name)).toEqual(['image 7.png'])
    await world.api('PUT', at(`/material-folders/${id}`), { name: '初夏' })
    expect(await folders()).toMatchObject([{ name: '初夏', media: 25 }])
    await move(null, ids.slice(0, 1))
    expect(await folders()).toMatchObject([{ media: 24 }])
    await world.api('DELETE', at(`/material-folders/${id}`))
    expect([await folders(), (await list('folder=none')).length]).toEqual([[], 60])
  })

  test('a folder and materials of another account are out of reach; who may not write changes none', async () => {
    await shelve('image', 1)
    await sync('all')
    const mine = (await one('')).id
    const own = (await create('我的')).body.id
    const first = account
    account = await world.bind({ fans: 0 })
    const foreign = (await create('别人的')).body.id
    expect((await move(foreign, [mine])).body).toEqual({ moved: 0 })
    account = first
    expect(await move(foreign, [mine])).toMatchObject({ body: { error: { reason: 'material_folder_gone' } } })
    expect((await world.api('DELETE', at(`/material-folders/${foreign}`))).status).toBe(404)
    const analyst = await world.as('analyst')
    for (const [method, rest, body] of [
      ['POST', '/material-folders', { name: 'x' }],
      ['PUT', `/material-folders/${own}`, { name: 'x' }],
      ['DELETE', `/material-folders/${own}`, undefined],
      ['POST', '/materials/move', { folderId: own, mediaAssetIds: [mine] }],
    ] as const)
      expect((await analyst(method, at(rest), body)).status).toBe(403)
    expect(await folders()).toEqual([{ id: own, name: '我的', articleSets: 0, media: 0 }])
  })
})
