import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkField, FIELD_RULES } from '../../../wechat/rules/template-fields.ts'
import type { ContentLink, PreparedMessage, ResolvedContent, TemplateField, Tie } from '../schema.ts'
import { type Variables, variables as variablesSchema } from '../schema.ts'
import { linksOf } from './links.ts'
import { needsOf } from './needs.ts'
import { render } from './render.ts'

const name = { source: { from: 'person-name' } }
const vars = (all: Record<string, object>): Variables => variablesSchema.parse(all)
const VARIABLES = vars({
  name: { ...name, missing: { fallback: '您' } },
  order: { source: { from: 'event', property: 'no' }, missing: 'skip' },
})

const service = (message: PreparedMessage, variables = VARIABLES): ResolvedContent => ({
  kind: message.msgtype,
  channel: 'customer-service',
  variables,
  message,
})
const text = (content: string, variables = VARIABLES) =>
  service({ msgtype: 'text', text: { content } }, variables)
const shown = (content: ResolvedContent, values: Record<string, string | null>, tie?: Tie) => {
  const outcome = render(content, values, tie)
  if (!outcome.ok || outcome.message.channel !== 'customer-service') throw new Error(JSON.stringify(outcome))
  return outcome.message.message
}
const shownText = (content: string, values: Record<string, string | null>, tie?: Tie) => {
  const message = shown(text(content), values, tie)
  return message.msgtype === 'text' ? message.text.content : ''
}

const field = (key: string): TemplateField => ({
  key,
  type: key.replace(/\d+$/, ''),
  name: key,
  values: null,
})
const template = (
  fields: Record<string, string>,
  more: Partial<Extract<ResolvedContent, { channel: 'template' }>> = {},
  family: 'category' | 'industry' = 'category',
): ResolvedContent => ({
  kind: 'template',
  channel: 'template',
  variables: VARIABLES,
  template: {
    id: '1',
    wechatId: 'TPL',
    title: '订单',
    fingerprint: 'f',
    family,
    fields: Object.keys(fields).map(field),
  },
  fields,
  url: '',
  miniProgram: null,
  ...more,
})

describe('A6: a text with a person’s values', () => {
  test('values go where the placeholders are; missing ones have their fallback or stop it', () => {
    expect(shownText('你好 {{name}}', { name: '王小明' })).toBe('你好 王小明')
    expect(shownText('你好 {{name}}', { name: null })).toBe('你好 您')
    expect(render(text('单号 {{order}}'), { order: '' })).toEqual({
      ok: false,
      reason: 'variable_missing',
      detail: { field: 'text', value: 'order', rule: 'skip' },
    })
  })

  test('what a person wrote about themselves never becomes a link or a tag', () => {
    const evil = '<a href="https://evil.example">x</a>'
    const said = shownText('你好 {{name}}', { name: evil })
    expect(said).not.toContain('<')
    expect(
      shownText('<a href="https://a.example/?n={{name}}">看</a>', { name: '"><a href="https://e.cn"' }),
    ).toBe('<a href="https://a.example/?n=%22%3E%3Ca%20href%3D%22https%3A%2F%2Fe.cn%22">看</a>')
  })

  test('braces in a value are not read again', () => {
    expect(shownText('{{name}}', { name: '{{order}}', order: '7' })).toBe('{{order}}')
  })

  test('mini-program links keep their app id, path and fallback', () => {
    const link =
      '<a href="https://a.example" data-miniprogram-appid="wx0123456789abcdef" data-miniprogram-path="pages/o?no={{order}}">单</a>'
    expect(shownText(link, { order: 'A 1' })).toBe(link.replace('{{order}}', 'A%201'))
  })

  test('2,048 bytes go, one more does not', () => {
    const fits = 'a'.repeat(2_046)
    expect(shownText(`${fits}{{name}}`, { name: 'ab' })).toHaveLength(2_048)
    expect(render(text(`${fits}{{name}}`), { name: 'abc' })).toMatchObject({ reason: 'content_too_long' })
  })

  test('an address that begins with a value must be a whole one', () => {
    const card = (url: string) =>
      service({ msgtype: 'news', news: { articles: [{ title: 't', description: '', url, picurl: '' }] } })
    const values = (url: string) => ({ order: url })
    expect(render(card('{{order}}'), values('https://a.example/1?x=2'))).toMatchObject({ ok: true })
    expect(render(card('{{order}}'), values('javascript:alert(1)'))).toMatchObject({
      ok: false,
      reason: 'link_invalid',
      detail: { field: 'url' },
    })
  })
})

