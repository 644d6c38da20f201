import { uploadPermanent } from '../../../channels/official-account/material.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { accountClient } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { explained } from '../../runs/index.ts'
import { type ImageType, imageName, requireImage } from '../image-type.ts'
import { insertImage } from '../media-store.ts'
import { IMAGE_MAX_BYTES, type MediaAsset } from '../schema.ts'

/**
 * Keeps an image here and at WeChat as permanent material. Told by its first bytes, not by its name; refused with
 * `image_type_not_supported` or `file_too_large`. What WeChat refused stays only as a file that equal content uses
 * again.
 */
export async function uploadImage(
  ctx: Ctx,
  accountId: string,
  upload: { name: string; source: AsyncIterable<Uint8Array> },
): Promise<MediaAsset> {
  const client = await accountClient(ctx, accountId)
  const found: { type?: ImageType } = {}
  const stored = await ctx.files.put(
    requireImage(upload.source, (type) => {
      found.type = type
    }),
    { maxBytes: IMAGE_MAX_BYTES },
  )
  if (found.type === undefined) throw new Error('impossible state: an image stored has a type')
  const { mime } = found.type
  const name = imageName(upload.name, found.type)
  const data = await ctx.files.read(stored.key, { maxBytes: IMAGE_MAX_BYTES })
  const material = await explained(uploadPermanent(client, 'image', { name, contentType: mime, data }))
  return inTransaction(ctx.db, async (trx) => {
    const asset = await insertImage(trx, {
      accountId,
      name,
      fileKey: stored.key,
      mime,
      bytes: stored.size,
      mediaId: material.mediaId,
      url: material.url,
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    await audit(ctx, trx, {
      action: 'media.uploaded',
      accountId,
      subject: { kind: 'media', id: asset.id },
      detail: { name, bytes: stored.size },
    })
    return asset
  })
}
