import { expect, test } from 'vitest'
import { boundsText, curlOf, exampleOf, type Schema, typeText } from './open-api.ts'

test.each<[Schema, string]>([
  [{ type: 'string', format: 'date-time' }, 'string(date-time)'],
  [{ enum: ['a', 'b'] }, '"a" | "b"'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, '(string | null)[]'],
  [{ const: 'tag' }, '"tag"'],
])('G8: %o reads as %s', (schema, text) => {
  expect(typeText(schema)).toBe(text)
})

test('G8: bounds show what is set, not the widest number there is', () => {
  expect(boundsText({ type: 'integer', minimum: 1, maximum: 200, default: 50 })).toBe('1…200  = 50')
  expect(boundsText({ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 })).toBe('')
})

test('G8: the sample call has a body that names every required field', () => {
  const schema: Schema = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 3 } },
  }
  expect(exampleOf(schema)).toEqual({ name: '…', size: 3 })
  const operation = {
    summary: '',
    tags: [],
    parameters: [],
    responses: {},
    'x-permission': 'public',
    requestBody: { content: { 'application/json': { schema } } },
  }
  expect(curlOf({ method: 'POST', path: '/api/x', operation }, 'http://h')).toContain(
    "-X POST 'http://h/api/x'",
  )
})
