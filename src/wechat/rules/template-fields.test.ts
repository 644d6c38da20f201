import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkField, FIELD_RULES, type FieldType, withoutEmoji } from './template-fields.ts'

const breach = (type: string, value: string, values: string[] | null = null) =>
  checkField({ type, values }, value)

const HAN = '微信服务号模板消息字段规则校验测试样例文字内'

describe('D2: what a field takes, on both sides of its edge', () => {
  test.each<[FieldType, string, string, 'too_long' | 'format']>([
    ['thing', '字'.repeat(20), '字'.repeat(21), 'too_long'],
    ['thing', '🎉'.repeat(20), '🎉'.repeat(21), 'too_long'],
    ['thing', 'a b，c！', 'a\nb', 'format'],
    ['thing', '一行', '一行\u2028两行', 'format'],
    ['short_thing', '字'.repeat(10), '字'.repeat(11), 'too_long'],
    ['number', '9'.repeat(32), '9'.repeat(33), 'too_long'],
    ['number', `${'9'.repeat(29)}.99`, `${'9'.repeat(30)}.99`, 'too_long'],
    ['number', '12.5', '12.', 'format'],
    ['number', '0', '-1', 'format'],
    ['number', '100', '1,000', 'format'],
    ['letter', 'a'.repeat(32), 'a'.repeat(33), 'too_long'],
    ['letter', 'Abc', 'Ab1', 'format'],
    ['symbol', '!@#￥%', '!@#￥%*', 'too_long'],
    ['symbol', '★', 'a', 'format'],
    ['character_string', 'A'.repeat(32), 'A'.repeat(33), 'too_long'],
    ['character_string', 'A-2026_01#', 'A 2026', 'format'],
    ['character_string', '~!', '订单1', 'format'],
    ['time', '15:01', '24:00', 'format'],
    ['time', '23:59:59', '23:60', 'format'],
    ['time', '9:05', '9:5', 'format'],
    ['time', '2019年10月1日 15:01', '2019年10月1日', 'format'],
    ['time', '10:00~11:00', '10:00~11:00~12:00', 'format'],
    ['time', '2026-11-21 10:00 ~ 2026-11-21 12:00', '10:00-11:00', 'format'],
    ['date', '2019年10月1日', '2019年13月1日', 'format'],
    ['date', '2019年10月', '2019年', 'format'],
    ['date', '10月1日', '10月32日', 'format'],
    ['date', '2018-01-01', '2018-01/01', 'format'],
    ['date', '2024-02-29', '2023-02-29', 'format'],
    ['date', '02-29', '02-30', 'format'],
    ['date', '2018.01', '2018.00', 'format'],
    ['date', '2018/1/1 15:01', '2018/1/1 25:01', 'format'],
    ['date', '2019年10月1日~2019年10月7日', '2019年10月1日到2019年10月7日', 'format'],
    ['date', '2026-11-21', '明天', 'format'],
    ['amount', '¥1234567890', '¥12345678901', 'too_long'],
    ['amount', '￥9.90', '￥9.901', 'format'],
    ['amount', '100元', '100块', 'format'],
    ['amount', '$1.5', '¥$1.5', 'format'],
    ['amount', '0', '-5', 'format'],
    ['amount', '1234.50', '1,234.50', 'format'],
    ['phone_number', '1'.repeat(17), '1'.repeat(18), 'too_long'],
    ['phone_number', '+86-0766-6688886', '86 电话', 'format'],
    ['car_number', '粤A8Z888挂', '粤A8Z8888挂', 'too_long'],
    ['car_number', '京A12345', '京京A1234', 'format'],
    ['car_number', 'A1', 'a1', 'format'],
    ['name', '字'.repeat(10), '字'.repeat(11), 'too_long'],
    ['name', 'A'.repeat(20), 'A'.repeat(21), 'too_long'],
    ['name', '欧阳A', `欧阳${'A'.repeat(9)}`, 'too_long'],
    ['phrase', '已发货成功', '已经发货成功', 'too_long'],
    ['phrase', '已发货', '已发货1', 'format'],
    ['const', '字'.repeat(20), '字'.repeat(21), 'too_long'],
    ['enum', '任意', '任\n意', 'format'],
    ['enum_string', 'x', 'x\ty', 'format'],
  ])('%s takes %j and not %j', (type, taken, refused, because) => {
    expect(breach(type, taken)).toBeUndefined()
    expect(breach(type, refused)).toMatchObject({ rule: type, because })
  })

  test('every type but const refuses nothing and blanks', () => {
    for (const type of Object.keys(FIELD_RULES) as FieldType[]) {
      expect(breach(type, '   '), type).toMatchObject({ because: 'empty' })
      expect(breach(type, '')?.because, type).toBe(type === 'const' ? undefined : 'empty')
    }
  })

  test('where the platform lists values, only those are taken, whatever the type', () => {
    for (const type of ['const', 'enum', 'enum_string', 'phrase', 'thing']) {
      expect(breach(type, '已支付', ['已支付', '待支付'])).toBeUndefined()
      expect(breach(type, '未支付', ['已支付'])).toEqual({ rule: type, because: 'unlisted' })
    }
    expect(breach('const', '', ['已支付'])).toBeUndefined()
    expect(breach('enum', '其他', [])).toBeUndefined()
  })

  test('a breach says by how much', () => {
    expect(breach('thing', '字'.repeat(25))).toEqual({
      rule: 'thing',
      because: 'too_long',
      limit: 20,
      actual: 25,
    })
    expect(breach('name', '字'.repeat(12))).toMatchObject({ limit: 10, actual: 12 })
    expect(breach('amount', '¥12345678901.25')).toMatchObject({ limit: 10, actual: 11 })
  })

  test('historic templates have no types; types nobody documented refuse line breaks only', () => {
    expect(checkField({ type: 'keyword' }, '字'.repeat(300), 'industry')).toBeUndefined()
    expect(checkField({ type: 'amount' }, '免费', 'industry')).toBeUndefined()
    expect(breach('mystery', '字'.repeat(300))).toBeUndefined()
    expect(breach('mystery', 'a\nb')).toEqual({ rule: 'line_break', because: 'format' })
  })
})

