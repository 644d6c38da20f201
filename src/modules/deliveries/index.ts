export { countDeliveriesOf, eraseDeliveries } from './erase.ts'
export { explainDelivery, type WhyQuestion } from './explain.ts'
export { holdoutKey, isHeldOut } from './facts/holdout.ts'
export { callLimit, openWindows, PAYMENT_EVENT, WINDOW_EVENTS } from './facts/index.ts'
export { applicable, limitsInForce } from './facts/settings.ts'
export * from './mass-ledger.ts'
export * from './mass-outside.ts'
export type {
  ClaimedRow,
  DeliveryChannel,
  SendLane,
  SendLimits,
  SendOwner,
  SendPurpose,
  SendRow,
  SendState,
  SendVersion,
  Settled,
} from './model.ts'
export { PLACES } from './model.ts'
export {
  type AudiencePlan,
  moveToVersions,
  type Planned,
  type PlanRow,
  planAudience,
  planDeliveries,
} from './planning/plan.ts'
export {
  createSend,
  endSend,
  laneTopic,
  type NewSend,
  type PauseWhy,
  type Revision,
  reviseSend,
  SEND_PAUSED_TOPIC,
  setSendRate,
  setSendState,
  wakeDeliveries,
} from './planning/sends.ts'
export {
  type DeliveryPreflight,
  type PreflightQuestion,
  preflightDeliveries,
  preflightPeople,
} from './preflight/index.ts'
export { decideMassRecipient, type MassFacts, type Verdict } from './rules/mass.ts'
export { type DeliveryState, REASONS, type Reason } from './schema.ts'
export {
  type DeliveryFilter,
  type DeliveryRow,
  getDelivery,
  lastTouches,
  listDeliveries,
  type Touch,
  waitingByTime,
} from './store/reads.ts'
export { findSend } from './store/sends.ts'
export { countsOf, isDrained, isDrainedSql, paceOf, type StateCount } from './store/tallies.ts'
