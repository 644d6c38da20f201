import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Ctx } from '../../../context.ts'
import { type Executor, prepare } from '../../../infra/transaction.ts'
import type { ReactionEvent } from '../../manifest.ts'
import type { ResolvedAnswer, ResolvedReply } from '../resolve.ts'
import type { ReplyNote } from '../schema.ts'
import { answersOf, type KeptAnswers, versionName } from '../store/answered.ts'

type Noted = Extract<ReplyNote, { version: number }>
type Given = Omit<Noted, 'also'> & {
  /** How many replies of another rule come before. */
  after: number
}
/** A rule that answered an event; `contactId` is who the person is now. */
export type Answered = {
  event: ReactionEvent
  note: Given
  answer: ResolvedAnswer
  accountId: string
  contactId: string
  fanId: string
}
export type Muted = { event: ReactionEvent; accountId: string; rule: string }

const kept = new WeakMap<Pool, KeptAnswers>()

function keptIn({ pool }: Ctx): KeptAnswers {
  const answers = kept.get(pool) ?? new Map()
  kept.set(pool, answers)
  return answers
}

const noteOf = ({ properties }: ReactionEvent): ReplyNote | undefined =>
  properties['reply'] as ReplyNote | undefined

/** What a note tells of each rule that answered, in their order. */
const givenOf = ({ also, ...own }: Noted): Given[] => [
  { ...own, after: 0 },
  ...(also === undefined ? [] : [{ ...also, keyword: null, after: own.chosen.length }]),
]

/** Those of these events that were answered, and those whose rule kept silent, in the order of the log. */
export async function answeredOf(
  ctx: Ctx,
  trx: Executor,
  events: readonly ReactionEvent[],
): Promise<{ answered: Answered[]; muted: Muted[] }> {
  const muted: Muted[] = []
  const given: { event: ReactionEvent; note: Given; accountId: string; contactId: string; fanId: string }[] =
    []
  for (const event of events) {
    const note = noteOf(event)
    const { accountId, contactId, fanId } = event
    if (note === undefined || accountId === null) continue
    if ('muted' in note) {
      if (note.rule !== null) muted.push({ event, accountId, rule: note.rule })
    } else if (contactId !== null && fanId !== null)
      for (const part of givenOf(note)) given.push({ event, note: part, accountId, contactId, fanId })
  }
  if (given.length === 0) return { answered: [], muted }
  const keyOf = ({ note, accountId }: { note: Given; accountId: string }) => ({
    ruleId: note.rule,
    accountId,
    version: note.version,
  })
  const answers = await answersOf(trx, given.map(keyOf), keptIn(ctx))
  const people = await canonicalOf(
    trx,
    given.map(({ contactId }) => contactId),
  )
  const answered = given.flatMap((one) => {
    const answer = answers.get(versionName(keyOf(one)))
    const contactId = people.get(one.contactId) ?? one.contactId
    return answer === undefined ? [] : [{ ...one, answer, contactId }]
  })
  return { answered, muted }
}

/** The replies that were chosen, each with its place among all that answer the event. */
export const chosenOf = ({ note, answer }: Answered): { reply: ResolvedReply; place: number }[] =>
  note.chosen.flatMap((index, place) => {
    const reply = answer.replies[index]
    return reply === undefined ? [] : [{ reply, place: note.after + place }]
  })

async function canonicalOf(trx: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; into: string }>`${prepare}
    select contact_id as id, merged_into as into from contact_aliases
    where contact_id = any(${[...new Set(ids)]}::bigint[])`.execute(trx)
  return new Map(rows.map(({ id, into }) => [id, into]))
}
