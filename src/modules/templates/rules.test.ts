import { expect, test } from 'vitest'
import { familyOf, fieldsOf } from './rules.ts'

test('D1: fields come in the order of the content, each with its type and the name before it', () => {
  expect(
    fieldsOf('商品名称：{{thing1.DATA}}\n订单金额: {{amount12.DATA}}\n{{character_string3.DATA}}'),
  ).toEqual([
    { key: 'thing1', type: 'thing', name: '商品名称', values: null },
    { key: 'amount12', type: 'amount', name: '订单金额', values: null },
    { key: 'character_string3', type: 'character_string', name: 'character_string3', values: null },
  ])
})

test('D1: a historic template is told by its keys, also with several fields in a line', () => {
  const fields = fieldsOf('{{first.DATA}}\n单号：{{keyword1.DATA}} 时间：{{keyword2.DATA}}\n{{remark.DATA}}')
  expect(fields.map(({ key, name }) => [key, name])).toEqual([
    ['first', 'first'],
    ['keyword1', '单号'],
    ['keyword2', '时间'],
    ['remark', 'remark'],
  ])
  expect(familyOf(fields)).toBe('industry')
  expect(familyOf(fieldsOf('{{thing1.DATA}}'))).toBe('category')
})

test('D8: values that the platform lists stand with their field; a field named twice is one', () => {
  expect(
    fieldsOf('状态:{{phrase1.DATA}}\n再说一次:{{phrase1.DATA}}', { phrase1: ['已发货', '已签收'] }),
  ).toEqual([{ key: 'phrase1', type: 'phrase', name: '状态', values: ['已发货', '已签收'] }])
})

test('a content without fields has none', () => {
  expect(fieldsOf('你好 {{ }} {{thing1}}')).toEqual([])
})
