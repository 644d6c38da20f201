import { describe, expect, test } from 'vitest'
import { boundsOf, idOf } from './bounds.ts'
import { basicUser } from './decode.ts'
import type { TraitChange } from './fact.ts'
import { happenedAt, instantOf } from './time.ts'
import { foldTraits, type Known } from './traits.ts'

const received = new Date('2026-11-21T08:00:00.000Z')
const ms = (text: string) => Date.parse(text)

describe('when a message happened', () => {
  const at = (given: unknown, sent?: string) =>
    happenedAt(given, { receivedAt: received, sentAt: sent === undefined ? Number.NaN : ms(sent) })

  test.each([
    ['nothing said', undefined, undefined, received, undefined],
    [
      'believed without a time of sending',
      '2026-11-20T00:00:00Z',
      undefined,
      new Date('2026-11-20T00:00:00Z'),
      undefined,
    ],
    ['in ms', ms('2026-11-20T00:00:00Z'), undefined, new Date('2026-11-20T00:00:00Z'), undefined],
    [
      'a clock an hour behind',
      '2026-11-21T06:59:50Z',
      '2026-11-21T07:00:00Z',
      new Date('2026-11-21T07:59:50Z'),
      undefined,
    ],
    [
      'a clock in 1970',
      '1970-01-01T00:00:00Z',
      '1970-01-01T00:00:07Z',
      new Date('2026-11-21T07:59:53Z'),
      undefined,
    ],
    ['ahead by ten minutes', '2026-11-21T08:10:00.000Z', undefined, received, undefined],
    ['ahead by more', '2026-11-21T08:10:00.001Z', undefined, received, '2026-11-21T08:10:00.001Z'],
    [
      'the first instant of 2000 in Beijing',
      '1999-12-31T16:00:00.000Z',
      undefined,
      new Date('1999-12-31T16:00:00Z'),
      undefined,
    ],
    ['the one before', '1999-12-31T15:59:59.999Z', undefined, received, '1999-12-31T15:59:59.999Z'],
    ['no time', 'yesterday', undefined, received, 'yesterday'],
    ['an object', { a: 1 }, undefined, received, '[object Object]'],
  ])('%s', (_name, given, sent, expected, claimed) => {
    expect(at(given, sent)).toEqual(claimed === undefined ? { at: expected } : { at: expected, claimed })
  })

  test('an instant is a number or begins with a day', () => {
    expect(instantOf('5')).toBeNaN()
    expect(instantOf(true)).toBeNaN()
    expect(instantOf('2026-11-21T08:00:00+08:00')).toBe(ms('2026-11-21T00:00:00Z'))
  })
})

describe('bounds, on both sides', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
  test.each([
    [{ a: nested(5) }, undefined],
    [{ a: nested(6) }, 'too_deep'],
    [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [n, n])), undefined],
    [Object.fromEntries(Array.from({ length: 501 }, (_, n) => [n, n])), 'too_many_properties'],
    [{ list: Array(2_000).fill({}) }, undefined],
    [{ list: Array(2_001).fill({}) }, 'too_many_properties'],
    [{ ['x'.repeat(200)]: 1 }, undefined],
    [{ ['x'.repeat(201)]: 1 }, 'property_name_invalid'],
    [{ ['好'.repeat(66)]: 1 }, undefined],
    [{ ['好'.repeat(67)]: 1 }, 'property_name_invalid'],
    [{ a: { 'b\0': 1 } }, 'property_name_invalid'],
  ])('%#', (properties, reason) => {
    expect(boundsOf(properties as Record<string, unknown>)?.reason).toBe(reason)
  })

  test.each([
    [' u1 ', 'u1'],
    [17, '17'],
    ['', undefined],
    [null, undefined],
    ['x'.repeat(256), 'x'.repeat(256)],
    ['x'.repeat(257), null],
    ['a\0', null],
    [Number.NaN, null],
    [['a'], null],
    [true, null],
  ])('id %j', (given, id) => {
    expect(idOf(given)).toBe(id)
  })
})

test('the write key is the user of basic auth', () => {
  const decode = (base64: string) => Buffer.from(base64, 'base64').toString()
  const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  expect(basicUser(header('key:'), decode)).toBe('key')
  expect(basicUser(header('key'), decode)).toBe('key')
  expect(basicUser(header(':secret'), decode)).toBeUndefined()
  expect(basicUser('Bearer x', decode)).toBeUndefined()
  expect(basicUser(undefined, decode)).toBeUndefined()
})

describe('what messages say of a person', () => {
  const said = (minute: number, ...traits: TraitChange[]) => ({
    contactId: '1',
    at: new Date(received.getTime() + minute * 60_000),
    traits,
    forgetsTraits: false,
    isPublic: false,
  })
  const trait = (op: TraitChange['op'], value: unknown): TraitChange => ({ op, key: 'k', value })
  const fold = (items: Parameters<typeof foldTraits>[0], before?: unknown, laterAt = 0) => {
    const known: Known = before === undefined ? new Map() : new Map([['1', new Map([['k', before]])]])
    const isOutdated = (_id: string, _key: string, at: Date) => at.getTime() < laterAt
    return foldTraits(items, { known, isOutdated }).map((change) => change.value)
  }

  test('in the order in which it happened', () => {
    expect(fold([said(2, trait('set', 'late')), said(1, trait('set', 'early'))])).toEqual(['late'])
    expect(fold([said(2, trait('unset', null)), said(1, trait('set', 1))])).toEqual([null])
  })
  test('older than what is stored: a set is passed over, a count is not', () => {
    const later = received.getTime() + 5 * 60_000
    expect(fold([said(1, trait('set', 1))], 9, later)).toEqual([])
    expect(fold([said(1, trait('increment', 1))], 9, later)).toEqual([10])
  })
  test('once, counted, collected', () => {
    expect(fold([said(1, trait('set_once', 'b'))], 'a')).toEqual([])
    expect(fold([said(1, trait('set_once', 'b'))])).toEqual(['b'])
    expect(fold([said(1, trait('increment', 2)), said(2, trait('increment', -0.5))])).toEqual([1.5])
    expect(fold([said(1, trait('increment', 'x'))], 1)).toEqual([])
    expect(fold([said(1, trait('append', ['b', 'b', 'c']))], ['a', 'b'])).toEqual([['a', 'b', 'c']])
    expect(fold([said(1, trait('append', 'a'))], ['a'])).toEqual([])
  })
  test('forgetting takes back what is known and what the batch said before', () => {
    const forget = { ...said(3), forgetsTraits: true }
    expect(fold([said(1, { op: 'set', key: 'other', value: 1 }), forget], 'x')).toEqual([null, null])
    expect(fold([said(4, trait('set', 'new')), forget], 'x')).toEqual(['new'])
  })
})
