import { type RawBuilder, sql } from 'kysely'
import type { Condition } from '../../schema/rule.ts'
import type { Catalogue } from '../catalogue.ts'
import type { Frame } from '../frame.ts'
import { matching, NOBODY, type PeopleSet } from '../sets.ts'
import { intervalOf, inWindow } from '../windows.ts'
import { isEvent, known } from './behaviour.ts'

export type SendCondition = Extract<Condition, { kind: 'send' }>

/** A tracked link of a send was opened; its property `send` names the send. */
export const CLICK_EVENT = 'weida.click'

/** What mass sends came to for a person: the platform took them in, they were left out, they clicked, they did the goal after it. */
export function sendPeople(condition: SendCondition, frame: Frame, catalogue: Catalogue): PeopleSet {
  const { what, accountId, window, goal } = condition
  const id = sendOf(condition, catalogue)
  if (id === undefined) return NOBODY
  const which = { id, accountId, activityId: condition.activityId, arm: condition.arm }
  if (what === 'clicked') return clicked(which, window, frame)
  const rows = sendRows(what === 'left_out' ? leftOut(which) : received(which), window, frame)
  if (what !== 'converted') return matching(sql`select ${frame.movedKey} as k ${rows}`)
  if (goal === undefined) return NOBODY
  const reached = sql`select ${frame.movedKey} as k, s.at ${rows}`
  const done = sql`select ${frame.keptKey} as k, s.at ${frame.kept(sql`events`)}
    where ${isEvent(goal, frame.at)} and ${known(frame)} and s.at <= ${frame.at}`
  return matching(sql`select r.k from (${reached}) r join (${done}) g on g.k = r.k
    and g.at > r.at and g.at <= r.at + ${intervalOf(goal.within)}`)
}

/** Rows `s` with the times at which sends reached somebody, or left them out; null where no send is meant. */
export function recordRows(
  condition: SendCondition,
  frame: Frame,
  catalogue: Catalogue,
): RawBuilder<unknown> | null {
  const { accountId, activityId, arm, window } = condition
  const id = sendOf(condition, catalogue)
  if (id === undefined) return null
  const which = { id, accountId, activityId, arm }
  return sendRows(condition.what === 'left_out' ? leftOut(which) : received(which), window, frame)
}

const sendOf = ({ broadcast, accountId }: SendCondition, catalogue: Catalogue): string | undefined =>
  broadcast === 'last' ? catalogue.lastSends.get(accountId ?? '') : broadcast

const sendRows = (
  rows: RawBuilder<unknown>,
  window: SendCondition['window'],
  frame: Frame,
): RawBuilder<unknown> => sql`${frame.moved(rows)} where ${inWindow(sql`s.at`, window, frame.at)}`

type Which = {
  id: string
  accountId: string | undefined
  activityId: string | undefined
  arm: number | undefined
}

/** Batches that the platform accepted. By list these are the very people; by tag and to all our list is an estimate. */
const received = (which: Which): RawBuilder<unknown> => sql`(
  select f.contact_id, t.accepted_at as at, r.broadcast_id
  from ${recordsOf(which)}
    join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
    join fans f on f.id = r.fan_id
  where t.state in ('accepted', 'delivered') and t.accepted_at is not null and ${ofRecords(which)})`

/**
 * Chosen, but nothing was sent to them: skipped, or in a batch that failed or was skipped. It counts from when that was
 * settled: the batch ended, or the record began to go out or ended without.
 */
const leftOut = (which: Which): RawBuilder<unknown> => sql`(
  select f.contact_id, coalesce(t.finished_at, a.started_at, a.ended_at) as at
  from ${recordsOf(which)}
    left join broadcast_batches t on t.broadcast_id = r.broadcast_id and t.seq = r.batch_seq
    join fans f on f.id = r.fan_id
  where (r.batch_seq is null or t.state in ('skipped', 'failed')) and ${ofRecords(which)})`

/** Recipients `r` with their record `a`, of the groups filed under the activity where one is asked for. */
const recordsOf = ({ activityId }: Which): RawBuilder<unknown> => sql`broadcast_recipients r
  join broadcast_arms a on a.broadcast_id = r.broadcast_id and a.number = r.arm
  ${activityId === undefined ? sql`` : sql`join broadcast_groups o on o.id = a.group_id and o.activity_id = ${activityId}::bigint`}`

const ofRecords = ({ id, accountId, arm }: Which): RawBuilder<unknown> => sql`
  ${id === 'any' ? sql`true` : sql`r.broadcast_id = ${id}::bigint`}
  ${arm === undefined ? sql`` : sql`and r.arm = ${arm}::smallint`}
  ${accountId === undefined ? sql`` : sql`and a.account_id = ${accountId}::bigint`}`

/**
 * A link carries the number of its send. Of one record, or of an activity, a click counts for those whom the record
 * reached: somebody else, to whom the link was passed on, is in none.
 */
function clicked(which: Which, window: SendCondition['window'], frame: Frame): PeopleSet {
  const { id, accountId, activityId, arm } = which
  const send = sql`(s.properties ->> 'send')`
  const ofSend =
    id !== 'any'
      ? sql`${send} = ${id}`
      : accountId === undefined
        ? sql`${send} is not null`
        : sql`${send} in (select b.id::text from broadcasts b where b.account_id = ${accountId}::bigint)`
  const clicks = sql`${frame.kept(sql`events`)}
    where s.name = ${CLICK_EVENT} and ${known(frame)} and ${ofSend} and ${inWindow(sql`s.at`, window, frame.at)}`
  if (activityId === undefined && arm === undefined)
    return matching(sql`select ${frame.keptKey} as k ${clicks}`)
  const reached = sql`select ${frame.movedKey} as k, s.broadcast_id::text as send
    ${sendRows(received(which), { kind: 'ever' }, frame)}`
  return matching(sql`select r.k from (${reached}) r
    join (select ${frame.keptKey} as k, ${send} as send ${clicks}) c on c.k = r.k and c.send = r.send`)
}
