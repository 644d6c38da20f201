import { type RawBuilder, sql } from 'kysely'
import type { Audience } from './schema.ts'

export type AudienceRow = { fan_id: string; openid: string; following: boolean }

/**
 * A SELECT with `fan_id`, `openid` and `following` of exactly the fans of this account that the audience names, each
 * once, followers or not: whether one who left is counted or skipped is the sender's decision. A list or a fan of
 * another account contributes nobody.
 */
export function audienceRelation(accountId: string, audience: Audience): RawBuilder<AudienceRow> {
  const fans = sql<AudienceRow>`select f.id as fan_id, f.openid, f.following from fans f`
  switch (audience.kind) {
    case 'all':
      return sql`${fans} where f.account_id = ${accountId}::bigint`
    case 'tag':
      return sql`${fans} where f.account_id = ${accountId}::bigint
        and f.tag_ids @> array[${audience.tagId}::int]`
    case 'fans':
      return sql`${fans} where f.account_id = ${accountId}::bigint and f.id = any(${audience.fanIds}::bigint[])`
    case 'list':
      return sql`${fans}
        join fan_list_members m on m.fan_id = f.id
        join fan_lists l on l.id = m.list_id and l.account_id = f.account_id
        where f.account_id = ${accountId}::bigint and l.id = ${audience.listId}::bigint`
  }
}
