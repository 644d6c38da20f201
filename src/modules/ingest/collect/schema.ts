import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { MESSAGE_BYTES } from './rules/bounds.ts'
import { SEGMENT_TYPES } from './rules/segment.ts'

/** Segment's limits: 500 KB for a batch, 32 KB for a message. */
export const BATCH_BYTES = 500 * 1024
export const MESSAGES_PER_BATCH = 2_500
/** Packed and unpacked; the SDKs send at most 50 messages at once. */
export const SENSORS_BYTES = 1024 * 1024

const tag = 'collection'
const taken = z.object({
  success: z.literal(true),
  rejected: z
    .array(
      z.object({
        index: z.number().int(),
        reason: z.string(),
        detail: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
})

export const segmentEndpoints = SEGMENT_TYPES.map((type) => ({
  type,
  endpoint: endpoint({
    method: 'POST',
    path: `/v1/${type}`,
    access: 'public',
    tag,
    summary: `Segment’s HTTP format: ${type}; the write key by basic auth or as writeKey`,
    bodyLimit: MESSAGE_BYTES,
    response: taken,
  }),
}))
export const batchEndpoint = endpoint({
  method: 'POST',
  path: '/v1/batch',
  access: 'public',
  tag,
  summary: 'Segment’s HTTP format: many messages at once, each taken or refused by itself',
  bodyLimit: BATCH_BYTES,
  response: taken,
})

const sensors = (method: 'GET' | 'POST', path: string) =>
  endpoint({
    method,
    path,
    access: 'public',
    tag,
    summary: 'The format of the Sensors (神策) SDKs; the write key as token or project',
    bodyLimit: SENSORS_BYTES,
    response: z.string(),
  })
export const sensorsEndpoints = [
  sensors('GET', '/sa'),
  sensors('POST', '/sa'),
  sensors('GET', '/sa.gif'),
  sensors('POST', '/sa.gif'),
]
export const sensorsDebugEndpoint = sensors('POST', '/debug')

export const collectionPaths: readonly string[] = [
  ...segmentEndpoints.map(({ endpoint: { path } }) => path),
  batchEndpoint.path,
  ...sensorsEndpoints.map(({ path }) => path),
  sensorsDebugEndpoint.path,
]
