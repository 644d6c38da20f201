export { audienceOf } from './rules/audience.ts'
export { replyFor } from './rules/choose.ts'
export { degenerate, exampleOf, isInRange, momentOf, offsetOf } from './rules/time.ts'
export * from './schema/rule.ts'
