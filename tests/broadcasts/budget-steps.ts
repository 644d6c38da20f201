import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { type Bound, nextMonth, type SendingWorld } from '../support/sending.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const monthOf = (at: Date) => new Date(at.getTime() + 8 * HOUR).toISOString().slice(0, 7)

/** What the stories of the month's budget do again and again. */
export function budgetSteps(world: SendingWorld) {
  const draftAt = (account: Bound, at: Date | null, fanIds = account.fanIds) =>
    world.draft(account, {
      audience: { kind: 'fans', fanIds },
      timing: at === null ? { kind: 'now' } : { kind: 'at', at: at.toISOString() },
    })
  /** Confirmed and prepared; sent where no time is given. */
  async function scheduled(account: Bound, at: Date | null, fanIds = account.fanIds): Promise<Broadcast> {
    const broadcast = await draftAt(account, at, fanIds)
    await world.confirm(broadcast)
    await world.drain()
    return world.read(broadcast)
  }
  return {
    draftAt,
    scheduled,
    /** No case may stumble over the edge of the machine's own month. */
    toMiddleOfMonth: () => world.forward(new Date(nextMonth(world.ctx.clock.now()).getTime() + 10 * DAY)),
    async spend(account: Bound, times: number, fanIds = account.fanIds) {
      for (let n = 0; n < times; n += 1) await scheduled(account, null, fanIds)
    },
  }
}
