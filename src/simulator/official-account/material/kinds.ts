import type { UploadedFile } from '../call.ts'
import { refuse } from '../refusal.ts'

export type MediaKind = 'image' | 'voice' | 'video' | 'thumb'
type Format = 'png' | 'jpeg' | 'gif' | 'bmp' | 'amr' | 'mp3' | 'wav' | 'wma' | 'mp4'

const MB = 1024 * 1024
const MAX_VOICE_S = 60

/** 素材管理, checked 2026-11. The temporary image limit is 10 MB on one page and 2 MB on another: the larger holds here. */
const TEMPORARY: Record<MediaKind, { bytes: number; formats: Format[] }> = {
  image: { bytes: 10 * MB, formats: ['png', 'jpeg', 'gif'] },
  voice: { bytes: 2 * MB, formats: ['amr', 'mp3'] },
  video: { bytes: 10 * MB, formats: ['mp4'] },
  thumb: { bytes: 64 * 1024, formats: ['jpeg'] },
}
const PERMANENT: Record<MediaKind, { bytes: number; formats: Format[] }> = {
  image: { bytes: 10 * MB, formats: ['bmp', 'png', 'jpeg', 'gif'] },
  voice: { bytes: 2 * MB, formats: ['mp3', 'wma', 'wav', 'amr'] },
  video: { bytes: 10 * MB, formats: ['mp4'] },
  thumb: { bytes: 64 * 1024, formats: ['jpeg'] },
}
export const ARTICLE_PICTURE = { bytes: MB, formats: ['png', 'jpeg'] as Format[] }
/** No call takes more; the reader stops here. */
export const LARGEST_UPLOAD = 10 * MB

const TOO_LARGE: Record<MediaKind, number> = { image: 40009, voice: 40010, video: 40011, thumb: 40012 }

export function mediaKind(value: unknown): MediaKind {
  if (value === 'image' || value === 'voice' || value === 'video' || value === 'thumb') return value
  return refuse(40004)
}

/** The content type of an upload that its kind allows; refuses wrong sizes, formats and too long recordings. */
export function checkUpload(file: UploadedFile | undefined, kind: MediaKind, permanent: boolean): string {
  const limit = (permanent ? PERMANENT : TEMPORARY)[kind]
  const format = checkFile(file, limit, TOO_LARGE[kind])
  if (kind === 'voice' && !permanent && file && secondsOf(file.bytes, format) > MAX_VOICE_S) refuse(45007)
  return CONTENT_TYPES[format]
}

export function checkArticlePicture(file: UploadedFile | undefined): string {
  return CONTENT_TYPES[checkFile(file, ARTICLE_PICTURE, 40009)]
}

function checkFile(
  file: UploadedFile | undefined,
  limit: { bytes: number; formats: Format[] },
  tooLarge: number,
): Format {
  if (!file) refuse(41005)
  if (file.bytes.length === 0) refuse(44001)
  if (file.truncated || file.bytes.length > limit.bytes) refuse(tooLarge)
  const format = sniff(file.bytes)
  return format && limit.formats.includes(format) ? format : refuse(40005)
}

const CONTENT_TYPES: Record<Format, string> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  bmp: 'image/bmp',
  amr: 'audio/amr',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  wma: 'audio/x-ms-wma',
  mp4: 'video/mp4',
}

const STARTS: [Format, string][] = [
  ['png', '89504e470d0a1a0a'],
  ['jpeg', 'ffd8ff'],
  ['gif', '47494638'],
  ['bmp', '424d'],
  ['amr', '2321414d52'],
  ['mp3', '494433'],
  ['mp3', 'fffb'],
  ['mp3', 'fff3'],
  ['mp3', 'fff2'],
  ['wav', '52494646'],
  ['wma', '3026b275'],
]

/** By the first bytes: the platform doesn't trust names either. */
function sniff(bytes: Buffer): Format | undefined {
  const start = bytes.subarray(0, 8).toString('hex')
  if (bytes.subarray(4, 8).toString('latin1') === 'ftyp') return 'mp4'
  return STARTS.find(([, signature]) => start.startsWith(signature))?.[0]
}

/** Bytes of one 20 ms AMR frame by its frame type. */
const AMR_FRAMES = [13, 14, 16, 18, 20, 21, 27, 32, 6]
const MP3_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]

function secondsOf(bytes: Buffer, format: Format): number {
  if (format === 'amr') {
    let frames = 0
    for (let at = 6; at < bytes.length; frames += 1) at += AMR_FRAMES[((bytes[at] ?? 0) >> 3) & 15] ?? 1
    return frames / 50
  }
  const sync = bytes.findIndex((byte, at) => byte === 0xff && ((bytes[at + 1] ?? 0) & 0xe0) === 0xe0)
  const kbits = sync < 0 ? 0 : MP3_KBITS[(bytes[sync + 2] ?? 0) >> 4]
  return kbits ? (bytes.length - sync) / (kbits * 125) : 0
}
