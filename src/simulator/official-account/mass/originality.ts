import type { ArticleVerdict, MassVerdict } from '../account.ts'

/** An item of CopyrightCheckResult, under the platform's own names (事件推送群发结果, checked 2026-11). */
export type Checked = {
  UserDeclareState: number
  AuditState: number
  OriginalArticleUrl: string
  OriginalArticleType: number
  CanReprint: 0 | 1
  NeedReplaceContent: 0 | 1
  NeedShowReprintSource: 0 | 1
}

const PASSED = 11
const FAILED = 2
/** AuditState: neither "not checked" nor "being checked" is a finding; 11 has passed, all others have not. */
const isReprint = (auditState: number): boolean => ![0, 1, PASSED].includes(auditState)
const ORIGINAL = 'https://mp.weixin.qq.com/s/original'

/** What the originality check says of each of a job's articles, in their order. */
export function checkedArticles(verdict: MassVerdict, count: number): Checked[] {
  return Array.from({ length: count }, (_none, index) => {
    const given = verdict.articles?.[index]
    if (given) return checked(given)
    const reprint = verdict.articles === undefined && (verdict.checkState ?? 1) !== 1
    return checked(reprint ? { auditState: FAILED, canReprint: verdict.checkState === 2 } : {})
  })
}

function checked(found: ArticleVerdict): Checked {
  const auditState = found.auditState ?? PASSED
  const reprint = isReprint(auditState)
  const allowed = reprint && found.canReprint === true ? 1 : 0
  return {
    UserDeclareState: found.declareState ?? 0,
    AuditState: auditState,
    OriginalArticleUrl: reprint ? (found.originalUrl ?? ORIGINAL) : '',
    OriginalArticleType: reprint ? (found.originalType ?? 1) : 0,
    CanReprint: allowed,
    NeedReplaceContent: allowed,
    NeedShowReprintSource: allowed,
  }
}

/** CheckState of the whole job: 1 fine, 2 a reprint among it that may be sent, 3 one that may not. */
export function checkStateOf(verdict: MassVerdict, count: number): 1 | 2 | 3 {
  if (verdict.checkState) return verdict.checkState
  const reprints = checkedArticles(verdict, count).filter((one) => isReprint(one.AuditState))
  if (reprints.length === 0) return 1
  return reprints.every((one) => one.CanReprint === 1) ? 2 : 3
}
