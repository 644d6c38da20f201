import type { MediaKind, MediaMime } from '../schema.ts'

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
/** As many of the first bytes tell every type, those WeChat refuses included. */
export const HEAD_BYTES = 12

type Signature = Pick<MediaType, 'head' | 'at'>
const fits = (bytes: Uint8Array, { head, at = 0 }: Signature): boolean =>
  bytes.length >= head.length + at && head.every((byte, index) => bytes[index + at] === byte)

/** What the first bytes say a file is; undefined for what WeChat takes as nothing of this kind. */
export const sniffMedia = (bytes: Uint8Array, kind: MediaKind): MediaType | undefined =>
  TYPES.find((type) => type.kind === kind && fits(bytes, type) && !(kind === 'video' && isStill(bytes)))

const brand = (name: string): Signature => ({
  at: 4,
  head: [...`ftyp${name}`].map((letter) => letter.charCodeAt(0)),
})
const ascii = (text: string, at = 0): Signature => ({
  at,
  head: [...text].map((letter) => letter.charCodeAt(0)),
})
const HEIF = [brand('heic'), brand('heix'), brand('mif1'), brand('msf1')]
const AVIF = [brand('avif'), brand('avis')]
const isStill = (bytes: Uint8Array): boolean => [...HEIF, ...AVIF].some((one) => fits(bytes, one))

const OTHERS: readonly [string, readonly Signature[]][] = [
  ['HEIC', HEIF],
  ['AVIF', AVIF],
  ['WebP', [ascii('WEBP', 8)]],
  ['TIFF', [ascii('II*\u0000'), ascii('MM\u0000*')]],
  ['PSD', [ascii('8BPS')]],
  ['PDF', [ascii('%PDF')]],
  ['SVG', [ascii('<svg'), ascii('<?xml')]],
  ['HTML', [ascii('<!'), ascii('<html')]],
  ['ZIP', [ascii('PK\u0003\u0004')]],
  ['M4A', [brand('M4A ')]],
  ['WAV', [ascii('WAVE', 8)]],
  ['AVI', [ascii('AVI ', 8)]],
  ['MOV', [brand('qt  ')]],
  ['MKV', [{ head: [0x1a, 0x45, 0xdf, 0xa3] }]],
]

/** Of material that was not made by us: what WeChat calls a picture's format in its address, or the ending of its name. */
export function guessMime(
  kind: MediaKind,
  { name, url = '' }: { name: string; url?: string | undefined },
): string {
  const told = /[?&]wx_fmt=(\w+)/.exec(url)?.[1] ?? /\.(\w+)$/.exec(name)?.[1] ?? ''
  const ending = told.toLowerCase() === 'jpeg' ? 'jpg' : told.toLowerCase()
  const type = TYPES.find((one) => one.kind === kind && one.extension === ending)
  return type?.mime ?? (ending === 'wav' && kind === 'voice' ? WAV : USUAL[kind])
}

/** What a browser may take for nothing that it shows. */
export const UNKNOWN_MIME = 'application/octet-stream'
const WAV = 'audio/wav'
const USUAL: Record<MediaKind, MediaMime> = { image: 'image/jpeg', voice: 'audio/mpeg', video: 'video/mp4' }

/** As what a file from WeChat is served: by its first bytes, whatever it is called there. */
export const servedMime = (bytes: Uint8Array, kind: MediaKind): string =>
  sniffMedia(bytes, kind)?.mime ?? (kind === 'voice' && realTypeOf(bytes) === 'WAV' ? WAV : UNKNOWN_MIME)

/** What a file really is, by a name that people know it under; undefined where nobody can tell. */
export function realTypeOf(bytes: Uint8Array): string | undefined {
  const other = OTHERS.find(([, signatures]) => signatures.some((one) => fits(bytes, one)))
  return other?.[0] ?? TYPES.find((type) => fits(bytes, type))?.extension.toUpperCase()
}
