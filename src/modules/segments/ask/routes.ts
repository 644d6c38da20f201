import type { FastifyRequest } from 'fastify'
import type { BodyOf, Endpoint } from '../../../kernel/endpoint.ts'
import { type Route, route, streamRoute } from '../../manifest.ts'
import { estimateEndpoint, explainEndpoint, sampleEndpoint } from '../schema/ask.ts'
import { estimateRule, samplePeople } from './estimate.ts'
import { explainRule } from './explain.ts'
import { Superseded } from './leaves.ts'

/** Estimates and samples stop in the database as soon as the caller hangs up. */
export const askRoutes: readonly Route[] = [
  streamRoute(estimateEndpoint, async (ctx, request, reply) => {
    const body = bodyOf(estimateEndpoint, request)
    const answer = await unlessGone(request, (signal) => estimateRule(ctx, body, signal))
    return answer === undefined ? reply.hijack() : reply.send(estimateEndpoint.response.parse(answer))
  }),
  streamRoute(sampleEndpoint, async (ctx, request, reply) => {
    const body = bodyOf(sampleEndpoint, request)
    const items = await unlessGone(request, (signal) => samplePeople(ctx, body, signal))
    return items === undefined ? reply.hijack() : reply.send(sampleEndpoint.response.parse({ items }))
  }),
  route(explainEndpoint, (ctx, { body }) => explainRule(ctx, body)),
]

const bodyOf = <E extends Endpoint>(endpoint: E, request: FastifyRequest): BodyOf<E> =>
  endpoint.body?.parse(request.body ?? {}) as BodyOf<E>

/** Undefined when the caller hung up meanwhile. */
async function unlessGone<T>(
  request: FastifyRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const gone = new AbortController()
  const hangUp = () => gone.abort()
  request.raw.socket.once('close', hangUp)
  try {
    return await work(gone.signal)
  } catch (error) {
    if (error instanceof Superseded) return undefined
    throw error
  } finally {
    request.raw.socket.off('close', hangUp)
  }
}
