import { expect, test } from 'vitest'
import { BMP, gifOf, JPEG, PROGRESSIVE_JPEG, pngOf } from '../../../../tests/support/pictures.ts'
import { inspectPicture, inspectWhole } from './inspect.ts'

const PICTURES: [string, string, Buffer, object][] = [
  ['a PNG', 'image/png', pngOf({ width: 640, height: 480 }), { width: 640, height: 480, frames: 1 }],
  ['an animated PNG', 'image/png', pngOf({ frames: 12 }), { width: 3, height: 2, frames: 12 }],
  ['a JPEG', 'image/jpeg', JPEG, { width: 3, height: 2, frames: 1 }],
  ['a progressive JPEG', 'image/jpeg', PROGRESSIVE_JPEG, { width: 3, height: 2, frames: 1 }],
  ['a still GIF', 'image/gif', gifOf(1), { width: 1, height: 1, frames: 1 }],
  ['an animated GIF', 'image/gif', gifOf(2), { width: 1, height: 1, frames: 2 }],
  ['a BMP', 'image/bmp', BMP, { width: 3, height: 2, frames: 1 }],
]

test.each(PICTURES)(
  'E3: %s tells its size and frames, whole or in pieces of any length',
  (_, mime, file, facts) => {
    expect(inspectWhole(mime, file)).toEqual(facts)
    for (const length of [1, 3, 64, 65]) {
      const inspection = inspectPicture(mime)
      for (let at = 0; at < file.length; at += length) inspection.take(file.subarray(at, at + length))
      expect(inspection.end()).toEqual(facts)
    }
  },
)

test.each(PICTURES)('E3: %s that was cut off anywhere is no whole picture', (_, mime, file) => {
  for (let length = 0; length < file.length; length += 1)
    expect(inspectWhole(mime, file.subarray(0, length)), `${length} of ${file.length}`).toBeUndefined()
})

test.each(PICTURES)(
  '%s with something after its end is still one, as phones write them',
  (_, mime, file, facts) => {
    expect(inspectWhole(mime, Buffer.concat([file, Buffer.alloc(300, 1)]))).toEqual(facts)
  },
)

test('E3: a PNG with one wrong bit in its pixels is told as damaged', () => {
  const file = pngOf({ width: 50, height: 50 })
  const at = file.indexOf('IDAT') + 6
  file[at] = (file[at] ?? 0) ^ 1
  expect(inspectWhole('image/png', file)).toBeUndefined()
})

test.each(PICTURES)('%s overwritten with anything neither hangs nor throws', (_, mime, file) => {
  for (let seed = 0; seed < 300; seed += 1) {
    const broken = Buffer.from(file)
    for (let at = 4; at < broken.length; at += 1) {
      if ((at * 7919 + seed * 104_729) % 17 === 0) broken[at] = (at * seed * 31) & 0xff
    }
    const facts = inspectWhole(mime, broken)
    if (facts !== undefined) expect(facts.width * facts.height).toBeGreaterThan(0)
  }
})

test('a picture of 64 MB passes by without being kept', () => {
  const inspection = inspectPicture('image/png')
  const file = pngOf({ padding: 1 })
  const head = Buffer.from(file.subarray(0, file.indexOf('teXt') + 4))
  head.writeUInt32BE(64 * 1024 * 1024, head.length - 8)
  inspection.take(head)
  const before = process.memoryUsage().arrayBuffers
  const piece = Buffer.alloc(64 * 1024)
  for (let passed = 0; passed < 64 * 1024 * 1024; passed += piece.length) inspection.take(piece)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  inspection.take(file.subarray(file.indexOf('teXt') + 5))
  expect(inspection.end()).toMatchObject({ frames: 1 })
})
