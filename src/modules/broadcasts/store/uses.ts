import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { holdMaterials, type MaterialRef } from '../../contents/index.ts'
import { GONE, mediaRefs } from '../../contents/schema.ts'
import type { BroadcastState, Content } from '../schema.ts'

type Stored = { accountId: string; name: string; state: BroadcastState; contents: Content[] }

const OVER: readonly BroadcastState[] = ['ended', 'cancelled', 'failed']

/** Says what a mass send names, as it is stored now. One that is over names nothing: what was sent stays with those who got it. */
export async function holdMaterialsOf(trx: Executor, broadcastId: string): Promise<void> {
  const { rows } = await sql<Stored>`select b.account_id as "accountId", b.name, b.state,
      (select coalesce(jsonb_agg(a.content) filter (where a.content is not null), '[]') from broadcast_arms a
        where a.broadcast_id = b.id) as contents
    from broadcasts b where b.id = ${broadcastId}::bigint`.execute(trx)
  for (const { state, contents, ...broadcast } of rows) {
    const refs = OVER.includes(state) ? [] : contents.flatMap(materialsIn)
    const live = state !== 'draft'
    await holdMaterials(trx, { kind: 'broadcast', id: broadcastId, live, ...broadcast }, refs)
  }
}

function materialsIn(content: Content): MaterialRef[] {
  switch (content.kind) {
    case 'articles':
      // what the operator keeps although its source is gone needs it no more
      return content.articles.flatMap(({ articleSetId: id, index, cover, kept }) => [
        ...(kept === GONE ? [] : [{ material: 'article-set' as const, id, index }]),
        ...mediaRefs(cover?.mediaAssetId),
      ])
    case 'image':
      return mediaRefs(...content.mediaAssetIds)
    case 'voice':
    case 'video':
      return mediaRefs(content.mediaAssetId)
    case 'text':
      return []
  }
}
