import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { conflict, notFound } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { audit } from '../../audit/index.ts'
import { askingIn } from '../people/ask.ts'
import type { Identity } from '../people/claims.ts'
import { lockContacts, lockIdentities } from '../people/lock.ts'
import { maskName } from '../people/masks.ts'
import { survivorOf } from '../people/plan.ts'
import { selectFacts } from '../people/rows.ts'
import type { IdentityKindName } from '../people/schema.ts'
import { selectIdentities, selectPersonFans } from '../people/store.ts'
import { canSeePersons } from '../rules.ts'
import { scopeOf, withinScope } from '../scope.ts'
import { applyMerges } from './apply.ts'
import { presentLinks } from './reads.ts'
import type { ContactReview } from './schema.ts'
import { keepApart } from './store.ts'

type ReviewRow = {
  id: string
  /** Whom the two are today. */
  a: string
  b: string
  evidence: { links?: Identity[] }
  conflicts: IdentityKindName[]
  seen: number
  state: 'open' | 'merged' | 'kept_apart'
  created_at: Date
  last_seen_at: Date
  decided_at: Date | null
  decided_by: string | null
}
type Filter = {
  state: 'open' | 'kept_apart'
  contactId?: string | undefined
  cursor?: string | undefined
  limit: number
}

const A = sql`coalesce((select merged_into from contact_aliases where contact_id = r.contact_a), r.contact_a)`
const B = sql`coalesce((select merged_into from contact_aliases where contact_id = r.contact_b), r.contact_b)`

const reviewsOf = (ctx: Ctx) => sql`
  select * from (
    select r.id, ${A} as a, ${B} as b, r.evidence, r.conflicts, r.seen, r.state, r.created_at, r.last_seen_at,
      r.decided_at, o.name as decided_by
    from contact_reviews r left join operators o on o.id = r.decided_by) r
  where r.a <> r.b and ${withinScope(scopeOf(ctx), sql`r.a`)} and ${withinScope(scopeOf(ctx), sql`r.b`)}`

/** Pairs in doubt, both of whom the caller may see. */
export async function listReviews(ctx: Ctx, filter: Filter): Promise<Page<ContactReview>> {
  const { rows } = await sql<ReviewRow>`
    ${reviewsOf(ctx)} and r.state = ${filter.state}
      ${filter.contactId === undefined ? sql`` : sql`and ${filter.contactId}::bigint in (r.a, r.b)`}
      ${filter.cursor === undefined ? sql`` : sql`and r.id < ${filter.cursor}::bigint`}
    order by r.id desc limit ${filter.limit + 1}`.execute(ctx.db)
  const page = toPage(rows, filter.limit, (row) => row.id)
  return { ...page, items: await presentReviews(ctx, page.items) }
}

async function presentReviews(ctx: Ctx, rows: readonly ReviewRow[]): Promise<ContactReview[]> {
  const ids = [...new Set(rows.flatMap(({ a, b }) => [a, b]))]
  const [contacts, identities, fans] = await Promise.all([
    ctx.db
      .selectFrom('contacts')
      .select(['id', 'name', 'unionid', 'created_at'])
      .where(sql<boolean>`id = any(${ids}::bigint[])`)
      .execute(),
    selectIdentities(ctx.db, ids),
    selectPersonFans(ctx.db, ids, scopeOf(ctx)),
  ])
  const whole = canSeePersons(ctx.actor)
  const contactOf = new Map(contacts.map((row) => [row.id, row]))
  const person = (id: string): ContactReview['people'][number] => {
    const contact = contactOf.get(id)
    const unionid = contact?.unionid ?? null
    const own = identities.filter((row) => row.contact_id === id)
    return {
      id,
      name: contact?.name ? (whole ? contact.name : maskName(contact.name)) : null,
      createdAt: (contact?.created_at ?? new Date(0)).toISOString(),
      identities: presentLinks(ctx, [
        ...(unionid === null ? [] : [{ kind: 'unionid' as const, value: unionid }]),
        ...own,
      ]),
      fans: fans
        .filter((fan) => fan.contact_id === id)
        .map(({ account_id: accountId, following }) => ({ accountId, following })),
    }
  }
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    people: [person(row.a), person(row.b)],
    links: presentLinks(ctx, row.evidence.links ?? []),
    conflicts: row.conflicts,
    seen: row.seen,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    canMerge: !(contactOf.get(row.a)?.unionid && contactOf.get(row.b)?.unionid),
  }))
}

async function getReview(ctx: Ctx, trx: Executor, reviewId: string): Promise<ReviewRow> {
  const { rows } = await sql<ReviewRow>`${reviewsOf(ctx)} and r.id = ${reviewId}::bigint`.execute(trx)
  if (rows[0] === undefined) throw notFound('review')
  return rows[0]
}

/** Makes the two one person; two unionids are two people at WeChat and never become one (`unionids_differ`). */
export async function mergeReview(ctx: Ctx, reviewId: string): Promise<{ contactId: string }> {
  return inTransaction(ctx.db, async (trx) => {
    const ask = askingIn(trx)
    const first = await getReview(ctx, trx, reviewId)
    const before = await selectFacts(ask, [first.a, first.b])
    await lockIdentities(
      ask,
      [...before.values()].flatMap(({ strong }) => strong),
    )
    await lockContacts(ask, [first.a, first.b])
    const review = await getReview(ctx, trx, reviewId)
    if (review.a !== first.a || review.b !== first.b) {
      throw conflict('review_changed', 'one of the two was merged meanwhile: look again')
    }
    const facts = [...(await selectFacts(ask, [review.a, review.b])).values()]
    if (facts.length < 2) throw notFound('review')
    if (facts.every(({ unionid }) => unionid !== null)) {
      throw conflict('unionids_differ', 'the two have different unionids: they are two people at WeChat')
    }
    const target = survivorOf(facts)
    const sourceId = review.a === target.id ? review.b : review.a
    const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
    const now = ctx.clock.now()
    const evidence = review.evidence.links ?? []
    await applyMerges(ask, [{ sourceId, targetId: target.id, evidence }], { now, cause: 'review', by })
    await sql`update contact_reviews set state = 'merged', decided_at = ${now}::timestamptz,
      decided_by = ${by}::bigint where id = ${reviewId}::bigint`.execute(trx)
    await audit(ctx, trx, {
      action: 'contact.merged',
      subject: { kind: 'contact', id: target.id },
      detail: { contactId: sourceId, reviewId },
    })
    return { contactId: target.id }
  })
}

/** Nothing merges the two by itself from now on; an operator still can. */
export async function keepReviewApart(ctx: Ctx, reviewId: string): Promise<void> {
  await inTransaction(ctx.db, async (trx) => {
    const { a, b } = await getReview(ctx, trx, reviewId)
    const by = ctx.actor.kind === 'system' ? null : ctx.actor.id
    const now = ctx.clock.now()
    await keepApart(trx, { a, b, now, by })
    // the same two may be here under ids they had before a merge
    await sql`update contact_reviews set state = 'kept_apart', decided_at = ${now}::timestamptz,
      decided_by = ${by}::bigint where id = ${reviewId}::bigint and state <> 'merged'`.execute(trx)
    await audit(ctx, trx, {
      action: 'contact.kept_apart',
      subject: { kind: 'contact', id: a },
      detail: { contactId: b, reviewId },
    })
  })
}
