import { setTimeout as delay } from 'node:timers/promises'
import { tagFans, untagFans } from '../../../channels/official-account/tags.ts'
import { isWechatError, type OfficialAccountClient } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { pausing } from '../../contacts/index.ts'
import { patiently } from '../../runs/index.ts'

export type Refusal = 'fan_full' | 'not_following' | 'not_a_fan' | 'tag_gone'
/** What the platform made of a call's openids; `busy` ones were not done and may be tried again. */
export type Told = { accepted: string[]; busy: string[]; refused: Map<string, Refusal> }

/** 用户标签管理, checked 2026-11. Codes that are about one fan or the tag; every other is about the account or the moment. */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  45059: 'fan_full',
  50005: 'not_following',
  49003: 'not_a_fan',
  40003: 'not_a_fan',
  45159: 'tag_gone',
  40152: 'tag_gone',
}
/** Ours, well below what WeChat takes: 500 fans a second at most. */
const CALLS_PER_MINUTE = 600

type Wish = { accountId: string; tagId: number; give: boolean; openids: readonly string[] }

/**
 * Tells WeChat to give or take a tag, at the account's rate. It refuses a call of 50 for one of them without saying which:
 * then halves are told, down to the one it means. Repeating is harmless. Throws what is about the whole account.
 */
export async function tell(
  ctx: Ctx,
  client: OfficialAccountClient,
  wish: Wish,
  signal: AbortSignal,
): Promise<Told> {
  const { accountId, tagId, give, openids } = wish
  const block = await ctx.rates.lease(`tagging:${accountId}`, 1, CALLS_PER_MINUTE)
  if (block.waitMs > 0) await delay(block.waitMs, undefined, { signal })
  try {
    const call = give ? tagFans : untagFans
    const busy = await pausing(
      ctx,
      accountId,
      patiently(signal, () => call(client, tagId, openids)),
    )
    const failed = new Set(busy)
    return { accepted: openids.filter((openid) => !failed.has(openid)), busy, refused: new Map() }
  } catch (error) {
    const refusal = isWechatError(error) && error.errcode !== undefined ? REFUSALS[error.errcode] : undefined
    if (refusal === undefined) throw error
    if (openids.length === 1 || refusal === 'tag_gone') {
      return { accepted: [], busy: [], refused: new Map(openids.map((openid) => [openid, refusal])) }
    }
    const half = Math.ceil(openids.length / 2)
    const first = await tell(ctx, client, { ...wish, openids: openids.slice(0, half) }, signal)
    const second = await tell(ctx, client, { ...wish, openids: openids.slice(half) }, signal)
    return {
      accepted: [...first.accepted, ...second.accepted],
      busy: [...first.busy, ...second.busy],
      refused: new Map([...first.refused, ...second.refused]),
    }
  }
}
