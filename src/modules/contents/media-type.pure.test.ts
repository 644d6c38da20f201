import { expect, test } from 'vitest'
import { BMP, gifOf, pngOf } from '../../../tests/support/pictures.ts'
import { mediaName, requireMedia } from './media-type.ts'
import { realTypeOf, sniffMedia } from './rules/media-type.ts'

const png = pngOf()

test.each([
  ['ffd8ffe0', 'image/jpeg'],
  ['89504e470d0a1a0a', 'image/png'],
  ['474946383961', 'image/gif'],
  ['424d3600', 'image/bmp'],
])('an image is told by its first bytes: %s', (hex, mime) => {
  expect(sniffMedia(Buffer.from(hex, 'hex'), 'image')?.mime).toBe(mime)
})

test.each([
  [''],
  ['ffd8'],
  ['89504e470d0a1a'],
  [Buffer.from('<svg xmlns').toString('hex')],
  [Buffer.from('RIFF0000WEBP').toString('hex')],
])('what WeChat takes as no image is none: %s', (hex) => {
  expect(sniffMedia(Buffer.from(hex, 'hex'), 'image')).toBeUndefined()
})

test.each([
  ['RIFF0000WEBPVP8 ', 'WebP'],
  ['\u0000\u0000\u0000\u0018ftypheic', 'HEIC'],
  ['\u0000\u0000\u0000\u0020ftypavif', 'AVIF'],
  ['%PDF-1.7 0000', 'PDF'],
  ['<svg xmlns="h', 'SVG'],
  ['ID3\u0004000000000', 'MP3'],
])('E3: a file under a wrong ending is told by what it really is: %s', (text, really) => {
  const head = Buffer.from(text, 'latin1')
  expect(realTypeOf(head)).toBe(really)
  expect(sniffMedia(head, 'image')).toBeUndefined()
  expect(sniffMedia(head, 'video')).toBeUndefined()
})

async function passed(chunks: Uint8Array[], still = false) {
  let mime: string | undefined
  const out: Uint8Array[] = []
  async function* source() {
    yield* chunks
  }
  for await (const chunk of requireMedia(source(), { kind: 'image', still }, (found) => {
    mime = found.type.mime
  }))
    out.push(chunk)
  return { mime, bytes: Buffer.concat(out) }
}

test.each<['voice' | 'video', string, string]>([
  ['voice', '494433040000', 'audio/mpeg'],
  ['voice', 'fffb9064', 'audio/mpeg'],
  ['voice', '2321414d520a', 'audio/amr'],
  ['video', '0000002066747970', 'video/mp4'],
])('a %s is told by its first bytes: %s', (kind, hex, mime) => {
  const head = Buffer.from(hex, 'hex')
  expect(sniffMedia(head, kind)?.mime).toBe(mime)
  expect(sniffMedia(head, 'image')).toBeUndefined()
  expect(sniffMedia(png, kind)).toBeUndefined()
  expect(sniffMedia(head.subarray(0, 1), kind)).toBeUndefined()
})

test('a stream of single bytes passes whole once its head is known', async () => {
  const chunks = [...png].map((byte) => Buffer.from([byte]))
  expect(await passed(chunks)).toEqual({ mime: 'image/png', bytes: png })
})

test('a stream shorter than any head is judged by what there is', async () => {
  expect((await passed([BMP])).mime).toBe('image/bmp')
  await expect(passed([Buffer.from('424d', 'hex')])).rejects.toMatchObject({ reason: 'image_broken' })
  await expect(passed([Buffer.from('89', 'hex')])).rejects.toMatchObject({
    reason: 'image_type_not_supported',
  })
  await expect(passed([])).rejects.toMatchObject({ reason: 'image_type_not_supported' })
})

test('E3: one frame is a still picture, two are not; where it may move both pass', async () => {
  expect((await passed([gifOf(1)], true)).mime).toBe('image/gif')
  await expect(passed([gifOf(2)], true)).rejects.toMatchObject({
    reason: 'image_animated',
    detail: { frames: 2 },
  })
  expect((await passed([gifOf(2)])).mime).toBe('image/gif')
})

test('a name keeps neither path nor a lie about its type', () => {
  const type = sniffMedia(png, 'image')
  if (type === undefined) throw new Error('a PNG')
  expect(mediaName('../../etc/封面.jpg', type)).toBe('封面.png')
  expect(mediaName('C:\\a\\b\u0000"c.html', type)).toBe('bc.png')
  expect(mediaName('.png', type)).toBe('image.png')
  expect([...mediaName('😀'.repeat(100), type)]).toHaveLength(64)
})
