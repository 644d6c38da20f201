import { sql } from 'kysely'
import type { Condition, TagRef } from '../../schema/rule.ts'
import type { Frame, Keys } from '../frame.ts'
import { complement, intersection, matching, type PeopleSet, union } from '../sets.ts'

type TagCondition = Extract<Condition, { kind: 'tag' }>

/** Tags as we knew them at the instant: our own on the person, WeChat's on any of their fans in that account. */
export function tagPeople({ match, tags }: TagCondition, frame: Frame): PeopleSet {
  if (match === 'all') return intersection(distinct(tags).map((tag) => matching(carriersOf([tag], frame))))
  const any = union(byKind(distinct(tags)).map((kind) => matching(carriersOf(kind, frame))))
  return match === 'none' ? complement(any) : any
}

const nameOf = (tag: TagRef) => (tag.of === 'own' ? `own:${tag.tagId}` : `${tag.accountId}:${tag.tagId}`)
const distinct = (tags: readonly TagRef[]): TagRef[] => [
  ...new Map(tags.map((tag) => [nameOf(tag), tag])).values(),
]

/** Own tags together, and those of each account. */
const byKind = (tags: readonly TagRef[]): TagRef[][] =>
  Object.values(Object.groupBy(tags, (tag) => (tag.of === 'own' ? 'own' : tag.accountId))).flatMap((kind) =>
    kind === undefined ? [] : [kind],
  )

function carriersOf(tags: readonly TagRef[], frame: Frame): Keys {
  const [first] = tags
  const open = frame.holds('s')
  const ids = tags.map((tag) => String(tag.tagId))
  return first?.of === 'wechat'
    ? sql`select ${frame.movedKey} as k ${frame.moved(sql`fan_tags`)}
        where s.account_id = ${first.accountId}::bigint and s.tag_id = any(${ids}::int[]) and ${open}`
    : sql`select ${frame.movedKey} as k ${frame.moved(sql`contact_tags`)}
        where s.tag_id = any(${ids}::bigint[]) and ${open}`
}
