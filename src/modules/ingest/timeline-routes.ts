import { type Route, route } from '../manifest.ts'
import { contactEventNamesEndpoint, contactTimelineEndpoint } from './schema/timeline.ts'
import { contactEventNames, contactTimeline } from './timeline.ts'

export const timelineRoutes: readonly Route[] = [
  route(contactTimelineEndpoint, (ctx, { params, query }) => contactTimeline(ctx, { ...params, ...query })),
  route(contactEventNamesEndpoint, (ctx, { params }) => contactEventNames(ctx, params.contactId)),
]
