import { expect, test } from 'vitest'
import { mediaName, requireMedia, sniffMedia } from './media-type.ts'

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

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

async function passed(chunks: Uint8Array[]) {
  let mime: string | undefined
  const out: Uint8Array[] = []
  async function* source() {
    yield* chunks
  }
  for await (const chunk of requireMedia(source(), 'image', (type) => {
    mime = type.mime
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
  expect((await passed([Buffer.from('424d', 'hex')])).mime).toBe('image/bmp')
  await expect(passed([Buffer.from('89', 'hex')])).rejects.toMatchObject({
    reason: 'image_type_not_supported',
  })
  await expect(passed([])).rejects.toMatchObject({ reason: 'image_type_not_supported' })
})

test('a name keeps neither path nor a lie about its type', () => {
  const type = sniffMedia(png, 'image')
  if (type === undefined) throw new Error('a PNG')
  expect(mediaName('../../etc/封面.jpg', type)).toBe('封面.png')
  expect(mediaName('C:\\a\\b\u0000"c.html', type)).toBe('bc.png')
  expect(mediaName('.png', type)).toBe('image.png')
  expect([...mediaName('😀'.repeat(100), type)]).toHaveLength(64)
})
