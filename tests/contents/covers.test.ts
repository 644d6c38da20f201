import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import type { MediaAsset } from '../../src/modules/contents/schema.ts'
import { gifOf, JPEG, PNG_FRAME_BYTES, pngOf } from '../support/pictures.ts'
import { type Bound, createSendingWorld, type SendingWorld } from '../support/sending.ts'
import { articlesSentBy, draftedSet, uploadTo } from './support.ts'

let world: SendingWorld
let account: Bound
let set: string
const MB = 1024 * 1024

beforeAll(async () => {
  world = await createSendingWorld()
  account = await world.bind({ fans: 3 })
  set = await draftedSet(world, account, [{ title: '封面', content: '<p>正文</p>' }])
})
afterAll(() => world?.close())

const upload = (data: Buffer, name: string, still = true) => uploadTo(world, account, { data, name, still })
const uploaded = async (data: Buffer, name = 'a.png', still = true) => {
  const { status, body } = await upload(data, name, still)
  expect(status).toBe(200)
  return body as unknown as MediaAsset
}
const withCover = (asset: MediaAsset): Promise<Broadcast> =>
  world.draft(account, {
    content: {
      kind: 'articles',
      articles: [{ articleSetId: set, index: 0, cover: { mediaAssetId: asset.id } }],
    },
  })

test.each([
  ['a truncated JPEG', JPEG.subarray(0, -2), 'a.jpg', 'image_broken'],
  ['a truncated PNG', pngOf({ width: 90, height: 90 }).subarray(0, -13), 'a.png', 'image_broken'],
  ['an animated gif', gifOf(3), 'a.gif', 'image_animated'],
  ['an animated PNG', pngOf({ frames: 3 }), 'a.png', 'image_animated'],
  ['a WebP called .jpg', Buffer.from('RIFF0000WEBPVP8 0000'), 'a.jpg', 'image_type_not_supported'],
  ['30 MB', pngOf({ padding: 30 * MB }), 'a.png', 'file_too_large'],
  ['10 MB and a byte', pngOf({ padding: 10 * MB - PNG_FRAME_BYTES + 1 }), 'a.png', 'file_too_large'],
])('E3: %s is refused where it is uploaded, and WeChat never sees it', async (_, data, name, reason) => {
  const before = await kept()
  const { status, body } = await upload(data, name)
  expect([status, (body as { error?: { reason: string } }).error?.reason]).toEqual([400, reason])
  expect(await kept()).toBe(before)
})

/** How many materials the platform keeps for the account. */
async function kept(): Promise<number> {
  const { rows } = await world.ctx.pool.query<{ count: number }>(
    `select count(*)::int as count from simulator.media m join simulator.account a on a.id = m.account_id where appid = $1`,
    [account.appid],
  )
  return rows[0]?.count ?? 0
}

test('E3: 10 MB to the byte, a gif of one frame and a JPEG become covers; the article that goes out has them', async () => {
  const assets = [
    await uploaded(pngOf({ padding: 10 * MB - PNG_FRAME_BYTES })),
    await uploaded(gifOf(1), 'a.gif'),
    await uploaded(JPEG, 'a.jpg'),
  ]
  expect(assets.map(({ width, height, animated }) => [width, height, animated])).toEqual([
    [3, 2, false],
    [1, 1, false],
    [3, 2, false],
  ])
  const broadcast = await withCover(assets[2]!)
  expect((await world.confirm(broadcast)).blockers).toEqual([])
  await world.drain()
  const [batch] = await world.batches(broadcast)
  expect((await articlesSentBy(world, batch?.msgId))?.[0]?.thumb_media_id).toBe(assets[2]?.mediaId)
})

test('E3: an animated picture that is here for chats is refused as a cover and in an image send', async () => {
  const moving = await uploaded(gifOf(2), 'a.gif', false)
  expect(moving.animated).toBe(true)
  const cover = await world.preflight(await withCover(moving))
  expect(cover.blockers).toMatchObject([{ reason: 'cover_animated', detail: { field: 'articles.0' } }])
  const still = await uploaded(pngOf())
  const pictures = await world.draft(account, {
    content: { kind: 'image', mediaAssetIds: [still.id, moving.id] },
  })
  expect((await world.preflight(pictures)).blockers).toMatchObject([
    { reason: 'picture_animated', detail: { field: 'pictures.1', name: 'a.gif' } },
  ])
  const { status } = await world.act(pictures, 'send', {
    version: pictures.version,
    expected: [{ arm: 0, reached: 3 }],
  })
  expect(status).toBe(409)
})

test('E3: a new cover does not keep the cut-outs of the old one', async () => {
  const crop = { ratio: '2.35_1' as const, x1: '0.1', y1: '0.1', x2: '0.9', y2: '0.9' }
  const cut = await draftedSet(world, account, [
    { title: '裁过', content: '<p>1</p>', cover_info: { crop_percent_list: [crop] } },
  ])
  const cover = { mediaAssetId: (await uploaded(pngOf())).id }
  const articles = [
    { articleSetId: cut, index: 0 },
    { articleSetId: cut, index: 0, cover },
  ]
  const broadcast = await world.draft(account, { content: { kind: 'articles', articles } })
  await world.confirm(broadcast)
  await world.drain()
  const sent = await articlesSentBy(world, (await world.batches(broadcast))[0]?.msgId)
  expect(sent?.map(({ cover_info }) => cover_info !== undefined)).toEqual([true, false])
})
