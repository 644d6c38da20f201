import type { PushAnswer } from '../manifest.ts'
import type { Occurrence } from './rules.ts'

/** One thing that came in from outside, with the key that makes its repeats harmless. */
export type Incoming = Occurrence & {
  accountId: string
  /** 16 bytes. */
  key: Buffer
  receivedAt: Date
  /** What it will be answered with, kept in the same commit. */
  answer?: PushAnswer | null
}
export type Outcome = {
  outcome: 'stored' | 'repeated'
  /** What was answered, the same for a repeat as for the first push; null: nothing. */
  ref: string | null
}

export type FanRef = { id: string; contactId: string }

export const idOf = ({ accountId, key }: Pick<Incoming, 'accountId' | 'key'>): string =>
  `${accountId}:${key.toString('hex')}`
