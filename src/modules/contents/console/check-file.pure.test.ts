import { expect, test } from 'vitest'
import { gifOf, JPEG, PNG_FRAME_BYTES, pngOf } from '../../../../tests/support/pictures.ts'
import { problemOf } from './check-file.ts'

const MB = 1024 * 1024
const file = (bytes: Buffer) => new Blob([new Uint8Array(bytes)])
const still = { kind: 'image', still: true } as const

test('E3: what can be sent is not held up: 10 MB to the byte, one frame', async () => {
  const largest = file(pngOf({ padding: 10 * MB - PNG_FRAME_BYTES }))
  expect(largest.size).toBe(10 * MB)
  expect(await problemOf(largest, still)).toBeUndefined()
  expect(await problemOf(file(gifOf(1)), still)).toBeUndefined()
  expect(await problemOf(file(gifOf(2)), { kind: 'image' })).toBeUndefined()
})

test.each([
  [
    'one byte more',
    pngOf({ padding: 10 * MB - PNG_FRAME_BYTES + 1 }),
    'media_too_large',
    { size: 10.1, max: 10 },
  ],
  ['30 MB', Buffer.alloc(30 * MB), 'media_too_large', { size: 30, max: 10 }],
  ['an animated gif', gifOf(12), 'image_animated', { frames: 12 }],
  ['a picture cut off', JPEG.subarray(0, -1), 'image_broken', {}],
  ['a WebP called .png', Buffer.from('RIFF0000WEBPVP8 '), 'image_is_other', { really: 'WebP' }],
  ['nothing known', Buffer.from('hello, this is text'), 'image_type_not_supported', {}],
  ['nothing at all', Buffer.alloc(0), 'image_type_not_supported', {}],
])('E3: %s is told before it is uploaded', async (_, bytes, reason, detail) => {
  expect(await problemOf(file(bytes), still)).toEqual({ reason, detail })
})

test('A6: a voice that is a WAV is told by its name', async () => {
  expect(await problemOf(file(Buffer.from('RIFF0000WAVEfmt ')), { kind: 'voice' })).toEqual({
    reason: 'voice_is_other',
    detail: { really: 'WAV' },
  })
})
