import { type Manifest, type Route, route, streamRoute } from '../../manifest.ts'
import * as commands from './commands.ts'
import { runExport } from './run.ts'
import * as schema from './schema.ts'

/** 导出客户. */
export const exportRoutes: readonly Route[] = [
  route(schema.previewExportEndpoint, (ctx, { body }) => commands.previewExport(ctx, body.people)),
  route(schema.startExportEndpoint, (ctx, { body }) => commands.startExport(ctx, body)),
  route(schema.listExportsEndpoint, (ctx, { query }) => commands.listExports(ctx, query)),
  route(schema.getExportEndpoint, (ctx, { params }) => commands.getExport(ctx, params.peopleExportId)),
  streamRoute(schema.downloadExportEndpoint, commands.sendExport),
]
export const exportJobs: NonNullable<Manifest['jobs']> = {
  [commands.EXPORT_PEOPLE]: (ctx, payload, signal) => runExport(ctx, payload['runId'] ?? '', signal),
}
export const exportSweeps: NonNullable<Manifest['sweeps']> = [
  { name: 'transfers.tidy-exports', everyMs: 60_000, run: commands.tidyExports },
]
