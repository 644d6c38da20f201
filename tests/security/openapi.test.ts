import { afterAll, beforeAll, expect, test } from 'vitest'
import { modules } from '../../src/modules/registry.ts'
import { createTestApi, type TestApi } from '../support/api.ts'
import { type BareWorld, createBareWorld } from './world.ts'

type Schema = Record<string, unknown>
type Operation = {
  summary: string
  tags: string[]
  security: unknown[]
  'x-permission': string
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}
type Document = {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> }
}

let world: BareWorld
let api: TestApi
let document: Document
const endpoints = modules.flatMap((module) => (module.routes ?? []).map((route) => route.endpoint))

beforeAll(async () => {
  world = await createBareWorld('sandbox')
  api = await createTestApi(world.ctx)
  document = (await api.app.inject('/openapi.json')).json()
})
afterAll(async () => {
  await api?.close()
  await world?.close()
})

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('says what it is: OpenAPI 3.1, a title, a version, where the server is', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d$/)
  expect(document.info).toMatchObject({
    title: expect.any(String),
    version: expect.stringMatching(/^\d+\.\d+/),
  })
  expect(document.servers).toEqual([{ url: world.ctx.config.publicUrl }])
})

test('has exactly the calls of the registry, with the permission of each', () => {
  const described = operations().map(
    ({ path, method, operation }) => `${method.toUpperCase()} ${path} ${operation['x-permission']}`,
  )
  const declared = endpoints.map(
    ({ method, path, access }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')} ${access}`,
  )
  expect(described.toSorted()).toEqual(declared.toSorted())
})

test('every operation is whole: summary, tag, security, parameters with a schema, answers', () => {
  for (const { path, method, operation } of operations()) {
    const where = `${method} ${path}`
    expect(operation.summary, where).toMatch(/\S{2}/)
    expect(operation.tags, where).toHaveLength(1)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const told = operation.parameters.filter((one) => one.in === 'path')
    expect(told.map((one) => one.name).toSorted(), where).toEqual(inPath.toSorted())
    expect(
      told.every((one) => one.required),
      where,
    ).toBe(true)
    for (const one of operation.parameters) {
      expect(['path', 'query'], where).toContain(one.in)
      expect(Object.keys(one.schema).length, `${where} ${one.name}`).toBeGreaterThan(0)
    }
    const names = operation.parameters.map((one) => `${one.in} ${one.name}`)
    expect(new Set(names).size, where).toBe(names.length)
    expect(operation.responses, where).toMatchObject({
      200: { description: expect.any(String) },
      default: { description: expect.any(String) },
    })
    if (method === 'get') expect(operation.requestBody, where).toBeUndefined()
    if (operation['x-permission'] === 'public') expect(operation.security, where).toEqual([])
    else expect(operation.security.length, where).toBeGreaterThan(0)
  }
})

test('every security scheme named is described', () => {
  const schemes = Object.keys(document.components.securitySchemes)
  for (const { operation } of operations())
    for (const need of operation.security)
      expect(schemes).toEqual(expect.arrayContaining(Object.keys(need as object)))
})

test('every $ref points at something in the document', () => {
  const refs: string[] = []
  walk(document, (value) => {
    if (typeof value['$ref'] === 'string') refs.push(value['$ref'])
  })
  expect(refs.length).toBeGreaterThan(0)
  for (const ref of new Set(refs)) {
    expect(ref).toMatch(/^#\//)
    const found = ref
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (at, key) => (at as Schema | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      )
    expect(found, ref).toBeDefined()
  }
})

test('no schema holds what JSON Schema 2020-12 doesn’t know of', () => {
  const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
  walk(document.paths, (value) => {
    if (typeof value['type'] === 'string' && 'properties' in value) expect(value['type']).toBe('object')
    if (typeof value['type'] === 'string' && !('in' in value) && !('scheme' in value))
      expect(TYPES).toContain(value['type'])
    expect(value).not.toHaveProperty('nullable')
    expect(value).not.toHaveProperty('$schema')
  })
})

function walk(value: unknown, visit: (value: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit)
  else if (typeof value === 'object' && value !== null) {
    visit(value as Record<string, unknown>)
    for (const one of Object.values(value)) walk(one, visit)
  }
}
