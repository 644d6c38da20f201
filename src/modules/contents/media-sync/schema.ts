import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { runView } from '../../runs/schema.ts'

const id = z.string().regex(/^\d{1,19}$/)

export const MEDIA_KINDS = ['image', 'voice', 'video'] as const
export const mediaKind = z.enum(MEDIA_KINDS)
export type MediaKind = z.infer<typeof mediaKind>

/** 增量同步: from the newest down to what is known. 全量同步: all there is; what isn't met is gone. */
export const mediaSyncScope = z.enum(['new', 'all'])
export type MediaSyncScope = z.infer<typeof mediaSyncScope>

export const syncMediaEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/media-syncs',
  access: 'contents:write',
  tag: 'contents',
  summary:
    'Syncs images, voices and videos in the background; answers with the run, also one already going on',
  params: z.object({ accountId: id }),
  body: z.object({ scope: mediaSyncScope.default('new') }),
  response: runView,
})
