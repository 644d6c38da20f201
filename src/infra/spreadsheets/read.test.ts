import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { formatOf, readTable, type TableFormat } from './index.ts'

const rowsOf = async (bytes: Uint8Array | readonly Uint8Array[], format: TableFormat = 'csv') => {
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes
  const rows: string[][] = []
  for await (const row of readTable({
    format,
    open: async () => Readable.from(chunks, { objectMode: false }),
  }))
    rows.push(row)
  return rows
}
const utf8 = (text: string) => Buffer.from(text, 'utf8')

describe('F2: a CSV file as people have it', () => {
  test.each([
    ['comma', 'a,b\n1,2\n'],
    ['semicolon', 'a;b\r\n1;2'],
    ['tab', 'a\tb\n1\t2\n'],
    ['with a mark', '\ufeffa,b\n1,2\n'],
    ['with blank lines', '\na,b\n\n , \n1,2\n\n'],
    ['quoted', '"a",b\n"1","2"\n'],
  ])('%s', async (_name, text) => {
    expect(await rowsOf(utf8(text))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  test('quotes, line breaks in a cell, and rows of uneven length', async () => {
    expect(await rowsOf(utf8('a,b\n"x ""y""","1\n2"\nz\n'))).toEqual([['a', 'b'], ['x "y"', '1\n2'], ['z']])
  })

  test('Chinese in UTF-8, GB18030 and UTF-16, also where a letter is cut between two chunks', async () => {
    const gbk = Buffer.from('b6a9b5a5bac52cbdf0b6ee0a312c320a', 'hex')
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('订单号,金额\n1,2\n', 'utf16le')])
    for (const bytes of [utf8('订单号,金额\n1,2\n'), gbk, utf16]) {
      const table = [
        ['订单号', '金额'],
        ['1', '2'],
      ]
      expect(await rowsOf(bytes)).toEqual(table)
      expect(await rowsOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(table)
    }
  })

  test('Chinese that begins far into the file is read in its own encoding, also where its first letter is cut', async () => {
    const line = 'a,b\n'
    for (const length of [70_000, 65_536 + line.length - 1]) {
      const ascii = Buffer.from(`${'x'.repeat(length - line.length)}${line}`)
      for (const [letters, encoded] of [
        ['订单号', utf8('订单号')],
        ['订单号', Buffer.from('b6a9b5a5bac5', 'hex')],
      ] as const) {
        const bytes = Buffer.concat([ascii, encoded])
        const pieces = Array.from({ length: Math.ceil(bytes.length / 4_097) }, (_, n) =>
          bytes.subarray(n * 4_097, (n + 1) * 4_097),
        )
        for (const chunks of [[bytes], pieces, [bytes.subarray(0, length + 1), bytes.subarray(length + 1)]])
          expect((await rowsOf(chunks)).at(-1)).toEqual([letters])
      }
    }
  })

  test('an empty file has no rows; one that is no text after all is refused', async () => {
    expect(await rowsOf(Buffer.alloc(0))).toEqual([])
    const broken = Buffer.concat([Buffer.alloc(70_000, 'a,b\n'), Buffer.from([0xff, 0xff, 0xff, 0x0a])])
    await expect(rowsOf(broken)).rejects.toMatchObject({ reason: 'file_not_table' })
  })

  test('a hundred thousand rows come in order', async () => {
    let next = 0
    const line = (n: number) => utf8(`${n},第${n}行\n`)
    const open = async () => Readable.from(Array.from({ length: 100_000 }, (_, n) => line(n)))
    for await (const [id] of readTable({ format: 'csv', open })) expect(id).toBe(String(next++))
    expect(next).toBe(100_000)
  })
})

async function workbook(parts: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, xml] of Object.entries(parts)) zip.addBuffer(utf8(xml), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
/** The same archive, whose directory says another size of every part. */
function sized(archive: Buffer, size: number): Buffer {
  const changed = Buffer.from(archive)
  for (let at = changed.indexOf('PK\x01\x02'); at !== -1; at = changed.indexOf('PK\x01\x02', at + 4))
    changed.writeUInt32LE(size, at + 24)
  return changed
}
const sheet = (rows: string, more: Record<string, string> = {}) =>
  workbook({
    'xl/workbook.xml': `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="rId3"/><sheet name="b" r:id="rId4"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId4" Target="worksheets/other.xml"/><Relationship Id="rId3" Target="worksheets/first.xml"/></Relationships>`,
    'xl/worksheets/first.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    ...more,
  })

describe('F2: an XLSX file', () => {
  test('texts kept apart and in place, numbers, truths, dates and gaps', async () => {
    const bytes = await sheet(
      `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>日期</t></is></c></row>
       <row r="2"/>
       <row r="3"><c r="A3"><v>13800138000</v></c><c r="B3" t="b"><v>1</v></c><c r="C3"><v>1.5E-2</v></c><c r="D3" s="1"><v>46347</v></c>
         <c r="E3" s="2"><v>46347.3333333333</v></c><c r="F3" t="str"><v>=1+1</v></c><c r="G3" t="e"><v>#N/A</v></c></row>`,
      {
        'xl/sharedStrings.xml': `<sst><si><t>订单</t><rPh><t>x</t></rPh></si><si><r><t>金</t></r><r><t xml:space="preserve">额 </t></r></si></sst>`,
        'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
          <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
      },
    )
    expect(formatOf(bytes)).toBe('xlsx')
    expect(await rowsOf(bytes, 'xlsx')).toEqual([
      ['订单', '金额 ', '', '日期'],
      ['13800138000', 'true', '0.015', '2026-11-21', '2026-11-21 08:00:00', '=1+1', ''],
    ])
  })

  test.each([
    ['no archive', Buffer.from('PK\x03\x04 and no more')],
    ['no workbook', workbook({ 'a.txt': 'x' })],
    ['a broken part', sheet('<row><c></row>')],
    ['a document type', workbook({ 'xl/workbook.xml': '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>' })],
  ])('%s is refused', async (_name, bytes) => {
    await expect(rowsOf(await bytes, 'xlsx')).rejects.toMatchObject({ reason: 'file_not_table' })
  })

  const texts = (count: number, one: string) => one.repeat(count)
  test.each([
    ['one long text', 'cell_too_long', () => sheet(`<row><c t="inlineStr"><is><t>${texts(70_000, 'a')}`)],
    [
      'many short runs of text in a cell',
      'cell_too_long',
      () => sheet(`<row><c t="inlineStr"><is>${texts(70_000, '<r><t>a</t></r>')}</is></c></row>`),
    ],
    [
      'a text kept apart that is too long for a cell',
      'cell_too_long',
      () => sheet('', { 'xl/sharedStrings.xml': `<sst><si>${texts(70_000, '<r><t>a</t></r>')}</si></sst>` }),
    ],
    [
      'many long cells in one row',
      'workbook_too_large',
      () => sheet(`<row>${texts(20, `<c t="inlineStr"><is><t>${texts(60_000, 'a')}</t></is></c>`)}</row>`),
    ],
    [
      'a tag without an end',
      'workbook_too_large',
      () => sheet(`<row><c r="${texts(2_000_000, 'a')}"/></row>`),
    ],
    ['a comment without an end', 'workbook_too_large', () => sheet(`<!--${texts(2_000_000, 'a')}--><row/>`)],
    [
      'more texts than there is room for, though each is empty',
      'workbook_too_large',
      () => sheet('', { 'xl/sharedStrings.xml': `<sst>${texts(9_000_000, '<si/>')}</sst>` }),
    ],
    [
      'more styles than a workbook has',
      'workbook_too_large',
      () =>
        sheet('', {
          'xl/styles.xml': `<styleSheet><cellXfs>${texts(70_000, '<xf/>')}</cellXfs></styleSheet>`,
        }),
    ],
    [
      'more formats than a workbook has',
      'workbook_too_large',
      () =>
        sheet('', {
          'xl/styles.xml': `<styleSheet>${Array.from({ length: 70_000 }, (_, n) => `<numFmt numFmtId="${n}"/>`).join('')}</styleSheet>`,
        }),
    ],
    [
      'parts that say they unpack to 12 GB',
      'workbook_too_large',
      async () => sized(await sheet('<row/>'), 0xfffffff0),
    ],
    [
      'a part that unpacks to more than it says',
      'file_not_table',
      async () => sized(await sheet('<row/>'), 4),
    ],
  ])('a bomb is refused with its reason: %s', async (_name, reason, make) => {
    await expect(rowsOf(await make(), 'xlsx')).rejects.toMatchObject({ reason })
  })

  test('a cell as long as a workbook allows is read whole', async () => {
    const text = '长'.repeat(32_767)
    const bytes = await sheet(`<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`)
    expect(await rowsOf(bytes, 'xlsx')).toEqual([[text]])
  })

  test('what is neither is told apart by its first bytes', () => {
    expect(formatOf(utf8('a,b'))).toBe('csv')
    expect(formatOf(Buffer.from([0xff, 0xfe, 0x61, 0]))).toBe('csv')
    expect(formatOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).toBeUndefined()
    expect(formatOf(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]))).toBeUndefined()
  })
})
