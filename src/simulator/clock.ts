import type { Database } from './store/database.ts'

/** The simulator's time: real time plus an offset kept in its schema. It only moves forward. */
export type Clock = {
  now: () => Date
  offsetMs: () => number
  /** False when `to` lies in the past: nothing is changed then. */
  forward: (to: Date) => Promise<boolean>
  reload: () => Promise<void>
}

export async function loadClock(db: Database): Promise<Clock> {
  let offset = 0
  const reload = async (): Promise<void> => {
    const row = await db.row<{ offset_ms: string }>('select offset_ms from clock')
    offset = Number(row?.offset_ms ?? 0)
  }
  await reload()
  const now = (): Date => new Date(Date.now() + offset)
  const forward = async (to: Date): Promise<boolean> => {
    const next = to.getTime() - Date.now()
    if (next < offset) return false
    await db.run('update clock set offset_ms = $1', [next])
    offset = next
    return true
  }
  return { now, offsetMs: () => offset, forward, reload }
}
