import { z } from 'zod'

/** 下线 of one record, the whole message or one article of it: how far it is. */
export const withdrawal = z.object({
  /** From 1; null: the whole message. */
  article: z.number().nullable(),
  state: z.enum(['running', 'done', 'incomplete']),
  /** Batches: each is one deletion. */
  total: z.number(),
  done: z.number(),
  waiting: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ errcode: z.number().nullable(), count: z.number() })),
  askedAt: z.iso.datetime(),
  /** When the next deletion is due. */
  nextAt: z.iso.datetime().nullable(),
  /** When the last was made. */
  endedAt: z.iso.datetime().nullable(),
})
export type Withdrawal = z.infer<typeof withdrawal>

/** What taking offline would take: one deletion for each batch, ten a day of the account. */
export const withdrawalPlan = z.object({
  deletions: z.number(),
  /** Of these batches, already offline or on the way. */
  already: z.number(),
  /** Sent, but without a job's number: they can't be deleted by interface. */
  unreachable: z.number(),
  perDay: z.number(),
  usedToday: z.number(),
  /** Of other records of the account, ahead of these. */
  waiting: z.number(),
  days: z.number(),
  /** The Beijing day of the last. */
  endsOn: z.string(),
})
export type WithdrawalPlan = z.infer<typeof withdrawalPlan>
