import { type RawBuilder, sql } from 'kysely'
import type { Condition } from '../../schema/rule.ts'
import type { Catalogue } from '../catalogue.ts'
import type { Frame } from '../frame.ts'
import { matching, NOBODY, type PeopleSet } from '../sets.ts'
import { intervalOf, inWindow } from '../windows.ts'
import { isEvent, known } from './behaviour.ts'

type SendCondition = Extract<Condition, { kind: 'send' }>

/** A tracked link of a send was opened; its property `send` names the send. */
export const CLICK_EVENT = 'weida.click'

/** What mass sends came to for a person: the platform took them in, they clicked, they did the goal after it. */
export function sendPeople(condition: SendCondition, frame: Frame, catalogue: Catalogue): PeopleSet {
  const { what, broadcast, accountId, window, goal } = condition
  const id = broadcast === 'last' ? catalogue.lastSends.get(accountId ?? '') : broadcast
  if (id === undefined) return NOBODY
  if (what === 'clicked') return clicked({ id, accountId, window }, frame)
  const received = sql`${frame.moved(receivedSends({ id, accountId }))}
    where ${inWindow(sql`s.received_at`, window, frame.at)}`
  if (what === 'received') return matching(sql`select ${frame.movedKey} as k ${received}`)
  if (goal === undefined) return NOBODY
  const reached = sql`select ${frame.movedKey} as k, s.received_at, ${frame.at} as asked_at ${received}`
  const done = sql`select ${frame.keptKey} as k, s.at ${frame.kept(sql`events`)}
    where ${isEvent(goal, frame.at)} and ${known(frame)} and s.at <= ${frame.at}`
  return matching(sql`select r.k from (${reached}) r join (${done}) g on g.k = r.k
    and g.at > r.received_at and g.at <= r.received_at + ${intervalOf(goal.within)}`)
}

type Which = { id: string; accountId: string | undefined }

/** Batches that the platform accepted. By list these are the very people; by tag and to all our list is an estimate. */
const receivedSends = ({ id, accountId }: Which): RawBuilder<unknown> => sql`(
  select f.contact_id, t.accepted_at as received_at
  from broadcast_batches t
    join broadcast_recipients r on r.broadcast_id = t.broadcast_id and r.batch_seq = t.seq
    join fans f on f.id = r.fan_id
  where t.state in ('accepted', 'delivered') and t.accepted_at is not null
    ${id === 'any' ? sql`` : sql`and t.broadcast_id = ${id}::bigint`}
    ${accountId === undefined ? sql`` : sql`and t.account_id = ${accountId}::bigint`})`

function clicked({ id, accountId, window }: Which & Pick<SendCondition, 'window'>, frame: Frame): PeopleSet {
  const send = sql`(s.properties ->> 'send')`
  const which =
    id !== 'any'
      ? sql`${send} = ${id}`
      : accountId === undefined
        ? sql`${send} is not null`
        : sql`${send} in (select b.id::text from broadcasts b where b.account_id = ${accountId}::bigint)`
  return matching(sql`select ${frame.keptKey} as k ${frame.kept(sql`events`)}
    where s.name = ${CLICK_EVENT} and ${known(frame)} and ${which} and ${inWindow(sql`s.at`, window, frame.at)}`)
}
