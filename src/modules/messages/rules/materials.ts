import { type MaterialRef, mediaRefs } from '../../contents/schema.ts'
import type { MessageContent } from '../schema/content.ts'

/** Materials of the account that a content names, as it is stored. */
export function materialsIn(content: MessageContent): MaterialRef[] {
  switch (content.kind) {
    case 'image':
    case 'voice':
      return mediaRefs(content.mediaAssetId)
    case 'video':
      return mediaRefs(content.mediaAssetId, content.thumbAssetId)
    case 'music':
    case 'mini-program':
      return mediaRefs(content.thumbAssetId)
    case 'news':
      return mediaRefs(content.pictureAssetId)
    case 'article':
      return content.articleSetId === null
        ? []
        : [{ material: 'article-set', id: content.articleSetId, index: content.index }]
    default:
      return []
  }
}
