import i18next from 'i18next'
import { expect, test } from 'vitest'
import { en } from '../../../console/locales/en.ts'
import { zhCN } from '../../../console/locales/zh-CN.ts'
import { trigger } from '../schema.ts'
import { triggerInWords } from './trigger-in-words.ts'

const say = (lng: 'zh-CN' | 'en', input: object): string => {
  const i18n = i18next.createInstance()
  void i18n.init({
    lng,
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  return triggerInWords(trigger.parse(input), {
    t: i18n.t,
    audience: lng === 'en' ? 'all fans' : '全部粉丝',
    eventName: ({ event }) => event,
  })
}

test.each([
  [{ kind: 'once' }, '启动后立即给全部粉丝发送一次。', 'Sent once to all fans as soon as it starts.'],
  [
    { kind: 'once', at: '2026-11-21T02:00:00.000Z' },
    '2026-11-21 10:00给全部粉丝发送一次。',
    'Sent once to all fans at 2026-11-21 10:00.',
  ],
  [
    { kind: 'once', audienceWindow: 'interacted-48h' },
    '启动后立即给全部粉丝发送一次。 只发给那之前 48 小时内互动过的人，每人最多一次。',
    'Sent once to all fans as soon as it starts. Only to people who interacted in the 48 hours before, each at most once.',
  ],
  [
    { kind: 'repeat', schedule: { kind: 'daily', times: ['20:00', '10:00'] } },
    '每天 10:00、20:00（北京时间），给全部粉丝发送。',
    'Sent to all fans every day at 10:00, 20:00 (Beijing time).',
  ],
  [
    { kind: 'repeat', schedule: { kind: 'weekly', days: [5, 1], times: ['09:00'] }, zone: 'UTC' },
    '每周一、周五 09:00（UTC），给全部粉丝发送。',
    'Sent to all fans every Mon, Fri at 09:00 (UTC).',
  ],
  [
    { kind: 'repeat', schedule: { kind: 'monthly', days: [1, 'last'], times: ['09:00'] } },
    '每月 1 日、最后一天 09:00（北京时间），给全部粉丝发送。',
    'Sent to all fans every month on 1, the last day at 09:00 (Beijing time).',
  ],
  [
    { kind: 'event', event: { event: 'A' }, count: { mode: 'after', n: 3 } },
    '全部粉丝第 3 次A后，立即发送。',
    'Once one of all fans did “A” 3 time(s), they get it at once.',
  ],
  [
    {
      kind: 'event-not',
      event: { event: 'A' },
      without: { event: 'B' },
      within: { amount: 20, unit: 'minute' },
      perPerson: 1,
      reach: { kind: 'clock', time: '10:00', daysLater: 2 },
    },
    '全部粉丝每次A，20 分钟内没有B，就在 2 天后的 10:00 发送。 每人最多 1 次。',
    'Whenever one of all fans does “A”, and not “B” within 20 minutes, they get it 2 day(s) later at 10:00. A person at most 1 time(s).',
  ],
] as const)('B6, B8: what a trigger will do is told in one sentence: %o', (input, chinese, english) => {
  expect(say('zh-CN', input)).toBe(chinese)
  expect(say('en', input)).toBe(english)
})

test('B8: what is not chosen yet shows as a gap', () => {
  expect(say('zh-CN', { kind: 'event', event: null })).toBe('全部粉丝每次（还没选），立即发送。')
})
