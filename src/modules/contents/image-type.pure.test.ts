import { expect, test } from 'vitest'
import { imageName, requireImage, sniffImage } from './image-type.ts'

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

test.each([
  ['ffd8ffe0', 'image/jpeg'],
  ['89504e470d0a1a0a', 'image/png'],
  ['474946383961', 'image/gif'],
  ['424d3600', 'image/bmp'],
])('an image is told by its first bytes: %s', (hex, mime) => {
  expect(sniffImage(Buffer.from(hex, 'hex'))?.mime).toBe(mime)
})

test.each([
  [''],
  ['ffd8'],
  ['89504e470d0a1a'],
  [Buffer.from('<svg xmlns').toString('hex')],
  [Buffer.from('RIFF0000WEBP').toString('hex')],
])('what WeChat takes as no image is none: %s', (hex) => {
  expect(sniffImage(Buffer.from(hex, 'hex'))).toBeUndefined()
})

async function passed(chunks: Uint8Array[]) {
  let mime: string | undefined
  const out: Uint8Array[] = []
  async function* source() {
    yield* chunks
  }
  for await (const chunk of requireImage(source(), (type) => {
    mime = type.mime
  }))
    out.push(chunk)
  return { mime, bytes: Buffer.concat(out) }
}

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
  const type = sniffImage(png)
  if (type === undefined) throw new Error('a PNG')
  expect(imageName('../../etc/封面.jpg', type)).toBe('封面.png')
  expect(imageName('C:\\a\\b\u0000"c.html', type)).toBe('bc.png')
  expect(imageName('.png', type)).toBe('image.png')
  expect([...imageName('😀'.repeat(100), type)]).toHaveLength(64)
})
