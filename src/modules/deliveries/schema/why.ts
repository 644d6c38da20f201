import { z } from 'zod'
import { capUnit } from './limits.ts'

const instant = z.iso.datetime()
const detail = z.record(z.string(), z.unknown())

/** Checks in the order in which they are asked; see docs/deliveries.md. */
export const CHECK_NAMES = [
  'send',
  'same_person',
  'person',
  'following',
  'silence',
  'audience',
  'consent',
  'window',
  'platform_quota',
  'frequency_cap',
  'quiet_hours',
  'fields',
  'holdout',
] as const
export const checkName = z.enum(CHECK_NAMES)
export type CheckName = z.infer<typeof checkName>

/** One check of one person as it would be answered now; the first that isn't `pass` decides. */
export const checkAnswer = z.object({
  check: checkName,
  verdict: z.enum(['pass', 'hold', 'skip']),
  reason: z.string().nullable(),
  until: instant.nullable(),
  detail,
})
export type CheckAnswer = z.infer<typeof checkAnswer>

/** G2: what the ledgers say of one person for one send. */
export const personFactsShown = z.object({
  following: z.boolean(),
  suppressed: z.boolean(),
  windows: z.array(
    z.object({ kind: z.string(), openedAt: instant, expiresAt: instant, left: z.number().int() }),
  ),
  grant: z.object({ left: z.number().int(), rejected: z.boolean() }).nullable(),
  caps: z.array(
    z.object({
      capId: z.string(),
      most: z.number().int(),
      amount: z.number().int(),
      unit: capUnit,
      calendar: z.boolean(),
      used: z.number().int(),
      freesAt: instant.nullable(),
    }),
  ),
  callsLeft: z.number().int(),
  heldOut: z.boolean(),
})
export type PersonFactsShown = z.infer<typeof personFactsShown>

export const deliveryWhy = z.object({
  /** When the checks were asked. */
  at: instant,
  /** Null where the person is no fan of the account: there is nobody to ask about. */
  checks: z.array(checkAnswer).nullable(),
  facts: personFactsShown.nullable(),
})
export type DeliveryWhy = z.infer<typeof deliveryWhy>
