import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { EVENTS } from '../ingest/schema.ts'
import type { ReactionEvent } from '../manifest.ts'
import { addScans, recogniseScans, type Scan } from './store/scans.ts'

export const SCANS_REACTION = 'qr-codes.scans'
export const SCANNED = [EVENTS.follow, EVENTS.scan] as const

/** Counts each scan and each follow through a code once, for the code its scene names; also of archived ones. */
export async function countScans(_ctx: Ctx, events: readonly ReactionEvent[], trx: Executor): Promise<void> {
  const scans = events.flatMap(scanOf)
  if (scans.length > 0) await addScans(trx, await recogniseScans(trx, scans))
}

function scanOf({ id, accountId, fanId, name, at, properties }: ReactionEvent): Scan[] {
  const { scene } = properties
  if (accountId === null || fanId === null || typeof scene !== 'string' || scene === '') return []
  return [{ eventId: id, accountId, fanId, at, scene, followed: name === EVENTS.follow }]
}
