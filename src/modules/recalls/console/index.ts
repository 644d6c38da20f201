export { type MoreTabs, RecallPage } from './detail/RecallPage.tsx'
export { type BelowForm, RecallEditPage } from './edit/RecallEditPage.tsx'
export { RecallsPage } from './RecallsPage.tsx'
export { useScopeText, useTimeText } from './words.tsx'
