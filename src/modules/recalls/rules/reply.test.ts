import { expect, test } from 'vitest'
import { checkContent } from '../../messages/index.ts'
import type { ContentOf } from '../../messages/schema.ts'
import { defaultContent, repliesOf, tapIdOf } from './reply.ts'

const reply = { kind: 'default', greeting: '好久不见', phrase: '点这里领券', says: '领券 & 更多"' } as const

test('C4: the default reply is a greeting and a phrase whose tap says the text in the fan’s name', () => {
  const { text } = defaultContent(reply, '12') as ContentOf<'text'>
  const [, href = ''] = /^好久不见\n<a href="([^"]*)">点这里领券<\/a>$/.exec(text) ?? []
  const address = new URL(href)
  expect(address.protocol).toBe('weixin:')
  expect(address.searchParams.get('msgmenucontent')).toBe('领券 & 更多"')
  expect(address.searchParams.get('msgmenuid')).toBe(tapIdOf('12'))
  expect(checkContent(defaultContent(reply, '12'))).toEqual([])
})

test('C4: words that would break the link are refused as any text is', () => {
  const problems = checkContent(defaultContent({ ...reply, phrase: '点</a>我' }, '12'))
  expect(problems).toMatchObject([{ field: 'text', reason: 'tag_not_allowed' }])
})

test('C4: custom replies are what they are', () => {
  const replies = [{ kind: 'text' as const, text: '一', variables: {} }]
  expect(repliesOf({ kind: 'custom', replies }, '12')).toEqual(replies)
  expect(repliesOf(reply, '12')).toHaveLength(1)
})
