import { describe, expect, test } from 'vitest'
import { type MessageContent, messageContent } from '../schema.ts'
import { type CheckFacts, checkContent } from './check.ts'

const APP = 'wx0123456789abcdef'
const FACTS: CheckFacts = { linkedAppIds: [APP] }
const variable = { source: { from: 'person-name' }, missing: 'skip' }
const content = (raw: object): MessageContent => messageContent.parse(raw)
const problems = (raw: object, facts: CheckFacts = FACTS) =>
  checkContent(content(raw), facts).map(({ field, reason }) => `${field}: ${reason}`)

const news = { kind: 'news', title: 't', description: 'd', url: 'https://a.example', pictureAssetId: '1' }
const menu = { kind: 'msgmenu', head: '?', items: [{ id: '1', content: 'a' }] }
const card = { kind: 'mini-program', title: 't', appId: APP, path: 'pages/p', thumbAssetId: '1' }
const music = { kind: 'music', musicUrl: 'https://a.example/m.mp3', thumbAssetId: '1' }
const items = (n: number) => Array.from({ length: n }, (_, index) => ({ id: String(index), content: 'a' }))

describe('A6: what stands in the way of sending a content, on both sides of each edge', () => {
  test.each<[string, object, object, string]>([
    ['text', { kind: 'text', text: 'a' }, { kind: 'text', text: ' \n' }, 'text: text_missing'],
    [
      'length of a text',
      { kind: 'text', text: 'a'.repeat(2_048) },
      { kind: 'text', text: 'a'.repeat(2_049) },
      'text: text_too_long',
    ],
    [
      'link of a text',
      { kind: 'text', text: '<a href="https://a.example">x</a>' },
      { kind: 'text', text: '<a href="a.example">x</a>' },
      'text: link_invalid',
    ],
    ['tags', { kind: 'text', text: '1 < 2' }, { kind: 'text', text: '<b>x</b>' }, 'text: tag_not_allowed'],
    [
      'mini program of a text',
      { kind: 'text', text: `<a data-miniprogram-appid="${APP}" data-miniprogram-path="p">x</a>` },
      {
        kind: 'text',
        text: '<a data-miniprogram-appid="wxffffffffffffffff" data-miniprogram-path="p">x</a>',
      },
      'text: mini_program_not_linked',
    ],
    ['image', { kind: 'image', mediaAssetId: '1' }, { kind: 'image' }, 'mediaAssetId: image_missing'],
    ['title', { ...news, title: '字'.repeat(64) }, { ...news, title: '字'.repeat(65) }, 'title: too_long'],
    ['no title', news, { ...news, title: '' }, 'title: title_missing'],
    [
      'description',
      { ...news, description: '字'.repeat(200) },
      { ...news, description: '字'.repeat(201) },
      'description: too_long',
    ],
    ['landing page', news, { ...news, url: '' }, 'url: link_missing'],
    ['cover', news, { ...news, pictureAssetId: null }, 'pictureUrl: picture_missing'],
    ['article', { kind: 'article', articleSetId: '1' }, { kind: 'article' }, 'articleSetId: article_missing'],
    ['answers', menu, { ...menu, items: [] }, 'items: menu_empty'],
    ['many answers', { ...menu, items: items(10) }, { ...menu, items: items(11) }, 'items: menu_too_many'],
    [
      'numbers of answers',
      { ...menu, items: items(2) },
      { ...menu, items: [...items(1), ...items(1)] },
      'items.1.id: menu_id_repeated',
    ],
    ['app id', card, { ...card, appId: 'wx1' }, 'appId: mini_program_incomplete'],
    ['path', card, { ...card, path: '' }, 'path: mini_program_incomplete'],
    ['picture of a card', card, { ...card, thumbAssetId: null }, 'thumbAssetId: picture_missing'],
    ['music', music, { ...music, musicUrl: 'x' }, 'musicUrl: link_invalid'],
  ])('%s', (_name, allowed, refused, said) => {
    expect(problems(allowed)).toEqual([])
    expect(problems(refused)).toEqual([said])
  })
})

