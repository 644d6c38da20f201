import { invalid } from '../../kernel/errors.ts'

/**
 * Openids of a text or CSV file as they come, in bounded memory: one a line, or the column `openid` of a table with a
 * heading (comma, semicolon or tab; quotes as in RFC 4180). Blank lines are left out. `file_not_text` for anything
 * that is no text; UTF-8, also with a byte order mark.
 */
export async function* readOpenids(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let column: number | undefined
  for await (const cells of readRows(bytes)) {
    if (column === undefined) {
      const heading = cells.findIndex((cell) => cell.trim().toLowerCase() === 'openid')
      column = Math.max(heading, 0)
      if (heading >= 0) continue
      if (cells.length > 1)
        throw invalid('openid_column_missing', 'the file has several columns, none named openid')
    }
    const openid = cells[column]?.trim()
    if (openid) yield openid
  }
}

const LONGEST_CELL = 10_000

/** Rows of cells; a cell may hold line breaks where it is quoted. */
async function* readRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let row: string[] = []
  let cell = ''
  let quoted = false
  let quoteBefore = false
  const rows: string[][] = []
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  const take = (char: string) => {
    if (char === '"') {
      // a doubled quote inside a quoted cell is a quote
      if (!quoted && quoteBefore) cell += '"'
      quoteBefore = quoted
      quoted = !quoted
      return
    }
    quoteBefore = false
    if (quoted) cell += char
    else if (char === ',' || char === ';' || char === '\t') endCell()
    else if (char === '\n') {
      endCell()
      rows.push(row)
      row = []
    } else if (char !== '\r') cell += char
  }
  for await (const text of decode(bytes)) {
    for (const char of text) take(char)
    if (cell.length > LONGEST_CELL) throw invalid('file_not_text', 'the file is no list of openids')
    yield* rows.splice(0)
  }
  endCell()
  yield row
}

async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes) {
      const text = decoder.decode(chunk, { stream: true })
      if (text.includes('\0')) throw new TypeError('binary')
      yield text
    }
    yield decoder.decode()
  } catch (error) {
    if (error instanceof TypeError) throw invalid('file_not_text', 'the file is not UTF-8 text')
    throw error
  }
}
