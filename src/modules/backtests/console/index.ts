export { BacktestPage } from './BacktestPage.tsx'
export { BacktestsPage } from './BacktestsPage.tsx'
export { CampaignBacktest } from './CampaignBacktest.tsx'
export { RecallBacktest } from './RecallBacktest.tsx'
