import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { findCanonical, idsOfContact } from '../contacts/index.ts'
import { explainDelivery } from '../deliveries/index.ts'
import { decide, readCatalogue } from '../segments/index.ts'
import type { Rule } from '../segments/schema.ts'
import { namesOf, presentPeople } from './people.ts'
import { ruleOf } from './present.ts'
import { audienceOf, excludedOf, momentOf, outcomeAtMoment } from './rules/index.ts'
import type { RecallWhy } from './schema/views.ts'
import { listPeople } from './store/figures.ts'
import type { RecallKey, RecallRow } from './store/rules.ts'

type Fan = {
  id: string
  following: boolean
  at: Date | null
  kind: 'message' | 'menu' | 'follow' | 'scan' | null
  ends: Date[] | null
  lefts: number[] | null
}
const MOST = 20

/** Why a person was written to or not: their silence, where it stands for this rule, and each check as it would be answered now. */
export async function whyOf(ctx: Ctx, key: RecallKey & { contactId: string }): Promise<RecallWhy> {
  const rule = await ruleOf(ctx, key)
  const { id: contactId } = await findCanonical(ctx, key.contactId)
  const fan = await fanOf(ctx.db, rule.accountId, contactId)
  const contactIds = await idsOfContact(ctx.db, contactId)
  const rows =
    rule.sendId === null
      ? []
      : await listPeople(ctx.db, { sendId: rule.sendId, outcome: 'all', contactIds, limit: MOST })
  const now = rows.find(
    ({ fanId, occurrence }) => fanId === fan?.id && Number(occurrence) === fan?.at?.getTime(),
  )
  return {
    contactId,
    name: fan === undefined ? null : ((await namesOf(ctx, [fan.id])).get(fan.id)?.name ?? null),
    lastAct: fan?.at && fan.kind ? { at: fan.at.toISOString(), kind: fan.kind } : null,
    moment: fan?.at ? momentOf(rule, fan.at).toISOString() : null,
    standing: now === undefined ? await standingOf(ctx, rule, { fan, contactId }) : 'planned',
    deliveries: await presentPeople(ctx, rule, rows),
    decision:
      rule.sendId === null || rows.length === 0
        ? null
        : await explainDelivery(ctx, {
            accountId: rule.accountId,
            sendId: rule.sendId,
            contactId,
            deliveryId: (now ?? rows[0])?.id,
          }),
  }
}

async function fanOf(db: Executor, accountId: string, contactId: string): Promise<Fan | undefined> {
  const { rows } = await sql<Fan>`
    select f.id, f.following, l.at, l.kind, w.ends, w.lefts from fans f
    left join fan_last_acts l on l.fan_id = f.id
    cross join lateral (select array_agg(s.expires_at) as ends, array_agg(s.allowance - s.used) as lefts
      from service_windows s where s.fan_id = f.id) w
    where f.contact_id = ${contactId}::bigint and f.account_id = ${accountId}::bigint
    order by f.following desc, l.at desc nulls last, f.id limit 1`.execute(db)
  return rows[0]
}

type Standing = RecallWhy['standing']

async function standingOf(
  ctx: Ctx,
  rule: RecallRow,
  { fan, contactId }: { fan: Fan | undefined; contactId: string },
): Promise<Standing> {
  if (fan === undefined || fan.at === null) return 'never_acted'
  if (fan.at < rule.madeAt) return 'before_rule'
  const now = ctx.clock.now()
  const inside = async (of: Rule | null) =>
    of === null
      ? null
      : inTransaction(ctx.db, async (trx) => {
          const catalogue = await readCatalogue(trx, of, now)
          return (await decide(trx, of, [{ n: 1, contactId, at: now }], { catalogue })).has(1)
        })
  const outcome = outcomeAtMoment(rule, {
    lastAct: fan.at,
    following: fan.following,
    inAudience: (await inside(audienceOf(rule))) ?? true,
    excluded: (await inside(excludedOf(rule))) ?? false,
    windows: (fan.ends ?? []).map((expiresAt, index) => ({ expiresAt, left: fan.lefts?.[index] ?? 0 })),
  })
  return outcome.candidate ? 'waiting' : outcome.why
}
