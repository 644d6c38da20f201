import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import type { BrokenUse, MaterialRef, MaterialUse } from './schema.ts'

export type MaterialUser = Pick<MaterialUse, 'kind' | 'id'> & {
  accountId: string
  name: string
  live: boolean
  owner?: MaterialUse['owner']
}

/** Says what something names from now on, in place of what it named before; in the transaction that changes it. */
export async function holdMaterials(
  trx: Executor,
  user: MaterialUser,
  refs: readonly MaterialRef[],
): Promise<void> {
  await releaseMaterials(trx, user)
  if (refs.length === 0) return
  const owner = user.owner ?? null
  await sql`insert into material_uses
      (material, material_id, places, user_kind, user_id, account_id, name, owner_kind, owner_id, live)
    select n.material, n.id, coalesce(array_agg(distinct n.place) filter (where n.place is not null), '{}'), ${user.kind},
      ${user.id}::bigint, ${user.accountId}::bigint, ${user.name}, ${owner?.kind ?? null}, ${owner?.id ?? null}::bigint, ${user.live}
    from ${named(refs)} group by n.material, n.id order by n.material, n.id`.execute(trx)
}

/** It names nothing any more: it is over, or gone. */
export const releaseMaterials = (trx: Executor, user: Pick<MaterialUser, 'kind' | 'id'>) =>
  sql`delete from material_uses where user_kind = ${user.kind} and user_id = ${user.id}::bigint`.execute(trx)

const named = (refs: readonly MaterialRef[]) => sql`unnest(${refs.map(({ material }) => material)}::text[],
  ${refs.map(({ id }) => id)}::bigint[], ${refs.map(({ index }) => index ?? null)}::smallint[]) as n (material, id, place)`

export const keyOfMaterial = ({ material, id, index }: MaterialRef): string =>
  `${material}:${id}${index === undefined ? '' : `/${index}`}`

/** Which of these an account has no more, by {@link keyOfMaterial}. */
export async function goneAmong(
  db: Executor,
  accountId: string,
  refs: readonly MaterialRef[],
): Promise<Set<string>> {
  if (refs.length === 0) return new Set()
  const { rows } = await sql<{ material: MaterialRef['material']; id: string; place: number | null }>`
    select distinct n.material, n.id, n.place from ${named(refs)}
    where material_gone(n.material, n.id, ${accountId}::bigint, array_remove(array[n.place], null))`.execute(
    db,
  )
  return new Set(
    rows.map(({ place, ...ref }) => keyOfMaterial(place === null ? ref : { ...ref, index: place })),
  )
}

export async function isMaterial(
  db: Executor,
  { accountId, material, id }: MaterialRef & { accountId: string },
): Promise<boolean> {
  const row = await db
    .selectFrom(material === 'media' ? 'media_assets' : 'article_sets')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

const USE = sql`json_build_object('kind', u.user_kind, 'id', u.user_id::text, 'name', u.name, 'live', u.live,
  'owner', case when u.owner_kind is not null then json_build_object('kind', u.owner_kind, 'id', u.owner_id::text) end) as use`
const MOST_USES = 100

/** What works with it first; at most 100. */
export async function selectUses(
  db: Executor,
  { accountId, material, id }: MaterialRef & { accountId: string },
): Promise<MaterialUse[]> {
  const { rows } = await sql<{ use: MaterialUse }>`select ${USE} from material_uses u
    where u.material = ${material} and u.material_id = ${id}::bigint and u.account_id = ${accountId}::bigint
    order by u.live desc, u.user_kind, u.user_id desc limit ${MOST_USES}`.execute(db)
  return rows.map(({ use }) => use)
}

/** What is live and names something that WeChat has no more; at most 100. */
export async function brokenUses(db: Executor, accountId: string): Promise<BrokenUse[]> {
  const { rows } = await sql<BrokenUse>`
    select ${USE}, json_build_object('material', u.material, 'id', u.material_id::text,
      'title', coalesce(s.articles -> u.places[1]::int ->> 'title', s.title, m.name, '')) as material
    from material_uses u
    left join article_sets s on u.material = 'article-set' and s.id = u.material_id and s.account_id = u.account_id
    left join media_assets m on u.material = 'media' and m.id = u.material_id and m.account_id = u.account_id
    where u.account_id = ${accountId}::bigint and u.live and material_gone(u.material, u.material_id, u.account_id, u.places)
    order by u.user_kind, u.user_id desc, u.material, u.material_id limit ${MOST_USES}`.execute(db)
  return rows
}

/** Materials of the account by what WeChat calls them; those it doesn't know are left out. */
export async function refsByWechatIds(
  db: Executor,
  accountId: string,
  ids: { media: readonly string[]; articles: readonly string[] },
): Promise<MaterialRef[]> {
  const { rows } = await sql<MaterialRef>`
    select 'media' as material, id from media_assets
    where account_id = ${accountId}::bigint and media_id = any(${[...ids.media]}::text[])
    union all
    select 'article-set', id from article_sets
    where account_id = ${accountId}::bigint and kind = 'published' and wechat_id = any(${[...ids.articles]}::text[])`.execute(
    db,
  )
  return rows
}
