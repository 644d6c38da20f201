import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { MessageContent } from '../../messages/schema.ts'

export type MaterialKey = { material: 'article-set' | 'media'; id: string }

export const keyOfMaterial = ({ material, id }: MaterialKey): string => `${material}:${id}`

/** Materials of the account that a content names. */
export function materialsOf(content: MessageContent): MaterialKey[] {
  const media = (...ids: (string | null)[]): MaterialKey[] =>
    ids.flatMap((id) => (id === null ? [] : [{ material: 'media', id }]))
  switch (content.kind) {
    case 'image':
    case 'voice':
      return media(content.mediaAssetId)
    case 'video':
      return media(content.mediaAssetId, content.thumbAssetId)
    case 'music':
    case 'mini-program':
      return media(content.thumbAssetId)
    case 'news':
      return media(content.pictureAssetId)
    case 'article':
      return content.articleSetId === null ? [] : [{ material: 'article-set', id: content.articleSetId }]
    default:
      return []
  }
}

/** Which of these an account has no more, as `<material>:<id>`. */
export async function goneMaterials(
  db: Executor,
  accountId: string,
  keys: readonly MaterialKey[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const { rows } = await sql<{ key: string }>`
    select u.material || ':' || u.id as key
    from unnest(${keys.map(({ material }) => material)}::text[], ${keys.map(({ id }) => id)}::bigint[]) as u (material, id)
    left join article_sets s on u.material = 'article-set' and s.id = u.id and s.account_id = ${accountId}::bigint
    left join media_assets m on u.material = 'media' and m.id = u.id and m.account_id = ${accountId}::bigint
    where coalesce(s.gone_at, m.gone_at) is not null or (s.id is null and m.id is null)`.execute(db)
  return new Set(rows.map(({ key }) => key))
}
