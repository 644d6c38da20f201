import { describe, expect, test } from 'vitest'
import { type LintFacts, lintFacts, messageContent } from '../schema.ts'
import { LINT_RULES, lint } from './lint.ts'

const content = (thing1: string) =>
  messageContent.parse({ kind: 'template', templateId: '1', fields: { thing1 } })
const found = (title: string, text: string, facts: Partial<LintFacts> = { trigger: 'event', perPerson: 1 }) =>
  lint({ content: content(text), template: { title, fields: [] }, facts: lintFacts.parse(facts) }).map(
    ({ rule }) => rule,
  )
const once = { trigger: 'once', broad: true } as const

describe('D3: what the published rules say of a template message', () => {
  test('a plain service notice after an event is not mentioned', () => {
    expect(found('订单支付成功通知', '您的订单已支付，金额 ¥100.00 元')).toEqual([])
  })

  test.each<[string, string, string, Partial<LintFacts>, Partial<LintFacts>]>([
    ['never_served', '订单支付成功通知', '已支付', once, { trigger: 'event', broad: false, perPerson: 1 }],
    ['never_served', '订单支付成功通知', '已支付', once, { trigger: 'once', broad: false }],
    [
      'repeated',
      '订单支付成功通知',
      '已支付',
      { trigger: 'repeat', perPerson: 3 },
      { trigger: 'repeat', perPerson: 2 },
    ],
    ['repeated', '订单支付成功通知', '已支付', { trigger: 'repeat' }, { trigger: 'once' }],
    [
      'frequent_reminders',
      '会员到期提醒',
      '明天到期',
      { trigger: 'event' },
      { trigger: 'event', perPerson: 1 },
    ],
    [
      'frequent_reminders',
      '缴费提醒',
      '请缴费',
      { trigger: 'repeat', perPerson: 2, perDay: 2 },
      { trigger: 'repeat', perPerson: 2, perDay: 1 },
    ],
  ])('%s: told by how it is sent', (rule, title, text, breaking, keeping) => {
    expect(found(title, text, breaking)).toContain(rule)
    expect(found(title, text, keeping)).not.toContain(rule)
  })

  test('alarms may go to people who were never served', () => {
    expect(found('停水通知', '明天停水', once)).not.toContain('never_served')
    expect(found('设备故障报警', '请检查', once)).not.toContain('never_served')
  })

  test.each([
    ['marketing', '限时秒杀，全场特惠', '您的订单已支付'],
    ['inducement', '分享给好友领取', '请查看详情'],
    ['inducement', '请下载APP查看', '请在小程序查看'],
    ['diversion', '点击加群了解', '点击查看物流'],
    ['vouchers', '送您一张优惠券', '送货员已出发'],
    ['vouchers', '您的积分已到账', '您的款项已到账'],
    ['discounts', '您收藏的商品降价了', '您购买的商品已发货'],
    ['subscription_forced', '订阅有礼，马上领取', '感谢订阅'],
  ])('%s: told by the words', (rule, breaking, keeping) => {
    expect(found('订单通知', breaking)).toContain(rule)
    expect(found('订单通知', keeping)).not.toContain(rule)
  })

  test('what a field is called is no discount; a price of 100元 is no giveaway', () => {
    expect(found('订单支付成功通知', '优惠后金额 100元')).toEqual([])
    expect(found('订单支付成功通知', '实付 10元购物款')).not.toContain('discounts')
  })

  test('a title of one thing and fields of another don’t fit', () => {
    expect(found('刷卡成功通知', '新品活动今晚开始')).toContain('mismatch')
    expect(found('物业通知', '楼盘活动邀请')).toContain('mismatch')
    expect(found('活动支付成功通知', '活动费用已支付')).not.toContain('mismatch')
  })

  test('a finding carries its words, place, source and date, and blocks only where somebody said so', () => {
    const input = {
      content: content('秒杀'),
      template: { title: '通知', fields: [] },
      facts: lintFacts.parse({ trigger: 'event', perPerson: 1 }),
    }
    expect(lint(input)).toMatchObject([
      {
        rule: 'marketing',
        field: 'fields.thing1',
        found: '秒杀',
        blocks: false,
        source: { date: '2026-11' },
      },
    ])
    expect(lint(input, new Set(['marketing']))).toMatchObject([{ blocks: true }])
    expect(lint(input, new Set(['vouchers']))).toMatchObject([{ blocks: false }])
  })

  test('fallbacks are read as well', () => {
    const raw = {
      kind: 'text',
      text: '{{a}}',
      variables: { a: { source: { from: 'person-name' }, missing: { fallback: '订阅有礼' } } },
    }
    const rules = lint({ content: messageContent.parse(raw), template: null, facts: lintFacts.parse({}) })
    expect(rules).toMatchObject([{ rule: 'subscription_forced', field: 'variables.a' }])
  })
})

test('rules have ids of their own, both languages, a source and a date', () => {
  expect(new Set(LINT_RULES.map(({ id }) => id)).size).toBe(LINT_RULES.length)
  for (const { title, advice, source } of LINT_RULES) {
    for (const said of [title.zh, title.en, advice.zh, advice.en, source.title]) expect(said).not.toBe('')
    expect(source.date).toMatch(/^\d{4}-\d{2}$/)
  }
})
