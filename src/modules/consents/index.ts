export { catchUpAnswers } from './book.ts'
export {
  countSubscribers,
  denyGrants,
  type GrantView,
  giveBackGrants,
  grantsOf,
  grantsRelation,
  reserveGrants,
  subscribersRelation,
} from './grants.ts'
export type { SubscriberCount } from './schema.ts'
