import { setTimeout as wait } from 'node:timers/promises'
import type { World } from '../world.ts'
import { findShop, noteProblem } from './books.ts'
import { trade } from './trade.ts'

const EVERY_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

export type Clerk = { close: () => Promise<void> }

/**
 * Tells what happens in the shop, beside the sweeper: it calls another system, which nothing at the platform waits
 * for. When that doesn't answer it says so in its row and tries again, up to a minute later.
 */
export function startClerk(world: World): Clerk {
  const ending = new AbortController()
  const work = async () => {
    for (let pause = EVERY_MS; !ending.signal.aborted; ) {
      try {
        while (!ending.signal.aborted && (await trade(world))) pause = EVERY_MS
      } catch (error) {
        await told(world, error)
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
      }
      await wait(pause, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const running = work()
  return {
    close: async () => {
      ending.abort()
      await running
    },
  }
}

async function told(world: World, error: unknown): Promise<void> {
  const said =
    error instanceof Error ? `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}` : ''
  try {
    const shop = await findShop(world.db)
    if (shop !== undefined) await noteProblem(world.db, shop, said.trim())
  } catch (failure) {
    world.log.warn({ err: failure }, 'the shop can tell nobody')
  }
}
