export { CampaignEditWithBacktest, CampaignWithBacktest } from './CampaignWithBacktest.tsx'
