import { invalid } from '../../kernel/errors.ts'
import type { MediaKind, MediaMime } from './schema.ts'

/** `at`: where in the file the bytes stand that tell the type. */
export type MediaType = {
  kind: MediaKind
  mime: MediaMime
  extension: string
  head: readonly number[]
  at?: number
}

const TYPES: readonly MediaType[] = [
  { kind: 'image', mime: 'image/jpeg', extension: 'jpg', head: [0xff, 0xd8, 0xff] },
  {
    kind: 'image',
    mime: 'image/png',
    extension: 'png',
    head: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  },
  { kind: 'image', mime: 'image/gif', extension: 'gif', head: [0x47, 0x49, 0x46, 0x38] },
  { kind: 'image', mime: 'image/bmp', extension: 'bmp', head: [0x42, 0x4d] },
  { kind: 'voice', mime: 'audio/mpeg', extension: 'mp3', head: [0x49, 0x44, 0x33] },
  { kind: 'voice', mime: 'audio/mpeg', extension: 'mp3', head: [0xff, 0xfb] },
  { kind: 'voice', mime: 'audio/mpeg', extension: 'mp3', head: [0xff, 0xf3] },
  { kind: 'voice', mime: 'audio/mpeg', extension: 'mp3', head: [0xff, 0xf2] },
  { kind: 'voice', mime: 'audio/amr', extension: 'amr', head: [0x23, 0x21, 0x41, 0x4d, 0x52] },
  { kind: 'video', mime: 'video/mp4', extension: 'mp4', head: [0x66, 0x74, 0x79, 0x70], at: 4 },
]
const HEAD_BYTES = 8

/** What the first bytes say a file is; undefined for what WeChat takes as nothing of this kind. */
export const sniffMedia = (head: Uint8Array, kind: MediaKind): MediaType | undefined =>
  TYPES.find(
    (type) =>
      type.kind === kind &&
      head.length >= type.head.length + (type.at ?? 0) &&
      type.head.every((byte, index) => head[index + (type.at ?? 0)] === byte),
  )

/** Passes a stream on once its head is of the kind; refuses it before anything else is read. */
export async function* requireMedia(
  source: AsyncIterable<Uint8Array>,
  kind: MediaKind,
  tell: (type: MediaType) => void,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  let known = false
  for await (const chunk of source) {
    if (known) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < HEAD_BYTES) continue
    known = true
    tell(requireType(head, kind))
    yield head
  }
  if (known) return
  tell(requireType(head, kind))
  yield head
}

const REFUSED = {
  image: 'only JPEG, PNG, GIF and BMP images are taken',
  voice: 'only MP3 and AMR voices are taken',
  video: 'only MP4 videos are taken',
} as const

function requireType(head: Uint8Array, kind: MediaKind): MediaType {
  const type = sniffMedia(head, kind)
  if (type === undefined) throw invalid(`${kind}_type_not_supported`, REFUSED[kind])
  return type
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
