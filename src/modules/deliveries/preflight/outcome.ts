import {
  type Cap,
  type CapUse,
  type Decision,
  type DeliveryFacts,
  type DeliveryPolicy,
  decideDelivery,
  type FieldVerdict,
  leavesAt,
} from '../rules/index.ts'
import type { Reason } from '../schema.ts'
import type { Tuple } from './relation.ts'

/** What will become of a message, as far as it can be known: gone at once or later, or left out. */
export type Outcome =
  | { kind: 'send'; at: Date; because: Reason | null }
  | { kind: 'skip'; reason: Reason; detail?: Record<string, unknown> | undefined }

/** Somebody who waits more often than this waits for something that doesn't end. */
const MOST_WAITS = 10
const HOUR_MS = 3_600_000

/** The facts that a tuple stands for. */
export function factsOf(
  tuple: Tuple & { fan_id: string | null },
  caps: readonly Cap[],
  at: Date,
): DeliveryFacts {
  return {
    openid: tuple.fan_id === null ? null : 'known',
    duplicate: null,
    suppressed: tuple.suppressed,
    blocked: tuple.blocked,
    following: tuple.following,
    interacted: false,
    leftAudience: false,
    grant: tuple.sends_left === null ? null : { left: tuple.sends_left, rejected: tuple.rejected ?? false },
    windows: windowsOf(tuple, at),
    uses: Object.fromEntries(caps.map((cap, index) => [cap.id, useOf(cap, tuple.full[index] ?? null)])),
    heldOut: tuple.held_out,
    notAfter: null,
  }
}

/** Open now, whatever the ten minutes they are rounded to. */
function windowsOf({ open, usable, usable_until: until }: Tuple, at: Date): DeliveryFacts['windows'] {
  if (!open) return []
  const soon = new Date(at.getTime() + 1)
  return [{ openedAt: at, expiresAt: until !== null && until > soon ? until : soon, left: usable ? 1 : 0 }]
}

const useOf = (cap: Cap, leaving: string | null): CapUse =>
  leaving === null
    ? { used: 0, freesAt: null }
    : { used: cap.most, freesAt: leavesAt(cap, new Date(leaving)) }

/**
 * The decision, and where it is to wait, the one when that is over, until it is sent or left out. Caps that were full are no longer
 * so when they have freed.
 */
export function outcomeOf(
  facts: DeliveryFacts,
  policy: DeliveryPolicy,
  at: Date,
  fields: () => FieldVerdict,
): Outcome {
  let now = at
  let because: Reason | null = null
  for (let waits = 0; waits < MOST_WAITS; waits += 1) {
    const decision: Decision = decideDelivery(freed(facts, now), policy, now, fields)
    if (decision.kind === 'send') return { kind: 'send', at: now, because }
    if (decision.kind === 'skip') return decision
    because ??= decision.reason
    now = decision.until
  }
  return { kind: 'send', at: now, because }
}

function freed(facts: DeliveryFacts, now: Date): DeliveryFacts {
  const uses = Object.entries(facts.uses)
  if (!uses.some(([, use]) => use.freesAt !== null && use.freesAt <= now)) return facts
  return {
    ...facts,
    uses: Object.fromEntries(
      uses.map(([id, use]) => [
        id,
        use.freesAt !== null && use.freesAt <= now ? { used: 0, freesAt: null } : use,
      ]),
    ),
  }
}

/** Waits are told by the hour in which they end. */
export const hourOf = (at: Date): number => Math.ceil(at.getTime() / HOUR_MS) * HOUR_MS
