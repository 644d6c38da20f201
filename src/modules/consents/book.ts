import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { EVENTS } from '../ingest/schema.ts'
import type { ReactionEvent } from '../manifest.ts'
import { type Answer, answer, answersOf, type Grant, isLate } from './rules.ts'

export const ANSWERS = [EVENTS.subscriptionAnswered, EVENTS.subscriptionChanged] as const

type Told = Answer & { accountId: string; fanId: string; eventId: string }

/**
 * Books answers of the log into the ledger, each event once and those of one person in the order of the log. Answers to
 * templates no sync has met are kept until one does.
 */
export async function bookAnswers(trx: Executor, events: readonly ReactionEvent[]): Promise<void> {
  await book(trx, toldBy(events))
}

/** The reaction that books the log. */
export const GRANTS_REACTION = 'consents.grants'

/**
 * The same for whoever acts on such an event before the ledger followed the log: earlier answers of these fans that are
 * not booked yet are booked too, so that none is passed over. What the ledger has followed up to is booked or kept.
 */
export async function catchUpAnswers(trx: Executor, events: readonly ReactionEvent[]): Promise<void> {
  const told = toldBy(events)
  if (told.length === 0) return
  const fanIds = [...new Set(told.map(({ fanId }) => fanId))]
  const newest = told.reduce((max, { eventId }) => (BigInt(eventId) > max ? BigInt(eventId) : max), 0n)
  const { rows } = await sql<LogRow>`
    select e.id, e.account_id as "accountId", e.fan_id as "fanId", e.at, e.properties from events e
    where e.fan_id = any(${fanIds}::bigint[]) and e.name = any(${[...ANSWERS]}::text[])
      and e.id <= ${newest.toString()}::bigint
      and e.id > coalesce((select p.place from reaction_places p where p.name = ${GRANTS_REACTION}), 0)
      and e.id > coalesce((select min(g.event_id) from subscription_grants g where g.fan_id = e.fan_id), 0)
    order by e.id limit 10000`.execute(trx)
  await book(trx, toldBy(rows))
}

/** Books what was kept for templates that are known by now. Returns how much that was. */
export const adoptAnswers = (ctx: Ctx): Promise<number> => inTransaction(ctx.db, (trx) => book(trx, []))

type LogRow = Pick<ReactionEvent, 'id' | 'accountId' | 'fanId' | 'at' | 'properties'>

const toldBy = (events: readonly LogRow[]): Told[] =>
  events.flatMap((event) => {
    const { accountId, fanId, id: eventId } = event
    if (accountId === null || fanId === null) return []
    return answersOf(event).map((one) => ({ ...one, accountId, fanId, eventId }))
  })

type Known = Told & { templateId: string; term: 'one-time' | 'long-term' }

async function book(trx: Executor, told: readonly Told[]): Promise<number> {
  const all = [...(await takeKept(trx, told)), ...told].sort((a, b) => compare(a.eventId, b.eventId))
  if (all.length === 0) return 0
  const templates = await templatesOf(trx, all)
  const known: Known[] = []
  const unknown: Told[] = []
  for (const one of all) {
    const template = templates.get(`${one.accountId} ${one.wechatId}`)
    if (template === undefined) unknown.push(one)
    else known.push({ ...one, ...template })
  }
  if (unknown.length > 0) await keep(trx, unknown)
  if (known.length > 0) await bookKnown(trx, known)
  return known.length
}

const KEPT_AT_ONCE = 1_000

/**
 * Those of the fans in hand, however many; where there are none, the earliest. Waits for whoever has them, so that nobody
 * books a later answer before them.
 */
async function takeKept(trx: Executor, told: readonly Told[]): Promise<Told[]> {
  const fanIds = [...new Set(told.map(({ fanId }) => fanId))]
  const which =
    fanIds.length > 0
      ? sql`where w.fan_id = any(${fanIds}::bigint[]) order by w.event_id`
      : sql`order by w.event_id limit ${KEPT_AT_ONCE}`
  const { rows } = await sql<Told>`
    with ready as (
      select w.ctid from subscription_answers w
      join message_templates t on t.account_id = w.account_id and t.kind = 'subscription' and t.wechat_id = w.wechat_id
      ${which} for update of w)
    delete from subscription_answers where ctid = any(array(select ctid from ready))
    returning account_id as "accountId", wechat_id as "wechatId", fan_id as "fanId", event_id as "eventId", accepted, at`.execute(
    trx,
  )
  return rows
}

