import type { Database } from '../store/database.ts'

export const FAULT_KINDS = [
  'latency',
  'timeout-after-work',
  'http-500',
  'busy',
  'token-expired',
  'token-revoked',
  'error',
  'drop-callback',
  'repeat-callback',
  'down',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export type FaultSpec = {
  /** `path` is matched by its beginning; nothing given matches every call. */
  match: { path?: string; appid?: string }
  kind: FaultKind
  ms?: number
  /** How many more times it strikes; without it, until it is switched off. */
  remaining?: number
  /** Share of the matching calls that it strikes; 1 when missing. */
  rate?: number
  /** For `error`: what to answer. */
  errcode?: number
  errmsg?: string
}
export type Fault = FaultSpec & { id: string }

export type Faults = {
  list: () => Fault[]
  replace: (specs: FaultSpec[]) => Promise<void>
  reload: () => Promise<void>
  /** The faults that strike this call now; counting faults are used up by it. */
  strike: (path: string, appid: string | undefined, kinds?: FaultKind[]) => Promise<Fault[]>
}

export async function loadFaults(db: Database): Promise<Faults> {
  let faults: Fault[] = []

  const reload = async (): Promise<void> => {
    const rows = await db.rows<{ id: string; spec: FaultSpec; remaining: number | null }>(
      'select id, spec, remaining from fault where remaining is null or remaining > 0 order by id',
    )
    faults = rows.map((row) => ({ ...row.spec, id: row.id, remaining: row.remaining ?? undefined }))
  }

  const replace = async (specs: FaultSpec[]): Promise<void> => {
    await db.transaction(async (tx) => {
      await tx.run('delete from fault')
      for (const spec of specs)
        await tx.run('insert into fault (spec, remaining) values ($1, $2)', [spec, spec.remaining ?? null])
    })
    await reload()
  }

  const strike: Faults['strike'] = async (path, appid, kinds) => {
    if (faults.length === 0) return []
    const struck = faults.filter(
      (fault) =>
        (!kinds || kinds.includes(fault.kind)) &&
        path.startsWith(fault.match.path ?? '') &&
        (fault.match.appid === undefined || fault.match.appid === appid) &&
        (fault.rate === undefined || Math.random() < fault.rate),
    )
    for (const fault of struck) await spend(fault)
    return struck
  }

  const spend = async (fault: Fault): Promise<void> => {
    if (fault.remaining === undefined) return
    fault.remaining -= 1
    if (fault.remaining <= 0) faults = faults.filter((other) => other !== fault)
    await db.run('update fault set remaining = remaining - 1 where id = $1', [fault.id])
  }

  await reload()
  return { list: () => faults, replace, reload, strike }
}
