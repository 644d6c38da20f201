import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../context.ts'
import { invalid } from '../../../kernel/errors.ts'
import { keepRejections, type SourceAccess } from '../../sources/index.ts'
import { collect, readerOf } from './collect.ts'
import { admitSource, allowOrigin, bytesOf } from './http.ts'
import { MESSAGE_BYTES } from './rules/bounds.ts'
import { basicUser } from './rules/decode.ts'
import { isObject, type Json } from './rules/fact.ts'
import { readSegment, type SegmentType } from './rules/segment.ts'
import { instantOf } from './rules/time.ts'
import { BATCH_BYTES, MESSAGES_PER_BATCH } from './schema.ts'

type Stream = (ctx: Ctx, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** `/v1/track` and its siblings: one message. */
export const receiveOne =
  (type: SegmentType): Stream =>
  async (ctx, request, reply) => {
    const { source, body } = await open(ctx, request, reply, MESSAGE_BYTES)
    return answer(ctx, reply, { source, body, messages: [body], typeOf: () => type })
  }

/** `/v1/batch`: messages of any type, each taken or refused by itself. */
export const receiveBatch: Stream = async (ctx, request, reply) => {
  const { source, body } = await open(ctx, request, reply, BATCH_BYTES)
  const { batch } = body
  if (!Array.isArray(batch)) throw invalid('batch_missing', 'a batch has an array `batch`')
  if (batch.length > MESSAGES_PER_BATCH)
    throw invalid('batch_too_long', 'too many messages in one batch', { most: MESSAGES_PER_BATCH })
  const shared = body['context']
  const messages = isObject(shared) ? batch.map((one) => withContext(one, shared)) : batch
  return answer(ctx, reply, { source, body, messages, typeOf: (message) => (message as Json)['type'] })
}

/** What a batch says of its context holds for messages that say nothing themselves. */
const withContext = (message: unknown, context: Json): unknown =>
  isObject(message) && message['context'] === undefined ? { ...message, context } : message

type Opened = { source: SourceAccess; body: Json }

async function open(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, most: number): Promise<Opened> {
  allowOrigin(request, reply)
  const user = basicUser(request.headers.authorization, (base64) => Buffer.from(base64, 'base64').toString())
  const bytes = await bytesOf(request, most)
  if (bytes.length > most) throw invalid('body_too_large', 'the request body is too large', { most })
  const body = parse(bytes)
  const source = await admitSource(ctx, request, user ?? body?.['writeKey'])
  if (body !== undefined) return { source, body }
  const message = bytes.toString('utf8')
  await keepRejections(ctx, { sourceId: source.id, rejected: [{ reason: 'not_json', message }] })
  throw invalid('not_json', 'the request body is not a JSON object')
}

function parse(bytes: Buffer): Json | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'))
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}

type Call = Opened & { messages: readonly unknown[]; typeOf(message: unknown): unknown }

/** As Segment answers: 200 also where a message was refused; beside it, which and why. */
async function answer(ctx: Ctx, reply: FastifyReply, { source, body, messages, typeOf }: Call) {
  const reader = await readerOf(ctx, source, instantOf(body['sentAt']))
  const read = (message: unknown) =>
    readSegment(message, isObject(message) ? typeOf(message) : undefined, reader)
  const refused = await collect(ctx, source, { messages, read, receivedAt: reader.receivedAt })
  return reply.send(refused.length === 0 ? { success: true } : { success: true, rejected: refused })
}
