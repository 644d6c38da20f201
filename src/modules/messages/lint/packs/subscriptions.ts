import type { LintRuleData } from '../pack.ts'

/** 服务号订阅通知 runs under rules of its own: people agree first, and their agreement must be free. */
const source = { title: '微信公众平台《服务号订阅通知》运营规范', date: '2026-11' }
const PROMOTION = ['秒杀', '促销', '抽奖', '红包', '优惠券']

export const SUBSCRIPTION_RULES: readonly LintRuleData[] = [
  {
    id: 'subscription_forced',
    severity: 'high',
    channels: ['subscription', 'template', 'customer-service'],
    title: { zh: '奖励或强制订阅', en: 'Subscriptions rewarded or forced' },
    advice: {
      zh: '不得以红包、积分、优惠等利益诱导订阅，也不得不订阅就不能用。请删除这些用语，让用户自愿选择。',
      en: 'Nobody may be paid for subscribing, nor kept from using something without. Remove these words and let people choose.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['订阅有礼', '订阅领', '订阅送', '订阅得', '订阅即可领', '订阅后领取', '订阅抽'],
        ...['订阅后才能', '必须订阅', '不订阅', '授权后领取'],
      ],
    },
  },
  {
    id: 'subscription_mismatch',
    severity: 'medium',
    channels: ['subscription'],
    title: { zh: '内容与订阅的模板不一致', en: 'Content does not fit the template subscribed to' },
    advice: {
      zh: '用户只同意接收模板所说的通知。请只写与模板标题有关的内容。',
      en: 'People agreed to what the template says. Write only what belongs to its title.',
    },
    source,
    looks: {
      for: 'mismatch',
      subjects: [
        { title: ['发货', '物流', '快递', '配送', '签收'], text: PROMOTION },
        { title: ['预约', '挂号', '排队', '就诊'], text: PROMOTION },
        { title: ['支付', '付款', '扣款', '缴费', '账单'], text: PROMOTION },
        { title: ['登录', '账户', '账号', '安全'], text: PROMOTION },
      ],
    },
  },
  {
    id: 'inducing_words',
    severity: 'medium',
    channels: ['subscription', 'customer-service'],
    title: { zh: '诱导分享或下载', en: 'Induces sharing or downloads' },
    advice: {
      zh: '消息里不得诱导分享、转发、集赞、助力或下载 App。',
      en: 'Messages must not induce sharing, forwarding, likes or installing an app.',
    },
    source: { title: '《微信公众平台运营规范》诱导行为', date: '2026-11' },
    looks: {
      for: 'words',
      words: [
        ...['分享给好友', '分享到朋友圈', '转发朋友圈', '集赞', '邀请好友助力'],
        ...['下载APP', '下载App', '下载app'],
      ],
    },
  },
]
