import { createHash } from 'node:crypto'
import type { Ctx } from '../../../context.ts'
import { readLogo } from '../commands/logo.ts'
import { LOGO_MAX_BYTES } from '../schema.ts'
import { drawPng } from './png.ts'
import { drawSvg } from './svg.ts'

export type Wanted = { format: 'png' | 'svg'; size: number }
type Drawable = { url: string; logoKey: string | null }

/** Pictures drawn last, some tens of kilobytes each: a page that thousands open is drawn once. */
const KEPT = 200
const kept = new WeakMap<Ctx['pool'], Map<string, Buffer>>()

/** A code as a picture; a logo that is lost is left out rather than the picture. */
export async function drawPicture(ctx: Ctx, code: Drawable, wanted: Wanted): Promise<Buffer> {
  const pictures = kept.get(ctx.pool) ?? new Map<string, Buffer>()
  kept.set(ctx.pool, pictures)
  const key = createHash('sha256')
    .update(JSON.stringify([code.url, code.logoKey, wanted]))
    .digest('base64')
  const picture = pictures.get(key) ?? (await draw(ctx, code, wanted))
  pictures.delete(key)
  pictures.set(key, picture)
  const [oldest] = pictures.keys()
  if (pictures.size > KEPT && oldest !== undefined) pictures.delete(oldest)
  return picture
}

async function draw(ctx: Ctx, { url, logoKey }: Drawable, { format, size }: Wanted): Promise<Buffer> {
  const logo = logoKey === null ? null : await readLogo(ctx, logoKey).catch(() => null)
  if (format === 'png') return drawPng(url, { size, logo })
  const bytes =
    logo === null || logoKey === null ? null : await ctx.files.read(logoKey, { maxBytes: LOGO_MAX_BYTES })
  return Buffer.from(drawSvg(url, { size, logo: bytes }))
}
