import type { Advice } from '../error-codes.ts'

export type MassOutcome = 'sent' | 'failed' | 'refused' | 'not_confirmed'

export type MassStatusMeaning = {
  /**
   * `refused`: content or originality stopped it. `not_confirmed`: the administrator did not agree. In both, as in
   * `failed`, nobody received it.
   */
  readonly outcome: MassOutcome
  /** The number in `err(…)`. */
  readonly code?: number
  /** Stable; the console translates it. */
  readonly reason: string
  readonly advice: Advice
}

const refused = (reason: string, zh: string, en: string) => ({
  outcome: 'refused' as const,
  reason,
  advice: { zh, en },
})
const content = (what: string, reason: string, whatEn: string) =>
  refused(
    reason,
    `平台判定内容${what}，未发送。请修改内容后重新提交。`,
    `Not sent: the platform judged the content ${whatEn}. Change it and submit again.`,
  )

/** 事件推送群发结果 (群发接口和原创校验), checked 2026-11. */
const errors: Record<number, Omit<MassStatusMeaning, 'code'>> = {
  10001: content('涉嫌广告', 'advertising', 'to be advertising'),
  20001: content('涉嫌政治', 'politics', 'political'),
  20002: content('涉嫌色情', 'pornography', 'pornographic'),
  20004: content('涉嫌社会危害', 'society', 'harmful to society'),
  20006: content('涉嫌违法犯罪', 'crime', 'illegal'),
  20008: content('涉嫌欺诈', 'fraud', 'fraudulent'),
  20013: content('涉嫌侵犯版权', 'copyright', 'to infringe copyright'),
  21000: content('涉嫌其他违规', 'other_violation', 'to break another rule'),
  22000: content('涉嫌互推', 'mutual_promotion', 'to be mutual promotion'),
  30001: refused(
    'originality_system',
    '原创校验出现系统错误，且设置了“转载时停止发送”，未发送。可稍后重试，或允许按转载发送。',
    'Not sent: the originality check failed in the system and the send was set to stop on a reprint. Try again later, or allow sending as a reprint.',
  ),
  30002: refused(
    'originality_forbidden',
    '原创校验未通过：文章不允许转载，未发送。请更换内容或取得授权。',
    'Not sent: the originality check found an article that may not be reprinted. Change it or obtain permission.',
  ),
  30003: refused(
    'originality_reprint',
    '原创校验判定为转载，且设置了“转载时停止发送”，未发送。可允许按转载发送后重试。',
    'Not sent: it was found to be a reprint and the send was set to stop on one. Allow sending as a reprint and try again.',
  ),
  40001: {
    outcome: 'not_confirmed',
    reason: 'administrator_refused',
    advice: {
      zh: '管理员在微信上拒绝了本次群发，未发送。',
      en: 'Not sent: the administrator refused the send in WeChat.',
    },
  },
  40002: {
    outcome: 'not_confirmed',
    reason: 'administrator_late',
    advice: {
      zh: '管理员 30 分钟内未在微信上确认，本次群发已取消。请联系管理员后重新提交。',
      en: 'Not sent: the administrator did not confirm within 30 minutes. Ask them and submit again.',
    },
  },
}

/** What `Status` of MASSSENDJOBFINISH means. Spelling and spaces are read loosely; what nobody documented is a failure. */
export function explainMassStatus(status: string): MassStatusMeaning {
  const text = status.trim().toLowerCase()
  if (/^send[\s_]*success$/.test(text))
    return {
      outcome: 'sent',
      reason: 'sent',
      advice: {
        zh: '群发已完成；个别粉丝仍可能因拒收等原因未收到。',
        en: 'Sent; single fans may still not have received it, for instance because they refuse messages.',
      },
    }
  if (/^send[\s_]*fail/.test(text))
    return {
      outcome: 'failed',
      reason: 'send_fail',
      advice: {
        zh: '平台返回群发失败，没有给出原因。请检查内容与账号状态后重试。',
        en: 'The platform says that the send failed and gives no reason. Check the content and the account, then try again.',
      },
    }
  const code = Number(/^err\s*\(?\s*(\d+)\s*\)?/.exec(text)?.[1] ?? Number.NaN)
  const known = errors[code]
  if (known) return { code, ...known }
  return {
    outcome: 'failed',
    ...(Number.isNaN(code) ? {} : { code }),
    reason: 'unknown_status',
    advice: {
      zh: '平台返回了未收录的群发状态，按失败处理。请登录公众平台核对。',
      en: 'The platform gave a state that is not in our table; it counts as failed. Check it on the platform.',
    },
  }
}
