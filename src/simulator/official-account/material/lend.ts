import type { Call } from '../call.ts'
import { addMedia, findMedia, readBytes } from './store.ts'

/** A temporary copy of material, with an id of its own each time; undefined where there is no such material. */
export async function lend({ world, account, now }: Call, mediaId: string): Promise<string | undefined> {
  const media = await findMedia(world.db, account.id, mediaId, now)
  if (!media) return undefined
  return addMedia(world.db, account.id, now, {
    kind: media.kind,
    permanent: false,
    name: media.name,
    content_type: media.content_type,
    bytes: await readBytes(world.db, media.media_id),
  })
}
