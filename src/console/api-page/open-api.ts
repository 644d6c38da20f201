/** The parts of OpenAPI 3.1 that our own description uses. */
export type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  const?: unknown
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  default?: unknown
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  additionalProperties?: Schema | boolean
  $ref?: string
}
export type Parameter = { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }
export type Operation = {
  summary: string
  tags: string[]
  parameters: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
  'x-permission': string
}
export type OpenApi = { servers: { url: string }[]; paths: Record<string, Record<string, Operation>> }
export type Call = { method: string; path: string; operation: Operation }

export const callsOf = (api: OpenApi): Call[] =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )

/** A type in a few signs: `string(datetime)`, `"all" | "tag"`, `object[]`. */
export function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const parts = schema.oneOf ?? schema.anyOf
  if (parts) return [...new Set(parts.map(typeText))].join(' | ')
  if (schema.type === 'array') return `${schema.items ? wrap(typeText(schema.items)) : 'any'}[]`
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any')
  return schema.format === undefined ? type : `${type}(${schema.format})`
}

const wrap = (text: string): string => (text.includes('|') ? `(${text})` : text)

/** Bounds as `1–60` and the default, where there are any. */
export function boundsText(schema: Schema): string {
  const low = schema.minimum ?? schema.minLength ?? schema.minItems
  const high = schema.maximum ?? schema.maxLength ?? schema.maxItems
  const shown = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? '' : String(bound)
  const range = shown(low) === '' && shown(high) === '' ? '' : `${shown(low)}…${shown(high)}`
  return [range, schema.default === undefined ? '' : `= ${JSON.stringify(schema.default)}`]
    .filter(Boolean)
    .join('  ')
}

/** An example value that fits a schema, for the sample call. */
export function exampleOf(schema: Schema, depth = 0): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const first = schema.oneOf?.[0] ?? schema.anyOf?.[0]
  if (first) return exampleOf(first, depth)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object') {
    if (depth > 4) return {}
    const required = schema.required ?? []
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => required.includes(name) || depth === 0)
        .map(([name, part]) => [name, exampleOf(part, depth + 1)]),
    )
  }
  if (type === 'array') return schema.items && depth <= 4 ? [exampleOf(schema.items, depth + 1)] : []
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1)
  if (type === 'boolean') return true
  if (schema.format === 'date-time') return '2026-11-21T09:00:00Z'
  if (schema.format === 'email') return 'name@example.com'
  return '…'
}

export function curlOf({ method, path, operation }: Call, server: string): string {
  const lines = [`curl -X ${method} '${server}${path}'`, "  -H 'Authorization: Bearer $WEIDA_KEY'"]
  const body = operation.requestBody?.content['application/json']?.schema
  if (body)
    lines.push("  -H 'Content-Type: application/json'", `  -d '${JSON.stringify(exampleOf(body), null, 2)}'`)
  return lines.join(' \\\n')
}
