import { type SqlBool, sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { addBeijingDays, beijingDay, startOfDay } from '../../../kernel/beijing.ts'
import { explainMassStatus } from '../../../wechat/rules/mass-status.ts'
import { expectFigures } from '../../article-figures/index.ts'
import { lockMassLedger } from '../../deliveries/index.ts'
import type { Due } from '../../manifest.ts'
import { countDay } from './day.ts'
import { awaitsAnswer, changeOutside, insertOutside, type NewOutside, suspectsOf } from './store.ts'

/** A result may be here before our own call's answer is committed. */
const WAIT_MS = 15 * 60_000
const CHUNK = 100
/** Figures are read for seven days; what lies further back has been looked at. */
const FIGURE_DAYS = 10

/** Finds the account's mass sends that none of our batches made: by results of unknown jobs, and by figures of unknown articles. */
export async function findOutsideSends(ctx: Ctx): Promise<number> {
  await dropOwn(ctx.db, ctx.clock.now())
  return (await fromResults(ctx)) + (await fromFigures(ctx))
}

/** Results that a batch of ours knows are none. */
const dropOwn = (db: Executor, now: Date) =>
  sql`update mass_results r set compared_at = ${now} where r.compared_at is null
    and exists (select from broadcast_batches t where t.account_id = r.account_id and t.msg_id = r.msg_id)`.execute(
    db,
  )

type Result = {
  account_id: string
  msg_id: string
  status: string
  people: number | null
  has_articles: boolean
  received_at: Date
}

async function fromResults(ctx: Ctx): Promise<number> {
  const now = ctx.clock.now()
  const { rows } = await sql<Result>`
    select r.account_id, r.msg_id, r.status, coalesce(r.sent_count, r.filter_count, r.total_count) as people,
      jsonb_array_length(r.article_urls) > 0 as has_articles, r.received_at
    from mass_results r
    where r.compared_at is null and r.received_at <= ${new Date(now.getTime() - WAIT_MS)}
      and not ${awaitsAnswer(sql`r.account_id`, sql`r.received_at`)}
    order by r.received_at limit ${CHUNK}`.execute(ctx.db)
  for (const row of rows) await takeResult(ctx, row)
  return rows.length
}

async function takeResult(ctx: Ctx, result: Result): Promise<void> {
  const { account_id: accountId, msg_id: msgId, people, received_at: at } = result
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, accountId)
    const { numAffectedRows } = await sql`update mass_results r set compared_at = ${ctx.clock.now()}
      where r.account_id = ${accountId}::bigint and r.msg_id = ${msgId} and r.compared_at is null`.execute(
      trx,
    )
    // a job that failed reached nobody, whoever made it
    if (numAffectedRows !== 1n || explainMassStatus(result.status).outcome !== 'sent') return
    if (result.has_articles) await expectFigures(trx, { accountId, at: [at] })
    const known = await nearest(trx, {
      accountId,
      day: beijingDay(at),
      which: result.has_articles ? sql`o.msg_id is null` : sql`o.msg_id is null and o.source = 'hand'`,
    })
    if (known === undefined)
      await add(trx, { accountId, source: 'result', at, msgId, people, now: ctx.clock.now() })
    else
      await sql`update outside_sends set msg_id = ${msgId}, people = coalesce(people, ${people}::int)
        where id = ${known}::bigint`.execute(trx)
  })
}

type Article = { account_id: string; msg_data_id: string; day: string; title: string; urls: string[] }

async function fromFigures(ctx: Ctx): Promise<number> {
  const since = addBeijingDays(beijingDay(ctx.clock.now()), -FIGURE_DAYS)
  const { rows } = await sql<Article>`
    select f.account_id, f.msg_data_id, min(f.sent_day)::text as day, (array_agg(f.title order by f.place))[1] as title,
      coalesce(array_agg(distinct f.url) filter (where f.url is not null), '{}') as urls
    from article_figures f
    where f.sent_day >= ${since}::date
      and not exists (select from broadcast_batches t where t.account_id = f.account_id and t.msg_data_id = f.msg_data_id)
      and not exists (select from outside_sends o where o.account_id = f.account_id and o.msg_data_id = f.msg_data_id)
      and not ${awaitsAnswer(sql`f.account_id`, sql`(f.sent_day + 1)::timestamp at time zone 'Asia/Shanghai'`)}
    group by 1, 2 order by 3, 2 limit ${CHUNK}`.execute(ctx.db)
  for (const row of rows) await takeArticle(ctx, row)
  return rows.length
}

