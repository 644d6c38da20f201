import { downloadTemporary } from '../../../channels/official-account/material.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { AppError } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { uploadMedia } from './upload.ts'

/**
 * What WeChat lends for three days, as permanent material of the account. Undefined where WeChat has it no more, or it is nothing
 * that may be kept.
 */
export async function keepTemporary(
  ctx: Ctx,
  accountId: string,
  { kind, name, mediaId }: { kind: 'image' | 'voice'; name: string; mediaId: string },
): Promise<string | undefined> {
  try {
    const found = await downloadTemporary(await accountClient(ctx, accountId), mediaId)
    if (!('file' in found)) return undefined
    const source = (async function* () {
      yield new Uint8Array(found.file.bytes)
    })()
    return (await uploadMedia(ctx, accountId, { kind, name, source })).id
  } catch (error) {
    if (!isWechatError(error) && !(error instanceof AppError)) throw error
    if (isWechatError(error) && error.kind !== 'content') throw error
    return undefined
  }
}
