import { type RawBuilder, sql } from 'kysely'
import { EVENTS } from '../../../ingest/schema.ts'
import type { Condition, FanTest } from '../../schema/rule.ts'
import type { Frame } from '../frame.ts'
import { matching, type PeopleSet } from '../sets.ts'
import { fits } from '../values.ts'
import { inWindow } from '../windows.ts'
import { known } from './behaviour.ts'

type FanCondition = Extract<Condition, { kind: 'fan' }>
type Bool = RawBuilder<boolean>

/**
 * What the fan's row says, of the named account or of any. Following is known for earlier instants too; where from and
 * the last interaction are today's.
 */
export function fanPeople({ accountId, test }: FanCondition, frame: Frame): PeopleSet {
  const account =
    accountId === undefined ? sql<boolean>`true` : sql<boolean>`s.account_id = ${accountId}::bigint`
  if (test.fact === 'window_open') {
    return matching(sql`select ${frame.keptKey} as k ${frame.kept(sql`events`)}
      where ${known(frame)} and ${account} and ${opensWindow(frame.at)}`)
  }
  return matching(
    sql`select ${frame.movedKey} as k ${frame.moved(sql`fans`)} where ${account} and ${factFits(test, frame)}`,
    // one fan per account, but perhaps two of one person
    false,
  )
}

function factFits(test: Exclude<FanTest, { fact: 'window_open' }>, frame: Frame): Bool {
  switch (test.fact) {
    case 'follows':
      return followsAt(frame)
    case 'followed':
      return inWindow(sql`s.followed_at`, test.window, frame.at)
    case 'unfollowed':
      return sql<boolean>`not ${followsAt(frame)} and ${inWindow(sql`s.unfollowed_at`, test.window, frame.at)}`
    case 'scene':
      return sql<boolean>`s.subscribe_scene = any(${test.values}::text[])`
    case 'qr_scene':
      return fits({ type: 'text', expression: sql`s.qr_scene` }, test.test, frame.at)
    case 'last_interaction':
      return inWindow(sql`s.last_interaction_at`, test.window, frame.at)
  }
}

const followsAt = ({ history, at }: Frame): Bool =>
  history
    ? sql<boolean>`(coalesce(s.followed_at <= ${at}, true) and (s.following or coalesce(s.unfollowed_at > ${at}, false)))`
    : sql<boolean>`s.following`

/**
 * A message from the fan allows messages for 48 hours, a menu tap, a follow and a scan for one minute (客服消息,
 * 发送客服消息, checked 2026-11).
 */
const opensWindow = (at: RawBuilder<Date>): Bool => sql<boolean>`(
  (s.name = ${EVENTS.message} and s.at <= ${at} and s.at > ${at} - interval '48 hours')
  or (s.name = any(${[EVENTS.menuClick, EVENTS.follow, EVENTS.scan]}::text[])
    and s.at <= ${at} and s.at > ${at} - interval '1 minute'))`
