/** 互动窗口 of 客服消息: after an act of a fan so many messages may be sent to them for so long. */
export type WindowKind = 'message' | 'menu' | 'follow' | 'scan' | 'payment'
export type WindowRule = { sends: number; lengthMs: number }
/** Kinds of acts that open nothing are left out. */
export type WindowTable = {
  /** The platform's document and the day from which it holds. */
  source: string
  from: string
  rules: Readonly<Partial<Record<WindowKind, WindowRule>>>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const TWO_DAYS_MS = 48 * HOUR_MS
const THREE_IN_A_MINUTE: WindowRule = { sends: 3, lengthMs: MINUTE_MS }

/** 关于公众号客服消息下发规则调整的公告: from 2021-06-01 until the one after it. */
export const WINDOWS_2021: WindowTable = {
  source: '公众号客服消息下发规则（2021-06-01 起）',
  from: '2021-06-01',
  rules: {
    message: { sends: 20, lengthMs: TWO_DAYS_MS },
    menu: THREE_IN_A_MINUTE,
    follow: THREE_IN_A_MINUTE,
    scan: THREE_IN_A_MINUTE,
    payment: { sends: 20, lengthMs: TWO_DAYS_MS },
  },
}

/**
 * 客服消息 → 下发额度, checked 2026-11: from 2023-06-12. Whether a payment opens anything is said differently in different
 * places; here it opens nothing.
 */
export const WINDOWS_2023: WindowTable = {
  source: '客服消息：下发额度（2023-06-12 起）',
  from: '2023-06-12',
  rules: {
    message: { sends: 5, lengthMs: TWO_DAYS_MS },
    menu: THREE_IN_A_MINUTE,
    follow: THREE_IN_A_MINUTE,
    scan: THREE_IN_A_MINUTE,
  },
}

export const WINDOW_TABLES: readonly WindowTable[] = [WINDOWS_2021, WINDOWS_2023]
export const WINDOW_KINDS: readonly WindowKind[] = ['message', 'menu', 'follow', 'scan', 'payment']

/** What an account differs in: the overview of service accounts still lists payments, as 48 hours without a number. */
export type WindowSettings = {
  /** 支付成功: messages within 48 hours of it; 0, the default, opens nothing. */
  paymentSends: number
}

const BEGINS = WINDOW_TABLES.map((table) => ({ table, from: Date.parse(`${table.from}T00:00:00+08:00`) }))

/** The platform's table at an instant; its days are Beijing's. */
export const windowTableAt = (at: Date): WindowTable =>
  BEGINS.findLast(({ from }) => from <= at.getTime())?.table ?? WINDOWS_2021

/** What an act at this instant allows; undefined where it opens nothing. */
export function windowRule(kind: WindowKind, at: Date, settings: WindowSettings): WindowRule | undefined {
  if (kind === 'payment')
    return settings.paymentSends > 0 ? { sends: settings.paymentSends, lengthMs: TWO_DAYS_MS } : undefined
  return windowTableAt(at).rules[kind]
}
