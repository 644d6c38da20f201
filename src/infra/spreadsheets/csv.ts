import { isAscii } from 'node:buffer'
import { pipeline, type Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { AppError, invalid } from '../../kernel/errors.ts'

const PEEK_BYTES = 65_536
const LONGEST_RECORD = 1_048_576
/** From the first letter beyond ASCII on, what it takes to tell one encoding from another. */
const TELLING_BYTES = 1_024

/** UTF-8, UTF-16 with its mark, or GB18030 (GBK), as Excel in Chinese saves it; comma, semicolon or tab. */
export async function* readCsv(open: () => Promise<Readable>): AsyncGenerator<string[]> {
  const bytes = (await open())[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    const head = await peek(bytes)
    const parser = parse({
      bom: true,
      delimiter: delimiterOf(new TextDecoder(encodingOf(head)).decode(head)),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD,
    })
    // what breaks on the way breaks the parser too, and is thrown by reading it
    pipeline(decode(pieces(head, bytes)), parser, () => undefined)
    for await (const record of parser as AsyncIterable<string[]>)
      if (record.some((cell) => cell.trim() !== '')) yield record
  } catch (error) {
    throw asRefusal(error)
  } finally {
    await bytes.return?.()
  }
}

async function peek(bytes: AsyncIterator<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  while (size < PEEK_BYTES) {
    const { done, value } = await bytes.next()
    if (done) break
    chunks.push(value)
    size += value.length
  }
  return Buffer.concat(chunks)
}

async function* pieces(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** Until a letter beyond ASCII comes, however late, every encoding reads the same. */
async function* decode(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of bytes) {
    if (decoder === undefined) {
      held = Buffer.concat([held, piece])
      if (isAscii(held)) {
        yield held.toString('latin1')
        held = Buffer.alloc(0)
      }
      const telling = held.findIndex((byte) => byte > 0x7f)
      if (telling === -1 || held.length - telling < TELLING_BYTES) continue
      decoder = new TextDecoder(encodingOf(held), { fatal: true })
    } else held = piece
    yield decoder.decode(held, { stream: true })
    held = Buffer.alloc(0)
  }
  decoder ??= new TextDecoder(encodingOf(held), { fatal: true })
  yield decoder.decode(held)
}

type Encoding = 'utf-8' | 'utf-16le' | 'gb18030'

function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return 'utf-8'
  } catch {
    return 'gb18030'
  }
}

/** The one that stands most often in the first line. */
function delimiterOf(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1)
  const times = (mark: string) => line.split(mark).length
  return [',', '\t', ';'].reduce((best, mark) => (times(mark) > times(best) ? mark : best))
}

function asRefusal(error: unknown): unknown {
  if (error instanceof AppError) return error
  if (error instanceof CsvError)
    return invalid('file_not_table', 'a line of the file can’t be read', { line: error['lines'] ?? null })
  return error instanceof TypeError
    ? invalid('file_not_table', 'the file is neither UTF-8 nor GB18030 text')
    : error
}
