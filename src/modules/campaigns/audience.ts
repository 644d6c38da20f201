import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from '../../context.ts'
import type { Executor } from '../../infra/transaction.ts'
import { subscribersRelation } from '../consents/index.ts'
import { PAYMENT_EVENT } from '../deliveries/index.ts'
import { EVENTS, INTERACTIONS } from '../ingest/schema.ts'
import {
  namedIn,
  peopleOf,
  requireSegment,
  type SegmentPeople,
  segmentPeople,
  snapshotPeople,
} from '../segments/index.ts'
import type { Condition, Rule } from '../segments/schema.ts'
import type { CampaignAudience, CampaignKind, Plan } from './schema/plan.ts'
import type { Basis } from './schema/shapes.ts'

type People = RawBuilder<{ contact_id: string }>

/** Whose audience is meant, and by which crowds. */
export type Asked = {
  accountId: string
  kind: CampaignKind
  plan: Plan
  /** The segment a rule of its own became; null before the start. */
  segmentId: string | null
  /** Snapshots that stand in for what their segments hold today. */
  pinned: ReadonlyMap<string, string>
  /** Our row of the template, of a subscription notification. */
  templateId: string | null
  /** False where the last good computation counts whatever the newest came to. */
  strict: boolean
}

type Role = Basis['segments'][number]['role']

/** Segments an audience names; the one made of its own rule among them. */
export function segmentsOf(
  audience: CampaignAudience,
  segmentId: string | null,
): { id: string; role: Role }[] {
  if (audience.kind === 'rule') return segmentId === null ? [] : [{ id: segmentId, role: 'include' }]
  if (audience.kind !== 'segments') return []
  return [
    ...audience.include.map((id) => ({ id, role: 'include' as const })),
    ...audience.exclude.map((id) => ({ id, role: 'exclude' as const })),
  ]
}

/**
 * Whom a campaign means at an instant: a SELECT of `contact_id`, canonical people, each at most a few times. Run it in the
 * transaction that uses it. `segment_not_computed` and `segment_refresh_failed` where a segment can't answer.
 */
export async function resolveAudience(
  ctx: Ctx,
  trx: Executor,
  asked: Asked,
  now: Date,
): Promise<{ people: People; basis: Basis | null }> {
  const { accountId, plan } = asked
  const segments: (SegmentPeople & { id: string; role: Role })[] = []
  for (const one of segmentsOf(plan.audience, asked.segmentId))
    segments.push({ ...(await peopleOfSegment(ctx, trx, one.id, asked)), ...one })
  const whole = await peopleOfAudience(ctx, trx, { asked, segments, now })
  const window = plan.trigger.kind === 'once' ? plan.trigger.audienceWindow : null
  const people =
    window === null
      ? whole
      : sql<{ contact_id: string }>`select w.contact_id from (${whole}) w
          where w.contact_id in (${await peopleOf(ctx, { rule: interacted(accountId), accountId, at: now }, trx)})`
  const basis: Basis | null =
    segments.length === 0
      ? null
      : {
          at: now.toISOString(),
          segments: segments.map(({ id, name, role, version, snapshotId, asOf }) => ({
            segmentId: id,
            name,
            role,
            version,
            snapshotId,
            asOf: asOf.toISOString(),
            stale: false,
          })),
        }
  return { people, basis }
}

async function peopleOfSegment(ctx: Ctx, trx: Executor, id: string, asked: Asked): Promise<SegmentPeople> {
  const people = await segmentPeople(ctx, id, { db: trx, strict: asked.strict && !asked.pinned.has(id) })
  const pinned = asked.pinned.get(id)
  if (pinned === undefined || pinned === people.snapshotId) return people
  const { rows } = await sql<{ at: Date; version: number }>`
    select at, version from segment_snapshots where id = ${pinned}::bigint`.execute(trx)
  const asOf = rows[0]?.at ?? people.asOf
  return {
    ...people,
    relation: snapshotPeople(pinned),
    snapshotId: pinned,
    version: rows[0]?.version ?? people.version,
    asOf,
  }
}

type Found = { asked: Asked; segments: (SegmentPeople & { role: Role })[]; now: Date }

async function peopleOfAudience(ctx: Ctx, trx: Executor, { asked, segments, now }: Found): Promise<People> {
  const { accountId, kind, plan, templateId } = asked
  const { audience } = plan
  switch (audience.kind) {
    case 'all':
      return kind === 'subscription' && templateId !== null ? subscribers(templateId) : fans(accountId)
    case 'tags':
      return tagged(accountId, audience.any)
    case 'rule': {
      if (segments.length > 0) return union(segments.map(({ relation }) => relation))
      if (audience.rule === null) return sql`select null::bigint as contact_id where false`
      return peopleOf(ctx, { rule: audience.rule, accountId, at: now }, trx)
    }
    case 'segments': {
      const of = (role: Role) => segments.filter((one) => one.role === role).map(({ relation }) => relation)
      const tags = audience.tags.length > 0 ? [tagged(accountId, audience.tags)] : []
      const wanted = included({ segments: of('include'), tags, combine: audience.combine })
      const unwanted = of('exclude')
      const base = wanted ?? fans(accountId)
      return unwanted.length === 0
        ? base
        : sql`select i.contact_id from (${base}) i where not exists (
            select from (${union(unwanted)}) x where x.contact_id = i.contact_id)`
    }
  }
}

