import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type Cell, readTable, type TableFormat, writeCsv, writeXlsx } from './index.ts'

const piecesOf = async function* (rows: Cell[][]) {
  for (const row of rows) yield [row]
}
const write = { csv: writeCsv, xlsx: writeXlsx }
const bytesOf = (format: TableFormat, rows: Cell[][]) => buffer(Readable.from(write[format](piecesOf(rows))))
async function readBack(format: TableFormat, rows: Cell[][]) {
  const bytes = await bytesOf(format, rows)
  return Array.fromAsync(readTable({ format, open: async () => Readable.from([bytes]) }))
}

const ROWS: Cell[][] = [
  ['姓名', 'a "quoted", b', '两\n行'],
  ['王 & <李>', '  spaces ', '😀'],
  ['x', null, '0001'],
]
test.each(['csv', 'xlsx'] as const)(
  '%s: what was written is read back, character by character',
  async (format) => {
    expect(await readBack(format, ROWS)).toEqual(ROWS.map((row) => row.map((cell) => cell ?? '')))
  },
)

const FORMULAS = ['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")']
test('CSV: no text begins a formula; a number may be negative', async () => {
  const [row = []] = await readBack('csv', [[...FORMULAS, -5]])
  expect(row).toEqual([...FORMULAS.map((text) => `'${text}`), '-5'])
})
test('XLSX: a text that looks like a formula is a quoted text cell, and long digits keep each of them', async () => {
  const long = '123456789012345678'
  expect(await readBack('xlsx', [[...FORMULAS, long, 12.5, 1e20]])).toEqual([
    [...FORMULAS, long, '12.5', '100000000000000000000'],
  ])
  const { sheet, styles } = await partsOf([['=1+1', long, 12.5]])
  expect(sheet).not.toContain('<f>')
  expect(sheet.match(/t="inlineStr" s="1"/g)).toHaveLength(2)
  expect(sheet).toContain('<c><v>12.5</v></c>')
  expect(styles).toContain(
    'numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"',
  )
})

async function partsOf(rows: Cell[][]) {
  const { fromBuffer } = await import('yauzl')
  const bytes = await bytesOf('xlsx', rows)
  const parts = new Map<string, string>()
  await new Promise<void>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error)
      zip.on('end', resolve)
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (failed, stream) => {
          if (failed) return reject(failed)
          parts.set(entry.fileName, (await buffer(stream)).toString())
          zip.readEntry()
        }),
      )
      zip.readEntry()
    }),
  )
  return {
    sheet: parts.get('xl/worksheets/sheet1.xml') ?? '',
    styles: parts.get('xl/styles.xml') ?? '',
  }
}

test('XLSX: what XML forbids is left out, and equal rows make equal bytes', async () => {
  expect(await readBack('xlsx', [['a\u0000b\u0008c\ud800', 'end']])).toEqual([['abc\ufffd', 'end']])
  expect(await bytesOf('xlsx', ROWS)).toEqual(await bytesOf('xlsx', ROWS))
})

test.each(['csv', 'xlsx'] as const)('%s: rows that break off break the file off', async (format) => {
  const broken = async function* () {
    yield [['a']]
    throw new Error('cut off')
  }
  await expect(buffer(Readable.from(write[format](broken())))).rejects.toThrow('cut off')
})
