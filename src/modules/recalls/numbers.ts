import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { getAccount } from '../accounts/index.ts'
import { planForMany } from '../deliveries/index.ts'
import { forAudience, peopleOf } from '../segments/index.ts'
import type { Rule } from '../segments/schema.ts'
import { audienceOf, excludedOf, offsetOf, TOLD_BY_MS, WINDOW_MS } from './rules/index.ts'
import type { RecallRuleFields, RecallTiming } from './schema/rule.ts'
import type { RecallEstimate, RecallNumbers } from './schema/views.ts'
import { readUpTo } from './store/due.ts'
import { findRule, listRules, type RecallRow } from './store/rules.ts'

/** How long a process answers with what it has counted. */
const FRESH_MS = 5_000
/** Reading that is behind by less than this is nothing to worry about. */
const BEHIND_MS = 60_000

const kept = new WeakMap<Ctx['pool'], Map<string, { until: number; numbers: Promise<RecallNumbers> }>>()

/** C5: who waits for each rule of an account, all of one instant. Counted anew every few seconds at most. */
export async function numbersOf(ctx: Ctx, accountId: string): Promise<RecallNumbers> {
  await getAccount(ctx, accountId)
  const known = kept.get(ctx.pool) ?? new Map()
  kept.set(ctx.pool, known)
  const last = known.get(accountId)
  if (last !== undefined && last.until > performance.now()) return last.numbers
  const numbers = countWaiting(ctx, accountId)
  known.set(accountId, { until: performance.now() + FRESH_MS, numbers })
  numbers.catch(() => known.delete(accountId))
  return numbers
}

/** One look at everybody who acted, for all rules together. */
export function countWaiting(ctx: Ctx, accountId: string): Promise<RecallNumbers> {
  return inTransaction(
    ctx.db,
    async (trx) => {
      const at = ctx.clock.now()
      await forAudience(trx)
      await planForMany(trx)
      const rules = await listRules(trx, accountId)
      const readTo = await readUpTo(trx)
      const behind = readTo === null ? 0 : at.getTime() - readTo.getTime() - TOLD_BY_MS
      return {
        at: at.toISOString(),
        rules: rules.length === 0 ? [] : await waitingOf(ctx, trx, { accountId, rules, at }),
        behindSeconds: behind > BEHIND_MS ? Math.round(behind / 1_000) : null,
      }
    },
    { isolation: 'repeatable read' },
  )
}

type Waiting = RecallNumbers['rules'][number]

/**
 * All rules in one pass: fans who fall between the same bounds of all rules are one row, and only such rows are compared with each
 * rule. Asking the database for three counts a rule makes it compare every fan with every rule.
 */
async function waitingOf(
  ctx: Ctx,
  trx: Executor,
  { accountId, rules, at }: { accountId: string; rules: readonly RecallRow[]; at: Date },
): Promise<Waiting[]> {
  // rules that ask for the same tags share the answer
  const scopes = new Map<string, RawBuilder<unknown>>()
  const bounds: { scope: string; from: number; come: number; offset: number }[] = []
  for (const rule of rules) {
    const scope = JSON.stringify([rule.include, rule.exclude])
    if (!scopes.has(scope)) scopes.set(scope, await inScope(ctx, trx, { scope: rule, at }))
    const come = at.getTime() - offsetOf(rule)
    const looked = rule.lookedTo.getTime()
    bounds.push({
      scope,
      come,
      from: rule.state === 'on' || looked > come ? looked : come,
      offset: offsetOf(rule),
    })
  }
  const acts = stepsOf(bounds.flatMap(({ from, come }) => [from, come]))
  const lengths = stepsOf(bounds.map(({ offset }) => offset))
  const flags = [...scopes].map(([, scope], place) => sql`${scope} as ${sql.ref(`in_${place}`)}`)
  // all three lie in the order of the fans already. Of an act's own window only one that is longer than a rule's time can
  // be open at its moment; a payment may have come after the act.
  await sql`select set_config('enable_hashjoin', 'off', true)`.execute(trx)
  const { rows } = await sql<Record<string, unknown> & { act: number; length: number; n: number }>`
    with others as materialized (
      select fan_id, max(expires_at) as until from service_windows
      where account_id = ${accountId}::bigint and kind <> 'message' and used < allowance
        and (kind = 'payment' or expires_at - opened_at > ${lengths.values[0] ?? 0}::bigint * interval '1 millisecond')
      group by fan_id)
    select width_bucket(l.at, array(select timestamptz 'epoch' + u * interval '1 millisecond' + interval '1 microsecond'
        from unnest(${acts.values}::bigint[]) u order by u)) as act,
      coalesce(width_bucket(greatest(m.expires_at, o.until) - l.at, array(
        select u * interval '1 millisecond' + interval '1 microsecond' from unnest(${lengths.values}::bigint[]) u order by u)), 0)
        as length, ${sql.join(flags)}, count(*)::float8 as n
    from fan_last_acts l
    join fans f on f.id = l.fan_id and f.following
    left join service_windows m on m.fan_id = l.fan_id and m.kind = 'message' and m.used < m.allowance
    left join others o on o.fan_id = l.fan_id
    where l.account_id = ${accountId}::bigint and l.at > ${new Date(Math.min(...bounds.map(({ from }) => from)))}
    group by ${sql.join([...scopes].map((_, place) => sql.ref(`in_${place}`)))}, act, length`.execute(trx)
  const places = [...scopes.keys()]
  return rules.map(({ id }, index) => {
    const { scope, from, come, offset } = bounds[index] as (typeof bounds)[number]
    const waiting = rows.filter(
      (row) => row[`in_${places.indexOf(scope)}`] === true && row.act >= acts.above(from),
    )
    return {
      ruleId: id,
      waiting: sumOf(waiting),
      reachable: sumOf(waiting.filter(({ length }) => length >= lengths.above(offset))),
      due: sumOf(waiting.filter(({ act }) => act < acts.above(come))),
    }
  })
}