test('D2: emoji of any make are dropped from template messages, digits and signs stay', () => {
  expect(withoutEmoji('拿铁🎉x👨‍👩‍👧y👍🏽z🇨🇳!1️⃣')).toBe('拿铁xyz!')
  expect(withoutEmoji('￥9.90 *#+1 ©')).toBe('￥9.90 *#+1 ©')
})

describe('D2: for any value', () => {
  const types = Object.keys(FIELD_RULES) as FieldType[]
  const anyText = fc.string({ unit: 'grapheme', maxLength: 40 })

  test('nothing with a line break or control character passes', () => {
    const broken = fc
      .tuple(anyText, fc.constantFrom('\n', '\r', '\t', '\u0000', '\u2028'), anyText)
      .map(([before, bad, after]) => `x${before}${bad}${after}x`)
    fc.assert(
      fc.property(fc.constantFrom(...types), broken, (type, value) => {
        expect(breach(type, value)).toBeDefined()
      }),
    )
  })

  test('lengths count characters, not code units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.constantFrom('字', 'a', '🎉', '𠮷'), (n, one) => {
        expect(breach('thing', one.repeat(n)) === undefined).toBe(n <= 20)
      }),
    )
  })

  test('every day of the calendar is a date in each way of writing, and no other day is', () => {
    const day = fc.record({
      y: fc.integer({ min: 1900, max: 2199 }),
      m: fc.integer({ min: 0, max: 13 }),
      d: fc.integer({ min: 0, max: 32 }),
    })
    fc.assert(
      fc.property(day, fc.constantFrom('年', '-', '/', '.'), ({ y, m, d }, style) => {
        const at = new Date(Date.UTC(y, m - 1, d))
        const exists = at.getUTCMonth() === m - 1 && at.getUTCDate() === d && m >= 1
        const text = style === '年' ? `${y}年${m}月${d}日` : [y, m, d].join(style)
        expect(breach('date', text) === undefined).toBe(exists)
        expect(breach('time', `${text} 08:30`) === undefined).toBe(exists)
      }),
    )
  })

  test('every sum of at most ten digits is an amount', () => {
    const sum = fc.tuple(
      fc.constantFrom('', '¥', '￥', '$', '€', '£'),
      fc.bigInt({ min: 0n, max: 99_999_999_999n }),
      fc.constantFrom('', '.5', '.50'),
      fc.constantFrom('', '元'),
    )
    fc.assert(
      fc.property(sum, ([sign, whole, fraction, yuan]) => {
        const fits = String(whole).length <= 10
        expect(breach('amount', `${sign}${whole}${fraction}${yuan}`) === undefined).toBe(fits)
      }),
    )
  })

  test('names with Chinese in them have ten characters at most, others twenty', () => {
    const letters = fc.array(fc.constantFrom(...[...HAN, ...'abcXYZ·']), { minLength: 1, maxLength: 24 })
    fc.assert(
      fc.property(letters, (all) => {
        const most = all.some((one) => HAN.includes(one)) ? 10 : 20
        expect(breach('name', all.join('')) === undefined).toBe(all.length <= most)
      }),
    )
  })
})
