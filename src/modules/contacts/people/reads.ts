import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import type { Executor } from '../../../infra/transaction.ts'
import { notFound } from '../../../kernel/errors.ts'
import { type Page, toPage } from '../../../kernel/paging.ts'
import { listAccounts } from '../../accounts/index.ts'
import { canSeePersons } from '../rules.ts'
import { scopeOf, withinScope } from '../scope.ts'
import { countPeople, type PersonRow, selectPeoplePage } from './listing.ts'
import { maskIdentity, maskName } from './masks.ts'
import type { IdentityKindName, Person, PersonDetail, PersonFilter, PersonIdentity } from './schema.ts'
import * as store from './store.ts'

type ListFilter = PersonFilter & {
  attributes?: string[] | undefined
  cursor?: string | undefined
  limit: number
}

export async function listPeople(ctx: Ctx, filter: ListFilter): Promise<Page<Person>> {
  const rows = await selectPeoplePage(ctx.db, scopeOf(ctx), filter)
  const page = toPage(rows, filter.limit, (row) => row.id)
  return { ...page, items: await presentRows(ctx, page.items, filter.attributes ?? []) }
}

export const countPeopleBy = (ctx: Ctx, filter: PersonFilter) => countPeople(ctx.db, scopeOf(ctx), filter)

/** Rows of the list as the caller may see them, in the order given. */
async function presentRows(ctx: Ctx, rows: readonly PersonRow[], keys: readonly string[]): Promise<Person[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const [identities, visitors, fans, tags, attributes] = await Promise.all([
    store.selectIdentities(ctx.db, ids),
    store.selectVisitors(ctx.db, ids),
    store.selectPersonFans(ctx.db, ids, scopeOf(ctx)),
    store.selectOwnTags(ctx.db, ids),
    keys.length === 0 ? [] : store.selectCurrentAttributes(ctx.db, ids, keys),
  ])
  const whole = canSeePersons(ctx.actor)
  const identitiesOf = Map.groupBy(identities, (row) => row.contact_id)
  const fansOf = Map.groupBy(fans, (row) => row.contact_id)
  const tagsOf = Map.groupBy(tags, (row) => row.contact_id)
  const valuesOf = store.valuesOf(attributes, whole)
  return rows.map((row) => {
    const own = identitiesOf.get(row.id) ?? []
    const first = (kind: IdentityKindName) => {
      const value = own.find((one) => one.kind === kind)?.value
      return value === undefined ? null : whole ? value : maskIdentity(kind, value)
    }
    const kinds = new Set<IdentityKindName>(own.map(({ kind }) => kind))
    if (row.unionid !== null) kinds.add('unionid')
    if (fansOf.has(row.id)) kinds.add('openid')
    if (visitors.has(row.id)) kinds.add('anonymous')
    return {
      id: row.id,
      name: row.name && (whole ? row.name : maskName(row.name)),
      createdAt: row.created_at.toISOString(),
      kinds: [...kinds],
      phone: first('phone'),
      user: first('user'),
      fans: (fansOf.get(row.id) ?? []).map(({ id, account_id: accountId, following, remark }) => ({
        fanId: id,
        accountId,
        following,
        remark: remark && (whole ? remark : maskName(remark)),
      })),
      tags: (tagsOf.get(row.id) ?? []).map(({ id, name, group_name: groupName }) => ({
        id,
        name,
        groupName,
      })),
      attributes: Object.fromEntries((valuesOf.get(row.id) ?? []).map(({ key, value }) => [key, value])),
    }
  })
}

/** Who a contact id stands for today, within what the caller may see; `not_found` otherwise. */
export async function findCanonical(ctx: Ctx, contactId: string, db: Executor = ctx.db): Promise<PersonRow> {
  const { rows } = await sql<PersonRow>`
    select c.id, c.name, c.unionid, c.created_at from contacts c
    where c.id = coalesce((select merged_into from contact_aliases where contact_id = ${contactId}::bigint),
        ${contactId}::bigint)
      and ${withinScope(scopeOf(ctx), sql`c.id`)}`.execute(db)
  const [row] = rows
  if (row === undefined) throw notFound('contact')
  return row
}

