import {
  campaignFiguresEndpoint,
  getCampaignEndpoint,
  listCampaignRunsEndpoint,
  listCampaignsEndpoint,
} from '../../schema.ts'

/** What has to be read again once something was done with a campaign. */
export const CHANGED = [
  getCampaignEndpoint,
  listCampaignsEndpoint,
  campaignFiguresEndpoint,
  listCampaignRunsEndpoint,
]

/** Opens the list of people with these filters. */
export type ShowPeople = (part: Record<string, string>) => void
