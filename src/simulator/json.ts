declare global {
  interface JSON {
    /** A fragment that `JSON.stringify` writes as it is (ES2026, in Node 24). */
    rawJSON(text: string): unknown
  }
}

type Context = { source: string }

/** Integers that a JavaScript number can't hold arrive as decimal strings. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  const keepDigits = (_key: string, value: unknown, context?: Context): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context && /^-?\d+$/.test(context.source)
      ? context.source
      : value
  return JSON.parse(text, keepDigits)
}

/** Writes bigint as a bare JSON number, the way the real platform writes its 64-bit ids. */
export const writeJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? JSON.rawJSON(item.toString()) : item,
  )

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
