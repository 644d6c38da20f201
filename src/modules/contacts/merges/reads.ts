import type { Ctx } from '../../../context.ts'
import { maskIdentity } from '../people/masks.ts'
import { findCanonical } from '../people/reads.ts'
import type { IdentityKindName } from '../people/schema.ts'
import { canSeePersons } from '../rules.ts'
import { movedSchema } from './moved.ts'
import type { ContactMerge } from './schema.ts'
import { selectMerges } from './store.ts'

const MOST = 100
type Link = { kind: IdentityKindName; value: string }

export const presentLinks = (ctx: Ctx, links: readonly Link[]): Link[] => {
  const whole = canSeePersons(ctx.actor)
  return links.map(({ kind, value }) => ({ kind, value: whole ? value : maskIdentity(kind, value) }))
}

/** How a person came to be one, and what can be taken back. */
export async function listMerges(ctx: Ctx, contactId: string): Promise<{ items: ContactMerge[] }> {
  const person = await findCanonical(ctx, contactId)
  const rows = await selectMerges(ctx.db, person.id, MOST)
  const latest = rows.find((row) => row.undone_at === null)
  const items = rows.map((row): ContactMerge => {
    const moved = movedSchema.parse(row.moved)
    return {
      id: row.id,
      sourceId: row.source_id,
      targetId: row.target_id,
      cause: row.cause,
      links: presentLinks(ctx, row.evidence.links ?? []),
      moved: {
        fans: moved.fans.length,
        identities: presentLinks(ctx, moved.identities as Link[]),
        tags: moved.tags.length + moved.sharedTags.length,
        attributes: new Set(moved.attributes.map(({ attributeId }) => attributeId)).size,
        overridden: moved.sharedAttributes.length,
      },
      mergedAt: row.merged_at.toISOString(),
      mergedBy: row.merged_by,
      undoneAt: row.undone_at?.toISOString() ?? null,
      undoneBy: row.undone_by,
      canUndo: row === latest && row.target_id === person.id,
    }
  })
  return { items }
}
