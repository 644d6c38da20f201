export { BacktestPage } from './BacktestPage.tsx'
export { BacktestsPage } from './BacktestsPage.tsx'
export { CampaignBacktest, hasPast } from './CampaignBacktest.tsx'
export { RecallBacktest } from './RecallBacktest.tsx'
