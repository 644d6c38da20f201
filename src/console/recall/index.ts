export { RecallEditWithBacktest, RecallWithBacktest } from './RecallWithBacktest.tsx'