describe('variables', () => {
  const of = (text: string, variables: object) => ({ kind: 'text', text, variables })

  test('every placeholder is defined and whole', () => {
    expect(problems(of('{{name}}', { name: variable }))).toEqual([])
    expect(problems(of('{{name}}', {}))).toEqual(['variables.name: placeholder_undefined'])
    expect(problems(of('a {{name', {}))).toEqual(['variables: placeholder_broken'])
  })

  test.each([{ from: 'event', property: 'no' }, { from: 'event-time' }])(
    'a value of the event needs an event: $from',
    (source) => {
      const raw = of('{{no}}', { no: { source, missing: 'skip' } })
      expect(problems(raw, { ...FACTS, hasEvent: true })).toEqual([])
      expect(problems(raw, { ...FACTS, hasEvent: false })).toEqual([
        'variables.no: event_value_without_event',
      ])
    },
  )

  test('a fallback counts in lengths and may not be empty', () => {
    const raw = (fallback: string) =>
      of(`${'a'.repeat(2_040)}{{name}}`, { name: { ...variable, missing: { fallback } } })
    expect(problems(raw('12345678'))).toEqual([])
    expect(problems(raw('123456789'))).toEqual(['text: text_too_long'])
    expect(problems(raw(''))).toEqual(['variables.name: fallback_missing'])
  })
})

describe('D2: template fields while typing', () => {
  const field = (key: string, values: string[] | null = null) => ({
    key,
    type: key.replace(/\d+$/, ''),
    name: key,
    values,
  })
  const facts = (...keys: string[]): CheckFacts => ({
    ...FACTS,
    template: { family: 'category', goneAt: null, fields: keys.map((key) => field(key)) },
  })
  const of = (fields: object, variables: object = {}) => ({
    kind: 'template',
    templateId: '1',
    fields,
    variables,
  })

  test.each([
    [{ thing1: '字'.repeat(20) }, []],
    [{ thing1: '字'.repeat(21) }, ['fields.thing1: field_invalid']],
    [{ thing1: '' }, ['fields.thing1: field_missing']],
    [{}, ['fields.thing1: field_missing']],
  ])('%j', (fields, said) => {
    expect(problems(of(fields), facts('thing1'))).toEqual(said)
  })

  test('what stands around a variable must already fit, and so must its fallback', () => {
    const skips = { name: variable }
    const falls = (fallback: string) => ({ name: { ...variable, missing: { fallback } } })
    expect(problems(of({ thing1: `${'字'.repeat(20)}{{name}}` }, skips), facts('thing1'))).toEqual([])
    expect(problems(of({ thing1: `${'字'.repeat(21)}{{name}}` }, skips), facts('thing1'))).toEqual([
      'fields.thing1: field_invalid',
    ])
    expect(problems(of({ amount1: '{{name}}' }, falls('¥0')), facts('amount1'))).toEqual([])
    expect(problems(of({ amount1: '{{name}}' }, falls('待定')), facts('amount1'))).toEqual([
      'fields.amount1: field_fallback_invalid',
    ])
  })

  test('a template that went away is said', () => {
    expect(problems(of({}), { ...FACTS, template: null })).toEqual(['templateId: template_gone'])
    expect(problems({ kind: 'template' })).toEqual(['templateId: template_missing'])
  })

  test('D1: a target may be a page, a linked mini program, or both', () => {
    const both = { ...of({ thing1: 'x' }), url: 'https://a.example', miniProgram: { appId: APP, path: 'p' } }
    expect(problems(both, facts('thing1'))).toEqual([])
    const foreign = { ...both, miniProgram: { appId: 'wxffffffffffffffff', path: 'p' } }
    expect(problems(foreign, facts('thing1'))).toEqual(['miniProgram.appId: mini_program_not_linked'])
  })
})
