import type { Transaction } from 'kysely'
import type { DB } from '../../../infra/transaction.ts'
import type { ArmClaim } from '../store/arms.ts'
import { type BroadcastRow, findClaimed, partOf } from '../store/broadcasts.ts'
import type { ArmRow, GroupRow } from '../store/groups.ts'

export type OpenArm = { broadcast: BroadcastRow; group: GroupRow; arm: ArmRow }

/** Locks what was claimed, broadcast before arm as every command does, if the claim still holds and nobody stopped it. */
export async function lockOpen(trx: Transaction<DB>, claim: ArmClaim): Promise<OpenArm | undefined> {
  const broadcast = await findClaimed(trx, claim.broadcastId, true)
  if (broadcast === undefined || (broadcast.state !== 'scheduled' && broadcast.state !== 'running'))
    return undefined
  const { group, arm } = partOf(broadcast, claim.number)
  const opens = arm.fence === claim.fence && (arm.state === 'queued' || arm.state === 'opening')
  return opens ? { broadcast, group, arm } : undefined
}