function included(parts: { segments: People[]; tags: People[]; combine: 'and' | 'or' }): People | null {
  const { segments, tags, combine } = parts
  if (segments.length === 0 || tags.length === 0 || combine === 'or') {
    const all = [...segments, ...tags]
    return all.length === 0 ? null : union(all)
  }
  return sql`select s.contact_id from (${union(segments)}) s
    where s.contact_id in (select t.contact_id from (${union(tags)}) t)`
}

const union = (parts: readonly People[]): People =>
  sql<{ contact_id: string }>`${sql.join(
    parts.map((part) => sql`select p.contact_id from (${part}) p`),
    sql` union `,
  )}`

const fans = (accountId: string): People =>
  sql`select f.contact_id from fans f where f.account_id = ${accountId}::bigint`

const tagged = (accountId: string, tagIds: readonly number[]): People =>
  sql`select f.contact_id from fans f where f.account_id = ${accountId}::bigint
    and f.tag_ids && ${[...tagIds]}::int[]`

const subscribers = (templateId: string): People =>
  sql`select s.contact_id from (${subscribersRelation(templateId)}) s`

const HOURS_48 = { kind: 'last', length: { amount: 48, unit: 'hour' } } as const

/**
 * A4: whoever sent a message, tapped the menu, followed, scanned or paid in the account in the 48 hours before.
 * `src/wechat` names the events; what a person may still be sent is another question, decided when it is sent.
 */
export function interacted(accountId: string): Rule {
  const did = (event: string): Condition => ({
    kind: 'behaviour',
    event,
    // the shop's own events are of no account
    ...(event !== PAYMENT_EVENT && { accountId }),
    where: [],
    window: HOURS_48,
    measure: { of: 'count' },
    compare: { op: 'gte', value: 1 },
  })
  return { kind: 'or', of: [...INTERACTIONS, EVENTS.menuView, PAYMENT_EVENT].map(did) }
}

/**
 * The audience as a rule to be asked about single people; null: every fan. With `check` live, crowds that are stored are
 * asked by their rules instead.
 */
export async function audienceRule(
  ctx: Ctx,
  db: Executor,
  { accountId, plan, segmentId }: Pick<Asked, 'accountId' | 'plan' | 'segmentId'>,
  check: 'stored' | 'live',
): Promise<Rule | null> {
  const { audience } = plan
  const named = (id: string): Rule => ({ kind: 'segment', segmentId: id })
  const rule = ruleOf(accountId, audience, segmentId, named)
  return rule === null || check === 'stored' ? rule : unfolded(ctx, db, rule)
}

function ruleOf(
  accountId: string,
  audience: CampaignAudience,
  segmentId: string | null,
  named: (id: string) => Rule,
): Rule | null {
  const withTags = (tagIds: readonly number[]): Rule => ({
    kind: 'tag',
    match: 'any',
    tags: tagIds.map((tagId) => ({ of: 'wechat', accountId, tagId })),
  })
  switch (audience.kind) {
    case 'all':
      return null
    case 'tags':
      return withTags(audience.any)
    case 'rule':
      return segmentId === null ? audience.rule : named(segmentId)
    case 'segments': {
      const { include, exclude, tags, combine } = audience
      const any = include.length > 0 ? [{ kind: 'or' as const, of: include.map(named) }] : []
      const wanted = [...any, ...(tags.length > 0 ? [withTags(tags)] : [])]
      const unwanted = exclude.map((id): Rule => ({ kind: 'not', of: named(id) }))
      const base: Rule[] = wanted.length > 1 ? [{ kind: combine, of: wanted }] : wanted
      return { kind: 'and', of: [...base, ...unwanted] }
    }
  }
}

const DEEPEST = 8

/** Segments with a rule in place of their names, through any number of them; static ones stay as they are. */
async function unfolded(ctx: Ctx, db: Executor, rule: Rule, depth = 0): Promise<Rule> {
  const ids = namedIn(rule)
  if (ids.length === 0 || depth >= DEEPEST) return rule
  const rules = new Map<string, Rule>()
  for (const id of ids) {
    const row = await requireSegment(ctx, id, { db })
    if (row.rule !== null) rules.set(id, await unfolded(ctx, db, row.rule, depth + 1))
  }
  return replaced(rule, rules)
}

function replaced(rule: Rule, rules: ReadonlyMap<string, Rule>): Rule {
  if (rule.kind === 'and' || rule.kind === 'or')
    return { kind: rule.kind, of: rule.of.map((child) => replaced(child, rules)) }
  if (rule.kind === 'not') return { kind: 'not', of: replaced(rule.of, rules) }
  return rule.kind === 'segment' ? (rules.get(rule.segmentId) ?? rule) : rule
}
