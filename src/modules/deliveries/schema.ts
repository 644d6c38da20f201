import { z } from 'zod'

/** Where one delivery (发送记录) stands; the same words for every kind of send. */
export const DELIVERY_STATES = [
  'planned',
  'held',
  'skipped',
  'sending',
  'accepted',
  'delivered',
  'failed',
  'unknown',
] as const
export const deliveryState = z.enum(DELIVERY_STATES)
export type DeliveryState = z.infer<typeof deliveryState>

export type Sentence = { zh: string; en: string }
export type ReasonText = Sentence & { advice?: Sentence }

/** Why a delivery is where it is: a stable code, a sentence in both languages, and what the operator can do. */
export const REASONS = {
  not_following: {
    zh: '已取消关注该公众号',
    en: 'No longer follows the account',
    advice: { zh: '对方重新关注后才能收到群发。', en: 'They can be reached again once they follow.' },
  },
  month_used_up: {
    zh: '本月群发次数已用完',
    en: 'This month’s mass sends are used up',
    advice: {
      zh: '服务号每位粉丝每个自然月最多收到 4 条群发，下月 1 日 0 点（北京时间）恢复。',
      en: 'A fan of a service account receives at most 4 a calendar month; it starts anew on the 1st at 00:00 Beijing time.',
    },
  },
  erased: { zh: '个人信息已应要求删除', en: 'Their personal data was erased on request' },
  same_person: {
    zh: '与名单中另一位粉丝是同一个人',
    en: 'The same person as another fan of this send',
    advice: {
      zh: '同一次群发，一个人只发一次；在客户详情里可查看合并的依据。',
      en: 'A person gets one message a send; the customer’s page shows why the two are one.',
    },
  },
  below_two: {
    zh: '按名单群发至少需要 2 人',
    en: 'A send by list needs at least two people',
    advice: { zh: '请增加人数，或改用按标签/全部粉丝群发。', en: 'Add people, or send by tag or to all.' },
  },
  nobody_left: { zh: '这一批已没有可送达的人', en: 'Nobody of this batch can be reached any more' },
  account_day_used: {
    zh: '订阅号今天的 1 次群发已用',
    en: 'The subscription account’s one send of today is used',
    advice: { zh: '明天 0 点（北京时间）后可再次群发。', en: 'Send again after 00:00 Beijing time.' },
  },
  calls_used_up: {
    zh: '今天的群发接口调用次数已用完',
    en: 'Today’s calls of the mass interface are used up',
    advice: { zh: '剩余批次会在明天 0 点后继续。', en: 'The remaining batches go on after 00:00 tomorrow.' },
  },
  recipients_day_used: {
    zh: '今天的群发人数已达上限',
    en: 'Today’s number of recipients is reached',
    advice: {
      zh: '剩余批次会在明天 0 点后继续；可在公众号设置中调整上限（需微信同意提额）。',
      en: 'The rest goes on after 00:00 tomorrow; the limit is adjustable in the account’s settings if WeChat agreed.',
    },
  },
  awaiting_rate: { zh: '按允许的速度排队中', en: 'Waiting its turn at the allowed rate' },
  awaiting_administrator: {
    zh: '等待管理员在微信上确认',
    en: 'Waiting for the administrator’s confirmation in WeChat',
    advice: {
      zh: '请管理员在 30 分钟内打开微信确认本次群发。',
      en: 'Ask the administrator to confirm in WeChat within 30 minutes.',
    },
  },
  no_answer: {
    zh: '微信没有应答，正在用同一编号核实',
    en: 'WeChat did not answer; asking again with the same key',
    advice: {
      zh: '无需操作：同一编号在 24 小时内不会重复发送。',
      en: 'Nothing to do: the same key is never sent twice within 24 hours.',
    },
  },
  answer_never_came: {
    zh: '微信一直没有应答，是否已发送无法确定',
    en: 'WeChat never answered: it can’t be known whether this was sent',
    advice: {
      zh: '请在公众平台查看群发记录，再在此标记结果。',
      en: 'Look at the account’s own records, then mark the result here.',
    },
  },
  repeat_refused: {
    zh: '第一次提交没有应答，核实时又被微信拒绝，是否已发送无法确定',
    en: 'The first call went unanswered and its repeat was refused: it can’t be known whether this was sent',
    advice: {
      zh: '请在公众平台查看群发记录，再在此标记结果。',
      en: 'Look at the account’s own records, then mark the result here.',
    },
  },
  result_missing: {
    zh: '微信已受理，结果通知尚未收到',
    en: 'Accepted by WeChat; its result has not come yet',
  },
  platform_busy: { zh: '微信系统繁忙，稍后自动重试', en: 'WeChat is busy; tried again by itself' },
  account_paused: {
    zh: '公众号已暂停发送',
    en: 'The account is paused',
    advice: { zh: '请到“设置 → 公众号”查看原因并处理。', en: 'See Settings → Accounts for the reason.' },
  },
  no_mass_quota: { zh: '微信返回：没有剩余的群发次数', en: 'WeChat says that no mass send is left' },
  refused_by_platform: { zh: '微信拒绝了这一批', en: 'WeChat refused this batch' },
  send_fail: { zh: '微信返回群发失败', en: 'WeChat says that the send failed' },
  content_refused: { zh: '内容未通过微信审核', en: 'The content was refused by WeChat' },
  administrator_refused: { zh: '管理员拒绝了本次群发', en: 'The administrator refused the send' },
  administrator_late: {
    zh: '管理员 30 分钟内未确认',
    en: 'The administrator did not confirm within 30 minutes',
  },
  unknown_status: {
    zh: '微信返回了未收录的结果状态',
    en: 'WeChat gave a result that is not in our table',
    advice: { zh: '请在公众平台核对后标记结果。', en: 'Check it on the platform, then mark the result.' },
  },
  unknown_code: {
    zh: '微信返回了未收录的错误码，是否已发送无法确定',
    en: 'WeChat gave a code that is not in our table: it can’t be known whether this was sent',
    advice: { zh: '请在公众平台核对后标记结果。', en: 'Check it on the platform, then mark the result.' },
  },
  cancelled: { zh: '已被取消，未发送', en: 'Cancelled before it was sent' },
  draft_copy_failed: {
    zh: '生成草稿副本失败',
    en: 'The copy of the draft could not be made',
    advice: { zh: '请检查文章内容和封面素材后重试。', en: 'Check the articles and covers, then try again.' },
  },
  marked_sent: { zh: '人工标记为已发送', en: 'Marked as sent by hand' },
  marked_not_sent: { zh: '人工标记为未发送', en: 'Marked as not sent by hand' },
} as const satisfies Record<string, ReasonText>

export type Reason = keyof typeof REASONS
export const reason = z.string()
