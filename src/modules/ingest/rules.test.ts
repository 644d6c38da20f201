import { expect, test } from 'vitest'
import { normaliseCallback, type XmlTree } from '../../wechat/payloads/callbacks/callback.ts'
import { describe as describeCallback, type Effect, sumUp } from './rules.ts'

const received = new Date('2026-11-21T08:00:00Z')
const seconds = received.getTime() / 1000
const of = (fields: XmlTree, at = seconds) =>
  describeCallback(
    normaliseCallback({
      ToUserName: 'gh_a',
      FromUserName: 'oFan',
      CreateTime: String(at),
      MsgType: 'event',
      ...fields,
    })!,
    received,
  )

test.each([
  [{ Event: 'subscribe', EventKey: 'qrscene_7' }, 'wechat.follow', 'follow'],
  [{ Event: 'unsubscribe' }, 'wechat.unfollow', 'unfollow'],
  [{ Event: 'SCAN', EventKey: '7' }, 'wechat.scan', 'interaction'],
  [{ Event: 'CLICK', EventKey: 'k' }, 'wechat.menu_click', 'interaction'],
  [{ Event: 'scancode_push', EventKey: 'k' }, 'wechat.menu_click', 'interaction'],
  [{ Event: 'VIEW', EventKey: 'https://a' }, 'wechat.menu_view', 'sighting'],
  [{ Event: 'LOCATION' }, 'wechat.location', 'sighting'],
  [{ Event: 'TEMPLATESENDJOBFINISH', MsgID: '1', Status: 'success' }, 'wechat.template_finished', 'mention'],
  [{ Event: 'subscribe_msg_popup_event' }, 'wechat.subscription_answered', 'contact'],
  [
    { Event: 'user_authorization_revoke', OpenID: 'oFan', AppID: 'wx1' },
    'wechat.privacy_requested',
    'mention',
  ],
  [{ Event: 'annual_renew', ExpiredTime: '1' }, 'wechat.account_changed', 'mention'],
  [{ Event: 'user_get_card', CardId: 'c' }, 'wechat.unknown', 'mention'],
  [{ MsgType: 'text', Content: '你好', MsgId: '9' }, 'wechat.message', 'interaction'],
  [{ MsgType: 'text', Content: '满意', MsgId: '9', bizmsgmenuid: '1' }, 'wechat.menu_click', 'interaction'],
] as const)('%j is %s and %s', (fields, name, effect) => {
  expect(of(fields)).toMatchObject({ name, person: { openid: 'oFan', effect } })
})

test.each([['MASSSENDJOBFINISH'], ['PUBLISHJOBFINISH']])('%s names no fan', (Event) => {
  expect(of({ Event, MsgID: '1' }).person).toBeNull()
})

test('an unknown event is kept raw, without what has a column of its own', () => {
  expect(of({ Event: 'user_get_card', CardId: 'c' }).properties).toEqual({
    event: 'user_get_card',
    key: '',
    raw: { MsgType: 'event', Event: 'user_get_card', CardId: 'c' },
  })
})

test('a sender that can’t be an openid is nobody', () => {
  expect(of({ Event: 'CLICK', FromUserName: 'a b\0' }).person).toBeNull()
})

test('a time ahead of ours by more than ten minutes is the time of receipt', () => {
  expect(of({ Event: 'CLICK' }, seconds + 600).at).toEqual(new Date((seconds + 600) * 1000))
  expect(of({ Event: 'CLICK' }, seconds + 601).at).toEqual(received)
  expect(of({ Event: 'CLICK' }, seconds - 86_400).at).toEqual(new Date((seconds - 86_400) * 1000))
})

const at = (second: number) => new Date(received.getTime() + second * 1000)
const sum = (...happened: [second: number, effect: Effect][]) =>
  sumUp(
    happened.map(([second, effect]) => ({ accountId: '1', at: at(second), person: { openid: 'o', effect } })),
  )[0]

test.each([
  [
    'the later of follow and unfollow decides',
    [
      [2, 'follow'],
      [1, 'unfollow'],
    ],
    true,
  ],
  [
    'also the other way round',
    [
      [1, 'follow'],
      [2, 'unfollow'],
    ],
    false,
  ],
  [
    'in one second the one that arrived later',
    [
      [1, 'unfollow'],
      [1, 'follow'],
    ],
    true,
  ],
  [
    'in one second, the other order',
    [
      [1, 'follow'],
      [1, 'unfollow'],
    ],
    false,
  ],
  [
    'who writes after leaving follows again',
    [
      [1, 'unfollow'],
      [2, 'interaction'],
    ],
    true,
  ],
  [
    'who wrote in the second of leaving has left',
    [
      [1, 'unfollow'],
      [1, 'interaction'],
    ],
    false,
  ],
  ['a sighting proves a follower', [[1, 'sighting']], true],
  ['an answer to a subscription does not', [[1, 'contact']], false],
] as [string, [number, Effect][], boolean][])('%s', (_name, happened, following) => {
  expect(sum(...happened)).toMatchObject({ following, make: true })
})

test('a mention makes nobody a fan', () => {
  expect(sum([1, 'mention'])).toMatchObject({ make: false, following: false, interactedAt: null })
})

test('a follow counts as an interaction, a view does not', () => {
  expect(sum([1, 'follow'], [3, 'sighting'])).toMatchObject({ followedAt: at(1), interactedAt: at(1) })
  expect(sum([1, 'follow'], [3, 'interaction'])).toMatchObject({ interactedAt: at(3) })
})
