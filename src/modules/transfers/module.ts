import { type Manifest, route, streamRoute } from '../manifest.ts'
import { exportJobs, exportRoutes, exportSweeps } from './exports/module.ts'
import * as imports from './imports/commands.ts'
import { receivePeople, sendPeopleErrors } from './imports/files.ts'
import { previewImport } from './imports/preview.ts'
import { runPeopleImport } from './imports/run.ts'
import { tidyPeopleImports } from './imports/tidy.ts'
import * as schema from './schema.ts'

export const transfersModule: Manifest = {
  name: 'transfers',
  routes: [
    streamRoute(schema.uploadPeopleEndpoint, async (ctx, request, reply) =>
      reply.send(await receivePeople(ctx, request)),
    ),
    route(schema.listPeopleImportsEndpoint, (ctx, { query }) => imports.listImports(ctx, query)),
    route(schema.getPeopleImportEndpoint, (ctx, { params }) => imports.getImport(ctx, params.importId)),
    route(schema.previewPeopleEndpoint, (ctx, { params, body }) => previewImport(ctx, params.importId, body)),
    route(schema.startPeopleEndpoint, (ctx, { params, body }) =>
      imports.startImport(ctx, params.importId, body),
    ),
    streamRoute(schema.downloadPeopleErrorsEndpoint, sendPeopleErrors),
    ...exportRoutes,
  ],
  jobs: {
    [imports.IMPORT_PEOPLE]: (ctx, payload, signal) => runPeopleImport(ctx, payload['runId'] ?? '', signal),
    ...exportJobs,
  },
  sweeps: [{ name: 'transfers.tidy-imports', everyMs: 600_000, run: tidyPeopleImports }, ...exportSweeps],
}
