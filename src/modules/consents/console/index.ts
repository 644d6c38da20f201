export { PersonConsents } from './PersonConsents.tsx'
export { SubscriptionsPage } from './SubscriptionsPage.tsx'
