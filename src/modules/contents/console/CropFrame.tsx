import { useEffect, useRef, useState } from 'react'
import { COVER_SHAPES, type CoverShape, type Crop, cutOf } from './crop.ts'
import './contents.css'

/** Shows the cut-out in its final shape; dragging moves the picture under it. */
export function CropFrame({
  image,
  shape,
  crop,
  onChange,
}: {
  image: HTMLImageElement
  shape: CoverShape
  crop: Crop
  onChange: (crop: Crop) => void
}) {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0))
    if (frame.current) observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])
  const size = { width: image.naturalWidth, height: image.naturalHeight }
  const cut = cutOf(size, shape, crop)
  const scale = width / cut.width
  const drag = (event: React.PointerEvent) => {
    if (event.buttons !== 1 || scale === 0) return
    const moved = {
      ...crop,
      x: (cut.left + cut.width / 2 - event.movementX / scale) / size.width,
      y: (cut.top + cut.height / 2 - event.movementY / scale) / size.height,
    }
    onChange(moved)
  }
  return (
    <div
      ref={frame}
      className="w-crop"
      style={{
        aspectRatio: COVER_SHAPES[shape].width / COVER_SHAPES[shape].height,
        ...(shape === 'square' && { maxWidth: 320, margin: '0 auto' }),
      }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    >
      <img
        src={image.src}
        alt=""
        style={{
          width: size.width,
          transform: `translate(${-cut.left * scale}px, ${-cut.top * scale}px) scale(${scale})`,
        }}
      />
    </div>
  )
}
