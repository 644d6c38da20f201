import type { Cap } from './caps.ts'
import type { DeliveryFacts, DeliveryPolicy } from './decide.ts'
import type { Quiet } from './quiet.ts'

/** Somebody whom nothing stands in the way of, at noon in Beijing, and what may. */
export const NOW = new Date('2026-11-21T12:00:00+08:00')
export const later = (ms: number) => new Date(NOW.getTime() + ms)
export const HOUR = 3_600_000

export const facts = (changes: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  openid: 'o1',
  duplicate: null,
  suppressed: false,
  blocked: false,
  following: true,
  interacted: false,
  leftAudience: false,
  grant: null,
  windows: [{ openedAt: later(-HOUR), expiresAt: later(47 * HOUR), left: 1 }],
  uses: {},
  heldOut: false,
  notAfter: null,
  ...changes,
})
export const policy = (changes: Partial<DeliveryPolicy> = {}): DeliveryPolicy => ({
  channel: 'customer-service',
  state: 'running',
  template: 'as-written',
  test: false,
  callsLeft: 1,
  caps: [],
  quiet: [],
  notAfter: null,
  ...changes,
})
export const fine = () => ({ ok: true }) as const
export const broken = () => ({ ok: false, reason: 'field_invalid', detail: { field: 'thing1' } }) as const
export const cap = (id: string, action: Cap['action']): Cap => ({
  id,
  accountId: null,
  channel: null,
  purpose: 'any',
  most: 1,
  amount: 1,
  unit: 'day',
  calendar: false,
  action,
})
export const noon = (action: Quiet['action'], untilMinute = 780): Quiet => ({
  fromMinute: 720,
  untilMinute,
  zone: 'Asia/Shanghai',
  action,
})
