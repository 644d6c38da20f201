import { expect, test } from 'vitest'
import { COVER_SHAPES, type CoverShape, cutOf, wholeCrop } from './crop.ts'

const ratioOf = (shape: CoverShape) => COVER_SHAPES[shape].width / COVER_SHAPES[shape].height

test.each([
  ['wide', { width: 4000, height: 300 }],
  ['wide', { width: 300, height: 4000 }],
  ['square', { width: 1, height: 999 }],
  ['square', { width: 640, height: 480 }],
  ['film', { width: 900, height: 383 }],
] as const)(
  'E3: a %s cover has its shape and lies inside a picture of %o, wherever it is dragged',
  (shape, image) => {
    for (const x of [-1, 0, 0.5, 1, 2]) {
      for (const zoom of [1, 1.7, 4]) {
        const cut = cutOf(image, shape, { x, y: x, zoom })
        expect(cut.width / cut.height).toBeCloseTo(ratioOf(shape))
        expect(cut.left).toBeGreaterThanOrEqual(0)
        expect(cut.top).toBeGreaterThanOrEqual(0)
        expect(cut.left + cut.width).toBeLessThanOrEqual(image.width + 1e-6)
        expect(cut.top + cut.height).toBeLessThanOrEqual(image.height + 1e-6)
      }
    }
  },
)

test('E3: covers have the three ratios of the platform', () => {
  expect(ratioOf('wide')).toBeCloseTo(2.35, 2)
  expect(ratioOf('square')).toBe(1)
  expect(ratioOf('film')).toBeCloseTo(16 / 9)
})

test('E3: a cover starts as the largest cut from the middle', () => {
  expect(cutOf({ width: 1000, height: 500 }, 'square', wholeCrop())).toEqual({
    left: 250,
    top: 0,
    width: 500,
    height: 500,
  })
})
