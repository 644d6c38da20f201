import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { beijingDaysBetween } from '../../kernel/beijing.ts'
import { assert, invalid, notFound } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { PERMANENT_CODES } from '../../wechat/rules/scene-limits.ts'
import { getAccount } from '../accounts/index.ts'
import { ownedAnswer, problemsOfRules } from '../auto-replies/index.ts'
import { canSeePersons, maskName, shortenId } from '../contacts/index.ts'
import type { EventMatch } from '../segments/schema.ts'
import { present } from './present.ts'
import type { CodeDay, CodeFigures, CodeScan, PlacementFigures, QrCodeDetail } from './schema.ts'
import { MOST_CONVERSION_PEOPLE } from './schema.ts'
import * as codes from './store/codes.ts'
import { selectConversions } from './store/conversions.ts'
import { selectPlacementFigures } from './store/placements.ts'
import * as scans from './store/scans.ts'

export type OneCode = { accountId: string; qrCodeId: string }
const MOST_DAYS = 400

/** The row; `not_found` where the account has no such code. */
export async function requireCode(
  db: Executor,
  of: OneCode,
  options?: { lock: boolean },
): Promise<codes.CodeRow> {
  const row = await codes.findCode(db, of, options)
  if (row === undefined) throw notFound('QR code')
  return row
}

export async function getCode(ctx: Ctx, of: OneCode): Promise<QrCodeDetail> {
  const row = await requireCode(ctx.db, of)
  const [code] = await present(ctx, ctx.db, [row])
  assert(code, 'a row is presented')
  const { accountId } = of
  const owned = row.ruleId === null ? undefined : await ownedAnswer(ctx.db, { accountId, ruleId: row.ruleId })
  if (row.ruleId === null || owned === undefined)
    return { ...code, answer: null, answerProblems: [], answerShared: 0 }
  const [shared, problems] = await Promise.all([
    codes.codesOfRule(ctx.db, row.ruleId),
    problemsOfRules(ctx, accountId),
  ])
  return {
    ...code,
    answer: owned.answer,
    answerProblems: problems.filter(({ rule }) => rule === row.ruleId),
    answerShared: shared.length,
  }
}

export async function listCodes(ctx: Ctx, accountId: string, filter: codes.CodeFilter) {
  await getAccount(ctx, accountId)
  const now = ctx.clock.now()
  const [rows, counts] = await Promise.all([
    codes.selectCodes(ctx.db, accountId, { filter, now }),
    codes.countCodes(ctx.db, accountId, now),
  ])
  const { items, nextCursor } = toPage(rows, filter.limit, (row) => row.id)
  return {
    items: await present(ctx, ctx.db, items),
    nextCursor,
    counts,
    mostPermanent: PERMANENT_CODES as typeof PERMANENT_CODES,
  }
}

export async function getFigures(
  ctx: Ctx,
  of: OneCode,
  days: { from: string; to: string },
): Promise<{ total: CodeFigures; days: CodeDay[] }> {
  checkDays(days)
  const { id } = await requireCode(ctx.db, of)
  const [total, list] = await Promise.all([scans.figuresOf(ctx.db, [id]), scans.daysOf(ctx.db, id, days)])
  return { total: total.get(id) ?? scans.NO_SCANS, days: list }
}

function checkDays({ from, to }: { from: string; to: string }): void {
  const length = beijingDaysBetween(from, to)
  if (length < 0 || length > MOST_DAYS)
    throw invalid('days_out_of_range', 'the days are in no order, or too many', { most: MOST_DAYS })
}

export async function listPlacementFigures(
  ctx: Ctx,
  accountId: string,
  days: { from: string; to: string },
): Promise<PlacementFigures[]> {
  await getAccount(ctx, accountId)
  checkDays(days)
  return selectPlacementFigures(ctx.db, accountId, days)
}

/** Names and openids are whole for those who may see persons. */
export async function listScans(
  ctx: Ctx,
  of: OneCode,
  filter: Parameters<typeof scans.selectScans>[2],
): Promise<Page<CodeScan>> {
  const { id } = await requireCode(ctx.db, of)
  const whole = canSeePersons(ctx.actor)
  const { items, nextCursor } = toPage(
    await scans.selectScans(ctx.db, id, filter),
    filter.limit,
    scans.scanCursor,
  )
  return {
    nextCursor,
    items: items.map((row) => ({
      ...row,
      name: row.name && (whole ? row.name : maskName(row.name)),
      openid: whole ? row.openid : shortenId(row.openid),
      firstAt: row.firstAt.toISOString(),
      lastAt: row.lastAt.toISOString(),
    })),
  }
}

/** Asked of the log as it is now. */
export async function getConversions(ctx: Ctx, of: OneCode, asked: { event: EventMatch; days: number }) {
  const { id } = await requireCode(ctx.db, of)
  const most = MOST_CONVERSION_PEOPLE
  const [items, figures] = await Promise.all([
    selectConversions(ctx.db, id, { ...asked, now: ctx.clock.now(), most }),
    scans.figuresOf(ctx.db, [id]),
  ])
  return { items, most: (figures.get(id)?.people ?? 0) > most ? most : null }
}
