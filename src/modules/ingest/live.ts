import type { Ctx } from '../../context.ts'
import { canSeePersons } from '../contacts/index.ts'
import { getSource, listRejections } from '../sources/index.ts'
import type { RecentMessage } from '../sources/schema.ts'
import { selectOfSource } from './registry/recent-store.ts'

/** 实时接入: what a source sent last, taken and refused, the newest first; made to be asked every second. */
export async function listRecentMessages(
  ctx: Ctx,
  { sourceId, limit }: { sourceId: string; limit: number },
): Promise<RecentMessage[]> {
  await getSource(ctx, sourceId)
  const [stored, rejections] = await Promise.all([
    selectOfSource(ctx.db, { sourceId, limit }),
    listRejections(ctx, { sourceId, limit }),
  ])
  const whole = canSeePersons(ctx.actor)
  const accepted = stored.map(
    (row): RecentMessage => ({
      outcome: 'accepted',
      id: row.id,
      receivedAt: row.received_at.toISOString(),
      at: row.at.toISOString(),
      name: row.name,
      contactId: row.contact_id,
      properties: whole ? row.properties : null,
    }),
  )
  const rejected = rejections.items.map((one): RecentMessage => ({ outcome: 'rejected', ...one }))
  return [...accepted, ...rejected]
    .toSorted((a, b) => (a.receivedAt < b.receivedAt ? 1 : a.receivedAt > b.receivedAt ? -1 : 0))
    .slice(0, limit)
}
