import { type Route, route } from '../../manifest.ts'
import * as schema from '../schema.ts'
import * as commands from './commands.ts'
import * as suppressions from './suppressions.ts'

export const limitRoutes: readonly Route[] = [
  route(schema.listLimitsEndpoint, (ctx) => commands.listLimits(ctx)),
  route(schema.createCapEndpoint, (ctx, { body }) => commands.createCap(ctx, body)),
  route(schema.updateCapEndpoint, (ctx, { params, body }) => commands.updateCap(ctx, params.capId, body)),
  route(schema.deleteCapEndpoint, (ctx, { params }) =>
    commands.removeLimit(ctx, 'frequency_caps', params.capId),
  ),
  route(schema.createQuietEndpoint, (ctx, { body }) => commands.createQuiet(ctx, body)),
  route(schema.updateQuietEndpoint, (ctx, { params, body }) =>
    commands.updateQuiet(ctx, params.quietId, body),
  ),
  route(schema.deleteQuietEndpoint, (ctx, { params }) =>
    commands.removeLimit(ctx, 'quiet_hours', params.quietId),
  ),
  route(schema.listSuppressionsEndpoint, (ctx, { query }) => suppressions.listSuppressions(ctx, query)),
  route(schema.getSuppressionEndpoint, async (ctx, { params }) => ({
    suppression: await suppressions.findSuppression(ctx, params.contactId),
  })),
  route(schema.suppressEndpoint, (ctx, { params, body }) =>
    suppressions.suppress(ctx, params.contactId, body.note),
  ),
  route(schema.unsuppressEndpoint, async (ctx, { params }) => ({
    deleted: await suppressions.unsuppress(ctx, params.contactId),
  })),
]
