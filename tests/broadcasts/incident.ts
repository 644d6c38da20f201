import { expect } from 'vitest'
import type { Broadcast } from '../../src/modules/broadcasts/schema.ts'
import { type Bound, type SendingWorld, sweepOnce } from '../support/sending.ts'
import { expectBalanced } from '../support/sums.ts'

export const CALL = '/cgi-bin/message/mass/send'
export const PEOPLE = 9
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** What the stories of things going wrong begin with and end in. */
export const incidents = (world: () => SendingWorld) => {
  const used = async (account: Bound) =>
    (
      await world().ctx.pool.query<{ used: number }>(
        'select coalesce(sum(used), 0)::int as used from mass_allowances where account_id = $1',
        [account.id],
      )
    ).rows[0]?.used
  return {
    /** A broadcast to all nine fans of an account of its own, in batches of these sizes, frozen and not sent. */
    async make(sizes = [4, 5], settings?: object) {
      const account = await world().bind({ fans: PEOPLE, ...(settings && { settings }) })
      const on = (fault: object, path = CALL) => ({ match: { path, appid: account.appid }, ...fault })
      return { account, on, broadcast: await world().frozen(account, sizes) }
    },
    later: (ms: number) => world().forward(new Date(world().ctx.clock.now().getTime() + ms)),
    everyone: (account: Bound) => new Map(account.openids.map((openid) => [openid, 1])),
    /** Places of the month that the account's fans have taken together. */
    used,
    async expectAllOnce(account: Bound, broadcast: Broadcast) {
      expect(await world().received(account)).toEqual(new Map(account.openids.map((openid) => [openid, 1])))
      expect(await world().people(broadcast)).toEqual({ delivered: PEOPLE })
      expect(await world().read(broadcast)).toMatchObject({ label: 'sent', totals: { delivered: PEOPLE } })
      await expectBalanced(world(), broadcast)
    },
    /** Everything that is due now, without waiting for what comes later. */
    async work() {
      while ((await sweepOnce(world().ctx)) > 0);
    },
  }
}
