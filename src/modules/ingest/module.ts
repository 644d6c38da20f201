import { type Manifest, route, streamRoute } from '../manifest.ts'
import { answerEcho, receive } from './callbacks.ts'
import { makePartitions } from './partitions.ts'
import { listAccountEvents, listFanEvents } from './reads.ts'
import * as schema from './schema.ts'

export const ingestModule: Manifest = {
  name: 'ingest',
  routes: [
    streamRoute(schema.verifyCallbackEndpoint, answerEcho),
    streamRoute(schema.receiveCallbackEndpoint, receive),
    route(schema.listFanEventsEndpoint, (ctx, { params, query }) =>
      listFanEvents(ctx, { ...params, ...query }),
    ),
    route(schema.listAccountEventsEndpoint, (ctx, { params, query }) =>
      listAccountEvents(ctx, { ...params, ...query }),
    ),
  ],
  sweeps: [{ name: 'ingest.partitions', everyMs: 60_000, run: makePartitions }],
}
