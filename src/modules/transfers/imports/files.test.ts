import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { writeCsv } from '../../../infra/spreadsheets/index.ts'
import { createImportWorld, type ImportWorld } from './test-world.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await createImportWorld()
})
afterAll(() => world?.close())

describe('F1: files as people save them', () => {
  test('a file that was exported, with what would be a formula made safe, is imported as it was', async () => {
    const mapping = { attributes: [{ column: '备注', key: 'note', type: 'text' }] }
    const told = [
      ['safe1', '=王', '-A1'],
      ['safe2', '@李', "it's"],
      ['+safe3', '+韩', "'quoted'"],
    ]
    const table = async function* () {
      yield [['编号', '姓名', '备注'], ...told]
    }
    const file = Buffer.concat(await Array.fromAsync(writeCsv(table())))
    expect(file.toString()).toContain("'=王")
    expect((await world.run(file, { mapping })).counts).toEqual({ created: 3 })
    for (const [user = '', name, note] of told) {
      const person = await world.personOf(user)
      expect(await world.one('select name from contacts where id = $1', [person])).toBe(name)
      expect(
        await world.one(
          `select text_value from contact_attributes v join attributes a on a.id = v.attribute_id
           where a.key = 'note' and v.contact_id = $1`,
          [person],
        ),
      ).toBe(note)
    }
  })

  test('rows too long to be written many at once are each written once', async () => {
    const mapping = { attributes: [{ column: '备注', key: 'long_note', type: 'text' }] }
    const rows = Array.from({ length: 12 }, (_, n) => `long${n},${'x'.repeat(900_000)},${n}`)
    const { counts, progress } = await world.run(`编号,说明,备注,姓名\n${rows.join('\n')}`, { mapping })
    expect([counts, progress]).toEqual([{ created: 12 }, { done: 12, total: 12 }])
  })

  test('GB18030, and XLSX with numbers as numbers', async () => {
    // 编号,姓名 / g1,王
    const gbk = Buffer.from([
      0xb1, 0xe0, 0xba, 0xc5, 0x2c, 0xd0, 0xd5, 0xc3, 0xfb, 0x0a, 0x67, 0x31, 0x2c, 0xcd, 0xf5, 0x0a,
    ])
    expect((await world.run(gbk)).counts).toEqual({ created: 1 })
    expect(await world.one('select name from contacts where id = $1', [await world.personOf('g1')])).toBe(
      '王',
    )
    const book = await workbook(
      `<row><c t="inlineStr"><is><t>编号</t></is></c><c t="inlineStr"><is><t>姓名</t></is></c><c t="inlineStr"><is><t>手机</t></is></c></row>
       <row><c t="inlineStr"><is><t>x1</t></is></c><c t="inlineStr"><is><t>表格</t></is></c><c><v>13700000001</v></c></row>`,
    )
    expect(
      (await world.run(book, { mapping: { identities: { user: '编号', phone: '手机' } } })).counts,
    ).toEqual({
      created: 1,
    })
    expect(
      await world.one(
        `select contact_id from contact_identities where kind = 'phone' and value = '+8613700000001'`,
      ),
    ).toBe(await world.personOf('x1'))
  })

  test('what is no table, or empty, is refused', async () => {
    await expect(world.upload('\u00d0\0')).rejects.toMatchObject({ reason: 'file_not_table' })
    await expect(world.upload('\n\n')).rejects.toMatchObject({ reason: 'file_empty' })
  })
})

async function workbook(rows: string): Promise<Buffer> {
  const zip = new ZipFile()
  const add = (name: string, xml: string) => zip.addBuffer(Buffer.from(xml), name)
  add('xl/workbook.xml', '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>')
  add(
    'xl/_rels/workbook.xml.rels',
    '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>',
  )
  add('xl/worksheets/s.xml', `<worksheet><sheetData>${rows}</sheetData></worksheet>`)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
