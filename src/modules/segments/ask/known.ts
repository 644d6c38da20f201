import { sql } from 'kysely'
import type { Executor } from '../../../infra/transaction.ts'
import { conditionsOf, type Rule } from '../schema/rule.ts'

/** What of the things a rule names by number is there. */
export type Known = {
  accounts: ReadonlySet<string>
  ownTags: ReadonlySet<string>
  activities: ReadonlySet<string>
  /** Mass sends, with the numbers of their records. */
  sends: ReadonlyMap<string, { accountId: string; arms: readonly number[] }>
}

export async function readKnown(db: Executor, rule: Rule): Promise<Known> {
  const conditions = [...conditionsOf(rule)]
  const tags = conditions.flatMap((one) =>
    one.kind === 'tag' ? one.tags.flatMap((tag) => (tag.of === 'own' ? [tag.tagId] : [])) : [],
  )
  const activities = conditions.flatMap((one) =>
    one.kind === 'send' || one.kind === 'campaign' ? (one.activityId ?? []) : [],
  )
  const sends = conditions.flatMap((one) =>
    one.kind !== 'send' || one.broadcast === 'any' || one.broadcast === 'last' ? [] : [one.broadcast],
  )
  const [accounts, ownTags, knownActivities, knownSends] = await Promise.all([
    sql<{ id: string }>`select id from accounts`.execute(db),
    tags.length === 0
      ? NONE
      : sql<{ id: string }>`select id from tags where id = any(${tags}::bigint[])`.execute(db),
    activities.length === 0
      ? NONE
      : sql<{ id: string }>`select id from activities where id = any(${activities}::bigint[])`.execute(db),
    sends.length === 0
      ? NONE
      : sql<{ id: string; accountId: string; arms: number[] }>`
          select b.id, b.account_id as "accountId",
            array(select a.number from broadcast_arms a where a.broadcast_id = b.id) as arms
          from broadcasts b where b.id = any(${sends}::bigint[])`.execute(db),
  ])
  return {
    accounts: new Set(accounts.rows.map(({ id }) => id)),
    ownTags: new Set(ownTags.rows.map(({ id }) => id)),
    activities: new Set(knownActivities.rows.map(({ id }) => id)),
    sends: new Map(knownSends.rows.map(({ id, ...send }) => [id, send])),
  }
}
const NONE = { rows: [] }
