import type { JsonObject } from '../../json.ts'
import { startTestWorld } from '../../test-world.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** Fans who do nothing by themselves. */
export const STILL = { tap: 0, answer: 0, unfollow: 0, text: 0 }

export type PersonalWorld = Awaited<ReturnType<typeof startPersonalWorld>>

/** A world with an account whose fans do only what they are told. */
export async function startPersonalWorld() {
  const world = await startTestWorld()
  const account = await world.account({ fans: 60, rates: STILL })
  let next = 0
  return {
    ...world,
    brand: account,
    /** A follower nobody has used yet. */
    fan: (): string => {
      next += 1
      return account.openids[next] as string
    },
    act: (openid: string, action: string, more: JsonObject = {}) =>
      world.control('POST', '/act', { appid: account.appid, openid, action, ...more }),
    received: async (openid: string, kind: string) =>
      (await world.control('GET', `/ledger?appid=${account.appid}&openid=${openid}&kind=${kind}`)).items,
  }
}

/** What calls made at the same moment came to, in order of the codes. */
export const codes = async (answers: Promise<JsonObject>[]) =>
  (await Promise.all(answers)).map((answer) => Number(answer['errcode'])).toSorted((a, b) => a - b)
