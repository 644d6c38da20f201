export { RecallPage } from './detail/RecallPage.tsx'
export { RecallEditPage } from './edit/RecallEditPage.tsx'
export { RecallsPage } from './RecallsPage.tsx'
