import type { Ctx } from '../../../context.ts'
import { beijingDaysBetween } from '../../../kernel/beijing.ts'
import type { QueryOf } from '../../../kernel/endpoint.ts'
import { invalid } from '../../../kernel/errors.ts'
import type { Page } from '../../../kernel/paging.ts'
import { getAccount, listAccounts } from '../../accounts/index.ts'
import { figureDays } from '../../article-figures/index.ts'
import { confirmationsOf } from '../following/confirmation.ts'
import { withdrawalsOf } from '../following/withdrawals.ts'
import { faceOf, presentListItem } from '../present.ts'
import { type listMassRecordsEndpoint, MAX_RECORD_DAYS, type MassRecord } from '../schema/records.ts'
import { findClaimed, partOf } from '../store/broadcasts.ts'
import { articlesOf, deliveredOf, stateOf } from './figures.ts'
import { type RecordFilter, type RecordRow, readRecords } from './store.ts'

type Asked = Omit<RecordFilter, 'accountIds'> & { accountId?: string | undefined }

/** Of one account, or of all that the caller may see. */
export async function filterOf(ctx: Ctx, { accountId, ...rest }: Asked): Promise<RecordFilter> {
  const accounts = accountId === undefined ? await listAccounts(ctx) : [await getAccount(ctx, accountId)]
  return { ...rest, accountIds: accounts.map(({ id }) => id) }
}

/** Refuses a range that is turned round or longer than a year with `range_too_long`. */
export function checkRange({ from, to }: { from: string; to: string }): void {
  const days = beijingDaysBetween(from, to) + 1
  if (days < 1 || days > MAX_RECORD_DAYS)
    throw invalid('range_too_long', 'at most 366 days', { days, max: MAX_RECORD_DAYS })
}

/** A label is derived: so many pages are looked through for it at most, then the caller asks on. */
const MOST_LOOKS = 20

export async function listRecords(
  ctx: Ctx,
  query: QueryOf<typeof listMassRecordsEndpoint>,
): Promise<Page<MassRecord>> {
  const { cursor, limit, ...asked } = query
  const filter = await filterOf(ctx, asked)
  const found: RecordRow[] = []
  let before: string | null = cursor ?? null
  for (let looks = 0; looks < MOST_LOOKS && found.length < limit; looks += 1) {
    const { rows, last } = await readRecords(ctx.db, filter, { before, limit })
    found.push(...rows)
    before = last
    if (last === null) break
  }
  const items = found.slice(0, limit)
  const cut = found.length > limit ? (items.at(-1)?.armId ?? null) : before
  return { items: await presentRecords(ctx, items), nextCursor: cut }
}

async function presentRecords(ctx: Ctx, rows: readonly RecordRow[]): Promise<MassRecord[]> {
  const articles = await articlesOf(ctx.db, rows)
  const ids = [...new Set(rows.map(({ id }) => id))]
  const offline = await withdrawalsOf(ctx.db, ids)
  const confirmations = await confirmationsOf(ctx.db, ids)
  const reading = new Map(
    await Promise.all(
      [...Map.groupBy(rows, (row) => row.accountId)].map(
        async ([accountId, own]) =>
          [
            accountId,
            await figureDays(
              ctx.db,
              accountId,
              own.flatMap(({ days }) => days),
            ),
          ] as const,
      ),
    ),
  )
  const now = ctx.clock.now()
  const shown = await Promise.all(
    rows.map(async (row): Promise<MassRecord | undefined> => {
      const broadcast = await findClaimed(ctx.db, row.id)
      if (broadcast === undefined) return undefined
      const { group, arm } = partOf(broadcast, row.arm)
      const results = articles.get(row.armId) ?? []
      return {
        ...(await presentListItem(ctx, broadcast)),
        // of the record, not of the send it is part of
        label: row.label,
        contentKind: row.kind,
        ...(await faceOf(ctx, row.accountId, arm.content)),
        startedAt: arm.startedAt?.toISOString() ?? null,
        endedAt: arm.endedAt?.toISOString() ?? null,
        totals: arm.totals,
        arm: row.arm,
        recordId: row.armId,
        groupName: row.groupName,
        isRest: row.isRest,
        activity: group.activity,
        accountId: row.accountId,
        accountName: row.accountName,
        delivered: deliveredOf(row, now),
        confirmation:
          confirmations.find((one) => one.broadcastId === row.id && one.arm === row.arm)?.confirmation ??
          null,
        withdrawals: offline
          .filter((one) => one.broadcastId === row.id && one.arm === row.arm)
          .map(({ withdrawal }) => withdrawal),
        figures: { state: stateOf(row, results, reading.get(row.accountId) ?? []), articles: results },
      }
    }),
  )
  return shown.filter((one) => one !== undefined)
}
