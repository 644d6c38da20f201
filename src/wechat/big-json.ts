/** A run of 16 digits is the shortest that can leave the safe range (2^53 − 1 = 9007199254740991). */
const longDigits = /\d{16}/
const integerLiteral = /^-?\d+$/

type ReviverContext = { source?: string }
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: ReviverContext) => unknown,
) => unknown
/** The standard reviver has a third argument with the literal's source text; TypeScript's lib lags behind. */
const parseWithSource = JSON.parse as ParseWithSource
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/**
 * `JSON.parse` that hands integers beyond 2^53 over as decimal strings instead of corrupting them; all other values
 * are as usual. Throws SyntaxError like `JSON.parse`.
 */
export function parseBigJson(text: string): unknown {
  if (!longDigits.test(text)) return JSON.parse(text)
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source && integerLiteral.test(source)
      ? source
      : value,
  )
}

/**
 * JSON as the platform wants it: no `\u` escapes, which some of its interfaces refuse and others show as they are.
 * Control characters that JSON can only write that way are dropped, half surrogates become U+FFFD, and a bigint is
 * written as an integer of any length.
 */
export function stringifyBigJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === 'bigint') return rawJson(entry.toString())
    return typeof entry === 'string' ? printable(entry) : entry
  })
}

const printable = (text: string) => text.toWellFormed().replace(/[\u0000-\u0007\u000b\u000e-\u001f]/g, '')
