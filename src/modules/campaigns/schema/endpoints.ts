import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { deliveryState } from '../../deliveries/schema.ts'
import { campaignKind, planPart } from './plan.ts'
import {
  campaign,
  campaignListItem,
  campaignPerson,
  campaignRun,
  campaignState,
  id,
  personRef,
  triggerKind,
  wait,
  waitState,
} from './shapes.ts'
import { campaignVersion, editPreview, figures, touch, why } from './views.ts'

const tag = 'campaigns'
const base = '/api/accounts/:accountId/campaigns'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ campaignId: id })
const nothing = z.object({})
const name = z.string().trim().min(1).max(60)
/** Refused with `changed_meanwhile` where somebody else changed it since. */
const revision = z.number().int()

/** One or several, separated by commas. */
const several = <T extends readonly [string, ...string[]]>(values: T) =>
  z
    .string()
    .max(200)
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(z.enum(values)))

export const listCampaignsEndpoint = endpoint({
  method: 'GET',
  path: '/api/campaigns',
  access: 'campaigns:read',
  tag,
  summary: 'Campaigns 触达活动 of the accounts the caller may see, newest first',
  query: pageQuery.extend({
    accountId: id.optional(),
    kind: campaignKind.optional(),
    state: several(campaignState.options as unknown as readonly [string, ...string[]]).optional(),
    trigger: triggerKind.optional(),
    groupId: id.optional(),
    activityId: id.optional(),
    /** Part of a name, or an id. */
    q: z.string().trim().max(60).optional(),
  }),
  response: page(campaignListItem),
})
export const createCampaignEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'campaigns:write',
  tag,
  summary: 'Saves a new draft; what the plan leaves out has its default',
  params: inAccount,
  body: z.object({
    kind: campaignKind,
    name,
    activityId: id.nullable().default(null),
    groupId: id.nullable().default(null),
    plan: planPart.default({}),
  }),
  response: campaign,
})
export const getCampaignEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId`,
  access: 'campaigns:read',
  tag,
  summary: 'One campaign with its plan, its numbers and what stands in the way of a start',
  params: one,
  response: campaign,
})
export const updateCampaignEndpoint = endpoint({
  method: 'PATCH',
  path: `${base}/:campaignId`,
  access: 'campaigns:write',
  tag,
  summary: 'Changes a draft, part by part; of a started one its name, group and activity only',
  params: one,
  body: z.object({
    revision,
    name: name.optional(),
    activityId: id.nullable().optional(),
    groupId: id.nullable().optional(),
    plan: planPart.optional(),
  }),
  response: campaign,
})
export const deleteCampaignEndpoint = endpoint({
  method: 'DELETE',
  path: `${base}/:campaignId`,
  access: 'campaigns:write',
  tag,
  summary: 'Deletes a draft',
  params: one,
  response: nothing,
})
export const copyCampaignEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/copy`,
  access: 'campaigns:write',
  tag,
  summary: 'Makes a new draft of the same',
  params: one,
  response: campaign,
})
export const preflightCampaignEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/preflight`,
  access: 'campaigns:read',
  tag,
  summary:
    'Pre-flight 预演: begins to compute whom it would reach, whom not and why; the answer stands in `preflight`',
  params: one,
  response: campaign,
})
export const preflightPeopleEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/preflight/people`,
  access: 'campaigns:read',
  tag,
  summary:
    'Some of the people behind a number of the pre-flight: of one reason, or `reached`; nobody for event triggers',
  params: one,
  query: z.object({
    reason: z.string().min(1).max(60).default('reached'),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ items: z.array(personRef) }),
})
export const startCampaignEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/start`,
  access: 'campaigns:send',
  tag,
  summary:
    'Starts it as shown: `expectedReached` is what the pre-flight said (null for event triggers); `drift` with both numbers when it is no longer so',
  params: one,
  body: z.object({ revision, expectedReached: z.number().int().min(0).nullable() }),
  response: campaign,
})
const command = (verb: string, summary: string) =>
  endpoint({
    method: 'POST',
    path: `${base}/:campaignId/${verb}`,
    access: 'campaigns:send',
    tag,
    summary,
    params: one,
    response: campaign,
  })
export const pauseCampaignEndpoint = command(
  'pause',
  'Hands out no more; what was handed over stays. Events go on counting and firing, their messages wait for the resume',
)
export const resumeCampaignEndpoint = command('resume', 'Goes on with exactly the remainder')
export const endCampaignEndpoint = command(
  'end',
  'Ends it early: the remaining are skipped, firings that wait are dropped',
)
export const cancelCampaignEndpoint = command('cancel', 'Calls off a start that has not come')
export const campaignRateEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/rate`,
  access: 'campaigns:send',
  tag,
  summary: 'Messages a minute from now on, for everyone still to be sent to; null: what the account allows',
  params: one,
  body: z.object({ ratePerMinute: z.number().int().min(1).max(1_000_000).nullable() }),
  response: campaign,
})

