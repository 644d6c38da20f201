import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../context.ts'
import { AppError, forbidden, invalid, unavailable } from '../../../kernel/errors.ts'
import { findSourceByKey, keepRejections, type SourceAccess } from '../../sources/index.ts'
import { collectionPaths } from './schema.ts'

const unzip = promisify(gunzip)

type Stream = (ctx: Ctx, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Where something of ours fails, says that the message may be sent again: the SDKs then do. */
export const collecting =
  (receive: Stream): Stream =>
  async (ctx, request, reply) => {
    try {
      return await receive(ctx, request, reply)
    } catch (error) {
      if (error instanceof AppError) throw error
      ctx.log.error({ err: error }, 'messages of a source were not stored')
      throw unavailable('not_stored', 'could not be stored now: send it again', {}, { cause: error })
    }
  }

/** The body as it came, unpacked; refused where it unpacks to more than `most` bytes. */
export async function bytesOf(request: FastifyRequest, most: number): Promise<Buffer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  return request.headers['content-encoding'] === 'gzip' ? inflate(body, most) : body
}

export async function inflate(packed: Buffer, most: number): Promise<Buffer> {
  try {
    return await unzip(packed, { maxOutputLength: most })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw invalid('body_too_large', 'unpacked, the body is too large', { most })
    throw invalid('not_gzip', 'the body is not what it says it is packed with')
  }
}

/**
 * What a browser asks before a page of another site sends JSON. Which pages may is known once there is a key; the answer
 * to the call itself decides.
 */
export function registerPreflight(app: FastifyInstance): void {
  for (const path of new Set(collectionPaths))
    app.options(path, (request, reply) => {
      allowOrigin(request, reply)
      return reply
        .headers({
          'access-control-allow-methods': 'POST, GET',
          'access-control-allow-headers': 'authorization, content-type, content-encoding',
          'access-control-max-age': '86400',
        })
        .status(204)
        .send()
    })
}

/** Of the calls a browser makes, those of another site's page have an origin. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers
  if (origin === undefined) return
  void reply.header('access-control-allow-origin', origin).header('vary', 'Origin')
}

const unknownKey = () => new AppError('unauthenticated', 'write_key_unknown', 'no source has this write key')

/**
 * The source of a write key, if it may be called like this. Where it may not, that is kept among its rejections: it is
 * what somebody who waits for data has to read.
 */
export async function admitSource(
  ctx: Ctx,
  request: FastifyRequest,
  writeKey: unknown,
): Promise<SourceAccess> {
  if (typeof writeKey !== 'string' || writeKey === '' || writeKey.length > 200) throw unknownKey()
  const source = await findSourceByKey(ctx, writeKey)
  if (source === undefined) throw unknownKey()
  if (!source.active) throw forbidden('source_disabled', 'the source is disabled')
  const { origin } = request.headers
  if (origin === undefined) return source
  const reason =
    source.kind === 'server'
      ? 'server_key_in_browser'
      : source.allowedOrigins.has('*') || source.allowedOrigins.has(origin)
        ? undefined
        : 'origin_not_allowed'
  if (reason === undefined) return source
  const detail = { origin: origin.slice(0, 200) }
  await keepRejections(ctx, { sourceId: source.id, rejected: [{ reason, detail, message: '' }] })
  throw forbidden(reason, 'the source may not be called from this page', detail)
}