async function takeArticle(ctx: Ctx, article: Article): Promise<void> {
  const { account_id: accountId, msg_data_id: msgDataId, day, title, urls } = article
  await inTransaction(ctx.db, async (trx) => {
    await lockMassLedger(trx, accountId)
    const own = await sql`update broadcast_batches t set msg_data_id = ${msgDataId}
      from mass_results r where t.account_id = ${accountId}::bigint and t.msg_data_id is null and r.account_id = t.account_id
        and r.msg_id = t.msg_id and ${namesAny(urls)}`.execute(trx)
    if (own.numAffectedRows) return
    const known =
      (await nearest(trx, {
        accountId,
        day,
        which: sql`o.msg_data_id is null and exists (select from mass_results r
        where r.account_id = o.account_id and r.msg_id = o.msg_id and ${namesAny(urls)})`,
      })) ??
      (await nearest(trx, {
        accountId,
        day,
        which: sql`o.msg_data_id is null and (o.source = 'hand' or exists (
        select from mass_results r where r.account_id = o.account_id and r.msg_id = o.msg_id and r.article_urls <> '[]'))`,
      }))
    if (known === undefined)
      await add(trx, {
        accountId,
        source: 'statistics',
        at: startOfDay(day),
        msgDataId,
        name: title,
        now: ctx.clock.now(),
      })
    else
      await sql`update outside_sends set msg_data_id = ${msgDataId}, name = case when name = '' then ${title} else name end
        where id = ${known}::bigint`.execute(trx)
  })
}

/** Whether a result `r` names one of these addresses. */
const namesAny = (urls: readonly string[]) =>
  sql<boolean>`exists (select from jsonb_array_elements(r.article_urls) u where u ->> 'url' = any(${[...urls]}::text[]))`

/** One that is known of the same Beijing day already, told in another way; each may be told once in each. */
async function nearest(
  trx: Executor,
  { accountId, day, which }: { accountId: string; day: string; which: ReturnType<typeof sql<SqlBool>> },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select o.id from outside_sends o
    where o.account_id = ${accountId}::bigint and (o.at at time zone 'Asia/Shanghai')::date = ${day}::date
      and o.state <> 'ignored' and ${which} order by o.at, o.id limit 1`.execute(trx)
  return rows[0]?.id
}

/** A send that is surely none of ours takes its day at once; one that may be ours waits for somebody to say so. */
async function add(trx: Executor, send: NewOutside): Promise<void> {
  const row = await insertOutside(trx, send)
  if (row === undefined) return
  if ((await suspectsOf(trx, row)).length === 0) await changeOutside(trx, row.id, await countDay(trx, row))
}

/** When the next result has waited long enough, and whether one has. */
export async function nextOutsideDue(db: Executor, now: Date): Promise<Due> {
  const { rows } = await sql<{ first: Date | null; busy: boolean }>`
    select (select min(r.received_at) from mass_results r where r.compared_at is null
        and not exists (select from broadcast_batches t where t.account_id = r.account_id and t.msg_id = r.msg_id)
        and not ${awaitsAnswer(sql`r.account_id`, sql`r.received_at`)}) as first,
      exists (select from outside_sends where state in ('charging', 'undoing')) as busy`.execute(db)
  const first = rows[0]?.first ?? null
  const due = first === null ? null : new Date(first.getTime() + WAIT_MS)
  const isDue = due !== null && due <= now
  return { dueAt: isDue ? null : due, busy: isDue || (rows[0]?.busy ?? false) }
}
