import { z } from 'zod'
import type { Ctx } from '../context.ts'
import type { Endpoint } from '../kernel/endpoint.ts'
import { modules } from '../modules/registry.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1, written from the same declarations that the server validates by. */
export function buildOpenApi(ctx: Ctx): Json {
  const paths: Record<string, Json> = {}
  for (const module of modules) {
    for (const { endpoint } of module.routes ?? []) {
      const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) }
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
      schemas: { Error: errorSchema },
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

function operation(endpoint: Endpoint): Json {
  return {
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.access === 'public' ? { security: [] } : { security: [{ apiKey: [] }, { session: [] }] }),
    'x-permission': endpoint.access,
    parameters: [...parameters('path', endpoint.params), ...parameters('query', endpoint.query)],
    ...(endpoint.body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: describe(endpoint.body, 'input') } },
      },
    }),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: describe(endpoint.response, 'output') } },
      },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function parameters(where: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (schema === undefined) return []
  const described = describe(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(described.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (described.required ?? []).includes(name),
    schema: property,
  }))
}

const describe = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}
