export { keepTemporary } from './commands/keep.ts'
export { keepSent } from './commands/keep-sent.ts'
export { refreshArticleSet } from './commands/refresh.ts'
export { syncArticles } from './commands/sync.ts'
export { uploadMedia } from './commands/upload.ts'
export { findMediaAsset, getArticleSet, getMediaAsset, listArticleSets } from './reads.ts'
export { resolveArticles } from './resolve.ts'
export { articleMaterial, mediaMaterial, type Place, type Unusable, usableIn } from './rules/usable.ts'
export type {
  ArticleChoice,
  ArticleSetPreview,
  ArticleSetSummary,
  MaterialRef,
  MediaAsset,
} from './schema.ts'
export { changedSources, type SourceCheck } from './sources.ts'
export {
  goneAmong,
  holdMaterials,
  keyOfMaterial,
  type MaterialUser,
  refsByWechatIds,
  releaseMaterials,
} from './uses/store.ts'
