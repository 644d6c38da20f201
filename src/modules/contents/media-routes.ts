import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../context.ts'
import { invalid, notFound } from '../../kernel/errors.ts'
import { streamRoute } from '../manifest.ts'
import { uploadMedia } from './commands/upload.ts'
import { selectAsset } from './media-store.ts'
import { fetchFile } from './media-sync/fetch.ts'
import { getMediaAsset } from './reads.ts'
import { getMediaFileEndpoint, MEDIA_LIMITS, mediaAsset, uploadMediaEndpoint } from './schema.ts'

async function upload(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { accountId } = uploadMediaEndpoint.params!.parse(request.params)
  const { kind, still } = uploadMediaEndpoint.query!.parse(request.query)
  if (!request.isMultipart()) throw invalid('not_multipart', 'send the file as multipart/form-data')
  // One byte more than allowed, so that what is too large is seen as such and not cut off.
  const part = await request.file({ limits: { fileSize: MEDIA_LIMITS[kind].maxBytes + 1, files: 1 } })
  if (part === undefined) throw invalid('file_missing', 'the upload has no file')
  try {
    const asset = await uploadMedia(ctx, accountId, { kind, still, name: part.filename, source: part.file })
    return reply.send(mediaAsset.parse(asset))
  } catch (error) {
    drain(request)
    throw error
  }
}

/** Takes the rest of a refused body off the wire: else it blocks the connection, and the answer is never read. */
function drain({ raw }: FastifyRequest): void {
  raw.unpipe()
  raw.resume()
}

async function serve(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const { accountId, mediaAssetId } = getMediaFileEndpoint.params!.parse(request.params)
  const found = await selectAsset(ctx.db, accountId, mediaAssetId)
  if (found === undefined) throw notFound('media')
  const fileKey = found.fileKey ?? (await fetchFile(ctx, accountId, found.asset))
  // what it is was only guessed before
  const { mime } = found.fileKey === null ? await getMediaAsset(ctx, accountId, mediaAssetId) : found.asset
  const { stream, size } = await ctx.files.open(fileKey)
  void reply
    .type(mime)
    .header('x-content-type-options', 'nosniff')
    .header('accept-ranges', 'bytes')
    .header('content-disposition', 'inline')
    .header('cache-control', 'private, max-age=86400, immutable')
  const part = partOf(request.headers.range, size)
  if (part === undefined) return reply.header('content-length', size).send(stream)
  stream.destroy()
  const whole = await ctx.files.read(fileKey, { maxBytes: MEDIA_LIMITS[found.asset.kind].maxBytes })
  return reply
    .code(206)
    .header('content-range', `bytes ${part.from}-${part.to}/${size}`)
    .send(whole.subarray(part.from, part.to + 1))
}

/** What a player asks for of a recording or film; some play none that can't be had in parts. */
function partOf(range: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return undefined
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return from <= to ? { from, to } : undefined
}

export const mediaRoutes = [
  streamRoute(uploadMediaEndpoint, upload),
  streamRoute(getMediaFileEndpoint, serve),
]