async function templatesOf(
  trx: Executor,
  told: readonly Told[],
): Promise<Map<string, { templateId: string; term: 'one-time' | 'long-term' }>> {
  const { rows } = await sql<{ id: string; key: string; term: 'one-time' | 'long-term' }>`
    select id, account_id || ' ' || wechat_id as key, term from message_templates
    where kind = 'subscription' and account_id = any(${[...new Set(told.map((one) => one.accountId))]}::bigint[])
      and wechat_id = any(${[...new Set(told.map((one) => one.wechatId))]}::text[])`.execute(trx)
  return new Map(rows.map(({ id, key, term }) => [key, { templateId: id, term }]))
}

const keep = (trx: Executor, told: readonly Told[]) =>
  sql`insert into subscription_answers (account_id, wechat_id, fan_id, event_id, accepted, at)
    select * from jsonb_to_recordset(${JSON.stringify(told)}::jsonb)
      as t("accountId" bigint, "wechatId" text, "fanId" bigint, "eventId" bigint, accepted boolean, at timestamptz)
    on conflict do nothing`.execute(trx)

type Booked = Grant & { accountId: string; fanId: string; templateId: string; eventId: string }

async function bookKnown(trx: Executor, known: readonly Known[]): Promise<void> {
  const grants = await lockGrants(trx, known)
  for (const one of known) {
    const grant = grants.get(keyOf(one))
    if (grant === undefined || compare(one.eventId, grant.eventId) <= 0) continue
    const late = !one.accepted && isLate(grant, one.at)
    const acceptedSince = late ? await countSince(trx, one, known) : 0
    grants.set(keyOf(one), { ...grant, ...answer(grant, { ...one, acceptedSince }), eventId: one.eventId })
  }
  await sql`
    update subscription_grants g set granted = b.granted, used = b.used, accepted_at = b."acceptedAt",
      rejected_at = b."rejectedAt", epoch = b.epoch, event_id = b."eventId"
    from jsonb_to_recordset(${JSON.stringify([...grants.values()])}::jsonb) as b("fanId" bigint, "templateId" bigint, granted int,
      used int, "acceptedAt" timestamptz, "rejectedAt" timestamptz, epoch int, "eventId" bigint)
    where g.fan_id = b."fanId" and g.template_id = b."templateId" and g.event_id <> b."eventId"`.execute(trx)
}

/** Rows of all of them, made where there are none, locked in the order in which reservations lock theirs. */
async function lockGrants(trx: Executor, known: readonly Known[]): Promise<Map<string, Booked>> {
  const keys = JSON.stringify(
    [...new Map(known.map((one) => [keyOf(one), one])).values()].map(({ accountId, fanId, templateId }) => ({
      accountId,
      fanId,
      templateId,
    })),
  )
  await sql`insert into subscription_grants (fan_id, template_id, account_id)
    select "fanId", "templateId", "accountId"
    from jsonb_to_recordset(${keys}::jsonb) as k("accountId" bigint, "fanId" bigint, "templateId" bigint)
    order by "templateId", "fanId" on conflict do nothing`.execute(trx)
  const { rows } = await sql<Booked>`
    select g.account_id as "accountId", g.fan_id as "fanId", g.template_id as "templateId", g.granted, g.used,
      g.accepted_at as "acceptedAt", g.rejected_at as "rejectedAt", g.epoch, g.event_id as "eventId"
    from subscription_grants g
    join jsonb_to_recordset(${keys}::jsonb) as k("fanId" bigint, "templateId" bigint)
      on k."fanId" = g.fan_id and k."templateId" = g.template_id
    order by g.template_id, g.fan_id for update of g`.execute(trx)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** Acceptances of the log that are younger than a refusal which came after them. */
async function countSince(trx: Executor, refusal: Known, known: readonly Known[]): Promise<number> {
  const { rows } = await sql<LogRow>`
    select e.id, e.account_id as "accountId", e.fan_id as "fanId", e.at, e.properties from events e
    where e.fan_id = ${refusal.fanId}::bigint and e.name = any(${[...ANSWERS]}::text[])
      and e.at > ${refusal.at} and e.id < ${refusal.eventId}::bigint limit 1000`.execute(trx)
  const before = new Set(rows.map(({ id }) => id))
  const kept = known.filter(
    (one) =>
      keyOf(one) === keyOf(refusal) && compare(one.eventId, refusal.eventId) < 0 && !before.has(one.eventId),
  )
  return [...toldBy(rows), ...kept].filter(
    (one) => one.wechatId === refusal.wechatId && one.accepted && one.at > refusal.at,
  ).length
}

const keyOf = ({ fanId, templateId }: { fanId: string; templateId: string }) => `${fanId} ${templateId}`
const compare = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0)
