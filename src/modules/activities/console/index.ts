export { ActivitiesPage } from './ActivitiesPage.tsx'
export { ActivityPage } from './ActivityPage.tsx'
export { ActivityPicker, GroupPicker } from './Pickers.tsx'
