export { registerCallbackBody } from './callbacks.ts'
export type { Outcome } from './incoming.ts'
export { ingestCallback } from './ingest.ts'
export { createReactionSweep, REACTIONS_TOPIC } from './reactions.ts'
