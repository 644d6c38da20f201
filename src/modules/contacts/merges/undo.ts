import type { Ctx } from '../../../context.ts'
import { inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { audit } from '../../audit/index.ts'
import { type Ask, askingIn } from '../people/ask.ts'
import { lockContacts, lockIdentities } from '../people/lock.ts'
import { findCanonical } from '../people/reads.ts'
import { giveBackAttributes, giveBackTags } from './give-back.ts'
import { type Moved, movedSchema } from './moved.ts'
import { findLaterMerge, findMerge, keepApart, lockMerge, markUndone } from './store.ts'

/**
 * Takes a merge back: fans, identities, tags and attributes return to who had them, as far as they were not changed
 * since; what was learned after the merge stays with who stayed. The two are kept apart from then on. Only the latest
 * merge of a person can go (`merge_not_latest`), once (`merge_undone`), and while both are there (`merge_erased`).
 */
export async function undoMerge(
  ctx: Ctx,
  { contactId, mergeId }: { contactId: string; mergeId: string },
): Promise<{ contactId: string }> {
  return inTransaction(ctx.db, async (trx) => {
    const person = await findCanonical(ctx, contactId, trx)
    const ask = askingIn(trx)
    const before = await findMerge(trx, mergeId)
    if (before === undefined) throw notFound('merge')
    const { source_id: source, target_id: target } = before
    const moved = movedSchema.parse(before.moved)
    await lockIdentities(ask, moved.identities as Parameters<typeof lockIdentities>[1])
    const there = await lockContacts(ask, [source, target])
    // people first, as whoever erases them does
    const merge = await lockMerge(trx, mergeId)
    if (merge === undefined) throw notFound('merge')
    if (merge.undone_at !== null) throw conflict('merge_undone', 'the merge was taken back already')
    const later = await findLaterMerge(trx, merge)
    if (later !== undefined) {
      throw conflict('merge_not_latest', 'a later merge of this person has to be taken back first', {
        mergeId: later,
      })
    }
    if (person.id !== target) throw notFound('merge')
    if (!there.has(source) || !there.has(target)) {
      throw conflict('merge_erased', 'one of the two was erased: there is nobody to give it back to')
    }
    const now = ctx.clock.now()
    await giveBack(ask, { source, target, moved, now, mergedAt: merge.merged_at })
    const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
    await markUndone(trx, mergeId, { now, by })
    await keepApart(trx, { a: source, b: target, now, by })
    await audit(ctx, trx, {
      action: 'contact.merge_undone',
      subject: { kind: 'contact', id: target },
      detail: { mergeId, contactId: source },
    })
    return { contactId: source }
  })
}

type Back = { source: string; target: string; moved: Moved; now: Date; mergedAt: Date }

async function giveBack(ask: Ask, back: Back): Promise<void> {
  const { source, target, moved } = back
  await ask(
    // a fan whom WeChat says to be the one who stays, stays
    `update fans set contact_id = $1::bigint where id = any($3::bigint[]) and contact_id = $2::bigint
       and (unionid is null or unionid is distinct from (select unionid from contacts where id = $2::bigint))`,
    [source, target, moved.fans],
  )
  await ask(
    `update contact_identities c set contact_id = $1::bigint
     from unnest($3::text[], $4::text[]) as i (kind, value)
     where c.kind = i.kind and c.value = i.value and c.contact_id = $2::bigint`,
    [source, target, moved.identities.map(({ kind }) => kind), moved.identities.map(({ value }) => value)],
  )
  await ask('update contacts set name = null where id = $1::bigint and name = $2', [target, moved.name])
  await ask('delete from contact_aliases where contact_id = $1::bigint', [source])
  await ask(
    `update contact_aliases set merged_into = $1::bigint
     where contact_id = any($3::bigint[]) and merged_into = $2::bigint`,
    [source, target, moved.aliases],
  )
  await giveBackTags(ask, back)
  await giveBackAttributes(ask, back)
}
