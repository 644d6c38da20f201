import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPng } from '../../population/pictures.ts'
import { startTestWorld, type TestAccount, type TestWorld } from '../../test-world.ts'

let world: TestWorld
let account: TestAccount
const MB = 1024 * 1024
const PNG = drawPng(40, 30, 200)

beforeAll(async () => {
  world = await startTestWorld()
  account = await world.account({ fans: 5 })
})
afterAll(() => world.close())

const filled = (start: string, size: number): Buffer => {
  const bytes = Buffer.alloc(size)
  Buffer.from(start, 'hex').copy(bytes)
  return bytes
}
const JPEG = 'ffd8ffe0'
const MP4 = '0000001866747970'
const temporary = (type: string, bytes: Buffer) =>
  account.upload(`/cgi-bin/media/upload?type=${type}`, { bytes })

describe('temporary material', () => {
  test('comes back as it went in, for three days', async () => {
    const media = await temporary('image', PNG)
    expect(media).toMatchObject({ type: 'image', media_id: expect.any(String) })
    const path = `/cgi-bin/media/get?media_id=${media.media_id}`
    const url = async () => `${world.sim().url}${path}&access_token=${await account.token()}`
    const response = await fetch(await url())
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await response.arrayBuffer()).equals(PNG)).toBe(true)
    await world.forward(3 * 86_400_000 - 60_000)
    expect((await fetch(await url())).headers.get('content-type')).toBe('image/png')
    await world.forward(61_000)
    expect((await account.get(path)).errcode).toBe(40007)
  })

  test.each([
    ['image', '89504e470d0a1a0a', 10 * MB, 40009],
    ['voice', '2321414d520a', 2 * MB, 40010],
    ['video', MP4, 10 * MB, 40011],
    ['thumb', JPEG, 64 * 1024, 40012],
  ])('%s: up to its limit and not a byte more', async (type, start, limit, tooLarge) => {
    const within = await temporary(type, filled(start, limit))
    // Two megabytes of AMR are longer than the sixty seconds that a recording may last.
    expect(within.errcode).toBe(type === 'voice' ? 45007 : undefined)
    expect((await temporary(type, filled(start, limit + 1))).errcode).toBe(tooLarge)
  })

  test('a voice lasts 60 s at most', async () => {
    const amr = (frames: number): Buffer =>
      Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: frames }, () => filled('3c', 32))])
    expect((await temporary('voice', amr(3_000))).media_id).toBeTypeOf('string')
    expect((await temporary('voice', amr(3_001))).errcode).toBe(45007)
  })

  test('wrong kinds, wrong files and missing parts are refused', async () => {
    expect((await temporary('film', PNG)).errcode).toBe(40004)
    expect((await temporary('image', Buffer.from('hello'))).errcode).toBe(40005)
    expect((await temporary('thumb', PNG)).errcode).toBe(40005)
    expect((await temporary('image', Buffer.alloc(0))).errcode).toBe(44001)
    const misnamed = await account.upload('/cgi-bin/media/upload?type=image', { bytes: PNG, part: 'file' })
    expect(misnamed.errcode).toBe(41005)
    expect((await account.post('/cgi-bin/media/upload?type=image', {})).errcode).toBe(41005)
  })

  test('a video’s address is given instead of its bytes', async () => {
    const { media_id } = await temporary('video', filled(MP4, 1_000))
    const { video_url } = await account.get(`/cgi-bin/media/get?media_id=${media_id}`)
    expect((await fetch(video_url)).headers.get('content-type')).toBe('video/mp4')
    const body = { media_id, title: '片名', description: '简介' }
    expect((await account.post('/cgi-bin/media/uploadvideo', body)).media_id).toBeTypeOf('string')
  })

  test('a video for mass sends is made of a video, with words of bounded length, and lasts three days', async () => {
    const make = (body: object) => account.post('/cgi-bin/media/uploadvideo', body)
    const { media_id } = await temporary('video', filled(MP4, 1_000))
    const words = { title: '片'.repeat(64), description: '介'.repeat(120) }
    const made = await make({ media_id, ...words })
    expect(made.media_id).not.toBe(media_id)
    expect((await make({ media_id, ...words, title: '片'.repeat(65) })).errcode).toBe(45003)
    expect((await make({ media_id, ...words, title: ' ' })).errcode).toBe(45003)
    expect((await make({ media_id, ...words, description: '介'.repeat(121) })).errcode).toBe(45004)
    expect((await make({ media_id, title: '片名' })).errcode).toBe(40035)
    const picture = await temporary('image', PNG)
    expect((await make({ media_id: picture.media_id, ...words })).errcode).toBe(40007)
    const preview = (mpvideo: object) =>
      account.post('/cgi-bin/message/mass/preview', {
        touser: account.openids[0],
        msgtype: 'mpvideo',
        mpvideo,
      })
    expect((await preview({ media_id })).errcode).toBe(40007)
    expect((await preview({ media_id: made.media_id })).errcode).toBe(0)
    await world.forward(3 * 86_400_000 + 60_000)
    expect((await preview({ media_id: made.media_id })).errcode).toBe(40007)
  })
})

