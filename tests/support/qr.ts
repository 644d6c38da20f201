import jsqr from 'jsqr'
import { PNG } from 'pngjs'

type Reader = (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null
/** The package is CommonJS: what its types call the module is the function, or holds it. */
const read = ((jsqr as unknown as { default?: Reader }).default ?? jsqr) as Reader

/** What a picture of a code says, as a phone reads it; undefined where it can't. */
export function readQr(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png)
  return read(new Uint8ClampedArray(data), width, height)?.data
}
