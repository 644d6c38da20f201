import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'activities'
const empty = z.object({})
const day = z.iso.date()
export const activityName = z.string().trim().min(1).max(60)
export const MAX_GOAL_LENGTH = 500

/** 营销活动: label, goal and period that broadcasts and campaigns belong to, for reports. */
export const activity = z.object({
  id,
  name: z.string(),
  goal: z.string(),
  /** Beijing days, both included; null: open. */
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
  /** What of the caller's accounts is filed under it. */
  broadcasts: z.number().int(),
  campaigns: z.number().int(),
})
export type Activity = z.infer<typeof activity>

const period = { startsOn: day.nullable().default(null), endsOn: day.nullable().default(null) }
const inOrder = ({ startsOn, endsOn }: { startsOn?: string | null; endsOn?: string | null }) =>
  !startsOn || !endsOn || startsOn <= endsOn
const goal = z.string().trim().max(MAX_GOAL_LENGTH)

export const listActivitiesEndpoint = endpoint({
  method: 'GET',
  path: '/api/activities',
  access: 'activities:read',
  tag,
  summary: 'Activities 营销活动, the newest first; archived ones too where asked',
  query: z.object({ archived: z.enum(['true', 'false']).default('false') }),
  response: z.object({ items: z.array(activity) }),
})
export const createActivityEndpoint = endpoint({
  method: 'POST',
  path: '/api/activities',
  access: 'activities:manage',
  tag,
  summary: 'Makes an activity',
  body: z
    .object({ name: activityName, goal: goal.default(''), ...period })
    .refine(inOrder, 'ends_before_it_begins'),
  response: z.object({ id }),
})
export const changeActivityEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/activities/:activityId',
  access: 'activities:manage',
  tag,
  summary:
    'Changes name, goal or period of an activity, or archives it: no longer offered, kept with its figures',
  params: z.object({ activityId: id }),
  body: z
    .object({
      name: activityName.optional(),
      goal: goal.optional(),
      startsOn: day.nullable().optional(),
      endsOn: day.nullable().optional(),
      archived: z.boolean().optional(),
    })
    .refine((body) => Object.keys(body).length > 0, 'nothing_to_change'),
  response: empty,
})
export const deleteActivityEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/activities/:activityId',
  access: 'activities:manage',
  tag,
  summary: 'Deletes an activity nothing is filed under and no segment asks about',
  params: z.object({ activityId: id }),
  response: empty,
})

/** One broadcast or campaign filed under an activity. */
export const filedWork = z.object({
  /** Kind and id: ids of broadcasts and campaigns are alike. */
  key: z.string(),
  kind: z.enum(['broadcast', 'customer-service', 'template', 'subscription']),
  id,
  accountId: id,
  accountName: z.string(),
  name: z.string(),
  state: z.string(),
  createdAt: z.iso.datetime(),
  /** Messages the platform took in, and of these reported as delivered. */
  sent: z.number(),
  delivered: z.number(),
  /** Null where nothing is counted: mass sends have no links of their own. */
  clicked: z.number().nullable(),
  converted: z.number().nullable(),
  /** Of the goal's value; null where the goal has none. */
  value: z.number().nullable(),
})
export type FiledWork = z.infer<typeof filedWork>

export const listFiledWorkEndpoint = endpoint({
  method: 'GET',
  path: '/api/activities/:activityId/work',
  access: 'activities:read',
  tag,
  summary:
    'Broadcasts and campaigns of the caller’s accounts under an activity, with their figures, newest first',
  params: z.object({ activityId: id }),
  query: pageQuery,
  response: page(filedWork),
})

/** What everything under an activity came to, in the caller's accounts. */
export const activityFigures = z.object({
  broadcasts: z.number(),
  campaigns: z.number(),
  sent: z.number(),
  delivered: z.number(),
  /** Messages, of campaigns alone: each counts once. */
  clicked: z.number(),
  converted: z.number(),
  conversions: z.number(),
  /** Null where no goal has a value. */
  value: z.number().nullable(),
})
export type ActivityFigures = z.infer<typeof activityFigures>
export const getActivityFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/activities/:activityId/figures',
  access: 'activities:read',
  tag,
  summary: 'Figures of an activity, summed over its broadcasts and campaigns',
  params: z.object({ activityId: id }),
  response: activityFigures,
})

/** 分组: to file campaigns under. */
export const campaignGroup = z.object({ id, name: z.string(), campaigns: z.number().int() })
export type CampaignGroup = z.infer<typeof campaignGroup>

export const listCampaignGroupsEndpoint = endpoint({
  method: 'GET',
  path: '/api/campaign-groups',
  access: 'activities:read',
  tag,
  summary: 'Groups 分组 of campaigns, by name',
  response: z.object({ items: z.array(campaignGroup) }),
})
export const createCampaignGroupEndpoint = endpoint({
  method: 'POST',
  path: '/api/campaign-groups',
  access: 'activities:manage',
  tag,
  summary: 'Makes a group',
  body: z.object({ name: activityName }),
  response: z.object({ id }),
})
export const renameCampaignGroupEndpoint = endpoint({
  method: 'PATCH',
  path: '/api/campaign-groups/:campaignGroupId',
  access: 'activities:manage',
  tag,
  summary: 'Renames a group',
  params: z.object({ campaignGroupId: id }),
  body: z.object({ name: activityName }),
  response: empty,
})
export const deleteCampaignGroupEndpoint = endpoint({
  method: 'DELETE',
  path: '/api/campaign-groups/:campaignGroupId',
  access: 'activities:manage',
  tag,
  summary: 'Deletes a group; what was filed under it is in no group',
  params: z.object({ campaignGroupId: id }),
  response: empty,
})
