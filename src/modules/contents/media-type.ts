import { invalid } from '../../kernel/errors.ts'
import { inspectPicture, type PictureFacts } from './rules/inspect.ts'
import { HEAD_BYTES, type MediaType, realTypeOf, sniffMedia } from './rules/media-type.ts'
import type { MediaKind } from './schema.ts'

export type FoundMedia = { type: MediaType; picture: PictureFacts | null }
type Wanted = {
  kind: MediaKind
  /** Refuses animated pictures: a cover shows one frame of them, a mass send none that moves. */
  still: boolean
}

/**
 * Passes a stream on once its head is of the kind; refuses it before anything else is read. A picture is followed to
 * its end: `image_broken` where it has none or is damaged, `image_animated` where only a still one will do.
 */
export async function* requireMedia(
  source: AsyncIterable<Uint8Array>,
  wanted: Wanted,
  tell: (found: FoundMedia) => void,
): AsyncGenerator<Uint8Array> {
  const { kind } = wanted
  let head: Uint8Array = new Uint8Array()
  let type: MediaType | undefined
  let follow: ReturnType<typeof inspectPicture> | undefined
  const begin = () => {
    type = requireType(head, kind)
    if (kind === 'image') follow = inspectPicture(type.mime)
    follow?.take(head)
  }
  for await (const chunk of source) {
    if (type !== undefined) {
      follow?.take(chunk)
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < HEAD_BYTES) continue
    begin()
    yield head
  }
  if (type === undefined) {
    begin()
    yield head
  }
  if (type !== undefined)
    tell({ type, picture: follow === undefined ? null : requirePicture(follow.end(), wanted) })
}

const REFUSED = {
  image: 'only JPEG, PNG, GIF and BMP images are taken',
  voice: 'only MP3 and AMR voices are taken',
  video: 'only MP4 videos are taken',
} as const

function requireType(head: Uint8Array, kind: MediaKind): MediaType {
  const type = sniffMedia(head, kind)
  if (type !== undefined) return type
  const really = realTypeOf(head)
  throw invalid(`${kind}_type_not_supported`, REFUSED[kind], really === undefined ? {} : { really })
}

function requirePicture(facts: PictureFacts | undefined, { still }: Wanted): PictureFacts {
  if (facts === undefined) throw invalid('image_broken', 'the picture is damaged or was cut off')
  if (still && facts.frames > 1)
    throw invalid('image_animated', 'an animated picture can not be used here', { frames: facts.frames })
  return facts
}

/** The uploader's name without path or control characters, ended by what the file really is. */
export function mediaName(given: string, type: MediaType): string {
  const base = given
    .replace(/^.*[/\\]/, '')
    .replace(/[\u0000-\u001f\u007f"]/g, '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .trim()
  return `${[...base].slice(0, 60).join('') || type.kind}.${type.extension}`
}
