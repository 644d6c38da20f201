import { type Manifest, route, streamRoute } from '../manifest.ts'
import { collectRows } from './collect.ts'
import * as commands from './commands.ts'
import { tidyRows } from './erase.ts'
import * as imports from './imports/commands.ts'
import { receiveImport, sendImportErrors } from './imports/files.ts'
import { runImport } from './imports/run.ts'
import { tidyImports } from './imports/tidy.ts'
import { countRows, listPersonDatasets, listRows, listValues } from './reads.ts'
import { writeDatasetRows } from './rows.ts'
import * as schema from './schema.ts'
import { getDataset, listDatasets } from './shape.ts'

export const datasetsModule: Manifest = {
  name: 'datasets',
  routes: [
    route(schema.listDatasetsEndpoint, async (ctx, { query }) => ({
      items: await listDatasets(
        ctx,
        query.archived === undefined ? {} : { archived: query.archived === 'true' },
      ),
    })),
    route(schema.declareDatasetEndpoint, (ctx, { body }) => commands.declareDataset(ctx, body)),
    route(schema.getDatasetEndpoint, (ctx, { params }) => getDataset(ctx, params.key)),
    route(schema.updateDatasetEndpoint, (ctx, { params, body }) =>
      commands.updateDataset(ctx, params.key, body),
    ),
    route(schema.archiveDatasetEndpoint, (ctx, { params }) => commands.archiveDataset(ctx, params.key)),
    route(schema.restoreDatasetEndpoint, (ctx, { params }) => commands.restoreDataset(ctx, params.key)),
    route(schema.addFieldEndpoint, (ctx, { params, body }) => commands.addField(ctx, params.key, body)),
    route(schema.updateFieldEndpoint, (ctx, { params, query, body }) =>
      commands.updateField(ctx, { ...params, ...query }, body),
    ),
    route(schema.checkFieldTypeEndpoint, (ctx, { params, query }) =>
      commands.checkFieldType(ctx, { ...params, ...query }),
    ),
    route(schema.listValuesEndpoint, async (ctx, { params, query }) => ({
      items: await listValues(ctx, { ...params, ...query }),
    })),
    route(schema.writeRowsEndpoint, async (ctx, { params, body }) => ({
      results: await writeDatasetRows(ctx, params.key, body.rows),
    })),
    route(schema.listRowsEndpoint, (ctx, { params, query }) => listRows(ctx, params.key, query)),
    route(schema.countRowsEndpoint, (ctx, { params, query }) => countRows(ctx, params.key, query)),
    route(schema.listPersonDatasetsEndpoint, async (ctx, { params }) => ({
      items: await listPersonDatasets(ctx, params.contactId),
    })),
    streamRoute(schema.collectRowsEndpoint, async (ctx, request, reply) =>
      reply.send(await collectRows(ctx, request)),
    ),
    streamRoute(schema.uploadImportEndpoint, async (ctx, request, reply) =>
      reply.send(await receiveImport(ctx, request)),
    ),
    route(schema.listImportsEndpoint, (ctx, { params, query }) =>
      imports.listImports(ctx, params.key, query),
    ),
    route(schema.getImportEndpoint, (ctx, { params }) => imports.getImport(ctx, params.key, params.importId)),
    route(schema.startImportEndpoint, (ctx, { params, body }) =>
      imports.startImport(ctx, params, body.mapping),
    ),
    streamRoute(schema.downloadImportErrorsEndpoint, sendImportErrors),
  ],
  jobs: {
    [imports.IMPORT_ROWS]: (ctx, payload, signal) => runImport(ctx, payload['runId'] ?? '', signal),
  },
  sweeps: [
    { name: 'datasets.tidy-rows', everyMs: 60_000, run: tidyRows },
    { name: 'datasets.tidy-imports', everyMs: 600_000, run: tidyImports },
  ],
}
