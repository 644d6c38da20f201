import { sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import { type Page, toPage } from '../../kernel/paging.ts'
import { getAccount } from '../accounts/index.ts'
import {
  canSeePersons,
  findCanonical,
  idsOfContact,
  maskName,
  scopeOf,
  shortenId,
} from '../contacts/index.ts'
import { getTemplate, templatesOf } from '../templates/index.ts'
import { ANSWERS } from './book.ts'
import { countSubscribers, NOBODY } from './grants.ts'
import { answersOf } from './rules.ts'
import type {
  ConsentEvent,
  ContactConsent,
  Subscriber,
  SubscriberState,
  SubscriptionSummary,
} from './schema.ts'

/** Subscription templates of an account with who can be reached now; those gone come last. */
export async function listSubscriptions(ctx: Ctx, accountId: string): Promise<SubscriptionSummary[]> {
  await getAccount(ctx, accountId)
  const templates = await templatesOf(ctx.db, accountId, 'subscription')
  const counts = await countSubscribers(
    ctx.db,
    templates.map(({ id }) => id),
  )
  return templates
    .map((template) => ({ ...template, subscribers: counts.get(template.id) ?? NOBODY }))
    .sort((a, b) => Number(a.goneAt !== null) - Number(b.goneAt !== null))
}

type Filter = {
  state?: SubscriberState | undefined
  following?: boolean | undefined
  cursor?: string | undefined
  limit: number
}
type GrantRow = {
  left: number
  rejected: boolean
  acceptedAt: Date | null
  rejectedAt: Date | null
  following: boolean
}
type SubscriberRow = GrantRow & { fanId: string; contactId: string; name: string | null; openid: string }

const REJECTED = sql<boolean>`(g.rejected_at is not null and g.granted = 0
  and (g.accepted_at is null or g.accepted_at <= g.rejected_at))`
const GRANT = sql`g.granted - g.used as left, ${REJECTED} as rejected, g.accepted_at as "acceptedAt",
  g.rejected_at as "rejectedAt", f.following`
const STATES = {
  reachable: sql`g.granted > g.used`,
  'used-up': sql`g.granted <= g.used and not ${REJECTED}`,
  rejected: REJECTED,
}

/** Who answered a template, by fan, newest fan first. */
export async function listSubscribers(
  ctx: Ctx,
  of: { accountId: string; templateId: string },
  { state, following, cursor, limit }: Filter,
): Promise<Page<Subscriber>> {
  const template = await getTemplate(ctx.db, of)
  const { rows } = await sql<SubscriberRow>`
    select f.id as "fanId", f.contact_id as "contactId", c.name, f.openid, ${GRANT}
    from subscription_grants g join fans f on f.id = g.fan_id join contacts c on c.id = f.contact_id
    where g.template_id = ${template.id}::bigint
      ${state ? sql`and ${STATES[state]}` : sql``}
      ${following === undefined ? sql`` : sql`and f.following = ${following}`}
      ${cursor ? sql`and g.fan_id < ${cursor}::bigint` : sql``}
    order by g.fan_id desc limit ${limit + 1}`.execute(ctx.db)
  const whole = canSeePersons(ctx.actor)
  const page = toPage(rows, limit, ({ fanId }) => fanId)
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      ...instants(row),
      name: row.name && (whole ? row.name : maskName(row.name)),
      openid: whole ? row.openid : shortenId(row.openid),
    })),
  }
}

const EVENTS_SHOWN = 50

/** What a person allows, in the accounts the caller may see, and how they answered. */
export async function consentsOfContact(
  ctx: Ctx,
  contactId: string,
): Promise<{ items: ContactConsent[]; events: ConsentEvent[] }> {
  const person = await findCanonical(ctx, contactId)
  const scope = scopeOf(ctx)
  const { rows } = await sql<
    GrantRow & Pick<ContactConsent, 'accountId' | 'templateId' | 'title' | 'term' | 'gone'>
  >`
    select t.account_id as "accountId", t.id as "templateId", t.title, t.term, t.gone_at is not null as gone, ${GRANT}
    from fans f join subscription_grants g on g.fan_id = f.id join message_templates t on t.id = g.template_id
    where f.contact_id = ${person.id}::bigint
      and ${scope === null ? sql`true` : sql`t.account_id = any(${scope}::bigint[])`}
    order by t.account_id, t.id desc limit 500`.execute(ctx.db)
  return {
    items: rows.map((row) => ({ ...row, ...instants(row) })),
    events: await selectAnswers(ctx, person.id),
  }
}

async function selectAnswers(ctx: Ctx, contactId: string): Promise<ConsentEvent[]> {
  const scope = scopeOf(ctx)
  const ids = await idsOfContact(ctx.db, contactId)
  const { rows } = await sql<{ accountId: string; at: Date; properties: Record<string, unknown> }>`
    select e.account_id as "accountId", e.at, e.properties from events e
    where e.contact_id = any(${ids}::bigint[]) and e.name = any(${[...ANSWERS]}::text[]) and e.account_id is not null
      and ${scope === null ? sql`true` : sql`e.account_id = any(${scope}::bigint[])`}
    order by e.at desc, e.id desc limit ${EVENTS_SHOWN}`.execute(ctx.db)
  const told = rows.flatMap((row) =>
    answersOf(row).map((one) => ({
      ...one,
      accountId: row.accountId,
      scene: sceneOf(row.properties, one.wechatId),
    })),
  )
  const titles = await titlesOf(ctx, told)
  return told.slice(0, EVENTS_SHOWN).map(({ at, accountId, wechatId, accepted, scene }) => ({
    at: at.toISOString(),
    accountId,
    title: titles.get(`${accountId} ${wechatId}`) ?? null,
    wechatId,
    accepted,
    scene,
  }))
}

/** Where the popup was; a change in the settings has none. */
function sceneOf({ items }: Record<string, unknown>, wechatId: string): number | null {
  const found = (items as ({ templateId?: unknown; scene?: unknown } | null)[]).find(
    (item) => item?.templateId === wechatId,
  )
  return typeof found?.scene === 'number' ? found.scene : null
}

async function titlesOf(
  ctx: Ctx,
  told: readonly { accountId: string; wechatId: string }[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ key: string; title: string }>`
    select account_id || ' ' || wechat_id as key, title from message_templates
    where kind = 'subscription' and account_id = any(${[...new Set(told.map((one) => one.accountId))]}::bigint[])
      and wechat_id = any(${[...new Set(told.map((one) => one.wechatId))]}::text[])`.execute(ctx.db)
  return new Map(rows.map(({ key, title }) => [key, title]))
}

const instants = ({ acceptedAt, rejectedAt }: GrantRow) => ({
  acceptedAt: acceptedAt?.toISOString() ?? null,
  rejectedAt: rejectedAt?.toISOString() ?? null,
})
