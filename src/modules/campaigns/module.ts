import { getAccount } from '../accounts/index.ts'
import { scopeOf } from '../contacts/index.ts'
import { SEND_PAUSED_TOPIC } from '../deliveries/index.ts'
import { type Manifest, route } from '../manifest.ts'
import * as draft from './commands/draft.ts'
import { editCampaign, previewEdit } from './commands/edit.ts'
import { startCampaign } from './commands/start.ts'
import * as state from './commands/state.ts'
import { testSend, testSendResults } from './commands/test-send.ts'
import { figuresOf } from './figures.ts'
import { CAMPAIGNS_TOPIC, nextCampaignDue, openDue } from './lifecycle/due.ts'
import { freezeNext } from './lifecycle/freeze.ts'
import { beginPrepared } from './lifecycle/prepare.ts'
import { settleCampaigns } from './lifecycle/settle.ts'
import { existing, listPeople, listWaits } from './people.ts'
import { peopleBehind } from './preflight/people.ts'
import { PREFLIGHT_TOPIC, preflightNext, startPreflight } from './preflight/sweep.ts'
import { presentListItem, presentRun, readCampaign, totalsFor } from './present.ts'
import { calendarOf, nextRuns } from './rules/schedule.ts'
import * as schema from './schema.ts'
import { type CampaignRow, listCampaigns } from './store/campaigns.ts'
import { listRuns } from './store/runs.ts'
import { listVersions } from './store/versions.ts'
import { WAITS_TOPIC } from './store/waits.ts'
import { touchesOf } from './touches.ts'
import { campaignTriggers } from './triggers/react.ts'
import { decideWaits, dropEndedWaits } from './triggers/waits.ts'
import { whyOf } from './why.ts'

/** Runs shown of those to come. */
const UPCOMING = 10

export const campaignsModule: Manifest = {
  name: 'campaigns',
  routes: [
    route(schema.listCampaignsEndpoint, async (ctx, { query }) => {
      if (query.accountId !== undefined) await getAccount(ctx, query.accountId)
      const page = await listCampaigns(ctx.db, { ...query, scope: scopeOf(ctx) })
      const totals = await totalsFor(ctx, page.items)
      return {
        items: page.items.map((row) => presentListItem(row, totals)),
        nextCursor: page.nextCursor,
      }
    }),
    route(schema.createCampaignEndpoint, (ctx, { params, body }) =>
      draft.createCampaign(ctx, params.accountId, body),
    ),
    route(schema.getCampaignEndpoint, (ctx, { params }) => readCampaign(ctx, params)),
    route(schema.updateCampaignEndpoint, (ctx, { params, body }) => draft.updateCampaign(ctx, params, body)),
    route(schema.deleteCampaignEndpoint, async (ctx, { params }) => {
      await draft.deleteCampaign(ctx, params)
      return {}
    }),
    route(schema.copyCampaignEndpoint, (ctx, { params }) => draft.copyCampaign(ctx, params)),
    route(schema.preflightCampaignEndpoint, (ctx, { params }) => startPreflight(ctx, params)),
    route(schema.preflightPeopleEndpoint, async (ctx, { params, query }) => ({
      items: await peopleBehind(ctx, params, query),
    })),
    route(schema.startCampaignEndpoint, (ctx, { params, body }) => startCampaign(ctx, params, body)),
    route(schema.pauseCampaignEndpoint, (ctx, { params }) => state.pauseCampaign(ctx, params)),
    route(schema.resumeCampaignEndpoint, (ctx, { params }) => state.resumeCampaign(ctx, params)),
    route(schema.endCampaignEndpoint, (ctx, { params }) => state.endCampaign(ctx, params)),
    route(schema.cancelCampaignEndpoint, (ctx, { params }) => state.cancelCampaign(ctx, params)),
    route(schema.campaignRateEndpoint, (ctx, { params, body }) =>
      state.setCampaignRate(ctx, params, body.ratePerMinute),
    ),
    route(schema.listCampaignRunsEndpoint, async (ctx, { params, query }) => {
      const campaign = await existing(ctx, params)
      const page = await listRuns(ctx.db, { ...query, campaignId: campaign.id })
      const upcoming = upcomingOf(campaign, ctx.clock.now())
      return { items: page.items.map(presentRun), nextCursor: page.nextCursor, upcoming }
    }),
    route(schema.decideRunEndpoint, (ctx, { params, body }) => state.decideRun(ctx, params, body.send)),
    route(schema.listWaitsEndpoint, (ctx, { params, query }) => listWaits(ctx, params, query)),
    route(schema.listCampaignPeopleEndpoint, (ctx, { params, query }) => listPeople(ctx, params, query)),
    route(schema.campaignFiguresEndpoint, (ctx, { params, query }) => figuresOf(ctx, params, query.runId)),
    route(schema.campaignWhyEndpoint, (ctx, { params }) => whyOf(ctx, params)),
    route(schema.contactCampaignsEndpoint, (ctx, { params, query }) =>
      touchesOf(ctx, params.contactId, query),
    ),
    route(schema.listCampaignVersionsEndpoint, async (ctx, { params }) => {
      const { id } = await existing(ctx, params)
      const versions = await listVersions(ctx.db, id)
      return {
        items: versions.map(({ pinned: _, changedAt, ...version }) => ({
          ...version,
          changedAt: changedAt.toISOString(),
        })),
      }
    }),
    route(schema.previewEditEndpoint, (ctx, { params, body }) => previewEdit(ctx, params, body.plan)),
    route(schema.editCampaignEndpoint, (ctx, { params, body }) => editCampaign(ctx, params, body)),
    route(schema.testSendCampaignEndpoint, (ctx, { params, body }) => testSend(ctx, params, body.fanIds)),
    route(schema.testSendResultsEndpoint, (ctx, { params }) => testSendResults(ctx, params)),
  ],
  sweeps: [
    { name: 'campaigns.due', everyMs: 500, topic: CAMPAIGNS_TOPIC, run: openDue },
    { name: 'campaigns.prepare', everyMs: 1_000, topic: CAMPAIGNS_TOPIC, run: beginPrepared },
    { name: 'campaigns.freeze', everyMs: 1_000, topic: CAMPAIGNS_TOPIC, run: freezeNext },
    { name: 'campaigns.waits', everyMs: 500, topic: WAITS_TOPIC, run: decideWaits },
    { name: 'campaigns.preflight', everyMs: 2_000, topic: PREFLIGHT_TOPIC, run: preflightNext },
    { name: 'campaigns.settle', everyMs: 2_000, topic: SEND_PAUSED_TOPIC, run: settleCampaigns },
    { name: 'campaigns.drop', everyMs: 5_000, run: dropEndedWaits },
  ],
  reactions: [campaignTriggers],
  nextDue: nextCampaignDue,
}

function upcomingOf({ state: at, plan, dueAt, endsAt }: CampaignRow, now: Date): string[] {
  const waits = at === 'scheduled' || at === 'running' || at === 'paused'
  if (!waits || dueAt === null) return []
  const { trigger } = plan
  if (trigger.kind === 'once') return [dueAt.toISOString()]
  if (trigger.kind !== 'repeat') return []
  return nextRuns({ ...calendarOf(trigger), until: endsAt }, now, UPCOMING).map((next) => next.toISOString())
}
