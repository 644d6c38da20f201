import { PNG } from 'pngjs'
import { layoutOf } from './layout.ts'

/** A code as a PNG of exactly this many pixels a side. Modules are whole pixels; what is left over is white around. */
export function drawPng(text: string, { size, logo }: { size: number; logo: PNG | null }): Buffer {
  const layout = layoutOf(text, logo !== null)
  const module = Math.floor(size / layout.size)
  const margin = Math.floor((size - module * layout.size) / 2)
  const png = new PNG({ width: size, height: size })
  png.data.fill(255)
  for (let y = 0; y < layout.size; y += 1)
    for (let x = 0; x < layout.size; x += 1)
      if (layout.dark(x, y)) fill(png, { x: margin + x * module, y: margin + y * module, size: module })
  if (logo !== null) {
    const at = margin + layout.logo.from * module
    place(png, logo, { x: at, y: at, size: layout.logo.size * module })
  }
  return PNG.sync.write(png, { colorType: logo === null ? 0 : 2 })
}

type Square = { x: number; y: number; size: number }

function fill(png: PNG, { x, y, size }: Square): void {
  for (let row = y; row < y + size; row += 1)
    for (let column = x; column < x + size; column += 1) {
      const at = (row * png.width + column) * 4
      png.data.fill(0, at, at + 3)
    }
}

/** Scales the logo into the square as a whole, on white, by the mean of what falls into each pixel. */
function place(png: PNG, logo: PNG, square: Square): void {
  const scale = square.size / Math.max(logo.width, logo.height)
  const width = Math.max(1, Math.round(logo.width * scale))
  const height = Math.max(1, Math.round(logo.height * scale))
  const left = square.x + Math.floor((square.size - width) / 2)
  const top = square.y + Math.floor((square.size - height) / 2)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const colour = meanOf(logo, {
        left: (x * logo.width) / width,
        right: ((x + 1) * logo.width) / width,
        top: (y * logo.height) / height,
        bottom: ((y + 1) * logo.height) / height,
      })
      png.data.set(colour, ((top + y) * png.width + left + x) * 4)
    }
}

type Box = { left: number; right: number; top: number; bottom: number }

function meanOf(logo: PNG, { left, right, top, bottom }: Box): [number, number, number, number] {
  const sums = [0, 0, 0]
  let count = 0
  for (let y = Math.floor(top); y < Math.max(Math.floor(top) + 1, bottom); y += 1)
    for (let x = Math.floor(left); x < Math.max(Math.floor(left) + 1, right); x += 1) {
      const at = (Math.min(y, logo.height - 1) * logo.width + Math.min(x, logo.width - 1)) * 4
      const alpha = (logo.data[at + 3] ?? 255) / 255
      for (let c = 0; c < 3; c += 1)
        sums[c] = (sums[c] ?? 0) + (logo.data[at + c] ?? 0) * alpha + 255 * (1 - alpha)
      count += 1
    }
  const [red = 255, green = 255, blue = 255] = sums.map((sum) => Math.round(sum / count))
  return [red, green, blue, 255]
}
