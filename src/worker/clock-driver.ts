import type { Ctx } from '../context.ts'
import type { Sweep } from '../modules/manifest.ts'
import { modules } from '../modules/registry.ts'
import { driveClock } from '../modules/sandbox/index.ts'

/** Asks every module what is due; in a sandbox that is what a fast run jumps to. */
const dues = (ctx: Ctx) =>
  Promise.all(modules.flatMap((module) => (module.nextDue === undefined ? [] : [module.nextDue(ctx)])))

export const clockDriver: Sweep = {
  name: 'sandbox.clock',
  everyMs: 500,
  topic: 'clock-driver',
  run: (ctx) => driveClock(ctx, dues),
}
