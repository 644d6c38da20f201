import { type RawBuilder, sql } from 'kysely'
import { addBeijingDays, startOfDay } from '../../../kernel/beijing.ts'
import type { Comparison, PropertyFilter, ValueTest, ValueType } from '../schema/rule.ts'
import { dayInWindow, inWindow } from './windows.ts'

type Bool = RawBuilder<boolean>
type Expression = RawBuilder<unknown>

/**
 * A value as a rule sees it: an SQL expression of text, double precision, boolean, date (or a day as text) or
 * timestamptz, null where there is none. Null fits no test but `empty`.
 */
export type Value = { type: Exclude<ValueType, 'list'>; expression: Expression; dayAsText?: boolean }

const OPERATORS = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=`, eq: sql`=` } as const
const FALSE = sql<boolean>`false`

/** Whether a value fits a test, seen from `at`. A test that the type doesn't know fits nothing. */
export function fits(value: Value, test: ValueTest, at: RawBuilder<Date>): Bool {
  if (test.op === 'empty') return isEmpty(value)
  if (test.op === 'not_empty') return sql<boolean>`not ${isEmpty(value)}`
  switch (value.type) {
    case 'text':
    case 'enumeration':
      return textFits(value.expression, test)
    case 'number':
      return numberFits(value.expression, test)
    case 'boolean':
      if (test.op !== 'true' && test.op !== 'false') return FALSE
      return sql<boolean>`${value.expression} = ${test.op === 'true'}::boolean`
    case 'date':
      return dateFits(value, test, at)
    case 'instant':
      return instantFits(value.expression, test, at)
  }
}

const isEmpty = ({ type, expression }: Value): Bool =>
  type === 'text' || type === 'enumeration'
    ? sql<boolean>`coalesce(${expression}, '') = ''`
    : sql<boolean>`(${expression} is null)`

function textFits(expression: Expression, test: ValueTest): Bool {
  switch (test.op) {
    case 'is':
      return sql<boolean>`${expression} = any(${test.values.map(String)}::text[])`
    case 'is_not':
      return sql<boolean>`not (${expression} = any(${test.values.map(String)}::text[]))`
    case 'contains':
      return sql<boolean>`strpos(${expression}, ${test.value}) > 0`
    case 'not_contains':
      return sql<boolean>`strpos(${expression}, ${test.value}) = 0`
    case 'starts_with':
      return sql<boolean>`starts_with(${expression}, ${test.value})`
    case 'ends_with':
      return sql<boolean>`right(${expression}, ${[...test.value].length}::int) = ${test.value}`
    default:
      return FALSE
  }
}

function numberFits(expression: Expression, test: ValueTest): Bool {
  switch (test.op) {
    case 'is':
      return sql<boolean>`${expression} = any(${numbers(test.values)}::double precision[])`
    case 'is_not':
      return sql<boolean>`not (${expression} = any(${numbers(test.values)}::double precision[]))`
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
    case 'between':
      return compares(expression, test)
    default:
      return FALSE
  }
}

const numbers = (values: readonly (string | number)[]): number[] =>
  values.map(Number).filter((value) => Number.isFinite(value))

/** Whether a number fits a comparison; null fits none. */
export const compares = (
  expression: Expression,
  compare: Comparison | Extract<ValueTest, { op: 'between' | 'lt' }>,
): Bool =>
  compare.op === 'between'
    ? sql<boolean>`(${expression} >= ${compare.from}::double precision and ${expression} <= ${compare.to}::double precision)`
    : sql<boolean>`${expression} ${OPERATORS[compare.op]} ${compare.value}::double precision`

/** Whether 0 fits: then those who did nothing are found as well. */
export function zeroFits(compare: Comparison): boolean {
  switch (compare.op) {
    case 'gte':
      return compare.value <= 0
    case 'lte':
      return compare.value >= 0
    case 'eq':
      return compare.value === 0
    case 'gt':
      return compare.value < 0
    case 'lt':
      return compare.value > 0
    case 'between':
      return compare.from <= 0 && compare.to >= 0
  }
}

function dateFits({ expression, dayAsText }: Value, test: ValueTest, at: RawBuilder<Date>): Bool {
  const day = dayAsText ? sql`${expression}::date` : expression
  const bound = (text: string) => (dayAsText ? sql`${text}::text` : sql`${text}::date`)
  switch (test.op) {
    case 'on':
      return sql<boolean>`${expression} = ${bound(test.day)}`
    case 'on_or_before':
      return sql<boolean>`${expression} <= ${bound(test.day)}`
    case 'on_or_after':
      return sql<boolean>`${expression} >= ${bound(test.day)}`
    case 'within':
      return dayInWindow(day, test.window, at)
    case 'anniversary_in': {
      const monthDay = dayAsText ? sql`right(${expression}, 5)` : sql`to_char(${expression}, 'MM-DD')`
      return sql<boolean>`${monthDay} = any((select coming_month_days(${at}, ${test.days}::int))::text[])`
    }
    default:
      return FALSE
  }
}

function instantFits(expression: Expression, test: ValueTest, at: RawBuilder<Date>): Bool {
  const start = (day: string) => sql`${startOfDay(day).toISOString()}::timestamptz`
  switch (test.op) {
    case 'on':
      return sql<boolean>`(${expression} >= ${start(test.day)} and ${expression} < ${start(addBeijingDays(test.day, 1))})`
    case 'on_or_before':
      return sql<boolean>`${expression} < ${start(addBeijingDays(test.day, 1))}`
    case 'on_or_after':
      return sql<boolean>`${expression} >= ${start(test.day)}`
    case 'within':
      return inWindow(expression, test.window, at)
    default:
      return FALSE
  }
}

/** Whether a row `s` of events fits a filter on a property; the property's name is a parameter like any other. */
export function propertyFits(filter: PropertyFilter, at: RawBuilder<Date>): Bool {
  return fits({ type: filter.type, expression: propertyAs(filter.property, filter.type) }, filter.test, at)
}

export function propertyAs(property: string, type: PropertyFilter['type']): Expression {
  switch (type) {
    case 'text':
      return sql`(s.properties ->> ${property}::text)`
    case 'number':
      return sql`json_number(s.properties -> ${property}::text)`
    case 'boolean':
      return sql`(case s.properties ->> ${property}::text when 'true' then true when 'false' then false end)`
    case 'instant':
      return sql`json_instant(s.properties -> ${property}::text)`
  }
}

/** All of several conditions; true of none. */
export const all = (conditions: readonly Bool[]): Bool =>
  conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`
