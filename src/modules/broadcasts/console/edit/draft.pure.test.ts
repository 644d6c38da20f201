import { expect, test } from 'vitest'
import { createBroadcastEndpoint } from '../../schema.ts'
import {
  audienceOf,
  type Draft,
  emptyDraft,
  emptyForm,
  fieldsOf,
  isContentReady,
  keptOf,
  splitInto,
} from './draft.ts'

const HOSTS = ['mp.weixin.qq.com']
const draft = (part: Partial<Draft>): Draft => ({ ...emptyDraft('list'), name: 'x', ...part })
const article = { key: 'a', articleSetId: '1', index: 0, title: 't', digest: '', coverUrl: null }

test.each([
  ['no name', { name: '  ' }],
  ['no tag', { audienceKind: 'tag' }],
  ['no list', { audienceKind: 'list' }],
  ['nobody', { audienceKind: 'fans' }],
  ['no segment', { audienceKind: 'segments', exclude: ['1'] }],
  ['no rule', { audienceKind: 'rule' }],
  ['half a rule', { audienceKind: 'rule', rule: { kind: 'and', of: [] } }],
] as const)('E7: a draft with %s does not go on yet', (_, part) => {
  expect(fieldsOf(emptyForm(draft(part as Partial<Draft>)))).toBeUndefined()
})

test.each([
  [{ audienceKind: 'all' }],
  [{ audienceKind: 'tag', tagId: 0 }],
  [{ audienceKind: 'list', listId: '9' }],
  [{ audienceKind: 'fans', fanIds: ['1', '2'] }],
  [{ audienceKind: 'segments', include: ['1', '2'], exclude: ['3'] }],
  [{ audienceKind: 'segments', tags: [2], excludeTags: [3] }],
  [{ audienceKind: 'rule', rule: { kind: 'identity', has: 'phone' } }],
  [{ contentKind: 'text', text: 'a' }],
  [{ contentKind: 'image', imageIds: ['1'], recommend: ' ' }],
  [{ contentKind: 'voice', voiceId: '4' }],
  [{ contentKind: 'video', video: { mediaAssetId: null, title: '', description: '' } }],
  [{ articles: [{ ...article, cover: { mediaAssetId: '3' } }] }],
] as const)('E7: what the form saves fits the declaration of the call: %o', (part) => {
  const fields = fieldsOf(emptyForm(draft(part as Partial<Draft>)))
  expect(createBroadcastEndpoint.body?.safeParse(fields).error).toBeUndefined()
})

test('E3: trying another kind of audience or content loses nothing', () => {
  const filled = draft({
    audienceKind: 'tag',
    tagId: 7,
    fanIds: ['1'],
    contentKind: 'text',
    text: 'a',
    articles: [article],
  })
  expect(audienceOf({ ...filled, audienceKind: 'fans' })).toEqual({ kind: 'fans', fanIds: ['1'] })
  expect(fieldsOf(emptyForm({ ...filled, contentKind: 'articles' }))?.groups[0]?.content).toEqual({
    kind: 'articles',
    articles: [{ articleSetId: '1', index: 0 }],
  })
})

test.each([
  [{ articles: [] }, false],
  [{ articles: [article] }, true],
  [{ contentKind: 'image', imageIds: [] }, false],
  [{ contentKind: 'image', imageIds: ['1'] }, true],
  [{ contentKind: 'voice' }, false],
  [{ contentKind: 'voice', voiceId: '1' }, true],
  [{ contentKind: 'video', video: { mediaAssetId: '1', title: ' ', description: '' } }, false],
  [{ contentKind: 'video', video: { mediaAssetId: '1', title: '题'.repeat(65), description: '' } }, false],
  [{ contentKind: 'video', video: { mediaAssetId: '1', title: '题'.repeat(64), description: '' } }, true],
  [{ contentKind: 'text', text: '' }, false],
  [{ contentKind: 'text', text: 'https://example.com' }, false],
  [{ contentKind: 'text', text: 'https://mp.weixin.qq.com/s/a' }, true],
] as const)('E3: the next step opens when the content is complete: %o, %s', (part, ready) => {
  expect(isContentReady(draft(part as unknown as Partial<Draft>), HOSTS)).toBe(ready)
})

test('E5, E7: groups are saved in order with a time each; one that is incomplete holds back all', () => {
  const at = '2026-11-21T02:00:00.000Z'
  const form = {
    groups: [
      draft({ audienceKind: 'tag', tagId: 1 }),
      draft({ name: 'y', audienceKind: 'remaining', sendAt: at }),
    ],
    timing: 'each' as const,
    at: null,
  }
  const fields = fieldsOf(form)
  expect(createBroadcastEndpoint.body?.safeParse(fields).error).toBeUndefined()
  expect(fields?.groups.map(({ audience, sendAt }) => [audience.kind, sendAt])).toEqual([
    ['tag', null],
    ['remaining', at],
  ])
  expect(fieldsOf({ ...form, timing: 'now' })?.groups[1]?.sendAt).toBeNull()
  expect(fieldsOf({ ...form, timing: 'at' })).toBeUndefined()
  expect(fieldsOf({ ...form, timing: 'at', at })?.timing).toEqual({ kind: 'at', at })
  expect(fieldsOf({ ...form, groups: [...form.groups, draft({ name: ' ' })] })).toBeUndefined()
})

test.each([
  ['no name', { name: '  ' }, '未命名'],
  ['nobody', { audienceKind: 'fans' }, 'x'],
  ['no time', { sendAt: null }, 'x'],
] as const)('E7: a draft with %s is kept all the same', (_, part, name) => {
  const form = { ...emptyForm(draft(part as Partial<Draft>)), timing: 'at' as const }
  const fields = keptOf(form, '未命名')
  expect(createBroadcastEndpoint.body?.safeParse(fields).error).toBeUndefined()
  expect(fields).toMatchObject({ name, timing: { kind: 'now' } })
})

test('E7: what is kept without people goes to nobody, and never to everybody instead', () => {
  expect(keptOf(emptyForm(draft({ audienceKind: 'tag' })), 'x')?.groups[0]?.audience).toEqual({
    kind: 'segments',
    include: [],
    exclude: [],
  })
  expect(keptOf(emptyForm({ ...draft({ audienceKind: 'tag' }), path: 'tag' }), 'x')).toBeUndefined()
})

test('E6: a segment that was split gives its group and one more for each other part', () => {
  const groups = [draft({ name: 'a' }), draft({ name: 'b', include: ['9'], text: 't' }), draft({ name: 'c' })]
  const split = splitInto(groups, 1, [
    { id: '10', name: '9 · 1' },
    { id: '11', name: '9 · 2' },
  ])
  expect(split.map(({ name, include, text }) => [name, include, text])).toEqual([
    ['a', [], ''],
    ['b', ['10'], 't'],
    ['9 · 2', ['11'], 't'],
    ['c', [], ''],
  ])
  expect(new Set(split.map(({ key }) => key)).size).toBe(4)
})
