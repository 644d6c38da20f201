import type { AccountType } from '../../wechat/rules/account-abilities.ts'
import { type BroadcastPath, decidePath, entersHistory, isExact } from '../../wechat/rules/broadcast-quota.ts'
import type { DeliveryState } from '../deliveries/schema.ts'
import { isWaiting } from './rules/times.ts'
import type { ArmKind, ArmState, BroadcastState, GroupAudience, Label, Path } from './schema.ts'

export type BatchTally = Record<DeliveryState, number>

/** Which interfaces can carry this audience: only `list` is exact; tag and all leave the choice to WeChat. */
export function pathsFor(account: AccountType, audience: GroupAudience): Path[] {
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

type ArmStanding = { state: ArmState; tally: BatchTally }
type Standing = {
  state: BroadcastState
  /** What is being done while it is prepared. */
  step?: 'selecting' | 'booking' | null
  tally: BatchTally
  groups: readonly { arms: readonly ArmStanding[] }[]
}

const isMoving = (batches: BatchTally): boolean =>
  batches.sending + batches.accepted + batches.delivered + batches.failed + batches.unknown > 0

/** E8: the operator's word for where a broadcast stands. One that asks says so first: it waits for an operator. */
export function labelOf({ state, step, tally, groups }: Standing): Label {
  const all = groups.flatMap(({ arms }) => arms)
  const some = (wanted: ArmState) => all.some((arm) => arm.state === wanted)
  switch (state) {
    case 'draft':
    case 'cancelled':
    case 'paused':
    case 'failed':
      return state
    case 'preparing':
      return step === 'booking' ? 'preparing' : 'selecting'
    case 'scheduled':
      return some('asking') ? 'asking' : 'queued'
    case 'running':
      if (some('asking')) return 'asking'
      if (all.some((arm) => arm.state === 'running' && isMoving(arm.tally))) return 'sending'
      // what has gone already doesn't hide that the rest waits for its time
      return some('opening') && !some('running') ? 'preparing' : 'queued'
    case 'ended':
      return labelOfEnd(tally)
  }
}

/** The same for one record of it. */
export function armLabelOf(broadcast: BroadcastState, { state, tally }: ArmStanding): Label {
  switch (state) {
    case 'cancelled':
    case 'failed':
      return state
    case 'ended':
      return labelOfEnd(tally)
    case 'draft':
      return broadcast === 'preparing' ? 'selecting' : broadcast === 'paused' ? 'paused' : 'draft'
  }
  if (broadcast === 'paused' || state === 'asking') return broadcast === 'paused' ? 'paused' : 'asking'
  if (state === 'running') return isMoving(tally) ? 'sending' : 'queued'
  return state === 'opening' ? 'preparing' : 'queued'
}

function labelOfEnd(batches: BatchTally): Label {
  if (batches.unknown > 0) return 'unresolved'
  if (batches.failed === 0) return batches.delivered === 0 ? 'failed' : 'sent'
  return batches.delivered === 0 ? 'failed' : 'partly_failed'
}

/** Batches of an arm are numbered from its number times this, so that a number is unique in the broadcast. */
export const SEQS_AN_ARM = 100_000

/** What a batch is called in its record: from 1. */
export const placeInArm = (seq: number): number => (seq % SEQS_AN_ARM) + 1

/** Batches that still have to get somewhere. */
export const isOpen = (batches: BatchTally): boolean =>
  batches.planned + batches.held + batches.sending + batches.accepted > 0

/** How an arm ends once no batch is open: failed only when nothing at all reached the platform. */
export const endState = (batches: BatchTally): 'ended' | 'failed' =>
  batches.delivered + batches.unknown === 0 ? 'failed' : 'ended'

export const isEnded = (arm: ArmState): boolean => arm === 'ended' || arm === 'failed' || arm === 'cancelled'

/** How a broadcast ends once all its arms did; undefined before. */
export function endOf(arms: readonly ArmState[]): 'ended' | 'failed' | 'cancelled' | undefined {
  if (!arms.every(isEnded)) return undefined
  if (arms.includes('ended')) return 'ended'
  return arms.includes('failed') ? 'failed' : 'cancelled'
}

export type Commands = {
  edit: boolean
  send: boolean
  pause: boolean
  resume: boolean
  cancel: boolean
  delete: boolean
  withdraw: boolean
  unschedule: boolean
}

/** Withdrawing needs a record that allows it; unscheduling, that nothing of it has begun. */
export function commandsOf({ state, groups }: Omit<Standing, 'tally'>, withdraw: boolean): Commands {
  const live = state === 'preparing' || state === 'scheduled' || state === 'running'
  const untouched = groups.every(({ arms }) => arms.every((arm) => arm.state === 'queued'))
  return {
    edit: state === 'draft',
    send: state === 'draft',
    delete: state === 'draft',
    pause: live,
    resume: state === 'paused',
    cancel: live || state === 'paused',
    withdraw,
    unschedule: (state === 'scheduled' || state === 'paused') && untouched,
  }
}

const isLive = (state: BroadcastState) => state === 'scheduled' || state === 'running' || state === 'paused'
const CHOOSABLE: ReadonlySet<ArmState> = new Set(['queued', 'deciding', 'asking'])

export function armCommandsOf(
  broadcast: BroadcastState,
  arm: { kind: ArmKind; state: ArmState; sendAt: Date | null },
  now: Date,
) {
  const waits = isWaiting(broadcast, arm, now)
  const own = waits && arm.kind === 'whole'
  return {
    retime: own,
    sendNow: own,
    cancel: waits,
    answer: arm.state === 'asking',
    choose: arm.kind === 'rest' && isLive(broadcast) && CHOOSABLE.has(arm.state),
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
