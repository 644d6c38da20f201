import { urlOf } from '../../../console/api.ts'
import { getMediaFileEndpoint } from '../schema.ts'

/** Where our own pages read an uploaded image. */
export const mediaUrl = (accountId: string, mediaAssetId: string): string =>
  urlOf(getMediaFileEndpoint, { params: { accountId, mediaAssetId } })
