import { z } from 'zod'
import type { Ctx } from '../context.ts'
import type { Endpoint } from '../kernel/endpoint.ts'
import { modules } from '../modules/registry.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1, written from the same declarations that the server validates by. */
export function buildOpenApi(ctx: Ctx): Json {
  const paths: Record<string, Json> = {}
  const parts: Parts = new Map()
  for (const module of modules) {
    for (const { endpoint } of module.routes ?? []) {
      const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, parts) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Weida 微达',
      version: '0.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: ctx.config.publicUrl }],
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'weida_session' },
      },
      schemas: {
        Error: errorSchema,
        ...Object.assign({}, ...[...parts.values()].map(({ schemas }) => schemas)),
      },
    },
    paths,
  }
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'reason', 'message', 'detail'],
      properties: {
        code: { type: 'string' },
        reason: { type: 'string' },
        message: { type: 'string' },
        detail: { type: 'object' },
      },
    },
  },
}

function operation(endpoint: Endpoint, parts: Parts): Json {
  return {
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.access === 'public' ? { security: [] } : { security: [{ apiKey: [] }, { session: [] }] }),
    'x-permission': endpoint.access,
    parameters: [
      ...parameters('path', endpoint.params, parts),
      ...parameters('query', endpoint.query, parts),
    ],
    ...(endpoint.body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: describe(endpoint.body, 'input', parts) } },
      },
    }),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: describe(endpoint.response, 'output', parts) } },
      },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function parameters(where: 'path' | 'query', schema: z.ZodType | undefined, parts: Parts): Json[] {
  if (schema === undefined) return []
  const described = describe(schema, 'input', parts) as {
    properties?: Record<string, unknown>
    required?: string[]
  }
  return Object.entries(described.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (described.required ?? []).includes(name),
    schema: property,
  }))
}

/** Schemas that contain themselves, by what they say: their place in the document, and what they are called there. */
type Parts = Map<string, { schemas: Json; names: Map<string, string> }>

function describe(schema: z.ZodType, io: 'input' | 'output', parts: Parts): Json {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  if ($defs === undefined) return rest
  const key = JSON.stringify($defs)
  const known = parts.get(key) ?? name($defs as Json, parts)
  parts.set(key, known)
  return referTo(rest, known.names)
}

/** `#/$defs/x` means the whole document here, so each part gets a name of its own among the components. */
function name($defs: Json, parts: Parts) {
  const before = [...parts.values()].reduce((sum, { names }) => sum + names.size, 0)
  const names = new Map(Object.keys($defs).map((own, at) => [own, `Part${before + at + 1}`]))
  const schemas = Object.fromEntries(
    Object.entries($defs).map(([own, part]) => [names.get(own), referTo(part as Json, names)]),
  )
  return { schemas, names }
}

const referTo = (schema: Json, names: ReadonlyMap<string, string>): Json =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    const own = key === '$ref' ? /^#\/\$defs\/(.+)$/.exec(String(value))?.[1] : undefined
    return own === undefined ? value : `#/components/schemas/${names.get(own)}`
  }) as Json