describe('links', () => {
  const tied: Tie = (url, index, kind) =>
    kind === 'web' ? `https://t.example/${index}` : `${url}?wd=${index}`
  const body =
    '<a href="https://a.example/1">一</a> https://b.example/2 <a href="https://c.example/?n={{name}}">三</a> ' +
    '<a href="https://d.example" data-miniprogram-appid="wx0123456789abcdef" data-miniprogram-path="pages/p">四</a>'

  test('each that can be followed is tied at its place; one that differs per person is left as it is', () => {
    expect(linksOf(text(body)).map(({ index, kind, url }) => [index, kind, url])).toEqual([
      [0, 'web', 'https://a.example/1'],
      [1, 'web', 'https://b.example/2'],
      [2, 'mini-program', 'pages/p'],
    ])
    expect(shownText(body, { name: '王' }, tied)).toBe(
      '<a href="https://t.example/0">一</a> https://t.example/1 <a href="https://c.example/?n=%E7%8E%8B">三</a> ' +
        '<a href="https://d.example" data-miniprogram-appid="wx0123456789abcdef" data-miniprogram-path="pages/p?wd=2">四</a>',
    )
  })

  test('of more links than a message can have followed, the first are and the others stay as they are', () => {
    const many = Array.from({ length: 70 }, (_, n) => `http://a.cn/${n}`).join(' ')
    const places: number[] = []
    const sent = shownText(many, {}, (_url, index) => `http://t.cn/${places.push(index) - 1}`)
    expect(linksOf(text(many))).toHaveLength(64)
    expect(places).toEqual(Array.from({ length: 64 }, (_, n) => n))
    expect(
      sent.endsWith(
        'http://t.cn/63 http://a.cn/64 http://a.cn/65 http://a.cn/66 http://a.cn/67 http://a.cn/68 http://a.cn/69',
      ),
    ).toBe(true)
  })

  test('for any kind, rendering ties exactly the links that are listed, in their order', () => {
    const miniProgram = { appid: 'wx0123456789abcdef', pagepath: 'pages/p?o={{order}}' }
    const contents = [
      text(body),
      template({ thing1: '{{name}}' }, { url: 'https://a.example/', miniProgram }),
      template({ thing1: 'x' }, { url: 'https://a.example/{{order}}' }),
      service({
        msgtype: 'miniprogrampage',
        miniprogrampage: { ...miniProgram, title: 't', thumb_media_id: 'M' },
      }),
    ]
    for (const content of contents) {
      const seen: Pick<ContentLink, 'index' | 'kind'>[] = []
      const outcome = render(content, { name: '王', order: '7' }, (url, index, kind) => {
        seen.push({ index, kind })
        return url
      })
      expect(outcome.ok).toBe(true)
      expect(seen).toEqual(linksOf(content).map(({ index, kind }) => ({ index, kind })))
    }
  })
})

describe('D2: fields with a person’s values', () => {
  test('a violation is named with its field, value and rule, and nothing is made', () => {
    expect(
      render(template({ thing1: '{{name}}', amount2: '{{order}}' }), { name: '王', order: '免费' }),
    ).toEqual({
      ok: false,
      reason: 'field_invalid',
      detail: { field: 'amount2', value: '免费', rule: 'amount' },
    })
    const card = template({ thing1: '{{name}}' }, { url: 'https://a.example/{{order}}' })
    expect(render(card, { name: '王', order: 'A/1' })).toEqual({
      ok: true,
      message: {
        channel: 'template',
        templateId: 'TPL',
        url: 'https://a.example/A%2F1',
        data: { thing1: { value: '王' } },
      },
    })
  })

  test('emoji are dropped as the platform would; a value of nothing else is empty', () => {
    const content = template({ thing1: '{{name}}' })
    expect(render(content, { name: '王🎉' })).toMatchObject({
      message: { data: { thing1: { value: '王' } } },
    })
    expect(render(content, { name: '🎉' })).toMatchObject({
      reason: 'field_invalid',
      detail: { field: 'thing1', rule: 'empty' },
    })
  })

  test('historic templates take anything', () => {
    const content = template({ keyword1: '{{name}}' }, {}, 'industry')
    expect(render(content, { name: '字'.repeat(100) })).toMatchObject({ ok: true })
  })

  test('for any values: every field of what is made keeps its rule, and what is refused breaks it', () => {
    const types = Object.keys(FIELD_RULES)
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('2026-11-21', '10:30', '¥9.90', '13800001234', '粤A8Z888', '已发货', 'A1'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...types), value, fc.constantFrom('', '前'), (type, order, before) => {
        const key = `${type}1`
        const outcome = render(template({ [key]: `${before}{{order}}` }), { order })
        if (outcome.ok) {
          const data = outcome.message.channel === 'template' ? outcome.message.data : {}
          expect(checkField({ type }, data[key]?.value ?? '')).toBeUndefined()
        } else if (outcome.reason === 'field_invalid') {
          expect(checkField({ type }, outcome.detail.value)).toBeDefined()
        } else expect(outcome.reason).toBe('variable_missing')
      }),
    )
  })
})

test('only what is used is read', () => {
  const needs = needsOf(
    text('{{name}}', vars({ name, other: { source: { from: 'attribute', key: 'city' } } })),
  )
  expect(needs).toMatchObject({ personName: true, attributes: [], rows: {} })
})
