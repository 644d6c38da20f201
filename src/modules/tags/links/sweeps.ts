import { getTags } from '../../../channels/official-account/tags.ts'
import { isWechatError } from '../../../channels/port.ts'
import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { AppError } from '../../../kernel/errors.ts'
import { accountClient } from '../../accounts/index.ts'
import { pausing } from '../../contacts/index.ts'
import { holdTags } from '../holding.ts'
import { replaceTags } from '../store.ts'
import { freeChanges } from '../wechat/changes-store.ts'
import { claimNext, pushClaimed } from '../wechat/push.ts'
import * as store from './store.ts'

const FANS_PER_CHUNK = 2_000
const LOOKS_PER_CHUNK = 500
const QUESTIONS_PER_MINUTE = 6
/** After the account said no: until then nothing more of this kind is asked. */
const REST_SECONDS = 60

/** Compares both sides of new links: each gets what the other has. Returns how many fans were looked at. */
export function compareLinks(ctx: Ctx): Promise<number> {
  return inTransaction(ctx.db, async (trx) => {
    const link = await store.takeComparing(trx)
    if (link === undefined) return 0
    const { last, rows } = await store.selectDiffering(trx, link, FANS_PER_CHUNK)
    const toOwn = rows.filter((row) => row.has).map((row) => row.contact_id)
    if (toOwn.length > 0) {
      await holdTags(trx, { contactIds: toOwn, give: [link.tagId], take: [] }, ctx.clock.now())
    }
    await store.wishLinked(
      trx,
      rows.filter((row) => row.own).map((row) => ({ tagId: link.tagId, contactId: row.contact_id })),
    )
    await trx.updateTable('tag_links').set({ compared_to: last }).where('id', '=', link.id).execute()
    return FANS_PER_CHUNK
  })
}

/**
 * What was seen at WeChat comes to the own tags. A fan of whom WeChat is being told something newer is left alone, and before
 * an own tag is taken WeChat is asked whether its tag still exists: deleting a tag there takes it from nobody here.
 */
export async function followLooks(ctx: Ctx): Promise<number> {
  const checked: string[] = []
  for (const accountId of await store.selectAccountsToAsk(ctx.db)) {
    if (await askForTags(ctx, accountId)) checked.push(accountId)
  }
  return inTransaction(ctx.db, async (trx) => {
    const looks = await store.takeLooks(trx, checked, LOOKS_PER_CHUNK)
    const open = looks.filter((look) => !look.wished && look.has !== look.own)
    const compared = open.filter((look) => look.seen === null)
    const told = open.filter((look) => look.seen === look.has)
    const give = [...told, ...compared].filter((look) => look.has)
    await hold(ctx, trx, give, 'give')
    await hold(
      ctx,
      trx,
      told.filter((look) => !look.has),
      'take',
    )
    await store.wishLinked(
      trx,
      compared.filter((look) => look.own).map((look) => ({ tagId: look.tag_id, contactId: look.contact_id })),
    )
    return looks.length
  })
}

type Executor = Parameters<typeof holdTags>[0]

async function hold(ctx: Ctx, trx: Executor, looks: readonly store.Look[], how: 'give' | 'take') {
  const byTag = Map.groupBy(looks, (look) => look.tag_id)
  for (const tagId of [...byTag.keys()].sort()) {
    const contactIds = (byTag.get(tagId) ?? []).map((look) => look.contact_id)
    await holdTags(trx, { contactIds, give: [], take: [], [how]: [tagId] }, ctx.clock.now())
  }
}

/** Reads the account's tags, at most six times a minute; false where that has to wait. */
async function askForTags(ctx: Ctx, accountId: string): Promise<boolean> {
  const block = await ctx.rates.lease(`tag-names:${accountId}`, 1, QUESTIONS_PER_MINUTE)
  if (block.waitMs > 0) {
    await ctx.rates.release(block)
    await store.postponeLooks(ctx.db, accountId, block.waitMs / 1000)
    return false
  }
  try {
    const client = await accountClient(ctx, accountId)
    const tags = await pausing(ctx, accountId, getTags(client))
    await inTransaction(ctx.db, (trx) => replaceTags(trx, accountId, { tags, at: ctx.clock.now() }))
    return true
  } catch (error) {
    if (!isWechatError(error) && !(error instanceof AppError)) throw error
    await store.postponeLooks(ctx.db, accountId, REST_SECONDS)
    return false
  }
}

/** Tells WeChat of the next fifty changes of linked tags. What stops the whole account lets them wait a minute. */
export async function pushLinked(ctx: Ctx, signal: AbortSignal): Promise<number> {
  const claimed = await claimNext(ctx, null)
  const [first] = claimed
  if (first === undefined) return 0
  try {
    const client = await accountClient(ctx, first.accountId)
    await pushClaimed(ctx, client, { claimed, signal }, async () => undefined)
  } catch (error) {
    if (!isWechatError(error) && !(error instanceof AppError)) throw error
    await freeChanges(ctx.db, claimed, REST_SECONDS)
  }
  return claimed.length
}
