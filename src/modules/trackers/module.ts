import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Manifest, streamRoute } from '../manifest.ts'
import { h5File, miniProgramFile, type TrackerFile } from './files.ts'
import * as schema from './schema.ts'

const HOUR_SECONDS = 3_600
const YEAR_SECONDS = 31_536_000

/** Scripts for the brand's own pages and programs: public, the same for everybody, and kept by browsers. */
export const trackersModule: Manifest = {
  name: 'trackers',
  routes: [
    streamRoute(schema.h5TrackerEndpoint, async (_ctx, request, reply) => {
      const file = h5File()
      const pinned = (request.query as { v?: string }).v === file.version
      return sendScript(request, reply, { file, maxAge: pinned ? YEAR_SECONDS : HOUR_SECONDS })
    }),
    streamRoute(schema.miniProgramTrackerEndpoint, async (_ctx, request, reply) => {
      void reply.header('content-disposition', 'attachment; filename="weida.js"')
      return sendScript(request, reply, { file: miniProgramFile(), maxAge: HOUR_SECONDS })
    }),
  ],
}

function sendScript(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, maxAge }: { file: TrackerFile; maxAge: number },
) {
  void reply
    .header('cache-control', `public, max-age=${maxAge}${maxAge === YEAR_SECONDS ? ', immutable' : ''}`)
    .header('etag', file.etag)
    // pages of other sites load it, also those that isolate themselves or check its integrity
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('access-control-allow-origin', '*')
  if (request.headers['if-none-match'] === file.etag) return reply.status(304).send()
  return reply.type('text/javascript; charset=utf-8').send(file.text)
}
