import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type VariableFormat, variableFormat } from '../schema.ts'
import { formatValue } from './format.ts'

const as = (format: object): VariableFormat => variableFormat.parse(format)

describe('variables: a value as it is written', () => {
  test.each([
    ['a day', '2026-11-21', {}, '2026年11月21日'],
    ['a day, early', '2026-01-05', { pattern: 'M月D日' }, '1月5日'],
    ['a day by numbers', '2026-01-05', { pattern: 'YYYY-MM-DD' }, '2026-01-05'],
    [
      'an instant before midnight in UTC',
      '2026-11-21T16:30:00Z',
      { pattern: 'YYYY-MM-DD HH:mm' },
      '2026-11-22 00:30',
    ],
    [
      'the same in another zone',
      '2026-11-21T16:30:00Z',
      { pattern: 'YYYY-MM-DD HH:mm', zone: 'UTC' },
      '2026-11-21 16:30',
    ],
    ['milliseconds', 1_795_300_000_000, { pattern: 'YYYY-MM-DD', zone: 'UTC' }, '2026-11-21'],
    ['a wall clock without a zone', '2026-11-21 08:05:09', { pattern: 'HH:mm' }, '08:05'],
  ])('date: %s', (_, value, options, shown) => {
    expect(formatValue(value, as({ as: 'date', ...options }))).toBe(shown)
  })

  test.each([
    ['a word', '明天', {}],
    ['a day that is none', '2026-02-30', {}],
    ['a day asked for its time', '2026-11-21', { pattern: 'HH:mm' }],
    ['a small number', 12, {}],
    ['a truth', true, {}],
    ['a zone that is none', '2026-11-21T16:30:00Z', { zone: 'Mars/Olympus' }],
  ])('date: %s counts as missing', (_, value, options) => {
    expect(formatValue(value, as({ as: 'date', ...options }))).toBeNull()
  })

  test.each([
    [1234.5, {}, '¥1234.50'],
    ['1,234.5', {}, '¥1234.50'],
    ['￥9.9', {}, '¥9.90'],
    ['1.005', {}, '¥1.01'],
    ['1.004', {}, '¥1.00'],
    [129_900, { divisor: 100 }, '¥1299.00'],
    [5, { divisor: 100 }, '¥0.05'],
    [99.995, { sign: '', decimals: 2, yuan: true }, '100.00元'],
    [0.5, { decimals: 0 }, '¥1'],
    [-3, {}, '-¥3.00'],
  ])('amount: %s with %j is %s', (value, options, shown) => {
    expect(formatValue(value, as({ as: 'amount', ...options }))).toBe(shown)
  })

  test.each(['免费', '12元起', '', 'NaN', true])('amount: %s counts as missing', (value) => {
    expect(formatValue(value, as({ as: 'amount' }))).toBeNull()
  })

  test('mask: what is too short for both ends is hidden whole', () => {
    expect(formatValue('13800001234', as({ as: 'mask' }))).toBe('138****1234')
    expect(formatValue('1234567', as({ as: 'mask' }))).toBe('*******')
    expect(formatValue('王小明', as({ as: 'mask', start: 1, end: 0 }))).toBe('王**')
  })

  test('shorten: on both sides of the edge, by characters', () => {
    expect(formatValue('🎉🎉🎉', as({ as: 'shorten', characters: 3 }))).toBe('🎉🎉🎉')
    expect(formatValue('🎉🎉🎉🎉', as({ as: 'shorten', characters: 3 }))).toBe('🎉🎉…')
  })

  test('plain: line breaks become blanks, blanks alone are nothing', () => {
    expect(formatValue('a\r\nb', null)).toBe('a b')
    expect(formatValue(' \n ', null)).toBeNull()
    expect(formatValue(null, null)).toBeNull()
    expect(formatValue(false, null)).toBe('否')
  })

  test('amount: no digit of a sum in fen is ever lost', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (fen) => {
        const text = String(fen).padStart(3, '0')
        const shown = formatValue(String(fen), as({ as: 'amount', sign: '', divisor: 100 }))
        expect(shown).toBe(`${BigInt(text.slice(0, -2))}.${text.slice(-2)}`)
      }),
    )
  })
})
