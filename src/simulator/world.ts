import type { Clock } from './clock.ts'
import type { Faults } from './faults/faults.ts'
import type { Usage } from './official-account/quota/usage.ts'
import type { Database } from './store/database.ts'

export type Log = {
  info: (detail: object, message: string) => void
  warn: (detail: object, message: string) => void
  error: (detail: object, message: string) => void
}

/** What every part of the simulator is given. */
export type World = {
  db: Database
  clock: Clock
  faults: Faults
  usage: Usage
  log: Log
  /** Where the simulator can be reached; addresses of pictures and articles begin with it. */
  origin: () => string
  /** Tells the sweeper that something may be due at once. */
  wake: () => void
  /** Resolves when what is due by now has been done, as after a jump of the clock. */
  caughtUp: () => Promise<void>
}
