import type { Ctx } from '../../context.ts'
import { inTransaction } from '../../infra/transaction.ts'
import { assert, invalid, notFound } from '../../kernel/errors.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { getAccount } from '../accounts/index.ts'
import { audit } from '../audit/index.ts'
import { presentFan } from './fans.ts'
import * as store from './list-store.ts'
import { type Fan, type FanList, MAX_UPLOADED_OPENIDS } from './schema.ts'

type PageFilter = { cursor?: string | undefined; limit: number }
type Source = Iterable<string> | AsyncIterable<string>

/** How many openids go to the database at a time. */
const PORTION = 10_000
const OPENID = /^[\w-]{1,128}$/

/**
 * Makes a fan list (粉丝名单) of openids that may come as a stream, at most 1,000,000 (`list_too_long`). Each fan is in
 * it once; openids that nobody of the account has are counted, not kept.
 */
export async function createFanList(
  ctx: Ctx,
  accountId: string,
  { name, openids }: { name: string; openids: Source },
): Promise<FanList> {
  await getAccount(ctx, accountId)
  return inTransaction(ctx.db, async (trx) => {
    await store.createGiven(trx)
    const unreadable = await gather(openids, (portion) => store.insertGiven(trx, portion))
    const listId = await store.insertListOfGiven(trx, {
      accountId,
      name,
      unreadable,
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    const list = await store.selectList(trx, accountId, listId)
    assert(list, 'a list just made exists')
    await audit(ctx, trx, {
      action: 'fan_list.created',
      accountId,
      subject: { kind: 'fan-list', id: listId },
      detail: { name, size: list.size, unknown: list.unknownOpenids, repeated: list.repeatedOpenids },
    })
    return list
  })
}

/** Hands openids on in portions; returns how many can't be any. */
async function gather(openids: Source, store: (portion: string[]) => Promise<void>): Promise<number> {
  let portion: string[] = []
  let count = 0
  let unreadable = 0
  for await (const openid of openids) {
    count += 1
    if (count > MAX_UPLOADED_OPENIDS) {
      throw invalid('list_too_long', 'a list has at most 1,000,000 openids', { max: MAX_UPLOADED_OPENIDS })
    }
    if (OPENID.test(openid)) portion.push(openid)
    else unreadable += 1
    if (portion.length === PORTION) {
      await store(portion)
      portion = []
    }
  }
  if (count === 0) throw invalid('list_empty', 'there is no openid in the list')
  if (portion.length > 0) await store(portion)
  return unreadable
}

export async function listFanLists(ctx: Ctx, accountId: string, filter: PageFilter): Promise<Page<FanList>> {
  return toPage(await store.selectLists(ctx.db, accountId, filter), filter.limit, (list) => list.id)
}

export async function getFanList(ctx: Ctx, accountId: string, listId: string): Promise<FanList> {
  const list = await store.selectList(ctx.db, accountId, listId)
  if (list === undefined) throw notFound('fan list')
  return list
}

export async function listMembers(
  ctx: Ctx,
  accountId: string,
  { listId, ...filter }: PageFilter & { listId: string },
): Promise<Page<Fan>> {
  await getFanList(ctx, accountId, listId)
  const rows = await store.selectMembers(ctx.db, listId, filter)
  return toPage(
    rows.map((row) => presentFan(ctx, row)),
    filter.limit,
    (fan) => fan.id,
  )
}

/** Deletes a list; its fans stay, and sends that were frozen from it too. */
export async function deleteFanList(ctx: Ctx, accountId: string, listId: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    if (!(await store.deleteList(trx, accountId, listId))) throw notFound('fan list')
    await audit(ctx, trx, {
      action: 'fan_list.deleted',
      accountId,
      subject: { kind: 'fan-list', id: listId },
    })
  })
}
