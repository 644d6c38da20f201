import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../context.ts'
import { invalid } from '../../kernel/errors.ts'
import { createFanList } from './lists.ts'
import { readOpenids } from './openid-file.ts'
import { type FanList, MAX_UPLOAD_BYTES, uploadFanListEndpoint } from './schema.ts'

/** Reads the one file of a multipart body as it arrives; nothing of it is kept in memory or on disk. */
export async function uploadFanList(ctx: Ctx, request: FastifyRequest): Promise<FanList> {
  const { accountId } = uploadFanListEndpoint.params?.parse(request.params) ?? { accountId: '' }
  const { name } = uploadFanListEndpoint.query?.parse(request.query) ?? { name: '' }
  if (!request.isMultipart()) throw invalid('file_missing', 'send the file as multipart/form-data')
  const file = await request.file({ limits: { files: 1, fileSize: MAX_UPLOAD_BYTES } })
  if (file === undefined) throw invalid('file_missing', 'there is no file in the request')
  const whole = async function* () {
    yield* readOpenids(file.file)
    if (file.file.truncated)
      throw invalid('file_too_large', 'the file is too large', { maxBytes: MAX_UPLOAD_BYTES })
  }
  try {
    return await createFanList(ctx, accountId, { name, openids: whole() })
  } finally {
    file.file.resume()
  }
}
