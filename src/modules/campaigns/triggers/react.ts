import { sql } from 'kysely'
import type { Ctx } from '../../../context.ts'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import { notifyOnCommit } from '../../../infra/wake.ts'
import { catchUpAnswers } from '../../consents/index.ts'
import { laneTopic, openWindows, type PlanRow, planDeliveries } from '../../deliveries/index.ts'
import type { Reaction, ReactionEvent } from '../../manifest.ts'
import { byEvent, decideEvents, type LiveRule } from '../../segments/index.ts'
import { durationMs } from '../../segments/schema.ts'
import { counted, fired, mayFire, NO_TALLY, type Tally } from '../rules/count.ts'
import { reachAt } from '../rules/schedule.ts'
import { decisionAt } from '../rules/state.ts'
import { fansOfPeople, lockTallies, nameOf, writeTallies } from '../store/people.ts'
import { insertWaits, type NewWait, WAITS_TOPIC } from '../store/waits.ts'
import { liveRule, type Watcher, watchers } from './live.ts'

const CHUNK = 1_000

/**
 * 完成A: follows the whole log, because which events count is the operators' to say. Counts, waits and planned messages are
 * committed together with its place in the log: each event counts once, in the log's order.
 */
export const campaignTriggers: Reaction = {
  name: 'campaigns.triggers',
  events: 'all',
  prompt: true,
  chunk: CHUNK,
  async react(ctx, events, trx) {
    const all = await watchers(ctx, trx)
    const names = new Set(all.flatMap(({ trigger }) => trigger.event?.event ?? []))
    const wanted = events.filter((event) => event.contactId !== null && names.has(event.name))
    if (wanted.length === 0) return
    // an answer that fires must find itself counted in the grants
    if (all.some(({ kind }) => kind === 'subscription')) await catchUpAnswers(trx, wanted)
    await countEvents(ctx, trx, { watchers: all, events: wanted })
  },
}

/** What these events come to in these campaigns, in the caller's transaction; returns how many As were counted. */
export async function countEvents(
  ctx: Ctx,
  trx: Executor,
  { watchers: all, events }: { watchers: Watcher[]; events: readonly ReactionEvent[] },
): Promise<number> {
  const now = ctx.clock.now()
  const matched = await matchesOf(ctx, trx, { watchers: all, events, now })
  if (matched.length > 0) await count(trx, { matched, now })
  return matched.length
}

/** One A of one person of a campaign's audience. */
type Match = { watcher: Watcher; event: ReactionEvent; contactId: string; fanId: string }

async function matchesOf(
  ctx: Ctx,
  trx: Executor,
  { watchers: all, events, now }: { watchers: Watcher[]; events: readonly ReactionEvent[]; now: Date },
): Promise<Match[]> {
  const present = new Set(events.map(({ name }) => name))
  const asked = all.filter(({ trigger }) => trigger.event !== null && present.has(trigger.event.event))
  const rules: LiveRule[] = []
  for (const watcher of asked) {
    const rule = await liveRule(ctx, trx, watcher, now)
    if (rule !== undefined) rules.push(rule)
  }
  const hits = await decideEvents(trx, byEvent(rules), { events, at: now })
  const watcherOf = new Map(asked.map((watcher) => [watcher.id, watcher]))
  const eventOf = new Map(events.map((event) => [event.id, event]))
  const found = hits.flatMap(({ ruleId, eventId }) => {
    const watcher = watcherOf.get(ruleId)
    const event = eventOf.get(String(eventId))
    return watcher !== undefined && event !== undefined && counts(watcher, event) ? [{ watcher, event }] : []
  })
  return asFans(trx, found)
}

/** Within from–until, and of the campaign's own account where it is of any and the plan names no other. */
function counts({ trigger, accountId, startsAt, endsAt }: Watcher, event: ReactionEvent): boolean {
  const elsewhere =
    trigger.event?.accountId === undefined && event.accountId !== null && event.accountId !== accountId
  return !elsewhere && event.at >= startsAt && (endsAt === null || event.at <= endsAt)
}

