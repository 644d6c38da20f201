import { assert } from '../../kernel/errors.ts'

/** 群发接口, checked 2026-11: the current page says 32 bytes, older ones 64. */
export const LONGEST_CLIENT_MSG_ID = 32
/** The platform remembers an id for 24 h; an hour is kept back for the clocks and the call itself. */
export const CLIENT_MSG_ID_MEMORY_HOURS = 23

/**
 * The key under which the platform takes one batch once. The same input gives the same key in every process and after
 * every crash; `attempt` moves on only after a definite refusal. `installation` (4–8 of a-z0-9, made with the database)
 * keeps apart two databases that serve one account: their ids begin alike, and a foreign 45065 would pass for success.
 */
export function clientMsgId(batch: {
  installation: string
  /** Decimal, up to 64 bits. */
  broadcastId: string
  batch: number
  attempt: number
}): string {
  assert(/^[a-z0-9]{4,8}$/.test(batch.installation), 'installation mark is 4 to 8 of a-z0-9')
  const parts = [batch.installation, BigInt(batch.broadcastId), batch.batch, batch.attempt]
  const id = parts.map((part) => (typeof part === 'string' ? part : part.toString(36))).join('-')
  assert(id.length <= LONGEST_CLIENT_MSG_ID, 'a clientmsgid fits 32 characters')
  return id
}
