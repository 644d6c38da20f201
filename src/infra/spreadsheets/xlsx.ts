import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SaxesParser } from 'saxes'
import { AppError, invalid } from '../../kernel/errors.ts'
import { openZip, type Zip } from './zip.ts'

/** Characters of texts that a workbook may keep apart from its cells: they must be at hand while it is read. */
const MOST_SHARED_CHARACTERS = 64 * 1024 * 1024
/** What each of them costs besides, in characters. */
const SHARED_TEXT_COST = 8
const MOST_COLUMNS = 1_000
/** Twice what a workbook allows. */
const MOST_CELL_CHARACTERS = 65_536
/** The same as of a line of CSV. */
const MOST_ROW_CHARACTERS = 1_048_576
/** The parser holds a tag, a text or a comment until it ends. */
const LONGEST_TOKEN = 1_048_576
/** A workbook allows 64,000. */
const MOST_STYLES = 65_536

/**
 * The first sheet of a workbook. The file is kept on disk meanwhile: its parts can't be read in order. What would unpack to
 * more than memory holds is refused with `cell_too_long` or `workbook_too_large`, anything unreadable with `file_not_table`.
 */
export async function* readXlsx(open: () => Promise<Readable>): AsyncGenerator<string[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'weida-xlsx-'))
  const file = path.join(directory, 'workbook')
  try {
    await pipeline(await open(), createWriteStream(file, { mode: 0o600 }))
    const zip = await openZip(file)
    try {
      yield* readSheet(zip)
    } finally {
      zip.close()
    }
  } catch (error) {
    throw error instanceof AppError
      ? error
      : invalid('file_not_table', 'the file is no XLSX workbook that can be read')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

type Tag = { name: string; attributes: Record<string, string> }
type Handlers = { open?(tag: Tag): void; text?(text: string): void; close?(name: string): void }

const tooLarge = () => invalid('workbook_too_large', 'the workbook holds too much once unpacked')
const longer = (text: string, piece: string): string => {
  if (text.length + piece.length > MOST_CELL_CHARACTERS)
    throw invalid('cell_too_long', 'a cell holds too much text', { max: MOST_CELL_CHARACTERS })
  return text + piece
}

/** Runs handlers over a part; hands control back after every piece of it. Names without their prefix. */
async function* walk(part: Readable, handlers: Handlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ fragment: false })
  let told = 0
  const bare = (name: string) => name.slice(name.indexOf(':') + 1)
  parser.on('error', (error) => {
    throw error
  })
  parser.on('doctype', () => {
    throw new Error('a workbook has no document type')
  })
  parser.on('opentag', ({ name, attributes }) => {
    told = parser.position
    handlers.open?.({ name: bare(name), attributes: attributes as Record<string, string> })
  })
  parser.on('text', (text) => {
    told = parser.position
    handlers.text?.(text)
  })
  parser.on('closetag', ({ name }) => {
    told = parser.position
    handlers.close?.(bare(name))
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of part as AsyncIterable<Buffer>) {
    parser.write(decoder.decode(chunk, { stream: true }))
    if (parser.position - told > LONGEST_TOKEN) throw tooLarge()
    yield
  }
  parser.write(decoder.decode())
  parser.close()
  yield
}

async function read(zip: Zip, name: string, handlers: Handlers): Promise<void> {
  const part = await zip.open(name)
  if (part !== undefined) for await (const _ of walk(part, handlers));
}

async function* readSheet(zip: Zip): AsyncGenerator<string[]> {
  const { sheet, since1904 } = await findSheet(zip)
  const shared = await readSharedTexts(zip)
  const dates = await readDateStyles(zip)
  const part = await zip.open(sheet)
  if (part === undefined) throw new Error('the workbook has no sheet')
  const rows: string[][] = []
  const cells = sheetReader({ shared, dates, since1904, emit: (row) => rows.push(row) })
  for await (const _ of walk(part, cells)) {
    for (const row of rows) if (row.some((cell) => cell.trim() !== '')) yield row
    rows.length = 0
  }
}

