import type { Pool } from 'pg'
import type { Ctx } from '../../context.ts'
import type { ReadEvent, Teller, Told } from '../manifest.ts'

const installed = new WeakMap<Pool, readonly Teller[]>()

/** Says which of the modules after this one know what events are about. */
export function installTellers(ctx: Ctx, tellers: readonly Teller[]): void {
  installed.set(ctx.pool, tellers)
}

type Read = Omit<ReadEvent, 'accountId'> & { accountId: string | null }

/** What each of these events is about, by its id. */
export async function tell(ctx: Ctx, events: readonly Read[]): Promise<(id: string) => Told[]> {
  const ours = events.filter((event): event is ReadEvent => event.accountId !== null)
  if (ours.length === 0) return () => []
  const all = await Promise.all((installed.get(ctx.pool) ?? []).map((teller) => teller(ctx, ours)))
  return (id) => all.flatMap((told) => told.get(id) ?? [])
}