const MAX_VISITOR_IDS = 20

export async function getPerson(ctx: Ctx, contactId: string): Promise<PersonDetail> {
  const row = await findCanonical(ctx, contactId)
  const scope = scopeOf(ctx)
  const [identities, visitors, fans, tags, attributes, reviews] = await Promise.all([
    store.selectIdentities(ctx.db, [row.id]),
    store.selectVisitorIds(ctx.db, row.id, MAX_VISITOR_IDS),
    presentFans(ctx, row.id, scope),
    store.selectOwnTags(ctx.db, [row.id]),
    store.selectCurrentAttributes(ctx.db, [row.id]),
    countReviews(ctx, row.id),
  ])
  const whole = canSeePersons(ctx.actor)
  const known: { kind: IdentityKindName; value: string; added_at: Date | null }[] = [
    ...(row.unionid === null ? [] : [{ kind: 'unionid' as const, value: row.unionid, added_at: null }]),
    ...identities,
    ...visitors.rows.map((one) => ({ ...one, kind: 'anonymous' as const })),
  ]
  return {
    id: row.id,
    mergedFrom: row.id === contactId ? null : contactId,
    name: row.name && (whole ? row.name : maskName(row.name)),
    createdAt: row.created_at.toISOString(),
    identities: known.map(
      ({ kind, value, added_at }): PersonIdentity => ({
        kind,
        value: whole ? value : maskIdentity(kind, value),
        addedAt: added_at?.toISOString() ?? null,
      }),
    ),
    visitorIds: visitors.total,
    fans,
    tags: tags.map(({ id, name, group_name: groupName, since }) => ({
      id,
      name,
      groupName,
      since: since.toISOString(),
    })),
    attributes: (store.valuesOf(attributes, whole).get(row.id) ?? []).map(({ since, ...one }) => ({
      ...one,
      since: since.toISOString(),
    })),
    openReviews: reviews,
  }
}

async function presentFans(
  ctx: Ctx,
  contactId: string,
  scope: string[] | null,
): Promise<PersonDetail['fans']> {
  const fans = await store.selectPersonFans(ctx.db, [contactId], scope)
  const [accounts, names] = await Promise.all([
    listAccounts(ctx),
    store.selectTagNames(
      ctx.db,
      fans.flatMap((fan) => fan.tag_ids.map((tagId) => ({ accountId: fan.account_id, tagId }))),
    ),
  ])
  const nameOf = new Map(accounts.map((account) => [account.id, account.name]))
  const whole = canSeePersons(ctx.actor)
  return fans.map((fan) => ({
    fanId: fan.id,
    accountId: fan.account_id,
    accountName: nameOf.get(fan.account_id) ?? '',
    openid: whole ? fan.openid : maskIdentity('openid', fan.openid),
    following: fan.following,
    followedAt: fan.followed_at?.toISOString() ?? null,
    unfollowedAt: fan.unfollowed_at?.toISOString() ?? null,
    lastInteractionAt: fan.last_interaction_at?.toISOString() ?? null,
    subscribeScene: fan.subscribe_scene,
    remark: fan.remark && (whole ? fan.remark : maskName(fan.remark)),
    tags: fan.tag_ids.map((tagId) => ({ tagId, name: names.get(`${fan.account_id}:${tagId}`) ?? null })),
  }))
}

async function countReviews(ctx: Ctx, contactId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with mine as (
      select ${contactId}::bigint as id
      union select contact_id from contact_aliases where merged_into = ${contactId}::bigint)
    select count(*)::int as n from contact_reviews r
    where r.state = 'open' and (r.contact_a in (select id from mine) or r.contact_b in (select id from mine))`.execute(
    ctx.db,
  )
  return rows[0]?.n ?? 0
}
