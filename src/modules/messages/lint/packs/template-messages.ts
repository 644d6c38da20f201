import type { LintRuleData } from '../pack.ts'

/** 模板消息运营规范 and the sending rules that the platform published with it. */
const source = { title: '微信公众平台《模板消息运营规范》', date: '2026-11' }
const channels = ['template'] as const

export const TEMPLATE_MESSAGE_RULES: readonly LintRuleData[] = [
  {
    id: 'never_served',
    severity: 'high',
    channels,
    title: { zh: '向没有接受过服务的人下发', en: 'Sent to people who were never served' },
    advice: {
      zh: '模板消息是服务通知：只发给刚刚下单、预约、办理了业务的人。请改用事件触发，或把人群收窄到有相应行为的客户。故障、灾害报警和不涉及营销的通知除外。',
      en: 'Template messages are service notices: send them to people who just ordered, booked or used something. Use an event trigger or a narrower audience. Alarms and notices without marketing are excepted.',
    },
    source,
    looks: {
      for: 'unserved',
      unless: ['报警', '告警', '预警', '故障', '灾害', '停水', '停电', '停气', '停机', '维护', '应急'],
    },
  },
  {
    id: 'repeated',
    severity: 'high',
    channels,
    title: { zh: '一次触发后重复下发 3 条或更多', en: 'Three or more repeats after one trigger' },
    advice: {
      zh: '同一次触发连续收到 3 条或更多重复模板消息属于违规。请设置每人次数上限，或增加触达限制。',
      en: 'Three or more repeats of a template message after one act are a violation. Set a limit for each person or a frequency cap.',
    },
    source,
    looks: { for: 'repeats', fewest: 3 },
  },
  {
    id: 'marketing',
    severity: 'high',
    channels,
    title: { zh: '内容含营销、推广', en: 'Marketing or promotion' },
    advice: {
      zh: '模板消息不能做营销、推广或活动公告，哪怕只在某个字段里。营销内容请用群发或客服消息。',
      en: 'Template messages must not market, promote or announce activities, not even in one field. Use mass sends or customer-service messages.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['促销', '特惠', '特价', '秒杀', '抢购', '限时', '满减', '爆款', '热卖', '新品', '上新', '福利'],
        ...[
          '抽奖',
          '中奖',
          '免费领',
          '0元购',
          '零元购',
          '买一送一',
          '立即购买',
          '点击购买',
          '马上抢',
          '清仓',
        ],
        ...['团购', '拼团', '砍价', '双11', '双十一', '618大促', '周年庆', '会员日', '推荐好物', '大促'],
      ],
    },
  },
  {
    id: 'inducement',
    severity: 'high',
    channels,
    title: { zh: '诱导分享、关注或下载', en: 'Induces sharing, following or downloads' },
    advice: {
      zh: '不得诱导分享、转发、关注或下载 App。请删除这些用语。',
      en: 'Sharing, forwarding, following or installing an app must not be induced. Remove these words.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['分享给', '分享到', '转发', '邀请好友', '集赞', '助力', '拉新', '下载APP', '下载App', '下载app'],
        ...['下载客户端', '扫码关注', '关注有礼'],
      ],
    },
  },
  {
    id: 'diversion',
    severity: 'medium',
    channels,
    title: { zh: '引流用语', en: 'Diversion to elsewhere' },
    advice: {
      zh: '模板消息不得作为引流工具。请只写与本次服务有关的内容，跳转页也应是该服务的页面。',
      en: 'Template messages must not lead people elsewhere. Write only what belongs to this service, and open its own page.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['加微信', '加客服微信', '加群', '进群', '入群', '添加企业微信', '看直播', '直播间'],
        ...['点击了解更多', '点击领取'],
      ],
    },
  },
  {
    id: 'vouchers',
    severity: 'high',
    channels,
    title: {
      zh: '涉及红包、卡券、优惠券、会员卡、积分',
      en: 'Red packets, coupons, vouchers, membership or points',
    },
    advice: {
      zh: '红包、卡券、优惠券、代金券、会员卡、积分类的模板消息不允许下发，请使用微信卡券能力。',
      en: 'Template messages about red packets, cards, coupons, vouchers, membership or points are not allowed; use WeChat’s cards.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['红包', '卡券', '优惠券', '代金券', '礼券', '抵用券', '兑换券', '折扣券'],
        ...['会员卡', '会员权益', '会员升级', '积分'],
      ],
    },
  },
  {
    id: 'discounts',
    severity: 'high',
    channels,
    title: {
      zh: '消费优惠、返利、降价、商品更新类通知',
      en: 'Discount, rebate, price-drop or product-update notices',
    },
    advice: {
      zh: '这类通知有诱导消费的意图，属于违规。请不要用模板消息发送。',
      en: 'Such notices lead to buying and are a violation; don’t send them as template messages.',
    },
    source,
    looks: {
      for: 'words',
      words: [
        ...['优惠', '折扣', '打折', '返利', '返现', '降价', '直降', '立减'],
        ...['商品更新', '到货提醒', '补货', '上架提醒'],
      ],
      unless: ['优惠后金额', '优惠金额', '优惠券'],
    },
  },
  {
    id: 'frequent_reminders',
    severity: 'medium',
    channels,
    title: {
      zh: '频率过高的到期、缴费、留言、订阅提醒',
      en: 'Expiry, payment, comment or subscription reminders too often',
    },
    advice: {
      zh: '到期、缴费、留言、订阅提醒每人每天不宜超过 1 条。请降低频率，或设置每人次数上限。',
      en: 'One such reminder a person and day is enough. Send less often, or set a limit for each person.',
    },
    source,
    looks: {
      for: 'frequent',
      words: ['到期', '过期', '缴费', '欠费', '还款', '续费', '留言', '评论', '订阅', '催'],
      fewestPerDay: 2,
    },
  },
  {
    id: 'mismatch',
    severity: 'high',
    channels,
    title: { zh: '内容与模板标题、关键词不一致', en: 'Content does not fit the template’s title' },
    advice: {
      zh: '每个字段只能填它名称所说的内容，内容要与标题是同一件事。请换用合适的模板。',
      en: 'Each field may only hold what its name says, and all of it belongs to the title. Choose a template that fits.',
    },
    source,
    looks: {
      for: 'mismatch',
      subjects: [
        {
          title: ['支付', '付款', '刷卡', '扣款', '缴费'],
          text: ['活动', '开播', '课程上新', '预约成功', '招聘'],
        },
        {
          title: ['发货', '物流', '快递', '配送', '签收'],
          text: ['活动', '开播', '领取', '报名', '预约成功'],
        },
        { title: ['预约', '挂号', '排队', '就诊'], text: ['发货', '已签收', '活动', '开播'] },
        { title: ['物业', '报修', '小区'], text: ['活动', '团购', '开盘', '购房', '开播'] },
        { title: ['订单', '下单'], text: ['开播', '报名参加', '活动开始', '招聘'] },
        { title: ['登录', '账户', '账号', '安全'], text: ['活动', '开播', '发货', '领取'] },
      ],
    },
  },
]
