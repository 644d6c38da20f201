import type { MaterialRef } from '../../contents/schema.ts'
import type { MessageContent } from '../schema/content.ts'

/** Materials of the account that a content names, as it is stored. */
export function materialsIn(content: MessageContent): MaterialRef[] {
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
      return content.articleSetId === null
        ? []
        : [{ material: 'article-set', id: content.articleSetId, index: content.index }]
    default:
      return []
  }
}

/** A content that was stored before it had such a field names nothing there. */
const media = (...ids: (string | null | undefined)[]): MaterialRef[] =>
  ids.flatMap((id) => (id == null ? [] : [{ material: 'media', id }]))
