import { type Manifest, route } from '../manifest.ts'
import * as commands from './commands.ts'
import * as schema from './schema.ts'

const done = async (work: Promise<unknown>): Promise<Record<string, never>> => {
  await work
  return {}
}

/** Its figures are added up where sends and goals are known (`goals`). */
export const activitiesModule: Manifest = {
  name: 'activities',
  routes: [
    route(schema.listActivitiesEndpoint, async (ctx, { query }) => ({
      items: await commands.listActivities(ctx, query.archived === 'true'),
    })),
    route(schema.createActivityEndpoint, async (ctx, { body }) => ({
      id: await commands.createActivity(ctx, body),
    })),
    route(schema.changeActivityEndpoint, (ctx, { params, body }) =>
      done(commands.changeActivity(ctx, params.activityId, body)),
    ),
    route(schema.deleteActivityEndpoint, (ctx, { params }) =>
      done(commands.deleteActivity(ctx, params.activityId)),
    ),
    route(schema.listCampaignGroupsEndpoint, async (ctx) => ({ items: await commands.listGroups(ctx) })),
    route(schema.createCampaignGroupEndpoint, async (ctx, { body }) => ({
      id: await commands.createGroup(ctx, body.name),
    })),
    route(schema.renameCampaignGroupEndpoint, (ctx, { params, body }) =>
      done(commands.renameGroup(ctx, params.campaignGroupId, body.name)),
    ),
    route(schema.deleteCampaignGroupEndpoint, (ctx, { params }) =>
      done(commands.deleteGroup(ctx, params.campaignGroupId)),
    ),
  ],
}
