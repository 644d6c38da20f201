import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acted, EMPTY_BOOK, left, taken, type WindowBook } from '../../src/modules/deliveries/schema.ts'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import { after, beijing, createLedgerWorld, type Fan, type LedgerWorld } from '../ledgers/world.ts'
import { seed, sized } from '../support/size.ts'

let world: LedgerWorld
let accountId: string
let sendId: string
const NOW = beijing('2026-11-21T12:00:00')

beforeAll(async () => {
  world = await createLedgerWorld()
  accountId = await world.account()
  sendId = await world.send(accountId)
})
afterAll(() => world?.close())

const NAMES = {
  message: EVENTS.message,
  menu: EVENTS.menuClick,
  follow: EVENTS.follow,
  scan: EVENTS.scan,
} as const
type Kind = keyof typeof NAMES

/** What happens to one fan, told in this order; `seconds` is when it happened, as far apart as windows are long. */
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constantFrom<Kind>('message', 'menu', 'follow', 'scan') }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leaves' as const) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('send' as const) }) },
)
const deeds = fc.array(
  fc.tuple(deed, fc.constantFrom(0, 1, 30, 59, 60, 61, 120, 48 * 3_600 - 1, 48 * 3_600)),
  { maxLength: 10 },
)

async function inTables(fan: Fan) {
  const rows = await world.windows(fan)
  return rows.map(({ kind, left: more, opened_at: at, expires_at: until }) => ({
    kind,
    left: more,
    at,
    until,
  }))
}

const inBook = ({ windows }: WindowBook) =>
  windows
    .map(({ kind, left: more, openedAt, expiresAt }) => ({
      kind,
      left: more,
      at: openedAt,
      until: expiresAt,
    }))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1))

/** Follows as ingest keeps it: by the latest news of it, and by acts after that. */
function followed(before: { following: boolean; at: number }, what: Kind | 'leaves', at: number) {
  if (what === 'leaves' || what === 'follow')
    return at >= before.at ? { following: what === 'follow', at } : before
  return at > before.at ? { ...before, following: true } : before
}

test('G5: the book of windows is what the tables of the engine come to, whatever happens in whatever order it is told', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (some) => {
      const fan = await world.fan(accountId)
      let book = EMPTY_BOOK
      let state = { following: true, at: Number.NEGATIVE_INFINITY }
      let leftAt: Date | null = null
      for (const [told, [{ what }, seconds]] of some.entries()) {
        const at = after(NOW, seconds * 1_000)
        if (what === 'send') {
          const id = await world.delivery(sendId, fan, { occurrence: String(told) })
          const decision = await world.decided(accountId, id, at)
          const next = state.following ? taken(book, at) : null
          expect(next !== null).toBe(decision.kind === 'send')
          book = next ?? book
        } else {
          state = followed(state, what, at.getTime())
          if (what === 'leaves' && (leftAt === null || at > leftAt)) leftAt = at
          await world.ctx.pool.query('update fans set following = $2, unfollowed_at = $3 where id = $1', [
            fan.fanId,
            state.following,
            leftAt,
          ])
          const name = what === 'leaves' ? EVENTS.unfollow : NAMES[what]
          await world.acts(world.event(name, fan, at, { type: 'image' }))
          const act = { at: at.getTime(), told }
          book =
            what === 'leaves'
              ? left(book, act)
              : acted(book, { kind: what, ...act }, { paymentSends: 0, following: state.following })
        }
        expect(inBook(book)).toEqual(await inTables(fan))
      }
    }),
    { numRuns: sized(25, 1_000), seed },
  )
})
