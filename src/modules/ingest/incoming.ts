import type { Occurrence } from './rules.ts'

/** One thing that came in from outside, with the key that makes its repeats harmless. */
export type Incoming = Occurrence & {
  accountId: string
  /** 16 bytes. */
  key: Buffer
  receivedAt: Date
}
export type Outcome = {
  outcome: 'stored' | 'repeated'
  /** The passive reply to give, the same for a repeat as for the first push. */
  reply: string | null
}

export type FanRef = { id: string; contactId: string }

export const idOf = ({ accountId, key }: Pick<Incoming, 'accountId' | 'key'>): string =>
  `${accountId}:${key.toString('hex')}`
