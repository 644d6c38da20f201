import { type Manifest, route, streamRoute } from '../manifest.ts'
import { askRoutes } from './ask/routes.ts'
import { combineSegments, splitSegment } from './commands/combine.ts'
import { differenceOf, overlapOf } from './commands/compare.ts'
import { copySegment } from './commands/copy.ts'
import { listMembers, segmentsOfContact } from './commands/people.ts'
import { createSegment, updateSegment } from './commands/save.ts'
import { archiveSegment, refreshSegment, restoreSegment } from './commands/state.ts'
import { createFromContacts, createFromIds } from './commands/static.ts'
import { takeSnapshot } from './commands/take-snapshot.ts'
import { sendUnknownIds, uploadStatic } from './commands/upload.ts'
import { listSegments, listSnapshots } from './lists.ts'
import { readSegment } from './present.ts'
import * as schema from './schema/segment.ts'
import { computeNext } from './snapshots/compute.ts'
import { nextSegmentDue, queueDue } from './snapshots/due.ts'
import { tidySegments } from './snapshots/tidy.ts'

export const segmentsModule: Manifest = {
  name: 'segments',
  routes: [
    ...askRoutes,
    route(schema.listSegmentsEndpoint, (ctx, { query }) => listSegments(ctx, query)),
    route(schema.createSegmentEndpoint, (ctx, { body }) => createSegment(ctx, body)),
    route(schema.getSegmentEndpoint, (ctx, { params }) => readSegment(ctx, params.segmentId)),
    route(schema.updateSegmentEndpoint, (ctx, { params, body }) =>
      updateSegment(ctx, params.segmentId, body),
    ),
    route(schema.copySegmentEndpoint, (ctx, { params, body }) =>
      copySegment(ctx, params.segmentId, body.name),
    ),
    route(schema.archiveSegmentEndpoint, (ctx, { params }) => archiveSegment(ctx, params.segmentId)),
    route(schema.restoreSegmentEndpoint, (ctx, { params }) => restoreSegment(ctx, params.segmentId)),
    route(schema.refreshSegmentEndpoint, (ctx, { params }) => refreshSegment(ctx, params.segmentId)),
    route(schema.takeSnapshotEndpoint, (ctx, { params }) => takeSnapshot(ctx, params.segmentId)),
    route(schema.listSnapshotsEndpoint, (ctx, { params, query }) =>
      listSnapshots(ctx, params.segmentId, query),
    ),
    route(schema.listMembersEndpoint, (ctx, { params, query }) => listMembers(ctx, params.segmentId, query)),
    route(schema.contactSegmentsEndpoint, (ctx, { params }) => segmentsOfContact(ctx, params.contactId)),
    route(schema.createStaticEndpoint, (ctx, { body: { from, ...fields } }) =>
      from.kind === 'ids'
        ? createFromIds(ctx, fields, from)
        : createFromContacts(ctx, fields, from.contactIds),
    ),
    streamRoute(schema.uploadStaticEndpoint, async (ctx, request, reply) =>
      reply.send(await uploadStatic(ctx, request)),
    ),
    streamRoute(schema.unknownIdsEndpoint, sendUnknownIds),
    route(schema.splitSegmentEndpoint, (ctx, { params, body }) => splitSegment(ctx, params.segmentId, body)),
    route(schema.combineSegmentsEndpoint, (ctx, { body }) => combineSegments(ctx, body)),
    route(schema.overlapEndpoint, (ctx, { body }) => overlapOf(ctx, body.segmentIds)),
    route(schema.differenceEndpoint, (ctx, { body }) => differenceOf(ctx, body.segmentIds, body.examples)),
  ],
  sweeps: [
    { name: 'segments.due', everyMs: 1_000, topic: 'clock', run: queueDue },
    { name: 'segments.compute', everyMs: 1_000, topic: 'segments', run: computeNext },
    { name: 'segments.tidy', everyMs: 60_000, run: tidySegments },
  ],
  nextDue: nextSegmentDue,
}
