export * from './mass-ledger.ts'
export { decideMassRecipient, type MassFacts, type Verdict } from './rules.ts'
export { type DeliveryState, REASONS, type Reason } from './schema.ts'
