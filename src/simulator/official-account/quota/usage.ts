import { dayOf } from '../../calendar.ts'
import type { Clock } from '../../clock.ts'
import type { Database } from '../../store/database.ts'
import type { Account } from '../account.ts'
import { refuse } from '../refusal.ts'
import { dayLimitOf, minuteLimitOf, quotaKeyOf } from './limits.ts'

/** Calls per account, path and Beijing day. Kept in memory and written a few times a second. */
export type Usage = {
  /** Counts one call; refuses with 45009 past the day's limit and 45011 past the minute's. */
  count: (account: Account, path: string) => void
  usedToday: (accountId: number, path: string) => number
  clear: (accountId: number, path?: string) => Promise<void>
  flush: () => Promise<void>
  reload: () => Promise<void>
}

type Counter = { accountId: number; quota: string; day: string; used: number; dirty: boolean }

export async function loadUsage(db: Database, clock: Clock): Promise<Usage> {
  const days = new Map<string, Counter>()
  const minutes = new Map<string, { minute: number; used: number }>()
  let writing: Promise<void> = Promise.resolve()

  const reload = async (): Promise<void> => {
    days.clear()
    minutes.clear()
    const rows = await db.rows<{ account_id: number; quota: string; used: string }>(
      'select account_id, quota, used from usage where day = $1',
      [dayOf(clock.now())],
    )
    for (const row of rows) today(row.account_id, row.quota).used = Number(row.used)
  }

  const today = (accountId: number, quota: string): Counter => {
    const day = dayOf(clock.now())
    const id = `${accountId} ${quota}`
    const known = days.get(id)
    if (known?.day === day) return known
    const fresh = { accountId, quota, day, used: 0, dirty: false }
    days.set(id, fresh)
    return fresh
  }

  const count = (account: Account, path: string): void => {
    const quota = quotaKeyOf(path)
    const counter = today(account.id, quota)
    if (counter.used >= dayLimitOf(quota, account.quotas)) refuse(45009)
    countMinute(account, quota)
    counter.used += 1
    counter.dirty = true
  }

  const countMinute = (account: Account, quota: string): void => {
    const limit = minuteLimitOf(quota, account.quotas)
    if (limit === undefined) return
    const id = `${account.id} ${quota}`
    const minute = Math.floor(clock.now().getTime() / 60_000)
    const known = minutes.get(id)
    const used = known?.minute === minute ? known.used : 0
    if (used >= limit) refuse(45011)
    minutes.set(id, { minute, used: used + 1 })
  }

  const write = async (): Promise<void> => {
    const dirty = [...days.values()].filter((counter) => counter.dirty)
    if (dirty.length === 0) return
    for (const counter of dirty) counter.dirty = false
    await db.run(
      `insert into usage (account_id, quota, day, used)
       select * from unnest($1::int[], $2::text[], $3::date[], $4::bigint[])
       on conflict (account_id, quota, day) do update set used = excluded.used`,
      [
        dirty.map((counter) => counter.accountId),
        dirty.map((counter) => counter.quota),
        dirty.map((counter) => counter.day),
        dirty.map((counter) => counter.used),
      ],
    )
  }

  // One writer at a time, so that an older count never lands on a newer one.
  const flush = (): Promise<void> => {
    writing = writing.then(write, write)
    return writing
  }

  const clear = async (accountId: number, path?: string): Promise<void> => {
    for (const counter of days.values())
      if (counter.accountId === accountId && (!path || counter.quota === quotaKeyOf(path))) {
        counter.used = 0
        counter.dirty = true
      }
    await flush()
  }

  await reload()
  return {
    count,
    usedToday: (accountId, path) => today(accountId, quotaKeyOf(path)).used,
    clear,
    flush,
    reload,
  }
}
