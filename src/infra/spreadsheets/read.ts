import type { Readable } from 'node:stream'
import { readCsv } from './csv.ts'
import { readXlsx } from './xlsx.ts'

export type TableFormat = 'csv' | 'xlsx'
/** Opened anew for every reading. */
export type TableFile = { format: TableFormat; open(): Promise<Readable> }

/** By the first bytes, whatever the name says; undefined for what is neither (old `.xls` files, pictures, PDF). */
export function formatOf(head: Uint8Array): TableFormat | undefined {
  const begins = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte)
  if (begins(0x50, 0x4b, 0x03, 0x04)) return 'xlsx'
  return begins(0xd0, 0xcf, 0x11, 0xe0) || (head.includes(0) && !begins(0xff, 0xfe)) ? undefined : 'csv'
}

/**
 * The rows of a table as texts, the heading first, in bounded memory; blank rows are left out. Instants of an XLSX file
 * come as `2026-11-21 08:00:00`, days as `2026-11-21`. Throws `file_not_table` for what can't be read.
 */
export const readTable = ({ format, open }: TableFile): AsyncGenerator<string[]> =>
  format === 'csv' ? readCsv(open) : readXlsx(open)
