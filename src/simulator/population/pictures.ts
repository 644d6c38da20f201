import { crc32, deflateSync } from 'node:zlib'

const drawn = new Map<string, Buffer>()
const KEPT = 200

/** A real PNG: two colours run into each other, with a lighter disc in front. `tone` (0 to 359) picks the colours. */
export function drawPng(width: number, height: number, tone: number): Buffer {
  const key = `${width} ${height} ${tone}`
  const png = drawn.get(key) ?? draw(width, height, tone)
  if (drawn.size < KEPT) drawn.set(key, png)
  return png
}

function draw(width: number, height: number, tone: number): Buffer {
  const from = rgb(tone, 0.55, 0.5)
  const to = rgb(tone + 50, 0.6, 0.7)
  const rows = Buffer.alloc((width * 3 + 1) * height)
  const radius = height * 0.34
  for (let y = 0; y < height; y += 1) {
    let at = y * (width * 3 + 1) + 1
    for (let x = 0; x < width; x += 1) {
      const mix = (x / width + y / height) / 2
      const inDisc = Math.hypot(x - width * 0.72, y - height * 0.5) < radius
      for (let channel = 0; channel < 3; channel += 1) {
        const base = (from[channel] ?? 0) * (1 - mix) + (to[channel] ?? 0) * mix
        rows[at] = inDisc ? base * 0.6 + 255 * 0.4 : base
        at += 1
      }
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** HSL to RGB, 0 to 255. */
function rgb(tone: number, saturation: number, lightness: number): number[] {
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  return [0, 8, 4].map((offset) => {
    const k = (offset + tone / 30) % 12
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  })
}
