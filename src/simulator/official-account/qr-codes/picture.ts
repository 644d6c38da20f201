import { PNG } from 'pngjs'
import { encode } from 'uqr'

const SIDE = 430

/** The picture of a code as WeChat draws it: 430 pixels wide. */
export function drawPicture(url: string): Buffer {
  const { data, size } = encode(url, { ecc: 'M', border: 2 })
  const module = Math.floor(SIDE / size)
  const margin = Math.floor((SIDE - module * size) / 2)
  const png = new PNG({ width: SIDE, height: SIDE, colorType: 0 })
  png.data.fill(255)
  for (let y = 0; y < size * module; y += 1)
    for (let x = 0; x < size * module; x += 1)
      if (data[Math.floor(y / module)]?.[Math.floor(x / module)])
        png.data.fill(0, at(x + margin, y + margin), at(x + margin, y + margin) + 3)
  return PNG.sync.write(png)
}

const at = (x: number, y: number): number => (y * SIDE + x) * 4
