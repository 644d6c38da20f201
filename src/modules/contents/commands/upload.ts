import { uploadPermanent } from '../../../channels/official-account/material.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { explained } from '../../runs/index.ts'
import { insertMedia } from '../media-store.ts'
import { type FoundMedia, mediaName, requireMedia } from '../media-type.ts'
import { MEDIA_LIMITS, type MediaAsset, type MediaKind } from '../schema.ts'

/**
 * Keeps an image, voice or video here and at WeChat as permanent material. Told by its first bytes, not by its name; refused with
 * `image_type_not_supported` (`voice_…`, `video_…`), `image_broken`, `image_animated` (where only a `still` one will do) or
 * `file_too_large`. What WeChat refused stays only as a file that equal content uses again.
 */
export async function uploadMedia(
  ctx: Ctx,
  accountId: string,
  upload: { kind: MediaKind; still?: boolean; name: string; source: AsyncIterable<Uint8Array> },
): Promise<MediaAsset> {
  const client = await accountClient(ctx, accountId)
  const { kind, still = false } = upload
  const { maxBytes } = MEDIA_LIMITS[kind]
  const told: { found?: FoundMedia } = {}
  const stored = await ctx.files.put(
    requireMedia(upload.source, { kind, still }, (found) => {
      told.found = found
    }),
    { maxBytes },
  )
  if (told.found === undefined) throw new Error('impossible state: what was stored has a type')
  const { type, picture } = told.found
  const { mime } = type
  const name = mediaName(upload.name, type)
  const data = await ctx.files.read(stored.key, { maxBytes })
  const material = await explained(
    uploadPermanent(client, kind, { name, contentType: mime, data }, wordsOf(kind, name)),
  )
  return inTransaction(ctx.db, async (trx) => {
    const asset = await insertMedia(trx, {
      accountId,
      kind,
      name,
      fileKey: stored.key,
      mime,
      bytes: stored.size,
      mediaId: material.mediaId,
      url: material.url,
      picture,
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    await audit(ctx, trx, {
      action: 'media.uploaded',
      accountId,
      subject: { kind: 'media', id: asset.id },
      detail: { kind, name, bytes: stored.size },
    })
    return asset
  })
}

/** A video has a title and an introduction at WeChat; a message says its own. */
function wordsOf(kind: MediaKind, name: string): { title: string; introduction: string } | undefined {
  const title = name.replace(/\.[a-z0-9]+$/, '')
  return kind === 'video' ? { title, introduction: title } : undefined
}
