import { expect, test } from 'vitest'
import type { AppError } from '../../kernel/errors.ts'
import { readOpenids } from './openid-file.ts'

/** In pieces of one byte, so that nothing depends on where a chunk ends. */
async function* bytes(text: string | Uint8Array) {
  for (const byte of typeof text === 'string' ? new TextEncoder().encode(text) : text)
    yield Uint8Array.of(byte)
}
const read = (text: string | Uint8Array) => Array.fromAsync(readOpenids(bytes(text)))
const reasonOf = (text: string | Uint8Array) =>
  read(text).then(
    () => undefined,
    (error: AppError) => error.reason,
  )

test.each([
  ['one a line', 'oA\noB\n', ['oA', 'oB']],
  ['Windows line ends, no end of line at the end', 'oA\r\noB', ['oA', 'oB']],
  ['blank lines and blanks', '\n oA \n\n\noB\n\n', ['oA', 'oB']],
  ['a heading alone', 'openid\noA\n', ['oA']],
  ['a byte order mark', '\ufeffOpenID\noA\n', ['oA']],
  ['a column among others', 'name,openid,city\n小王,oA,北京\n"李, 四","oB",\n', ['oA', 'oB']],
  ['semicolons', 'id;openid\n1;oA\n', ['oA']],
  ['tabs', 'openid\tid\noA\t1\n', ['oA']],
  ['quoted line breaks and quotes', 'note,openid\n"a\n""b""",oA\n', ['oA']],
  ['rows that are too short', 'name,openid\n小王\n李四,oB\n', ['oB']],
  ['nothing', '', []],
])('%s', async (_name, text, openids) => {
  expect(await read(text)).toEqual(openids)
})

test('several columns without a heading name no openid', async () => {
  expect(await reasonOf('小王,oA\n')).toBe('openid_column_missing')
})

test('a spreadsheet or a picture is no list', async () => {
  expect(await reasonOf(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe))).toBe('file_not_text')
  expect(await reasonOf('o\0A\n')).toBe('file_not_text')
  expect(await reasonOf(`"${'x'.repeat(20_000)}`)).toBe('file_not_text')
})
