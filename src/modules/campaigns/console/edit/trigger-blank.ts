import { type Trigger, type TriggerKind, trigger } from '../../schema.ts'

/** A4's two choices of a customer-service campaign, and everything else. */
export type Scenario = 'window' | 'everyTime' | 'other'

export function scenarioOf(value: Trigger): Scenario {
  if (value.kind === 'once' && value.audienceWindow !== null) return 'window'
  if (
    value.kind === 'event' &&
    value.count.mode === 'every' &&
    value.count.n === 1 &&
    value.reach.kind === 'now'
  )
    return 'everyTime'
  return 'other'
}

/** What a choice begins with; a message is the interaction that opens the longest window. */
export function blankTrigger(choice: Scenario | TriggerKind): Trigger {
  switch (choice) {
    case 'window':
      return trigger.parse({ kind: 'once', audienceWindow: 'interacted-48h' })
    case 'everyTime':
      return trigger.parse({ kind: 'event', event: { event: 'wechat.message' } })
    case 'other':
    case 'once':
      return trigger.parse({ kind: 'once' })
    case 'repeat':
      return trigger.parse({ kind: 'repeat', schedule: { kind: 'daily', times: ['10:00'] } })
    case 'event':
      return trigger.parse({ kind: 'event', event: null, count: { mode: 'after', n: 1 } })
    case 'event-not':
      return trigger.parse({
        kind: 'event-not',
        event: null,
        without: null,
        within: { amount: 20, unit: 'minute' },
      })
  }
}
