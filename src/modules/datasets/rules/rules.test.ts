import { describe, expect, test } from 'vitest'
import type { Field, FieldType } from '../schema.ts'
import { decide, type Latest } from './decide.ts'
import { readRow } from './row.ts'
import { readValue } from './value.ts'

const field = (type: FieldType, more: Partial<Field> = {}): Field => ({
  id: 1,
  key: 'a',
  name: 'A',
  type,
  options: [],
  personal: false,
  level: 'row',
  ...more,
})

describe('B4: a value is kept as its field says', () => {
  test.each([
    ['text', 'x', 'x'],
    ['text', '', ''],
    ['text', 12, '12'],
    ['text', 'a\0b\ud800', 'ab\ufffd'],
    ['number', '12.50', 12.5],
    ['number', '1,234,567.8', 1_234_567.8],
    ['number', ' -3 ', -3],
    ['number', '1e3', 1000],
    ['number', -0, 0],
    ['number', '', null],
    ['boolean', '是', true],
    ['boolean', 'FALSE', false],
    ['boolean', 0, false],
    ['date', '2026-11-21', '2026-11-21'],
    ['date', '2026/1/5', '2026-01-05'],
    ['date', '2026年1月5日', '2026-01-05'],
    ['date', '2028-02-29', '2028-02-29'],
    ['date', '2026-11-20T16:00:00Z', '2026-11-21'],
    ['instant', '2026-11-21T08:00:00+08:00', '2026-11-21T00:00:00.000Z'],
    ['instant', '2026-11-21 08:00:05', '2026-11-21T00:00:05.000Z'],
    ['instant', '2026/11/21 8:00', '2026-11-21T00:00:00.000Z'],
    ['instant', '2026-11-21', '2026-11-20T16:00:00.000Z'],
    ['instant', 1_795_219_200, '2026-11-21T00:00:00.000Z'],
    ['instant', 1_795_219_200_000, '2026-11-21T00:00:00.000Z'],
    ['enumeration', ' paid ', 'paid'],
    ['text', null, null],
    ['number', undefined, null],
  ] as const)('%s of %j is %j', (type, given, value) => {
    expect(readValue(field(type), given)).toEqual({ ok: true, value })
  })

  test.each([
    ['text', {}, 'not_text'],
    ['text', 'x'.repeat(2_049), 'too_long'],
    ['text', '汉'.repeat(683), 'too_long'],
    ['number', 'twelve', 'not_a_number'],
    ['number', '1,23', 'not_a_number'],
    ['number', Number.NaN, 'not_a_number'],
    ['number', 1.1e15, 'not_a_number'],
    ['number', true, 'not_a_number'],
    ['boolean', 2, 'not_a_boolean'],
    ['boolean', 'maybe', 'not_a_boolean'],
    ['date', '2026-02-29', 'not_a_date'],
    ['date', '2026-13-01', 'not_a_date'],
    ['date', 20261121, 'not_a_date'],
    ['instant', '2026-11-21 25:00', 'not_an_instant'],
    ['instant', 'yesterday', 'not_an_instant'],
    ['instant', 12, 'not_an_instant'],
    ['instant', '1969-01-01', 'not_an_instant'],
  ] as const)('%s of %j is refused: %s', (type, given, reason) => {
    expect(readValue(field(type), given)).toEqual({ ok: false, reason })
  })

  test('an enumeration with options takes no other value, one without takes any', () => {
    const paid = field('enumeration', { options: ['paid', 'sent'] })
    expect(readValue(paid, 'sent')).toEqual({ ok: true, value: 'sent' })
    expect(readValue(paid, 'lost')).toEqual({ ok: false, reason: 'not_an_option' })
    expect(readValue(field('enumeration'), 'lost')).toEqual({ ok: true, value: 'lost' })
  })

  test('the longest text that fits is kept', () => {
    expect(readValue(field('text'), 'x'.repeat(2_048)).ok).toBe(true)
  })
})

