import { layoutOf } from './layout.ts'

/** A code as an SVG for print: one path, and the logo in it as it was uploaded. */
export function drawSvg(text: string, { size, logo }: { size: number; logo: Buffer | null }): string {
  const layout = layoutOf(text, logo !== null)
  const runs: string[] = []
  for (let y = 0; y < layout.size; y += 1)
    for (let x = 0; x < layout.size; x += 1) {
      if (!layout.dark(x, y)) continue
      const from = x
      while (layout.dark(x + 1, y)) x += 1
      runs.push(`M${from} ${y}h${x + 1 - from}v1H${from}z`)
    }
  const { from, size: side } = layout.logo
  const image =
    logo === null
      ? ''
      : `<image x="${from}" y="${from}" width="${side}" height="${side}" href="data:image/png;base64,${logo.toString('base64')}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${layout.size} ${layout.size}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="${runs.join('')}"/>${image}</svg>`
}