const sumOf = (rows: readonly { n: number }[]): number => rows.reduce((sum, { n }) => sum + n, 0)

/** Bounds in order, in milliseconds; `above`: the least step on which everything is later, or longer, than one of them. */
function stepsOf(bounds: readonly number[]): { values: number[]; above(bound: number): number } {
  const values = [...new Set(bounds)].sort((a, b) => a - b)
  return { values, above: (bound) => values.indexOf(bound) + 1 }
}

/** Until when each fan can be written to, as it stands. */
const windowsOf = (accountId: string) => sql`select fan_id, max(expires_at) as until from service_windows
  where account_id = ${accountId}::bigint and used < allowance group by fan_id`

const openAtMoment = (rule: RecallTiming, until: RawBuilder<unknown> = sql`w.until`) =>
  sql`coalesce(${until} > l.at + ${offsetOf(rule)}::bigint * interval '1 millisecond', false)`

type Scope = { scope: Pick<RecallRuleFields, 'include' | 'exclude'>; at: Date }

/** Asked as two crowds, those wanted and those left out: what is in neither is never listed. */
async function inScope(ctx: Ctx, trx: Executor, { scope, at }: Scope): Promise<RawBuilder<unknown>> {
  const carriers = async (rule: Rule) => {
    const people = await peopleOf(ctx, { rule, at }, trx)
    return sql`f.contact_id in (select p.contact_id from (${people}) p)`
  }
  const wanted = audienceOf({ include: scope.include, exclude: [] })
  const unwanted = excludedOf(scope)
  return sql`(${wanted === null ? sql`true` : await carriers(wanted)}
    and not ${unwanted === null ? sql`false` : await carriers(unwanted)})`
}

type Asked = RecallTiming & Pick<RecallRuleFields, 'include' | 'exclude'> & { ruleId: string | null }

const KINDS = ['message', 'menu', 'follow', 'scan'] as const

/** Whom a rule as it stands in the form would reach, and for an edit whose moment would come at once. */
export async function estimate(ctx: Ctx, accountId: string, asked: Asked): Promise<RecallEstimate> {
  await getAccount(ctx, accountId)
  return inTransaction(
    ctx.db,
    async (trx) => {
      const at = ctx.clock.now()
      await forAudience(trx)
      await planForMany(trx)
      const running =
        asked.ruleId === null ? undefined : await findRule(trx, { accountId, ruleId: asked.ruleId })
      const tagged = await inScope(ctx, trx, { scope: asked, at })
      const come = new Date(at.getTime() - offsetOf(asked))
      const active = sql`l.at > ${new Date(at.getTime() - WINDOW_MS)}`
      const soon =
        running?.state === 'on'
          ? sql`t.tagged and l.at > ${running.lookedTo} and l.at <= ${come} and ${openAtMoment(asked)} and w.until > ${at}`
          : sql`false`
      const counts = KINDS.flatMap((kind) => [
        sql`count(*) filter (where t.tagged and ${active} and l.kind = ${kind})::float8 as ${sql.ref(`active_${kind}`)}`,
        sql`count(*) filter (where t.tagged and ${active} and l.kind = ${kind} and ${openAtMoment(asked)})::float8
          as ${sql.ref(`reachable_${kind}`)}`,
      ])
      const { rows } = await sql<Record<string, number>>`
        with free as materialized (${windowsOf(accountId)})
        select count(*)::float8 as followers, count(*) filter (where t.tagged)::float8 as tagged,
          count(*) filter (where ${soon})::float8 as soon, ${sql.join(counts)}
        from (select f.id, ${tagged} as tagged from fans f where f.account_id = ${accountId}::bigint and f.following) t
        left join fan_last_acts l on l.fan_id = t.id left join free w on w.fan_id = t.id`.execute(trx)
      const row = rows[0] ?? {}
      const byKind = (name: string) => ({
        message: row[`${name}_message`] ?? 0,
        menu: row[`${name}_menu`] ?? 0,
        follow: row[`${name}_follow`] ?? 0,
        scan: row[`${name}_scan`] ?? 0,
      })
      return {
        at: at.toISOString(),
        followers: row['followers'] ?? 0,
        inTags: row['tagged'] ?? 0,
        active: byKind('active'),
        reachable: byKind('reachable'),
        atOnce: running === undefined ? null : (row['soon'] ?? 0),
      }
    },
    { isolation: 'repeatable read' },
  )
}
