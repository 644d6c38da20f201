export type Sentence = { zh: string; en: string }
/** `planned`: of so many (`{day}`, `{left}`) that are not enough for what is still to be sent. */
export type ReasonText = Sentence & { advice?: Sentence; planned?: Sentence & { advice: Sentence } }

/** Why a delivery is where it is: a stable code, a sentence in both languages, and what the operator can do. */
export const REASONS = {
  not_following: {
    zh: '已取消关注该公众号',
    en: 'No longer follows the account',
    advice: { zh: '对方重新关注后才能再次触达。', en: 'They can be reached again once they follow.' },
  },
  month_used_up: {
    zh: '本月群发次数已用完',
    en: 'This month’s mass sends are used up',
    advice: {
      zh: '服务号每位粉丝每个自然月最多收到 4 条群发，下月 1 日 0 点（北京时间）恢复。',
      en: 'A fan of a service account receives at most 4 a calendar month; it starts anew on the 1st at 00:00 Beijing time.',
    },
  },
  month_booked: {
    zh: '本月剩余次数已被定时群发预留',
    en: 'What is left of this month is booked for scheduled mass sends',
    advice: {
      zh: '可在“额度日历”查看是哪些群发；取消或改期后即可释放。',
      en: 'The calendar of the month shows which; cancelling or re-timing one frees its places.',
    },
  },
  erased: { zh: '个人信息已应要求删除', en: 'Their personal data was erased on request' },
  same_person: {
    zh: '与名单中另一位粉丝是同一个人',
    en: 'The same person as another fan of this send',
    advice: {
      zh: '同一次发送，一个人只发一次；在客户详情里可查看合并的依据。',
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
    zh: '今天的接口调用次数已用完',
    en: 'Today’s calls of the interface are used up',
    advice: {
      zh: '剩余的会在明天 0 点（北京时间）后继续。',
      en: 'The rest goes on after 00:00 Beijing time tomorrow.',
    },
    planned: {
      zh: '{day}的接口调用次数不够：需要 {calls} 次，还剩 {left} 次',
      en: 'Not enough calls of the interface {day}: {calls} needed, {left} left',
      advice: {
        zh: '剩余的会在次日 0 点（北京时间）后继续。',
        en: 'The rest goes on after 00:00 Beijing time of the next day.',
      },
    },
  },
  recipients_day_used: {
    zh: '今天的群发人数已达上限',
    en: 'Today’s number of recipients is reached',
    advice: {
      zh: '剩余批次会在明天 0 点后继续；可在公众号设置中调整上限（需微信同意提额）。',
      en: 'The rest goes on after 00:00 tomorrow; the limit is adjustable in the account’s settings if WeChat agreed.',
    },
    planned: {
      zh: '{day}的群发人数不够：需要 {people} 人，还剩 {left} 人',
      en: 'Not enough recipients {day}: {people} needed, {left} left',
      advice: {
        zh: '剩余批次会在次日 0 点后继续；可在公众号设置中调整上限（需微信同意提额）。',
        en: 'The rest goes on after 00:00 of the next day; the limit is adjustable in the account’s settings if WeChat agreed.',
      },
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
  refused_by_platform: { zh: '微信拒绝了这次发送', en: 'WeChat refused this' },
  send_fail: { zh: '微信返回群发失败', en: 'WeChat says that the send failed' },
  content_refused: {
    zh: '内容被微信拒绝',
    en: 'The content was refused by WeChat',
    advice: {
      zh: '请按微信返回的说明修改内容后再发。',
      en: 'Change the content as WeChat’s answer says, then send again.',
    },
  },
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
  missed: {
    zh: '到点时系统没有运行，按设置不再发送',
    en: 'Nothing ran at its time; by its setting it is not sent late',
  },
  no_winner: {
    zh: 'A/B 测试没有选出图文，按设置不再发送',
    en: 'The A/B test chose no articles; by its setting or an operator’s word it is not sent',
  },
  cancelled: { zh: '已被取消，未发送', en: 'Cancelled before it was sent' },
  draft_copy_failed: {
    zh: '生成草稿副本失败',
    en: 'The copy of the draft could not be made',
    advice: { zh: '请检查文章内容和封面素材后重试。', en: 'Check the articles and covers, then try again.' },
  },
  marked_sent: { zh: '人工标记为已发送', en: 'Marked as sent by hand' },
  marked_not_sent: { zh: '人工标记为未发送', en: 'Marked as not sent by hand' },
  ended_early: { zh: '发送已提前结束', en: 'The send was ended before their turn' },
  send_paused: {
    zh: '发送已暂停',
    en: 'The send is paused',
    advice: { zh: '处理好暂停的原因后点“继续”。', en: 'Resume it once what paused it is settled.' },
  },
  too_late: {
    zh: '已过允许发送的最后时间',
    en: 'After the last instant at which it may go',
    advice: {
      zh: '可延长活动的结束时间，或放宽推迟它的限制。',
      en: 'Extend the send, or relax the limit that put it off.',
    },
  },
  template_gone: {
    zh: '模板在微信已不存在',
    en: 'The template is gone at WeChat',
    advice: {
      zh: '请换一个模板，或在公众平台重新添加后同步。',
      en: 'Choose another template, or add it again and synchronise.',
    },
  },
  template_changed: {
    zh: '模板的字段与编写内容时不同',
    en: 'The template’s fields are no longer those it was written for',
    advice: {
      zh: '请打开内容，按新的字段核对后再继续。',
      en: 'Open the content, check it against the new fields, then resume.',
    },
  },
  suppressed: {
    zh: '在“不再打扰”名单中',
    en: 'On the do-not-disturb list',
    advice: {
      zh: '在“设置 → 触达限制”或客户详情中可移出名单。',
      en: 'Taken off the list under Settings → Limits or on the customer’s page.',
    },
  },
  blocked_by_person: {
    zh: '微信表示不能给对方发消息（对方拒收，或在公众号黑名单中）',
    en: 'WeChat says that they can’t be written to: they refuse messages, or are on the account’s blacklist',
    advice: {
      zh: '对方再次互动后恢复；在黑名单中的请到公众平台移出。7 天后会再试一次。',
      en: 'Ends when they interact again; those blacklisted are taken off at WeChat. Tried again after 7 days.',
    },
  },
  no_grant: {
    zh: '没有订阅该通知，或订阅次数已用完',
    en: 'Never subscribed to this notification, or nothing of it is left',
    advice: {
      zh: '请引导对方在订阅页面或文章中订阅。',
      en: 'Ask them to subscribe on a subscribe page or in an article.',
    },
  },
  grant_refused: {
    zh: '拒绝或取消了该订阅',
    en: 'Refused or cancelled this subscription',
    advice: { zh: '对方再次同意订阅后才能发送。', en: 'They can be reached again once they accept.' },
  },
  grant_used_up: {
    zh: '订阅次数已用完',
    en: 'What they subscribed to is used up',
    advice: {
      zh: '一次性订阅每同意一次可发一条，请引导对方再次订阅。',
      en: 'Each acceptance of a one-time template is one message: ask them to subscribe again.',
    },
  },
  interacted: {
    zh: '已再次互动，不需要再召回',
    en: 'Interacted again: no longer silent',
  },
  left_audience: {
    zh: '已不在范围内（标签变了）',
    en: 'No longer in the audience: their tags changed',
  },
  window_closed: {
    zh: '不在可发送客服消息的互动时间内',
    en: 'Outside the time in which customer-service messages may be sent',
    advice: {
      zh: '对方发消息（48 小时内 5 条）、点菜单、关注或扫码（1 分钟内 3 条）后才能发送。',
      en: 'Possible after they write (5 within 48 hours), tap the menu, follow or scan (3 within a minute).',
    },
  },
  window_used_up: {
    zh: '本次互动允许的客服消息条数已用完',
    en: 'What their last act allows is used up',
    advice: { zh: '对方再次互动后恢复。', en: 'Possible again after their next act.' },
  },
  frequency_cap: {
    zh: '达到疲劳度上限',
    en: 'At the frequency cap',
    advice: { zh: '在“设置 → 触达限制”中可查看是哪一条。', en: 'Settings → Limits shows which one.' },
  },
  quiet_hours: {
    zh: '在免打扰时段内',
    en: 'Within quiet hours',
    advice: {
      zh: '设为推迟的，时段结束后自动发送。',
      en: 'Where they postpone, it goes by itself when they end.',
    },
  },
  held_out: { zh: '对照组，不发送', en: 'In the hold-out group: left without on purpose' },
  variable_missing: {
    zh: '缺少内容需要的变量值',
    en: 'A value that the content needs is missing',
    advice: { zh: '可为该变量设置默认值。', en: 'A fallback can be set for the variable.' },
  },
  field_invalid: {
    zh: '填入后的字段不符合微信的规则',
    en: 'A field with their values breaks WeChat’s rules',
    advice: { zh: '可缩短、换格式，或设置默认值。', en: 'Shorten it, format it, or set a fallback.' },
  },
  content_too_long: { zh: '填入变量后的内容过长', en: 'Too long with their values' },
  content_empty: { zh: '填入变量后的内容为空', en: 'Empty with their values' },
  link_invalid: { zh: '填入变量后的链接无效', en: 'A link with their values is not valid' },
  internal_error: {
    zh: '系统处理这一条时出错',
    en: 'We failed on this one',
    advice: {
      zh: '其他人不受影响；请把错误报告给维护者。',
      en: 'Others are not affected; please report it to the maintainers.',
    },
  },
  receipt_blocked: {
    zh: '微信回执：对方拒收',
    en: 'WeChat’s result: refused by the person',
  },
  receipt_failed: { zh: '微信回执：发送失败', en: 'WeChat’s result: failed' },
} as const satisfies Record<string, ReasonText>

export type Reason = keyof typeof REASONS
