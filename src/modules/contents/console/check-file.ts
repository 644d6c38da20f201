import { inspectPicture } from '../rules/inspect.ts'
import { HEAD_BYTES, realTypeOf, sniffMedia } from '../rules/media-type.ts'
import { MEDIA_LIMITS, type MediaKind } from '../schema.ts'

/** `reason` has its sentence among the errors, as what the server refuses has. */
export type FileProblem = { reason: string; detail: Record<string, string | number> }
const MB = 1024 * 1024

/** What is wrong with a file, found by the rules of the server before anything goes out. */
export async function problemOf(
  file: Blob,
  { kind, still = false }: { kind: MediaKind; still?: boolean },
): Promise<FileProblem | undefined> {
  const { maxBytes } = MEDIA_LIMITS[kind]
  if (file.size > maxBytes)
    return {
      reason: 'media_too_large',
      detail: { size: Math.ceil((file.size / MB) * 10) / 10, max: maxBytes / MB },
    }
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  const type = sniffMedia(head, kind)
  if (type === undefined) {
    const really = realTypeOf(head)
    return really === undefined
      ? { reason: `${kind}_type_not_supported`, detail: {} }
      : { reason: `${kind}_is_other`, detail: { really } }
  }
  return kind === 'image' ? problemOfPicture(file, type.mime, still) : undefined
}

async function problemOfPicture(file: Blob, mime: string, still: boolean): Promise<FileProblem | undefined> {
  const inspection = inspectPicture(mime)
  const reader = file.stream().getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) inspection.take(piece.value)
  const facts = inspection.end()
  if (facts === undefined) return { reason: 'image_broken', detail: {} }
  return still && facts.frames > 1
    ? { reason: 'image_animated', detail: { frames: facts.frames } }
    : undefined
}
