import type { WindowKind } from '../../../wechat/rules/service-window.ts'
import type { TouchChannel } from '../../deliveries/schema.ts'
import { asIfTold } from '../rules/backfill.ts'
import { type Act, type ActKind, type Fan, OWNERS, type Sent, type Timeline } from '../rules/timeline.ts'

/** What the low bits of a record say it is; the same numbers stand in the statement that packs them. */
export const KINDS = {
  event: 0,
  message: 1,
  menu: 2,
  follow: 3,
  scan: 4,
  payment: 5,
  unfollow: 6,
  fan: 8,
  sent: 9,
  suppressed: 10,
  tagChange: 11,
} as const
const ACTS: readonly (ActKind | null)[] = [null, 'message', 'menu', 'follow', 'scan', 'payment', 'unfollow']
export const CHANNELS: readonly TouchChannel[] = ['customer-service', 'template', 'subscription', 'mass']

/** Places of what else a record says, above the four bits of its kind. */
export const BITS = {
  /** Of an act: its marks. Of a fan: follows. */
  marks: 4,
  channel: 4,
  service: 6,
  counts: 7,
  owner: 8,
  here: 10,
  window: 11,
} as const

/** Two instants (or an instant and a number), an id and 16 bits. */
export const RECORD_BYTES = 26
const PG_EPOCH_MS = Date.UTC(2000, 0, 1)
const WORD = 2 ** 32

const wide = (bytes: Buffer, offset: number): number =>
  bytes.readInt32BE(offset) * WORD + bytes.readUInt32BE(offset + 4)
const FIRST = -8.64e15
/** Microseconds since 2000, as PostgreSQL sends instants; what lies before all time is −∞. */
function instant(bytes: Buffer, offset: number): number {
  const ms = Math.floor(wide(bytes, offset) / 1_000) + PG_EPOCH_MS
  return ms < FIRST ? Number.NEGATIVE_INFINITY : ms
}

/** The records of one person, as the statement packed them: in the order of the log. */
export function unpack(person: string, packed: Buffer): Timeline {
  const fans: Fan[] = []
  const acts: Act[] = []
  const sent: Sent[] = []
  const tagChanges: number[] = []
  let suppressedAt = Number.POSITIVE_INFINITY
  for (let offset = 0; offset < packed.length; offset += RECORD_BYTES) {
    const bits = packed.readUInt16BE(offset + 24)
    const kind = bits & 15
    if (kind < ACTS.length) acts.push(actAt(packed, offset, bits))
    else if (kind === KINDS.fan) fans.push(fanAt(packed, offset, bits))
    else if (kind === KINDS.sent) sent.push(sentAt(packed, offset, bits))
    else if (kind === KINDS.suppressed) suppressedAt = Math.min(suppressedAt, instant(packed, offset))
    else tagChanges.push(instant(packed, offset))
  }
  sent.sort((a, b) => a.at - b.at)
  tagChanges.sort((a, b) => a - b)
  const told = asIfTold(acts)
  return { person, fans, ...told, acts: withLeaving(told.acts, fans), sent, suppressedAt, tagChanges }
}

const actAt = (bytes: Buffer, offset: number, bits: number): Act => ({
  at: instant(bytes, offset),
  receivedAt: instant(bytes, offset + 8),
  fanId: wide(bytes, offset + 16),
  kind: ACTS[bits & 15] ?? null,
  marks: (bits >> BITS.marks) & 15,
})

const fanAt = (bytes: Buffer, offset: number, bits: number): Fan => ({
  id: wide(bytes, offset + 16),
  following: ((bits >> BITS.marks) & 1) === 1,
  unfollowedAt: instant(bytes, offset),
  followedAt: instant(bytes, offset + 8),
})

function sentAt(bytes: Buffer, offset: number, bits: number): Sent {
  const window = ACTS[(bits >> BITS.window) & 7] ?? null
  return {
    at: instant(bytes, offset),
    ownerId: String(wide(bytes, offset + 8)),
    fanId: wide(bytes, offset + 16),
    owner: OWNERS[(bits >> BITS.owner) & 3] ?? 'other',
    channel: CHANNELS[(bits >> BITS.channel) & 3] ?? 'mass',
    purpose: ((bits >> BITS.service) & 1) === 1 ? 'service' : 'marketing',
    counts: ((bits >> BITS.counts) & 1) === 1,
    here: ((bits >> BITS.here) & 1) === 1,
    window: window === 'unfollow' ? null : (window as WindowKind | null),
  }
}

/** Who left without our being told then, and was found gone later, left all the same. */
function withLeaving(acts: Act[], fans: readonly Fan[]): Act[] {
  for (const { id, following, unfollowedAt } of fans) {
    if (following || unfollowedAt === Number.NEGATIVE_INFINITY || acts.length === 0) continue
    if (acts.some(({ fanId, kind, at }) => fanId === id && kind === 'unfollow' && at === unfollowedAt))
      continue
    const place = acts.findIndex(({ receivedAt }) => receivedAt > unfollowedAt)
    acts.splice(place === -1 ? acts.length : place, 0, {
      at: unfollowedAt,
      receivedAt: unfollowedAt,
      fanId: id,
      kind: 'unfollow',
      marks: 0,
    })
  }
  return acts
}
