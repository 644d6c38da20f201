import type { AccountType } from '../../wechat/rules/account-abilities.ts'
import { type BroadcastPath, decidePath, entersHistory, isExact } from '../../wechat/rules/broadcast-quota.ts'
import type { DeliveryState } from '../deliveries/schema.ts'
import type { BroadcastAudience, BroadcastState, Label, Path } from './schema.ts'

export type BatchTally = Record<DeliveryState, number>

/** Which interfaces can carry this audience: only `list` is exact; tag and all leave the choice to WeChat. */
export function pathsFor(account: AccountType, audience: BroadcastAudience): Path[] {
  const wanted: BroadcastPath[] =
    audience.kind === 'all' ? ['all', 'list'] : audience.kind === 'tag' ? ['list', 'tag'] : ['list']
  return wanted.filter((path) => decidePath(account, path).can)
}

export const promiseOf = (path: Path): 'exact' | 'estimate' => (isExact(path) ? 'exact' : 'estimate')
export { entersHistory }

/** A broadcast whose shown number moved by more than this share is shown again before it is sent. */
export const DRIFT_SHARE = 0.01

export const drifted = (expected: number, now: number): boolean =>
  Math.abs(expected - now) > Math.max(1, Math.floor(expected * DRIFT_SHARE))

/** E8: the operator's word for where a broadcast stands. */
export function labelOf(
  broadcast: { state: BroadcastState; step: string | null },
  batches: BatchTally,
): Label {
  switch (broadcast.state) {
    case 'draft':
    case 'cancelled':
    case 'paused':
      return broadcast.state
    case 'scheduled':
      return 'queued'
    case 'preparing':
      return broadcast.step === 'copying' ? 'preparing' : 'selecting'
    case 'running':
      return batches.sending + batches.accepted + batches.delivered + batches.failed + batches.unknown > 0
        ? 'sending'
        : 'queued'
    case 'failed':
      return 'failed'
    case 'ended':
      return labelOfEnd(batches)
  }
}

function labelOfEnd(batches: BatchTally): Label {
  if (batches.unknown > 0) return 'unresolved'
  if (batches.failed === 0) return batches.delivered === 0 ? 'failed' : 'sent'
  return batches.delivered === 0 ? 'failed' : 'partly_failed'
}

/** Batches that still have to get somewhere. */
export const isOpen = (batches: BatchTally): boolean =>
  batches.planned + batches.held + batches.sending + batches.accepted > 0

/** How a broadcast ends once no batch is open: failed only when nothing at all reached the platform. */
export const endState = (batches: BatchTally): 'ended' | 'failed' =>
  batches.delivered + batches.unknown === 0 ? 'failed' : 'ended'

export type Commands = {
  edit: boolean
  send: boolean
  pause: boolean
  resume: boolean
  cancel: boolean
  delete: boolean
  withdraw: boolean
}

export function commandsOf(state: BroadcastState, batches: BatchTally, deletableKind: boolean): Commands {
  const live = state === 'preparing' || state === 'running'
  return {
    edit: state === 'draft',
    send: state === 'draft',
    delete: state === 'draft',
    pause: live,
    resume: state === 'paused',
    cancel: live || state === 'paused',
    withdraw: state === 'ended' && batches.delivered > 0 && deletableKind,
  }
}

/** A refused batch may be sent again; one whose outcome is unknown never, until someone says what became of it. */
export const canRetryBatch = (state: DeliveryState, broadcast: BroadcastState): boolean =>
  state === 'failed' && (broadcast === 'running' || broadcast === 'ended' || broadcast === 'failed')

export const canResolveBatch = (state: DeliveryState): boolean => state === 'unknown'

/** Minutes until the last batch is handed over: the first goes at once, each next when its predecessor's share of a minute is over. */
export function minutesFor(batchSizes: readonly number[], perMinute: number): number {
  const before = batchSizes.slice(0, -1).reduce((sum, size) => sum + size, 0)
  return before / perMinute
}
