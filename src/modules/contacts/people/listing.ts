import { type RawBuilder, sql } from 'kysely'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { withinScope } from '../scope.ts'
import { toE164 } from './phone.ts'
import { COUNT_BOUND, type PersonFilter } from './schema.ts'

type Scope = readonly string[] | null
type Condition = RawBuilder<boolean>

export type PersonRow = { id: string; name: string | null; unionid: string | null; created_at: Date }

/** Canonical contacts that fit, newest first, one more than asked for where there are more. */
export async function selectPeoplePage(
  db: Executor,
  scope: Scope,
  filter: PersonFilter & { cursor?: string | undefined; limit: number },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select c.id, c.name, c.unionid, c.created_at from contacts c
    where ${await conditionsOf(db, scope, filter)}
      ${filter.cursor === undefined ? sql`` : sql`and c.id < ${filter.cursor}::bigint`}
    order by c.id desc limit ${filter.limit + 1}`.execute(db)
  return rows
}

/** Real time: a count that takes longer than this is told as a bound. */
const EXACT_WITHIN_MS = 300
const TOO_LONG = '57014'

/** Exact up to the bound, and beyond it where the whole count is quick. */
export async function countPeople(
  db: Executor,
  scope: Scope,
  filter: PersonFilter,
): Promise<{ count: number; exact: boolean }> {
  const where = await conditionsOf(db, scope, filter)
  const bounded = await sql<{ n: string }>`
    select count(*) as n from (select from contacts c where ${where} limit ${COUNT_BOUND + 1}) as first`.execute(
    db,
  )
  const least = Number(bounded.rows[0]?.n)
  if (least <= COUNT_BOUND) return { count: least, exact: true }
  try {
    return await inTransaction(db, async (trx) => {
      await sql`set local statement_timeout = ${sql.lit(EXACT_WITHIN_MS)}`.execute(trx)
      const whole = await sql<{ n: string }>`select count(*) as n from contacts c where ${where}`.execute(trx)
      return { count: Number(whole.rows[0]?.n), exact: true }
    })
  } catch (error) {
    if ((error as { code?: string }).code !== TOO_LONG) throw error
    return { count: COUNT_BOUND, exact: false }
  }
}

const ID = sql`c.id`

/** What is true of the people who fit, as a condition on `contacts c`. */
export async function conditionsOf(db: Executor, scope: Scope, filter: PersonFilter): Promise<Condition> {
  const parts: Condition[] = [
    sql`not exists (select from contact_aliases a where a.contact_id = c.id)`,
    withinScope(scope, ID),
  ]
  const { accountId, following, tagId, wechatTag, identity, createdFrom, createdUntil } = filter
  if (filter.q) parts.push(await matches(db, filter.q))
  if (accountId !== undefined || following !== undefined) parts.push(isFan(accountId, following, scope))
  if (tagId !== undefined) {
    parts.push(sql`exists (select from contact_tags t
      where t.tag_id = ${tagId}::bigint and t.contact_id = c.id and t.until = 'infinity')`)
  }
  if (wechatTag !== undefined) parts.push(hasWechatTag(wechatTag, scope))
  if (filter.attribute !== undefined && filter.value !== undefined) {
    parts.push(await hasValue(db, filter.attribute, filter.value))
  }
  if (identity !== undefined) parts.push(hasIdentity(identity))
  if (createdFrom !== undefined) parts.push(sql`c.created_at >= ${createdFrom}::timestamptz`)
  if (createdUntil !== undefined) parts.push(sql`c.created_at < ${createdUntil}::timestamptz`)
  return sql.join(parts, sql` and `) as Condition
}

/** Whoever has exactly this id, found by index; else those with it as a part of their name or a remark. */
async function matches(db: Executor, q: string): Promise<Condition> {
  const phone = toE164(q)
  const named = await sql<{ id: string }>`
    select contact_id as id from contact_identities
    where kind = any('{user,phone,external_user,anonymous}') and value = any(${[q, ...(phone === null ? [] : [phone])]}::text[])
    union select id from contacts where unionid = ${q}
    union select f.contact_id from accounts o join fans f on f.account_id = o.id where f.openid = ${q}`.execute(
    db,
  )
  if (named.rows.length > 0) return sql`c.id = any(${named.rows.map(({ id }) => id)}::bigint[])`
  const own = /^\d{1,18}$/.test(q) ? sql`union all select ${q}::bigint` : sql``
  // folding case costs half of the scan, and Chinese has none
  const part = (column: string) =>
    /[a-z]/i.test(q)
      ? sql`strpos(lower(${sql.raw(column)}), ${q.toLowerCase()}) > 0`
      : sql`strpos(${sql.raw(column)}, ${q}) > 0`
  return sql`c.id in (
    select n.id from contacts n where n.name is not null and ${part('n.name')}
    union all select r.contact_id from fans r where r.remark <> '' and ${part('r.remark')}
    ${own})`
}

/** Of an account, or of any that the caller may see. */
function isFan(accountId: string | undefined, following: string | undefined, scope: Scope): Condition {
  const state = following === undefined ? sql`` : sql`and f.following = ${following === 'true'}`
  const account =
    accountId !== undefined
      ? sql`and f.account_id = ${accountId}::bigint`
      : scope === null
        ? sql``
        : sql`and f.account_id = any(${[...scope]}::bigint[])`
  const within =
    accountId !== undefined && scope !== null && !scope.includes(accountId) ? sql`and false` : sql``
  return sql`exists (select from fans f where f.contact_id = c.id ${account} ${state} ${within})`
}

function hasWechatTag(wechatTag: string, scope: Scope): Condition {
  const [accountId = '', tagId = ''] = wechatTag.split(':')
  if (scope !== null && !scope.includes(accountId)) return sql`false`
  return sql`exists (select from fan_tags t where t.account_id = ${accountId}::bigint
    and t.tag_id = ${tagId}::int and t.contact_id = c.id and t.until = 'infinity')`
}

function hasIdentity(kind: NonNullable<PersonFilter['identity']>): Condition {
  if (kind === 'unionid') return sql`c.unionid is not null`
  if (kind === 'openid') return sql`exists (select from fans f where f.contact_id = c.id)`
  return sql`exists (select from contact_identities i where i.contact_id = c.id and i.kind = ${kind})`
}

/** Numbers and instants are compared as numbers; an attribute nobody has fits nobody. */
async function hasValue(db: Executor, key: string, value: string): Promise<Condition> {
  const attribute = await db
    .selectFrom('attributes')
    .select(['id', 'type'])
    .where('key', '=', key)
    .executeTakeFirst()
  if (attribute === undefined) return sql`false`
  const { id, type } = attribute
  const column = `a.attribute_id = ${Number(id)} and a.contact_id = c.id and a.until = 'infinity'`
  if (type !== 'number' && type !== 'instant') {
    return sql`exists (select from contact_attributes a where ${sql.raw(column)} and a.text_value = ${value})`
  }
  const number = type === 'number' ? Number(value) : Date.parse(value)
  if (!Number.isFinite(number) || value.trim() === '') return sql`false`
  return sql`exists (select from contact_attributes a where ${sql.raw(column)}
    and a.number_value = ${number}::float8)`
}
