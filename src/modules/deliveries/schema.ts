import { z } from 'zod'

/** Where one delivery (发送记录) stands; the same words for every kind of send. */
export const DELIVERY_STATES = [
  'planned',
  'held',
  'skipped',
  'sending',
  'accepted',
  'delivered',
  'failed',
  'unknown',
] as const
export const deliveryState = z.enum(DELIVERY_STATES)
export type DeliveryState = z.infer<typeof deliveryState>

export const reason = z.string()
export { type Cap, type CapTouch, type CapUse, capReachMs, capUse, type TouchChannel } from './rules/caps.ts'
export { type Decision, type DeliveryFacts, type DeliveryPolicy, decideDelivery } from './rules/decide.ts'
export { acted, EMPTY_BOOK, left, taken, takenFrom, type WindowBook } from './rules/windows.ts'
export * from './schema/limits.ts'
export { REASONS, type Reason, type ReasonText, type Sentence } from './schema/reasons.ts'
export { resolveUnknownEndpoint } from './schema/resolve.ts'
export * from './schema/why.ts'
