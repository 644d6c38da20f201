import { type RawBuilder, sql } from 'kysely'
import type { Condition, ValueTest } from '../../schema/rule.ts'
import type { AttributeInfo, Catalogue } from '../catalogue.ts'
import type { Frame } from '../frame.ts'
import { matching, NOBODY, notMatching, type PeopleSet } from '../sets.ts'
import { fits, type Value } from '../values.ts'

type AttributeCondition = Extract<Condition, { kind: 'attribute' }>

/** Values as we knew them at the instant. An attribute nobody ever had is empty for everyone. */
export function attributePeople(
  { attribute, test }: AttributeCondition,
  frame: Frame,
  catalogue: Catalogue,
): PeopleSet {
  const info = catalogue.attributes.get(attribute)
  if (info === undefined) return test.op === 'empty' ? notMatching(NOBODY.keys) : NOBODY
  const { key, from } = rowsOf(info, frame)
  if (test.op === 'empty') return notMatching(sql`select ${key} as k ${from}`)
  if (test.op === 'not_empty') return matching(sql`select ${key} as k ${from}`, info.type !== 'list')
  if (info.type === 'list') return listPeople(test, { key, from })
  return matching(sql`select ${key} as k ${from} and ${fits(carried(info.type), test, frame.at)}`, true)
}

type Rows = { key: RawBuilder<string>; from: RawBuilder<unknown> }

/** Open at the instant. Which of the two value columns is meant picks the index. */
const rowsOf = (info: AttributeInfo, frame: Frame): Rows => {
  const column = info.type === 'number' || info.type === 'instant' ? sql`number_value` : sql`text_value`
  return {
    key: frame.movedKey,
    from: sql`${frame.moved(sql`contact_attributes`)} where s.attribute_id = ${info.id}::int
      and s.${column} is not null and ${frame.holds('s')}`,
  }
}

function carried(type: Exclude<AttributeInfo['type'], 'list'>): Value {
  switch (type) {
    case 'number':
      return { type, expression: sql`s.number_value` }
    case 'instant':
      return { type, expression: sql`to_timestamp(s.number_value / 1000.0)` }
    case 'boolean':
      return { type, expression: sql`(s.text_value = 'true')` }
    case 'date':
      return { type, expression: sql`s.text_value`, dayAsText: true }
    default:
      return { type, expression: sql`s.text_value` }
  }
}

function listPeople(test: ValueTest, { key, from }: Rows): PeopleSet {
  if (test.op !== 'has_any' && test.op !== 'has_all' && test.op !== 'has_none') return NOBODY
  const values = [...new Set(test.values)]
  const carried = sql`s.text_value = any(${values}::text[])`
  if (test.op === 'has_any') return matching(sql`select ${key} as k ${from} and ${carried}`)
  if (test.op === 'has_none')
    return matching(sql`select ${key} as k ${from} group by 1 having not bool_or(${carried})`, true)
  return matching(
    sql`select ${key} as k ${from} and ${carried} group by 1 having count(distinct s.text_value) = ${values.length}::int`,
    true,
  )
}