describe('B4: a row is read whole, or everything wrong with it is said', () => {
  const fields = {
    row: [field('number', { key: 'amount' }), field('text', { key: 'note' })],
    line: [field('number', { key: 'price', level: 'line' })],
  }
  const good = { key: 'o1', at: '2026-11-21T00:00:00Z' }

  test('what is left out has no value; a number may be a key', () => {
    expect(
      readRow(fields, { key: 7, at: good.at, fields: { amount: '5' }, lines: [{ price: 1 }, {}] }),
    ).toEqual({
      row: {
        deleted: false,
        key: '7',
        updatedAt: null,
        at: new Date(good.at),
        accountId: null,
        person: null,
        values: [5, null],
        lines: [[1], [null]],
      },
    })
  })

  test.each([
    [{ at: good.at }, 'key', 'key_missing'],
    [{ ...good, key: 'x'.repeat(257) }, 'key', 'key_invalid'],
    [{ ...good, key: ' ' }, 'key', 'key_invalid'],
    [{ key: 'o1' }, 'at', 'at_missing'],
    [{ ...good, at: 'soon' }, 'at', 'not_an_instant'],
    [{ ...good, updatedAt: 'x' }, 'updatedAt', 'not_an_instant'],
    [{ ...good, amount: 5 }, 'amount', 'unknown_field'],
    [{ ...good, fields: { amont: 5 } }, 'fields.amont', 'unknown_field'],
    [{ ...good, fields: { amount: 'x' } }, 'fields.amount', 'not_a_number'],
    [{ ...good, fields: [] }, 'fields', 'not_an_object'],
    [{ ...good, lines: {} }, 'lines', 'not_a_list'],
    [{ ...good, lines: [{ price: 1 }, { price: 'x' }] }, 'lines[1].price', 'not_a_number'],
    [{ ...good, lines: [1] }, 'lines[0]', 'not_an_object'],
    [{ ...good, lines: Array.from({ length: 201 }, () => ({})) }, 'lines', 'too_many_lines'],
    [{ ...good, person: { phon: 'x' } }, 'person', 'person_invalid'],
    [{ ...good, person: { user: '汉'.repeat(86) } }, 'person.user', 'person_invalid'],
    [{ ...good, person: { unionid: 'a\0' } }, 'person.unionid', 'person_invalid'],
    [{ ...good, person: { contactId: 'me' } }, 'person.contactId', 'person_invalid'],
    [{ ...good, person: { contactId: '1', user: 'u' } }, 'person.contactId', 'contact_id_not_alone'],
    [{ ...good, deleted: 'yes' }, 'deleted', 'not_a_boolean'],
    [{ ...good, accountId: 'x' }, 'accountId', 'account_unknown'],
  ])('%j is refused at %s: %s', (given, path, reason) => {
    expect(readRow(fields, given)).toMatchObject({ errors: [{ path, reason }] })
  })

  test('all that is wrong is told at once', () => {
    const read = readRow(fields, { fields: { amount: 'x', note: {} }, lines: [{ price: 'y' }] })
    expect('errors' in read && read.errors.map(({ path }) => path)).toEqual([
      'key',
      'at',
      'fields.amount',
      'fields.note',
      'lines[0].price',
    ])
  })

  test('a dataset without lines takes none, an empty list aside', () => {
    const bare = { row: fields.row, line: null }
    expect(readRow(bare, { ...good, lines: [{}] })).toMatchObject({ errors: [{ reason: 'has_no_lines' }] })
    expect(readRow(bare, { ...good, lines: [] })).toHaveProperty('row')
  })

  test('names of the language’s own are no fields', () => {
    expect(
      readRow(fields, JSON.parse(`{"key":"a","at":"${good.at}","fields":{"__proto__":1}}`)),
    ).toMatchObject({
      errors: [{ reason: 'unknown_field' }],
    })
    expect(readRow(fields, { ...good, fields: { constructor: 1 } })).toMatchObject({
      errors: [{ reason: 'unknown_field' }],
    })
  })
})

describe('B4: an older version never overwrites a newer one', () => {
  const now = new Date('2026-11-21T00:00:00Z')
  const earlier = new Date(now.getTime() - 1_000)
  const later = new Date(now.getTime() + 1_000)
  const content = { contactId: '1', accountId: null, at: now, values: [1], lines: [] }
  const latest = (more: Partial<Latest> = {}): Latest => ({
    since: earlier,
    until: null,
    updatedAt: now,
    content,
    ...more,
  })
  const upsert = (updatedAt: Date | null, value = 2) => ({
    deleted: false as const,
    updatedAt,
    content: { ...content, values: [value] },
  })

  test.each([
    ['nothing there', undefined, upsert(null), 'created', ['open']],
    ['an older one', latest(), upsert(later), 'updated', ['close', 'open']],
    ['one as old', latest(), upsert(now), 'updated', ['close', 'open']],
    ['a newer one', latest(), upsert(earlier), 'stale', []],
    ['a newer deletion', latest({ until: now }), upsert(earlier), 'stale', []],
    ['an older deletion', latest({ until: now }), upsert(later), 'created', ['open']],
    ['one of the same instant', latest({ since: now }), upsert(later), 'updated', ['retract', 'open']],
    ['one of a later instant', latest({ since: later }), upsert(null), 'updated', ['retract', 'open']],
    ['the same', latest(), upsert(null, 1), 'unchanged', []],
    ['the same, updated later', latest(), upsert(later, 1), 'unchanged', ['note']],
    ['one to delete', latest(), { deleted: true, updatedAt: null }, 'deleted', ['close']],
    ['a newer one to delete', latest(), { deleted: true, updatedAt: earlier }, 'stale', []],
    [
      'one begun just now',
      latest({ since: now }),
      { deleted: true, updatedAt: null },
      'deleted',
      ['retract', 'note'],
    ],
    ['nothing to delete', undefined, { deleted: true, updatedAt: null }, 'absent', []],
    ['nothing to delete yet', undefined, { deleted: true, updatedAt: now }, 'absent', ['note']],
  ] as const)('%s', (_name, before, change, outcome, steps) => {
    expect(decide(before, change, now)).toMatchObject({ outcome, steps })
  })

  test('versions never overlap, even where clocks differ', () => {
    expect(decide(latest({ since: later }), upsert(null), now).at).toEqual(later)
    expect(decide(latest({ until: later }), upsert(later), now).at).toEqual(later)
  })
})
