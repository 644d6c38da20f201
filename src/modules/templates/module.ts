import { type Manifest, route } from '../manifest.ts'
import { addTemplate, deleteTemplate } from './commands/change.ts'
import { syncDueTemplates, syncTemplates } from './commands/sync.ts'
import * as library from './library.ts'
import { getTemplateDetail, listTemplates } from './reads.ts'
import * as schema from './schema.ts'

export const templatesModule: Manifest = {
  name: 'templates',
  routes: [
    route(schema.listTemplatesEndpoint, (ctx, { params, query }) =>
      listTemplates(ctx, params.accountId, query),
    ),
    route(schema.getTemplateEndpoint, (ctx, { params }) => getTemplateDetail(ctx, params)),
    route(schema.syncTemplatesEndpoint, (ctx, { params }) => syncTemplates(ctx, params.accountId)),
    route(schema.addTemplateEndpoint, (ctx, { params, body }) => addTemplate(ctx, params.accountId, body)),
    route(schema.deleteTemplateEndpoint, (ctx, { params }) =>
      deleteTemplate(ctx, params.accountId, params.templateId),
    ),
    route(schema.listLibraryCategoriesEndpoint, (ctx, { params }) =>
      library.listLibraryCategories(ctx, params.accountId),
    ),
    route(schema.listLibraryTitlesEndpoint, (ctx, { params, query }) =>
      library.listLibraryTitles(ctx, params.accountId, query),
    ),
    route(schema.listLibraryKeywordsEndpoint, (ctx, { params, query }) =>
      library.listLibraryKeywords(ctx, params.accountId, query.tid),
    ),
  ],
  sweeps: [{ name: 'templates.sync', everyMs: 30_000, run: syncDueTemplates }],
}