describe('permanent material', () => {
  test('is listed, counted, read and deleted', async () => {
    const before = (await account.get('/cgi-bin/material/get_materialcount')).image_count
    const added = await account.upload('/cgi-bin/material/add_material?type=image', {
      bytes: PNG,
      name: '图.png',
    })
    expect((await fetch(added.url)).status).toBe(200)
    expect((await account.get('/cgi-bin/material/get_materialcount')).image_count).toBe(before + 1)
    const listed = await account.post('/cgi-bin/material/batchget_material', {
      type: 'image',
      offset: 0,
      count: 20,
    })
    expect(listed.total_count).toBe(before + 1)
    expect(listed.item[0]).toMatchObject({ media_id: added.media_id, name: '图.png' })
    const { media_id } = added
    expect((await account.post('/cgi-bin/material/get_material', { media_id })).type).toBe('image/png')
    expect((await account.post('/cgi-bin/material/del_material', { media_id })).errcode).toBe(0)
    expect((await account.post('/cgi-bin/material/get_material', { media_id })).errcode).toBe(40007)
  })

  test('what a menu or a reply of the owner’s names is not deleted', async () => {
    const { media_id } = await account.upload('/cgi-bin/material/add_material?type=image', { bytes: PNG })
    const { media_id: replied } = await account.upload('/cgi-bin/material/add_material?type=image', {
      bytes: PNG,
    })
    const remove = async (id: string) =>
      (await account.post('/cgi-bin/material/del_material', { media_id: id })).errcode
    const button = [{ name: '更多', sub_button: [{ name: '图', type: 'media_id', media_id }] }]
    expect((await account.post('/cgi-bin/menu/create', { button })).errcode).toBe(0)
    const set = (autoReplies: object) =>
      world.control('PATCH', `/accounts/${account.appid}`, { settings: { autoReplies } })
    const off = { is_add_friend_reply_open: 0, is_autoreply_open: 0 }
    await set({ ...off, add_friend_autoreply_info: { type: 'img', content: replied } })
    expect([await remove(media_id), await remove(replied)]).toEqual([48005, 48005])
    await account.get('/cgi-bin/menu/delete')
    await set(off)
    expect([await remove(media_id), await remove(replied)]).toEqual([0, 0])
  })

  test('a video needs its words', async () => {
    const upload = (fields: Record<string, string>) =>
      account.upload('/cgi-bin/material/add_material?type=video', {
        bytes: filled(MP4, 100),
        name: 'a.mp4',
        fields,
      })
    const { media_id } = await upload({ description: '{"title":"片名","introduction":"简介"}' })
    const read = await account.post('/cgi-bin/material/get_material', { media_id })
    expect(read).toMatchObject({ title: '片名', description: '简介', down_url: expect.any(String) })
    expect((await upload({})).errcode).toBe(47001)
  })

  test('lists give 1 to 20', async () => {
    const list = (count: number) =>
      account.post('/cgi-bin/material/batchget_material', { type: 'image', offset: 0, count })
    expect((await list(20)).errcode).toBeUndefined()
    expect((await list(21)).errcode).toBe(40035)
    expect((await list(0)).errcode).toBe(40035)
  })

  test('news materials are gone', async () => {
    expect((await account.post('/cgi-bin/material/add_news', { articles: [] })).errcode).toBe(45103)
  })

  test('a media_id belongs to one account', async () => {
    const other = await world.account({ fans: 5 })
    const { media_id } = await account.upload('/cgi-bin/material/add_material?type=image', { bytes: PNG })
    expect((await other.post('/cgi-bin/material/get_material', { media_id })).errcode).toBe(40007)
  })
})

describe('pictures of article bodies', () => {
  test('JPG or PNG up to 1 MB', async () => {
    const upload = (bytes: Buffer) => account.upload('/cgi-bin/media/uploadimg', { bytes })
    expect((await upload(filled(JPEG, MB))).url).toMatch(/\/mmbiz\//)
    expect((await upload(filled(JPEG, MB + 1))).errcode).toBe(40009)
    expect((await upload(filled('47494638', 100))).errcode).toBe(40005)
  })
})
