import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '../../../context.ts'
import { AppError, invalid } from '../../../kernel/errors.ts'
import { keepRejections, type SourceAccess } from '../../sources/index.ts'
import { collect, readerOf } from './collect.ts'
import { admitSource, allowOrigin, bytesOf, inflate } from './http.ts'
import { checkSum } from './rules/decode.ts'
import { readSensors } from './rules/sensors.ts'
import { MESSAGES_PER_BATCH, SENSORS_BYTES } from './schema.ts'

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** `/sa`: answered empty with 200 once it is stored, also where a message was refused. */
export async function receiveSensors(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { source, messages } = await open(ctx, request, reply)
  const reader = await readerOf(ctx, source, Number.NaN)
  const read = (message: unknown) => readSensors(message, reader)
  await collect(ctx, source, { messages, read, receivedAt: reader.receivedAt })
  if (request.routeOptions.url?.endsWith('.gif')) return reply.type('image/gif').send(PIXEL)
  return reply.type('text/plain; charset=utf-8').send('')
}

/** `/debug`, the SDKs' debug mode: says what is wrong with a message; with `Dry-Run: true` nothing is stored. */
export async function debugSensors(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { source, messages } = await open(ctx, request, reply)
  const reader = await readerOf(ctx, source, Number.NaN)
  const read = (message: unknown) => readSensors(message, reader)
  for (const [index, message] of messages.entries()) {
    const reading = read(message)
    if ('refused' in reading)
      throw invalid(reading.refused.reason, 'a message is not taken', { index, ...reading.refused.detail })
  }
  if (request.headers['dry-run'] !== 'true')
    await collect(ctx, source, { messages, read, receivedAt: reader.receivedAt })
  return reply.type('text/plain; charset=utf-8').send('')
}

type Opened = { source: SourceAccess; messages: unknown[] }

async function open(ctx: Ctx, request: FastifyRequest, reply: FastifyReply): Promise<Opened> {
  allowOrigin(request, reply)
  const query = request.query as Record<string, unknown>
  const text = (await bytesOf(request, SENSORS_BYTES)).toString('utf8')
  const isJson = /^\s*[[{]/.test(text)
  const form = new URLSearchParams(isJson ? '' : text)
  const field = (name: string): string | undefined => {
    const value = form.get(name) ?? query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const source = await admitSource(ctx, request, field('token') ?? field('project'))
  try {
    const messages = listOf(isJson ? text : await decode(field))
    return { source, messages }
  } catch (error) {
    if (error instanceof AppError)
      await keepRejections(ctx, {
        sourceId: source.id,
        rejected: [{ reason: 'not_json', detail: { reason: error.reason }, message: text }],
      })
    throw error
  }
}

/** `data` or `data_list`: base64 of JSON, packed where `gzip` says so or its first bytes do. */
async function decode(field: (name: string) => string | undefined): Promise<string> {
  const given = field('data_list') ?? field('data')
  if (given === undefined) throw invalid('data_missing', 'neither `data` nor `data_list`')
  // an address turns + into a space
  const base64 = given.replaceAll(' ', '+')
  const sum = field('crc') ?? /crc=(-?\d+)/.exec(field('ext') ?? '')?.[1]
  if (sum !== undefined && Number(sum) !== checkSum(base64))
    throw invalid('crc_wrong', 'the check sum is another one: the data was damaged on its way')
  const packing = field('gzip')
  if (packing !== undefined && packing !== '0' && packing !== '1')
    throw invalid('encoding_not_supported', 'only gzip 0 and 1 are taken', { gzip: packing.slice(0, 10) })
  const bytes = Buffer.from(base64, 'base64')
  const isPacked = packing === '1' || (bytes[0] === 0x1f && bytes[1] === 0x8b)
  return (isPacked ? await inflate(bytes, SENSORS_BYTES) : bytes).toString('utf8')
}

function listOf(json: string): unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    throw invalid('not_json', 'the data is not JSON')
  }
  const messages = Array.isArray(parsed) ? parsed : [parsed]
  if (messages.length > MESSAGES_PER_BATCH)
    throw invalid('batch_too_long', 'too many messages in one request', { most: MESSAGES_PER_BATCH })
  return messages
}
