import { sql } from 'kysely'
import { type Executor, prepare } from '../../../infra/transaction.ts'

type Asked = { rule: string; fanId: string; at: Date }

/**
 * Whom a rule may answer under its limit, in order; those count from now on. Two of one fan in one batch are asked one after the
 * other.
 */
export async function claimLimits(db: Executor, asked: readonly Asked[]): Promise<boolean[]> {
  const given = asked.map(() => false)
  let left = asked.map((one, index) => ({ ...one, index }))
  while (left.length > 0) {
    const seen = new Set<string>()
    const now = left.filter(({ rule, fanId }) => {
      const key = `${fanId}:${rule}`
      return !seen.has(key) && seen.add(key)
    })
    for (const index of await claimOnce(db, now)) given[index] = true
    left = left.filter((one) => !now.includes(one))
  }
  return given
}

async function claimOnce(db: Executor, asked: readonly (Asked & { index: number })[]): Promise<number[]> {
  const column = <T>(pick: (one: (typeof asked)[number]) => T) => asked.map(pick)
  const { rows } = await sql<{ fan_id: string; rule_id: string }>`${prepare}
    insert into reply_limits as l (fan_id, rule_id, at)
    select u.fan_id, u.rule_id, u.at
    from unnest(${column((one) => one.fanId)}::bigint[], ${column((one) => one.rule)}::bigint[],
      ${column((one) => one.at.toISOString())}::timestamptz[]) as u (fan_id, rule_id, at)
    join reply_rules r on r.id = u.rule_id
    order by u.fan_id, u.rule_id
    on conflict (fan_id, rule_id) do update set at = excluded.at
      where l.at <= excluded.at - (select r.every_ms from reply_rules r where r.id = excluded.rule_id) * interval '1 millisecond'
    returning fan_id, rule_id`.execute(db)
  const taken = new Set(rows.map((row) => `${row.fan_id}:${row.rule_id}`))
  return asked.flatMap(({ fanId, rule, index }) => (taken.has(`${fanId}:${rule}`) ? [index] : []))
}