async function findSheet(zip: Zip): Promise<{ sheet: string; since1904: boolean }> {
  let relation: string | undefined
  let since1904 = false
  await read(zip, 'xl/workbook.xml', {
    open({ name, attributes }) {
      if (name === 'sheet') relation ??= attributes['r:id'] ?? ''
      if (name === 'workbookPr') since1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
    },
  })
  let sheet = 'xl/worksheets/sheet1.xml'
  await read(zip, 'xl/_rels/workbook.xml.rels', {
    open({ attributes: { Id, Target = '' } }) {
      if (Id === relation) sheet = Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`
    },
  })
  return { sheet, since1904 }
}

async function readSharedTexts(zip: Zip): Promise<string[]> {
  const texts: string[] = []
  let characters = 0
  let text = ''
  let inText = false
  let phonetic = false
  await read(zip, 'xl/sharedStrings.xml', {
    open({ name }) {
      if (name === 'si') text = ''
      if (name === 'rPh') phonetic = true
      if (name === 't') inText = !phonetic
    },
    text(piece) {
      if (inText) text = longer(text, piece)
    },
    close(name) {
      if (name === 't') inText = false
      if (name === 'rPh') phonetic = false
      if (name !== 'si') return
      texts.push(text)
      characters += text.length + SHARED_TEXT_COST
      if (characters > MOST_SHARED_CHARACTERS) throw tooLarge()
    },
  })
  return texts
}

/** Formats of the standard that show a date or a time of day. */
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47])
const isDateFormat = (id: number): boolean =>
  DATE_FORMATS.has(id) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
const showsDate = (code: string): boolean => /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ''))

/** Which styles of cells show dates. */
async function readDateStyles(zip: Zip): Promise<boolean[]> {
  const own = new Map<number, boolean>()
  const styles: boolean[] = []
  let inCells = false
  await read(zip, 'xl/styles.xml', {
    open({ name, attributes }) {
      if (name === 'numFmt')
        own.set(Number(attributes['numFmtId']), showsDate(attributes['formatCode'] ?? ''))
      if (own.size > MOST_STYLES) throw tooLarge()
      if (name === 'cellXfs') inCells = true
      if (name !== 'xf' || !inCells) return
      const id = Number(attributes['numFmtId'] ?? 0)
      styles.push(own.get(id) ?? isDateFormat(id))
      if (styles.length > MOST_STYLES) throw tooLarge()
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return styles
}

type Workbook = { shared: readonly string[]; dates: readonly boolean[]; since1904: boolean }

function sheetReader({ emit, ...workbook }: Workbook & { emit(row: string[]): void }): Handlers {
  let row: string[] = []
  let characters = 0
  let column = 0
  let cell: Record<string, string> = {}
  let value = ''
  let inValue = false
  let phonetic = false
  return {
    open({ name, attributes }) {
      if (name === 'row') {
        row = []
        characters = 0
      } else if (name === 'c') {
        cell = attributes
        column = attributes['r'] === undefined ? row.length : columnOf(attributes['r'])
        value = ''
      } else if (name === 'rPh') phonetic = true
      else if (name === 'v' || name === 't') inValue = !phonetic
    },
    text(piece) {
      if (inValue) value = longer(value, piece)
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'c' && column < MOST_COLUMNS) {
        while (row.length < column) row.push('')
        const text = textOf(cell, value, workbook)
        characters += text.length
        if (characters > MOST_ROW_CHARACTERS) throw tooLarge()
        row[column] = text
      } else if (name === 'row') emit(row)
    },
  }
}

const columnOf = (reference: string): number => {
  let column = 0
  for (const letter of reference) {
    if (letter < 'A' || letter > 'Z') break
    column = column * 26 + letter.charCodeAt(0) - 64
  }
  return column - 1
}

function textOf(cell: Record<string, string>, value: string, { shared, dates, since1904 }: Workbook): string {
  switch (cell['t'] ?? 'n') {
    case 's':
      return shared[Number(value)] ?? ''
    case 'b':
      return value === '1' ? 'true' : 'false'
    case 'n':
      if (value === '') return ''
      if (dates[Number(cell['s'] ?? -1)] === true) return dateText(Number(value), since1904)
      return /e/i.test(value) ? String(Number(value)) : value
    case 'd':
      return value
    case 'e':
      return ''
    default:
      return value
  }
}

const DAY_MS = 86_400_000
/** Day 0 of a workbook: 1899-12-30 makes the days after February 1900 right; earlier ones nobody has. */
const EPOCH = Date.UTC(1899, 11, 30)
const EPOCH_1904 = Date.UTC(1904, 0, 1)

/** A day, or a day with its time as the wall shows it; whole seconds. */
function dateText(serial: number, since1904: boolean): string {
  const ms = Math.round((serial * DAY_MS) / 1000) * 1000 + (since1904 ? EPOCH_1904 : EPOCH)
  if (!Number.isFinite(serial) || Math.abs(ms) > 8.64e15) return ''
  const iso = new Date(ms).toISOString()
  return Number.isInteger(serial) ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ')
}
