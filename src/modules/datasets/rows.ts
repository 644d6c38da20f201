import type { Ctx } from '../../context.ts'
import { onClient } from '../../infra/transaction.ts'
import { audit } from '../audit/index.ts'
import { scopeOf } from '../contacts/index.ts'
import type { LooseRow } from './schema.ts'
import { getDataset } from './shape.ts'
import { type Write, type WrittenRow, writeRows } from './writing/write.ts'

/** What callers write, at most 500 rows, each with a result. Someone of some accounts names people of these only. */
export const writeDatasetRows = (ctx: Ctx, key: string, rows: readonly LooseRow[]): Promise<WrittenRow[]> =>
  write(ctx, {
    key,
    rows,
    origin: { accounts: scopeOf(ctx), accountId: null },
    also: (client, written) =>
      audit(ctx, onClient(client), {
        action: 'dataset.rows_written',
        subject: { kind: 'dataset', id: key },
        detail: countOutcomes(written),
      }),
  })

/** What a server source delivers; a source of an account names people of that account only. */
export const collectDatasetRows = (
  ctx: Ctx,
  key: string,
  { rows, accountId }: { rows: readonly LooseRow[]; accountId: string | null },
): Promise<WrittenRow[]> =>
  write(ctx, { key, rows, origin: { accounts: accountId === null ? null : [accountId], accountId } })

async function write(
  ctx: Ctx,
  { key, ...what }: { key: string } & Pick<Write, 'rows' | 'origin' | 'also'>,
): Promise<WrittenRow[]> {
  const { id } = await getDataset(ctx, key)
  return writeRows(ctx, { ...what, datasetId: id, now: ctx.clock.now() })
}

export function countOutcomes(written: readonly WrittenRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of written) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
