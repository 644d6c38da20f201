export { readCampaign } from './present.ts'
export type { CampaignState } from './schema.ts'
