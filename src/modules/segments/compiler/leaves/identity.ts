import { sql } from 'kysely'
import type { Condition } from '../../schema/rule.ts'
import type { Frame } from '../frame.ts'
import { complement, intersection, matching, type PeopleSet, union } from '../sets.ts'

type Has = Extract<Condition, { kind: 'identity' }>['has']

/** Whom something that identifies them is known of, today. `anonymous`: visitors of whom nothing else is. */
export function identityPeople(has: Has, frame: Frame): PeopleSet {
  switch (has) {
    case 'fan':
      return matching(sql`select ${frame.movedKey} as k ${frame.moved(sql`fans`)}`)
    case 'unionid':
      return matching(
        sql`select ${frame.movedKey} as k ${frame.moved(sql`(select id as contact_id, unionid from contacts)`)}
          where s.unionid is not null and not exists (
            select from contact_aliases gone where gone.contact_id = s.contact_id)`,
        true,
      )
    case 'anonymous':
      return intersection([
        identified(frame, ['anonymous']),
        complement(
          union([
            identified(frame, ['user', 'phone', 'external_user']),
            identityPeople('unionid', frame),
            identityPeople('fan', frame),
          ]),
        ),
      ])
    default:
      return identified(frame, [has])
  }
}

const identified = (frame: Frame, kinds: readonly string[]): PeopleSet =>
  matching(sql`select ${frame.movedKey} as k ${frame.moved(sql`contact_identities`)}
    where s.kind = any(${[...kinds]}::text[])`)
