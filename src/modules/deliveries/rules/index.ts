export {
  type Cap,
  type CapTouch,
  type CapUnit,
  type CapUse,
  capUse,
  concerns,
  leavesAt,
  type TouchChannel,
  windowStart,
} from './caps.ts'
export {
  CHECKS,
  type CheckResult,
  type Decision,
  type DeliveryFacts,
  type DeliveryPolicy,
  decideDelivery,
  type FieldVerdict,
  type OpenWindow,
  traceDecision,
} from './decide.ts'
export { type Finish, finishOf, type Pace, type Release } from './finish.ts'
export { decideMassRecipient, type MassFacts, massVerdicts, type Verdict } from './mass.ts'
export { type Quiet, quietUntil } from './quiet.ts'
