/** One answer to one template, with the platform's time of it. */
export type Answer = { wechatId: string; accepted: boolean; at: Date }

/**
 * Answers in an event of the log: `subscribe_msg_popup_event` (a popup) and `subscribe_msg_change_event` (a switch in the
 * account's settings), as ingest keeps them; one for each template. Anything that is not an answer is left out.
 */
export function answersOf(event: { at: Date; properties: Record<string, unknown> }): Answer[] {
  const { items } = event.properties
  if (!Array.isArray(items)) return []
  const answers = items.flatMap((item: unknown): [string, Answer][] => {
    if (typeof item !== 'object' || item === null) return []
    const { templateId, accepted } = item as { templateId?: unknown; accepted?: unknown }
    if (typeof templateId !== 'string' || typeof accepted !== 'boolean') return []
    return [[templateId, { wechatId: templateId, accepted, at: event.at }]]
  })
  return [...new Map(answers).values()]
}

/** 授权状态 of one person for one template. `granted` of a long-term template is 0 or 1, and `used` stays 0. */
export type Grant = {
  granted: number
  used: number
  acceptedAt: Date | null
  rejectedAt: Date | null
  epoch: number
}
export const NO_GRANT: Grant = { granted: 0, used: 0, acceptedAt: null, rejectedAt: null, epoch: 0 }

type Change = {
  accepted: boolean
  at: Date
  term: 'one-time' | 'long-term'
  /** Of a refusal that came late: acceptances known that are younger than it. */
  acceptedSince?: number
}

/**
 * What an answer makes of a grant (订阅通知, 2026-11): an acceptance is one more send of a one-time template, a refusal or
 * cancellation takes them all. Times are the platform's, whole seconds: of two answers of one second the one that came
 * later counts; an acceptance older than a refusal changes nothing, a refusal older than an acceptance takes only what
 * was there before it.
 */
export function answer(grant: Grant, { accepted, at, term, acceptedSince = 0 }: Change): Grant {
  if (accepted) {
    if (grant.rejectedAt !== null && at < wholeSecond(grant.rejectedAt)) return grant
    const granted = term === 'long-term' ? 1 : grant.granted + 1
    return { ...grant, granted, acceptedAt: later(grant.acceptedAt, at) }
  }
  if (grant.rejectedAt !== null && at < grant.rejectedAt) return grant
  const rejected = { ...grant, rejectedAt: at }
  if (!isLate(grant, at)) return { ...rejected, granted: 0, used: 0, epoch: grant.epoch + 1 }
  const granted = Math.min(grant.granted, term === 'long-term' ? Math.min(1, acceptedSince) : acceptedSince)
  return { ...rejected, granted, used: Math.min(grant.used, granted) }
}

/** Whether something younger than this refusal was accepted already. */
export const isLate = (grant: Grant, at: Date): boolean => grant.acceptedAt !== null && at < grant.acceptedAt

/** Refused or cancelled, and nothing accepted since. */
export const isRejected = ({ acceptedAt, rejectedAt, granted }: Omit<Grant, 'epoch' | 'used'>): boolean =>
  rejectedAt !== null && granted === 0 && (acceptedAt === null || acceptedAt <= rejectedAt)

const later = (a: Date | null, b: Date): Date => (a !== null && a > b ? a : b)
const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000)
