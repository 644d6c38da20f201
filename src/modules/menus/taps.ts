import { sql } from 'kysely'
import type { Executor } from '../../infra/transaction.ts'
import { beijingDay } from '../../kernel/beijing.ts'
import { EVENTS } from '../ingest/schema.ts'
import type { Reaction, ReactionEvent } from '../manifest.ts'

/** 点击数据: taps by button and Beijing day, each event once. */
export const menuTaps: Reaction = {
  name: 'menus.taps',
  events: [EVENTS.menuClick, EVENTS.menuView],
  react: (_ctx, events, trx) => countTaps(trx, events),
}

export type Tapped = { kind: 'tap' | 'view'; target: string }

/** Which button an event tells of: by its key, or by what it opened. A tap on a menu message is none. */
export function tappedBy({ properties }: Pick<ReactionEvent, 'properties'>): Tapped | undefined {
  const of = (kind: Tapped['kind'], value: unknown): Tapped | undefined =>
    typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= 1_024
      ? { kind, target: value }
      : undefined
  switch (properties['event']) {
    case undefined:
      return undefined
    case 'view':
      return of('view', properties['url'])
    case 'view_miniprogram':
      return of('view', properties['page'])
    default:
      return of('tap', properties['key'])
  }
}

async function countTaps(trx: Executor, events: readonly ReactionEvent[]): Promise<void> {
  const sums = new Map<string, Tapped & { accountId: string; day: string; taps: number }>()
  for (const event of events) {
    const tapped = event.accountId === null ? undefined : tappedBy(event)
    if (event.accountId === null || tapped === undefined) continue
    const day = beijingDay(event.at)
    const key = JSON.stringify([event.accountId, day, tapped])
    const sum = sums.get(key) ?? { ...tapped, accountId: event.accountId, day, taps: 0 }
    sums.set(key, { ...sum, taps: sum.taps + 1 })
  }
  if (sums.size === 0) return
  await sql`insert into menu_days as d (account_id, day, kind, target, taps)
    select * from jsonb_to_recordset(${JSON.stringify(
      [...sums.values()].map(({ accountId, ...one }) => ({ account_id: accountId, ...one })),
    )}::jsonb)
      as s (account_id bigint, day date, kind text, target text, taps int)
    on conflict (account_id, day, kind, target) do update set taps = d.taps + excluded.taps`.execute(trx)
}
