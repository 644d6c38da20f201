export { LimitsPage } from './LimitsPage.tsx'
export { type ReasonWords, useReasons } from './reasons.ts'
export { SuppressionButton } from './SuppressionButton.tsx'
export { useCapSentence, useSpan } from './words.ts'
