import { type Manifest, type Route, route, streamRoute } from '../manifest.ts'
import { listRecentMessagesEndpoint } from '../sources/schema.ts'
import { answerEcho, receive } from './callbacks.ts'
import { collecting } from './collect/http.ts'
import * as collection from './collect/schema.ts'
import { receiveBatch, receiveOne } from './collect/segment.ts'
import { debugSensors, receiveSensors } from './collect/sensors.ts'
import { listRecentMessages } from './live.ts'
import { makePartitions } from './partitions.ts'
import { listAccountEvents, listFanEvents } from './reads.ts'
import { renameProperty, updateRegisteredEvent } from './registry/commands.ts'
import { registryReaction } from './registry/reaction.ts'
import * as registry from './registry/reads.ts'
import { getCollectionSettings, keepWithinRetention, updateCollectionSettings } from './retention.ts'
import * as schema from './schema.ts'
import { timelineRoutes } from './timeline-routes.ts'

const collectionRoutes: readonly Route[] = [
  ...collection.segmentEndpoints.map(({ type, endpoint }) =>
    streamRoute(endpoint, collecting(receiveOne(type))),
  ),
  streamRoute(collection.batchEndpoint, collecting(receiveBatch)),
  ...collection.sensorsEndpoints.map((endpoint) => streamRoute(endpoint, collecting(receiveSensors))),
  streamRoute(collection.sensorsDebugEndpoint, collecting(debugSensors)),
]

const registryRoutes: readonly Route[] = [
  route(schema.listRegisteredEventsEndpoint, (ctx, { query }) => registry.listRegisteredEvents(ctx, query)),
  route(schema.getRegisteredEventEndpoint, (ctx, { params }) =>
    registry.getRegisteredEvent(ctx, params.name),
  ),
  route(schema.updateRegisteredEventEndpoint, async (ctx, { params, body }) => {
    await updateRegisteredEvent(ctx, params.name, body)
    return registry.getRegisteredEvent(ctx, params.name)
  }),
  route(schema.listRegisteredPropertiesEndpoint, async (ctx, { params }) => ({
    items: await registry.listRegisteredProperties(ctx, params.name),
  })),
  route(schema.updateRegisteredPropertyEndpoint, async (ctx, { params, body }) => {
    const property = { event: params.name, name: params.property }
    await renameProperty(ctx, { ...property, ...body })
    return registry.getRegisteredProperty(ctx, property)
  }),
  route(schema.suggestPropertyValuesEndpoint, (ctx, { params, query }) =>
    registry.suggestValues(ctx, { event: params.name, property: params.property, ...query }),
  ),
  route(schema.listOccurrencesEndpoint, async (ctx, { params, query }) => ({
    items: await registry.listOccurrences(ctx, { event: params.name, ...query }),
  })),
]

export const ingestModule: Manifest = {
  name: 'ingest',
  routes: [
    ...timelineRoutes,
    streamRoute(schema.verifyCallbackEndpoint, answerEcho),
    streamRoute(schema.receiveCallbackEndpoint, receive),
    route(schema.listFanEventsEndpoint, (ctx, { params, query }) =>
      listFanEvents(ctx, { ...params, ...query }),
    ),
    route(schema.listAccountEventsEndpoint, (ctx, { params, query }) =>
      listAccountEvents(ctx, { ...params, ...query }),
    ),
    ...collectionRoutes,
    ...registryRoutes,
    route(listRecentMessagesEndpoint, async (ctx, { params, query }) => ({
      items: await listRecentMessages(ctx, { ...params, ...query }),
    })),
    route(schema.getCollectionSettingsEndpoint, (ctx) => getCollectionSettings(ctx)),
    route(schema.updateCollectionSettingsEndpoint, (ctx, { body }) => updateCollectionSettings(ctx, body)),
  ],
  sweeps: [
    { name: 'ingest.partitions', everyMs: 60_000, run: makePartitions },
    { name: 'ingest.retention', everyMs: 600_000, run: keepWithinRetention },
  ],
  reactions: [registryReaction],
}
