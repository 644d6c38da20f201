import { PNG } from 'pngjs'
import type { Ctx } from '../../../context.ts'
import type { FileSource } from '../../../infra/files/index.ts'
import { AppError, invalid } from '../../../kernel/errors.ts'
import { LOGO_MAX_BYTES } from '../schema.ts'

const MOST_PIXELS = 512

/** Keeps a logo. Refused where it is no PNG (`logo_not_png`) or larger than 512 × 512 (`logo_too_large`). */
export async function uploadLogo(ctx: Ctx, source: FileSource): Promise<string> {
  const { key } = await ctx.files.put(source, { maxBytes: LOGO_MAX_BYTES })
  try {
    await readLogo(ctx, key)
  } catch (error) {
    await ctx.files.remove(key)
    throw error
  }
  return key
}

/** Refused where nothing was uploaded under the key, or something else (`logo_gone`). */
export async function requireLogo(ctx: Ctx, key: string): Promise<void> {
  try {
    await readLogo(ctx, key)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw invalid('logo_gone', 'there is no such logo')
  }
}

export async function readLogo(ctx: Ctx, key: string): Promise<PNG> {
  const bytes = await ctx.files.read(key, { maxBytes: LOGO_MAX_BYTES })
  // Width and height stand at fixed places; a picture that unpacks to gigabytes is refused before it does.
  const isPng = bytes.length > 24 && bytes.subarray(1, 4).toString('latin1') === 'PNG'
  if (!isPng) throw invalid('logo_not_png', 'the logo is no PNG')
  if (bytes.readUInt32BE(16) > MOST_PIXELS || bytes.readUInt32BE(20) > MOST_PIXELS)
    throw invalid('logo_too_large', 'the logo is larger than 512 × 512', { most: MOST_PIXELS })
  try {
    return PNG.sync.read(bytes)
  } catch {
    throw invalid('logo_not_png', 'the logo is no PNG')
  }
}
