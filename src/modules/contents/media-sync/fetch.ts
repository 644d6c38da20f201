import type { Pool } from 'pg'
import { downloadFrom, downloadPermanent } from '../../../channels/official-account/material.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { notFound } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { explainWechatError } from '../../runs/index.ts'
import { inspectPicture } from '../rules/inspect.ts'
import { servedMime, UNKNOWN_MIME } from '../rules/media-type.ts'
import { MEDIA_LIMITS, type MediaAsset } from '../schema.ts'
import { keepFile, markMediaGone } from './store.ts'

/** A process holds so many files in memory at once. */
const AT_ONCE = 4
/** `get_material`: there is none of that id. */
const GONE = 40007

type Desk = { free: number; waiting: (() => void)[]; underWay: Map<string, Promise<string>> }
const desks = new WeakMap<Pool, Desk>()

/**
 * The file of what a sync met, fetched when somebody first looks at it and kept; several who look at once wait for one call.
 * `file_too_large` beyond what WeChat takes of the kind; gone at WeChat, it counts as gone here.
 */
export function fetchFile(ctx: Ctx, accountId: string, asset: MediaAsset): Promise<string> {
  const desk = desks.get(ctx.pool) ?? { free: AT_ONCE, waiting: [], underWay: new Map() }
  desks.set(ctx.pool, desk)
  const going = desk.underWay.get(asset.id)
  if (going !== undefined) return going
  const begun = inTurn(desk, () => fetchNow(ctx, accountId, asset)).finally(() =>
    desk.underWay.delete(asset.id),
  )
  desk.underWay.set(asset.id, begun)
  return begun
}

async function inTurn<T>(desk: Desk, work: () => Promise<T>): Promise<T> {
  if (desk.free === 0) await new Promise<void>((resolve) => desk.waiting.push(resolve))
  else desk.free -= 1
  try {
    return await work()
  } finally {
    const next = desk.waiting.shift()
    if (next === undefined) desk.free += 1
    else next()
  }
}

async function fetchNow(ctx: Ctx, accountId: string, asset: MediaAsset): Promise<string> {
  const { maxBytes } = MEDIA_LIMITS[asset.kind]
  const bytes = await download(ctx, accountId, asset)
  const stored = await ctx.files.put(bytes, { maxBytes })
  const mime = servedMime(bytes, asset.kind)
  const picture = mime !== UNKNOWN_MIME && asset.kind === 'image' ? inspectPicture(mime) : undefined
  picture?.take(bytes)
  const facts = picture?.end()
  await keepFile(ctx.db, asset.id, {
    fileKey: stored.key,
    mime,
    bytes: stored.size,
    width: facts?.width ?? null,
    height: facts?.height ?? null,
    frames: facts?.frames ?? null,
  })
  return stored.key
}

async function download(ctx: Ctx, accountId: string, asset: MediaAsset): Promise<Buffer> {
  const client = await accountClient(ctx, accountId)
  try {
    const found = await downloadPermanent(client, asset.mediaId)
    return 'file' in found ? found.file.bytes : (await downloadFrom(client, found.videoUrl)).bytes
  } catch (error) {
    if (!isWechatError(error)) throw error
    if (error.errcode !== GONE) throw explainWechatError(error)
    await markMediaGone(ctx.db, asset.id, ctx.clock.now())
    throw notFound('media')
  }
}
