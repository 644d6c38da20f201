import { safeCell } from './safe-cell.ts'
import type { Cell } from './xlsx-write.ts'

/** UTF-8 with its mark, lines ended as spreadsheets do; no text begins a formula. `rows` come in pieces. */
export async function* writeCsv(rows: AsyncIterable<readonly Cell[][]>): AsyncGenerator<Buffer> {
  yield Buffer.from('\ufeff')
  for await (const piece of rows) yield Buffer.from(piece.map(lineOf).join(''))
}

const lineOf = (cells: readonly Cell[]): string => `${cells.map(fieldOf).join(',')}\r\n`

function fieldOf(value: Cell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = safeCell(value.replaceAll('\0', '').toWellFormed())
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
