import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Everything measured in this process; counts and durations only, never who. */
export const metrics = new Registry()
collectDefaultMetrics({ register: metrics })

export const requestSeconds = new Histogram({
  name: 'weida_http_request_seconds',
  help: 'Time to answer an HTTP request',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [metrics],
})
export const platformCalls = new Counter({
  name: 'weida_platform_calls_total',
  help: 'Calls to a messaging platform by interface and kind of answer',
  labelNames: ['interface', 'kind'],
  registers: [metrics],
})
export const callbacksReceived = new Counter({
  name: 'weida_callbacks_total',
  help: 'Callbacks by outcome: stored, repeated, refused',
  labelNames: ['outcome'],
  registers: [metrics],
})
export const answersGiven = new Counter({
  name: 'weida_answers_total',
  help: 'Answers to callbacks by outcome: passive, later, muted, failed',
  labelNames: ['outcome'],
  registers: [metrics],
})
export const messagesReceived = new Counter({
  name: 'weida_messages_total',
  help: 'Messages of sources by outcome: stored, repeated, refused, ignored',
  labelNames: ['outcome'],
  registers: [metrics],
})
export const sweepRuns = new Counter({
  name: 'weida_sweep_chunks_total',
  help: 'Chunks of work done by each sweep',
  labelNames: ['sweep', 'outcome'],
  registers: [metrics],
})
export const broadcastRecipients = new Counter({
  name: 'weida_broadcast_recipients_total',
  help: 'Recipients handed to the platform by outcome of their batch',
  labelNames: ['outcome'],
  registers: [metrics],
})
export const businessClockOffset = new Gauge({
  name: 'weida_business_clock_offset_seconds',
  help: 'How far business time is ahead of machine time',
  registers: [metrics],
})