export const listCampaignRunsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/runs`,
  access: 'campaigns:read',
  tag,
  summary: 'Runs of a scheduled campaign, newest first, and those to come',
  params: one,
  query: pageQuery,
  response: page(campaignRun).extend({ upcoming: z.array(z.iso.datetime()) }),
})
export const decideRunEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/runs/:runId/decide`,
  access: 'campaigns:send',
  tag,
  summary:
    'Says whether a run missed by down-time, or one that reaches far more people than expected, still goes',
  params: one.extend({ runId: id }),
  body: z.object({ send: z.boolean() }),
  response: campaignRun,
})
export const listWaitsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/waits`,
  access: 'campaigns:read',
  tag,
  summary: 'People who did A and of whom it is awaited whether B follows, the next decision first',
  params: one,
  query: pageQuery.extend({ state: waitState.default('waiting') }),
  response: page(wait),
})
export const listCampaignPeopleEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/people`,
  access: 'campaigns:read',
  tag,
  summary: 'People of the send by state and reason',
  params: one,
  query: pageQuery.extend({
    state: deliveryState.optional(),
    reason: z.string().max(60).optional(),
    runId: id.optional(),
    clicked: z.enum(['true']).optional(),
    converted: z.enum(['true']).optional(),
  }),
  response: page(campaignPerson),
})
export const campaignFiguresEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/figures`,
  access: 'campaigns:read',
  tag,
  summary: 'Numbers of the live page: states, reasons, funnel, pace, people waiting by when',
  params: one,
  query: z.object({ runId: id.optional() }),
  response: figures,
})
export const campaignWhyEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/why/:contactId`,
  access: 'campaigns:read',
  tag,
  summary: 'Why 为什么 one person got it, didn’t, or not yet',
  params: one.extend({ contactId: id }),
  response: why,
})
export const contactCampaignsEndpoint = endpoint({
  method: 'GET',
  path: '/api/contacts/:contactId/campaigns',
  access: 'campaigns:read',
  tag,
  summary: 'What campaigns brought one person, or why not, newest first; of the accounts the caller may see',
  params: z.object({ contactId: id }),
  query: pageQuery,
  response: page(touch),
})
export const listCampaignVersionsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/versions`,
  access: 'campaigns:read',
  tag,
  summary: 'Plans people entered under, newest first; at most 100',
  params: one,
  response: z.object({ items: z.array(campaignVersion) }),
})
export const previewEditEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/edit-preview`,
  access: 'campaigns:write',
  tag,
  summary: 'What a changed plan of a running campaign would change, and for whom; saves nothing',
  params: one,
  body: z.object({ plan: planPart }),
  response: editPreview,
})
export const editCampaignEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/edit`,
  access: 'campaigns:send',
  tag,
  summary: 'Changes a running campaign: who enters from now on does so under the new version',
  params: one,
  body: z.object({ revision, plan: planPart }),
  response: campaign,
})
export const testSendCampaignEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:campaignId/test-send`,
  access: 'campaigns:write',
  tag,
  summary:
    'Test send 测试发送 to named fans, as they would get it; frequency caps, quiet hours and hold-out don’t count, everything else does',
  params: one,
  body: z.object({ fanIds: z.array(id).min(1).max(20) }),
  response: z.object({ sendId: z.string() }),
})
export const testSendResultsEndpoint = endpoint({
  method: 'GET',
  path: `${base}/:campaignId/test-sends/:sendId`,
  access: 'campaigns:read',
  tag,
  summary: 'What came of a test send; `done` once nothing is on its way any more',
  params: one.extend({ sendId: id }),
  response: z.object({ done: z.boolean(), items: z.array(campaignPerson) }),
})
