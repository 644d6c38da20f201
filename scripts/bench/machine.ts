import { cpus, release, totalmem } from 'node:os'

/** One line about where the figures come from. */
export function describeMachine(postgresVersion: string): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return (
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GB, ${process.platform}-${process.arch} ` +
    `kernel ${release()}, Node ${process.versions.node}, PostgreSQL ${postgresVersion}`
  )
}