/** In the order of the log; whoever is no fan of the account is not in any audience of it. */
async function asFans(
  trx: Executor,
  found: readonly { watcher: Watcher; event: ReactionEvent }[],
): Promise<Match[]> {
  const canonical = await canonicalOf(
    trx,
    found.flatMap(({ event }) => event.contactId ?? []),
  )
  const people = found.map(({ watcher, event }) => {
    const contactId = canonical.get(event.contactId ?? '') ?? event.contactId ?? ''
    return { accountId: watcher.accountId, contactId, fanId: event.fanId }
  })
  const fans = await fansOfPeople(trx, people)
  const matches = found.flatMap(({ watcher, event }, index) => {
    const contactId = people[index]?.contactId ?? ''
    const fanId = fans.get(`${watcher.accountId}:${contactId}`)
    return fanId === undefined ? [] : [{ watcher, event, contactId, fanId }]
  })
  return matches.sort((a, b) => (BigInt(a.event.id) < BigInt(b.event.id) ? -1 : 1))
}

async function canonicalOf(trx: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; into: string }>`${prepare}
    select contact_id as id, merged_into as into from contact_aliases
    where contact_id = any(${[...new Set(ids)]}::bigint[])`.execute(trx)
  return new Map(rows.map(({ id, into }) => [id, into]))
}

/** Counts each A for its person, and where the count is reached plans a message or begins to wait for B. */
async function count(trx: Executor, { matched, now }: { matched: Match[]; now: Date }): Promise<void> {
  const keys = new Map(
    matched.map(({ watcher, contactId }) => {
      const key = { campaignId: watcher.id, contactId }
      return [nameOf(key), key]
    }),
  )
  const tallies = await lockTallies(trx, [...keys.values()])
  const planned = new Map<string, PlanRow[]>()
  const waits: NewWait[] = []
  const opened: ReactionEvent[] = []
  for (const match of matched) {
    const { watcher, event, contactId } = match
    const name = nameOf({ campaignId: watcher.id, contactId })
    const { tally, reached } = counted(tallies.get(name) ?? NO_TALLY, watcher.trigger.count)
    tallies.set(name, tally)
    if (!reached) continue
    if (watcher.trigger.kind === 'event-not') waits.push(waitOf(match, watcher.trigger))
    else if (mayFire(tally, watcher.trigger.perPerson)) {
      tallies.set(name, fired(tally))
      push(planned, watcher.sendId, messageOf(match, now))
      if (watcher.kind === 'customer-service') opened.push(event)
    }
  }
  await writeTallies(
    trx,
    [...keys].map(([name, key]) => ({ ...key, tally: tallies.get(name) as Tally })),
  )
  await insertWaits(trx, waits)
  // whoever is reached at once must find the window that this very event opens
  if (opened.length > 0) await openWindows(trx, opened)
  for (const [sendId, rows] of planned) await planDeliveries(trx, sendId, rows, now)
  if (planned.size > 0) await notifyOnCommit(trx, laneTopic('immediate'))
  if (waits.some(({ dueAt }) => dueAt <= now)) await notifyOnCommit(trx, WAITS_TOPIC)
}

function push(planned: Map<string, PlanRow[]>, sendId: string, row: PlanRow): void {
  const rows = planned.get(sendId)
  if (rows === undefined) planned.set(sendId, [row])
  else rows.push(row)
}

const messageOf = ({ watcher, event, contactId, fanId }: Match, now: Date): PlanRow => ({
  contactId,
  fanId,
  occurrence: event.id,
  dueAt: reachAt(watcher.trigger.reach, event.at, now),
  context: contextOf(event),
  version: watcher.version,
})

/** What a message may say of the event that fired it. */
const contextOf = (event: ReactionEvent): Record<string, unknown> => ({
  event: event.name,
  eventId: event.id,
  at: event.at.toISOString(),
  properties: event.properties,
})

function waitOf(
  { watcher, event, contactId, fanId }: Match,
  trigger: Extract<Watcher['trigger'], { kind: 'event-not' }>,
): NewWait {
  return {
    campaignId: watcher.id,
    version: watcher.version,
    contactId,
    fanId,
    eventId: event.id,
    aAt: event.at,
    ...decisionAt(event, durationMs(trigger.within)),
    context: contextOf(event),
  }
}
