import { invalid } from '../../kernel/errors.ts'
import type { IMAGE_TYPES } from './schema.ts'

export type ImageType = { mime: (typeof IMAGE_TYPES)[number]; extension: string; head: readonly number[] }

const TYPES: readonly ImageType[] = [
  { mime: 'image/jpeg', extension: 'jpg', head: [0xff, 0xd8, 0xff] },
  { mime: 'image/png', extension: 'png', head: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { mime: 'image/gif', extension: 'gif', head: [0x47, 0x49, 0x46, 0x38] },
  { mime: 'image/bmp', extension: 'bmp', head: [0x42, 0x4d] },
]
const HEAD_BYTES = 8

/** What the first bytes say a file is; undefined for what is no image that WeChat takes. */
export const sniffImage = (head: Uint8Array): ImageType | undefined =>
  TYPES.find(
    (type) => head.length >= type.head.length && type.head.every((byte, index) => head[index] === byte),
  )

/** Passes a stream on once its head is an image's; refuses it before anything else is read. */
export async function* requireImage(
  source: AsyncIterable<Uint8Array>,
  tell: (type: ImageType) => void,
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
    tell(requireType(head))
    yield head
  }
  if (known) return
  tell(requireType(head))
  yield head
}

function requireType(head: Uint8Array): ImageType {
  const type = sniffImage(head)
  if (type === undefined) {
    throw invalid('image_type_not_supported', 'only JPEG, PNG, GIF and BMP images are taken')
  }
  return type
}

/** The uploader's name without path or control characters, ended by what the file really is. */
export function imageName(given: string, type: ImageType): string {
  const base = given
    .replace(/^.*[/\\]/, '')
    .replace(/[\u0000-\u001f\u007f"]/g, '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .trim()
  return `${[...base].slice(0, 60).join('') || 'image'}.${type.extension}`
}
