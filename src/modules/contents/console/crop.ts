/** The shapes in which WeChat shows covers (新建草稿, checked 2026-11): 2.35:1 first, 1:1 for the others, 16:9 where films are. */
export const COVER_SHAPES = {
  wide: { label: '2.35:1', width: 900, height: 383 },
  square: { label: '1:1', width: 500, height: 500 },
  film: { label: '16:9', width: 960, height: 540 },
} as const
export type CoverShape = keyof typeof COVER_SHAPES
export const SHAPES = ['wide', 'square', 'film'] as const satisfies readonly CoverShape[]

/** Centre of the cut-out in shares of the picture (0…1), and how far it is zoomed in from the largest cut. */
export type Crop = { x: number; y: number; zoom: number }
type Size = { width: number; height: number }

export const wholeCrop = (): Crop => ({ x: 0.5, y: 0.5, zoom: 1 })

/** The part of the picture that is kept, in its own pixels; always inside it. */
export function cutOf(
  image: Size,
  shape: CoverShape,
  crop: Crop,
): { left: number; top: number; width: number; height: number } {
  const ratio = COVER_SHAPES[shape].width / COVER_SHAPES[shape].height
  const largest = Math.min(image.width, image.height * ratio)
  const width = largest / crop.zoom
  const height = width / ratio
  return {
    left: clamp(crop.x * image.width - width / 2, 0, image.width - width),
    top: clamp(crop.y * image.height - height / 2, 0, image.height - height),
    width,
    height,
  }
}

/** Draws the cut-out as a JPEG file of the platform's size. */
export async function cutOut(image: HTMLImageElement, shape: CoverShape, crop: Crop): Promise<File> {
  const { width, height } = COVER_SHAPES[shape]
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  const cut = cutOf({ width: image.naturalWidth, height: image.naturalHeight }, shape, crop)
  // transparent pictures would turn black in a JPEG
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.drawImage(image, cut.left, cut.top, cut.width, cut.height, 0, 0, width, height)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  if (blob === null) throw new Error('the picture could not be written')
  return new File([blob], `cover-${shape}.jpg`, { type: 'image/jpeg' })
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), Math.max(low, high))
