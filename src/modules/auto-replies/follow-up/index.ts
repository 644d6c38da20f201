import type { Executor } from '../../../infra/transaction.ts'
import { notifyOnCommit } from '../../../infra/wake.ts'
import { beijingDay } from '../../../kernel/beijing.ts'
import { askingIn, lockContacts } from '../../contacts/index.ts'
import { laneTopic, openWindows, PLACES, type PlanRow, planDeliveries } from '../../deliveries/index.ts'
import { INTERACTIONS } from '../../ingest/schema.ts'
import type { Reaction } from '../../manifest.ts'
import { hasEffect } from '../schema.ts'
import { findReplySend } from '../send.ts'
import { addDays, addPeople, type PersonHit, type Sum } from '../store/answered.ts'
import { type Answered, answeredOf, chosenOf, type Muted } from './answered.ts'
import { changeTags, setAttributes, startCampaigns } from './effects.ts'

/** After the answer to the push itself has arrived. */
const REST_AFTER_MS = 1_000
/** An answer that comes later is none. */
const TOO_LATE_MS = 10 * 60_000

/**
 * What follows from an answer that was committed with its event: the replies that were not the push's own answer, tags,
 * attributes, a campaign and sums. Committed together with the reaction's place, so exactly once. People are locked before windows.
 */
export const followUp: Reaction = {
  name: 'auto-replies.follow-up',
  events: INTERACTIONS,
  prompt: true,
  chunk: 1_000,
  async react(ctx, events, trx) {
    const { answered, muted } = await answeredOf(ctx, trx, events)
    const now = ctx.clock.now()
    if (answered.length > 0) {
      const acting = answered.filter(({ answer }) => hasEffect(answer.effects))
      await lockContacts(askingIn(trx), [...new Set(acting.map(({ contactId }) => contactId))])
      // whoever is written to next must find the window that this very event opens
      await openWindows(
        trx,
        answered.filter(leadsToMore).map(({ event }) => event),
      )
      await planRest(trx, answered, now)
      await changeTags(trx, acting, now)
      await setAttributes(trx, acting, now)
      await startCampaigns(ctx, trx, acting)
    }
    await addDays(trx, daySums(answered, muted))
    await addPeople(trx, peopleHit(answered))
  },
}

const leadsToMore = ({ note, answer }: Answered): boolean =>
  note.chosen.length > (note.passive ? 1 : 0) || answer.effects.campaignId !== null

/** Every reply as a delivery: the one that answered the push as it went, the others in their order after it. */
async function planRest(trx: Executor, answered: readonly Answered[], now: Date): Promise<void> {
  for (const [accountId, group] of Map.groupBy(answered, (one) => one.accountId)) {
    const rows = group.flatMap(rowsOf)
    const sendId = rows.length === 0 ? undefined : await findReplySend(trx, accountId)
    if (sendId === undefined) continue
    await planDeliveries(trx, sendId, rows, now)
    if (rows.some(({ passiveAt }) => passiveAt === null)) await notifyOnCommit(trx, laneTopic('immediate'))
  }
}

function rowsOf(one: Answered): PlanRow[] {
  const { event, note, contactId, fanId } = one
  const { reply: _, ...properties } = event.properties
  return chosenOf(one).map(({ reply, place }) => ({
    contactId,
    fanId,
    occurrence: String(BigInt(event.id) * BigInt(PLACES) + BigInt(place)),
    runId: note.rule,
    dueAt: new Date(event.receivedAt.getTime() + REST_AFTER_MS),
    context: { event: event.name, eventId: event.id, at: event.at.toISOString(), properties },
    version: reply.sendVersion,
    notAfter: new Date(event.receivedAt.getTime() + TOO_LATE_MS),
    passiveAt: note.passive && place === note.after ? event.receivedAt : null,
  }))
}

function daySums(answered: readonly Answered[], muted: readonly Muted[]): Sum[] {
  const sums = new Map<string, Sum>()
  const sumOf = (ruleId: string, accountId: string, at: Date, keyword: number): Sum => {
    const day = beijingDay(at)
    const key = `${ruleId}:${accountId}:${day}:${keyword}`
    const sum = sums.get(key) ?? { ruleId, accountId, day, keyword, hits: 0, passive: 0, muted: 0 }
    sums.set(key, sum)
    return sum
  }
  for (const { event, note, accountId } of answered) {
    const sum = sumOf(note.rule, accountId, event.receivedAt, note.keyword ?? -1)
    sum.hits += 1
    if (note.passive) sum.passive += 1
  }
  for (const { event, accountId, rule } of muted) sumOf(rule, accountId, event.receivedAt, -1).muted += 1
  return [...sums.values()]
}

function peopleHit(answered: readonly Answered[]): PersonHit[] {
  const hits = new Map<string, PersonHit>()
  for (const { event, note, fanId } of answered) {
    const key = `${note.rule}:${fanId}`
    const hit = hits.get(key)
    if (hit === undefined)
      hits.set(key, { ruleId: note.rule, fanId, hits: 1, firstAt: event.at, lastAt: event.at })
    else {
      hit.hits += 1
      if (event.at < hit.firstAt) hit.firstAt = event.at
      if (event.at > hit.lastAt) hit.lastAt = event.at
    }
  }
  return [...hits.values()]
}
