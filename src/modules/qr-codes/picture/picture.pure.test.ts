import { PNG } from 'pngjs'
import { expect, test } from 'vitest'
import { readQr } from '../../../../tests/support/qr.ts'
import { PICTURE_SIZES } from '../schema.ts'
import { layoutOf } from './layout.ts'
import { drawPng } from './png.ts'
import { drawSvg } from './svg.ts'

const URL_OF_A_CODE = 'http://weixin.qq.com/q/02Lkq4xTK2dZl10000M07t'

function logoOf(width: number, height: number): PNG {
  const logo = new PNG({ width, height })
  for (let at = 0; at < logo.data.length; at += 4) logo.data.set([7, 60, 200, at % 3 === 0 ? 128 : 255], at)
  return logo
}

test.each(
  PICTURE_SIZES.flatMap((size) => [
    [size, 'no logo', null] as const,
    [size, 'a square logo', logoOf(200, 200)] as const,
    [size, 'a wide logo', logoOf(512, 40)] as const,
  ]),
)('D12: a picture of %i pixels with %s is that wide, and read back', (size, _name, logo) => {
  const png = drawPng(URL_OF_A_CODE, { size, logo })
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size])
  expect(readQr(png)).toBe(URL_OF_A_CODE)
})

test('D12: the logo and its border leave three of four modules of the code to be read', () => {
  for (const length of [20, 60, 120]) {
    const { size, logo } = layoutOf('x'.repeat(length), true)
    expect((logo.size + 2) ** 2 / (size - 8) ** 2).toBeLessThan(0.1)
  }
})

test('D12: an SVG has the same modules, and the logo as it was', () => {
  const svg = drawSvg(URL_OF_A_CODE, { size: 430, logo: Buffer.from('logo') })
  expect(svg).toContain(Buffer.from('logo').toString('base64'))
  const { size, dark } = layoutOf(URL_OF_A_CODE, true)
  const drawn = new Set<string>()
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let i = 0; i < Number(length); i += 1) drawn.add(`${Number(x) + i},${y}`)
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) expect(drawn.has(`${x},${y}`), `${x},${y}`).toBe(dark(x, y))
})
