import { addBeijingDays, beijingDay, startOfDay } from '../../src/kernel/beijing.ts'
import {
  type Comparison,
  type Condition,
  durationMs,
  type EventMatch,
  type FanTest,
  isGroup,
  type Rule,
  type ValueTest,
  type ValueType,
  type Window,
} from '../../src/modules/segments/schema/rule.ts'
import {
  ATTRIBUTES,
  type FanRow,
  type Happened,
  type Line,
  type Order,
  type Population,
  type Sent,
} from './population.ts'

/**
 * What a rule means, told slowly: one person after the other, one fact after the other, nothing shared with the
 * compiler but the shape of a rule. `history`: facts learned after the instant don't count.
 */
export type Asking = { world: Population; at: number; history: boolean }

export function isTrue(rule: Rule, person: string, asking: Asking): boolean {
  if (isGroup(rule)) {
    const answers = rule.of.map((child) => isTrue(child, person, asking))
    return rule.kind === 'and' ? answers.every(Boolean) : answers.some(Boolean)
  }
  return rule.kind === 'not' ? !isTrue(rule.of, person, asking) : conditionTrue(rule, person, asking)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function conditionTrue(condition: Condition, person: string, asking: Asking): boolean {
  const { world, at } = asking
  switch (condition.kind) {
    case 'attribute':
      return attributeTrue(condition.attribute as keyof typeof ATTRIBUTES, condition.test, person, asking)
    case 'tag': {
      const carries = condition.tags.map((tag) =>
        tag.of === 'own'
          ? (world.ownTags.get(person) ?? []).some((span) => span.tag === tag.tagId && open(span, at))
          : world.fans.some(
              (fan) =>
                fan.person === person &&
                fan.account === tag.accountId &&
                fan.tags.some((span) => span.tag === tag.tagId && open(span, at)),
            ),
      )
      if (condition.match === 'all') return carries.every(Boolean)
      return condition.match === 'any' ? carries.some(Boolean) : !carries.some(Boolean)
    }
    case 'behaviour': {
      const events = eventsOf(condition, person, asking).filter((event) =>
        inWindow(event.at, condition.window, at),
      )
      const { measure } = condition
      if (measure.of === 'count') return compares(events.length, condition.compare)
      if (measure.of === 'days')
        return compares(
          new Set(events.map((event) => beijingDay(new Date(event.at)))).size,
          condition.compare,
        )
      if (measure.of === 'distinct') {
        const texts = events.flatMap((event) => textOf(event.properties[measure.property]) ?? [])
        return compares(new Set(texts).size, condition.compare)
      }
      return compares(
        amount(
          measure.of,
          events.flatMap((event) => numberOf(event.properties[measure.property]) ?? []),
        ),
        condition.compare,
      )
    }
    case 'occurrence': {
      const times = eventsOf(condition, person, asking).map((event) => event.at)
      if (times.length === 0) return false
      const time = condition.which === 'first' ? Math.min(...times) : Math.max(...times)
      return inWindow(time, condition.window, at)
    }
    case 'sequence': {
      const within = durationMs(condition.within)
      const firsts = eventsOf(condition.first, person, asking).filter((event) =>
        inWindow(event.at, condition.window, at),
      )
      const seconds = eventsOf(condition.second, person, asking)
      return firsts.some((first) => {
        const followed = seconds.some((second) => second.at > first.at && second.at <= first.at + within)
        return condition.happened ? followed : !followed && first.at + within <= at
      })
    }
    case 'detail':
      return detailTrue(condition, person, asking)
    case 'fan':
      return fanTrue(condition.test, condition.accountId, person, asking)
    case 'identity': {
      const kinds = world.identities.get(person) ?? new Set()
      const isFan = world.fans.some((fan) => fan.person === person)
      if (condition.has === 'fan') return isFan
      if (condition.has === 'unionid') return world.unionids.has(person)
      if (condition.has !== 'anonymous') return kinds.has(condition.has)
      return kinds.size === 1 && kinds.has('anonymous') && !isFan && !world.unionids.has(person)
    }
    case 'segment':
      return [world.stored, world.fresh].some(
        ({ id, members }) =>
          id === condition.segmentId && members.some((member) => canonical(member, world) === person),
      )
    case 'send':
      return sendTrue(condition, person, asking)
    case 'campaign':
      return world.touched.some(
        (one) =>
          canonical(one.person, world) === person &&
          one.what === condition.what &&
          (condition.campaign === 'any' || one.campaign === condition.campaign) &&
          (condition.activityId === undefined || one.activity === condition.activityId) &&
          (condition.accountId === undefined || one.account === condition.accountId) &&
          (!asking.history || one.known <= at) &&
          inWindow(one.at, condition.window, at),
      )
  }
}

const open = (span: { since: number; until: number }, at: number) => span.since <= at && span.until > at
const canonical = (person: string, world: Population) => world.aliases.get(person) ?? person

function inWindow(time: number, window: Window, at: number): boolean {
  switch (window.kind) {
    case 'ever':
      return time <= at
    case 'last':
      return time <= at && time > at - durationMs(window.length)
    case 'before':
      return time <= at - durationMs(window.length)
    case 'between':
      return (
        time <= at &&
        time >= startOfDay(window.from).getTime() &&
        time < startOfDay(addBeijingDays(window.to, 1)).getTime()
      )
    case 'this':
      return time <= at && time >= startOfDay(firstDay(window.unit, at)).getTime()
  }
}

function firstDay(unit: 'day' | 'week' | 'month', at: number): string {
  const today = beijingDay(new Date(at))
  if (unit === 'day') return today
  if (unit === 'month') return `${today.slice(0, 8)}01`
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  return addBeijingDays(today, -weekday)
}

function dayInWindow(day: string, window: Window, at: number): boolean {
  const today = beijingDay(new Date(at))
  switch (window.kind) {
    case 'ever':
      return day <= today
    case 'last':
      return day <= today && day >= beijingDay(new Date(at - durationMs(window.length)))
    case 'before':
      return day <= beijingDay(new Date(at - durationMs(window.length)))
    case 'between':
      return day >= window.from && day <= window.to && day <= today
    case 'this':
      return day <= today && day >= firstDay(window.unit, at)
  }
}

export function compares(value: number | null, compare: Comparison): boolean {
  if (value === null) return false
  switch (compare.op) {
    case 'gte':
      return value >= compare.value
    case 'lte':
      return value <= compare.value
    case 'gt':
      return value > compare.value
    case 'lt':
      return value < compare.value
    case 'eq':
      return value === compare.value
    case 'between':
      return value >= compare.from && value <= compare.to
  }
}

function amount(of: 'sum' | 'average' | 'smallest' | 'largest', values: number[]): number | null {
  const sum = values.reduce((total, value) => total + value, 0)
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6
  if (of === 'sum') return rounded(sum)
  if (values.length === 0) return null
  if (of === 'average') return rounded(sum / values.length)
  return of === 'smallest' ? Math.min(...values) : Math.max(...values)
}

function attributeTrue(
  key: keyof typeof ATTRIBUTES,
  test: ValueTest,
  person: string,
  { world, at }: Asking,
): boolean {
  const carried = (world.attributes.get(person) ?? []).find((one) => one.key === key && open(one, at))
  const values = carried?.values ?? []
  if (test.op === 'empty') return values.length === 0
  if (test.op === 'not_empty') return values.length > 0
  if (values.length === 0) return false
  if (ATTRIBUTES[key] === 'list') {
    if (test.op === 'has_any') return test.values.some((value) => values.includes(value))
    if (test.op === 'has_all') return test.values.every((value) => values.includes(value))
    return test.op === 'has_none' && !test.values.some((value) => values.includes(value))
  }
  return fits(ATTRIBUTES[key], values[0] as string | number, test, at)
}

/** Of a value that is there: texts, numbers, `true`/`false` as text, days as text, instants as milliseconds. */
function fits(
  type: Exclude<ValueType, 'list'>,
  value: string | number,
  test: ValueTest,
  at: number,
): boolean {
  switch (type) {
    case 'text':
    case 'enumeration':
      return textFits(String(value), test)
    case 'number':
      return numberFits(Number(value), test)
    case 'boolean':
      return (test.op === 'true' || test.op === 'false') && String(value) === test.op
    case 'date':
      return dayFits(String(value), test, at)
    case 'instant':
      return instantFits(Number(value), test, at)
  }
}

function textFits(text: string, test: ValueTest): boolean {
  switch (test.op) {
    case 'is':
      return test.values.map(String).includes(text)
    case 'is_not':
      return !test.values.map(String).includes(text)
    case 'contains':
      return text.includes(test.value)
    case 'not_contains':
      return !text.includes(test.value)
    case 'starts_with':
      return text.startsWith(test.value)
    case 'ends_with':
      return text.endsWith(test.value)
    default:
      return false
  }
}

function numberFits(value: number, test: ValueTest): boolean {
  switch (test.op) {
    case 'is':
      return test.values.map(Number).includes(value)
    case 'is_not':
      return !test.values.map(Number).includes(value)
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return compares(value, { op: test.op, value: test.value })
    case 'between':
      return compares(value, { op: 'between', from: test.from, to: test.to })
    default:
      return false
  }
}

function dayFits(day: string, test: ValueTest, at: number): boolean {
  switch (test.op) {
    case 'on':
      return day === test.day
    case 'on_or_before':
      return day <= test.day
    case 'on_or_after':
      return day >= test.day
    case 'within':
      return dayInWindow(day, test.window, at)
    case 'anniversary_in':
      return Array.from({ length: test.days + 1 }, (_, later) =>
        addBeijingDays(beijingDay(new Date(at)), later),
      ).some((one) => celebrates(day.slice(5), one))
    default:
      return false
  }
}

/** Born on 29 February: on the 28th where the year has no 29th. */
function celebrates(monthDay: string, day: string): boolean {
  if (day.slice(5) === monthDay) return true
  return monthDay === '02-29' && day.slice(5) === '02-28' && addBeijingDays(day, 1).endsWith('-03-01')
}

function instantFits(time: number, test: ValueTest, at: number): boolean {
  const start = (day: string) => startOfDay(day).getTime()
  switch (test.op) {
    case 'on':
      return time >= start(test.day) && time < start(addBeijingDays(test.day, 1))
    case 'on_or_before':
      return time < start(addBeijingDays(test.day, 1))
    case 'on_or_after':
      return time >= start(test.day)
    case 'within':
      return inWindow(time, test.window, at)
    default:
      return false
  }
}

const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : String(value)

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return null
  return /^\s*[-+]?(\d{1,18}(\.\d{1,18})?|\.\d{1,18})\s*$/.test(value) ? Number(value) : null
}

function instantOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const day = new Date(`${value}T00:00:00+08:00`)
    return Number.isNaN(day.getTime()) || beijingDay(day) !== value ? null : day.getTime()
  }
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : time
}

function propertyTrue(
  value: unknown,
  type: 'text' | 'number' | 'boolean' | 'instant',
  test: ValueTest,
  at: number,
): boolean {
  const read =
    type === 'text'
      ? textOf(value)
      : type === 'number'
        ? numberOf(value)
        : type === 'boolean'
          ? textOf(value) === 'true' || textOf(value) === 'false'
            ? textOf(value)
            : null
          : instantOf(value)
  const empty = read === null || (type === 'text' && read === '')
  if (test.op === 'empty') return empty
  if (test.op === 'not_empty') return !empty
  return read !== null && fits(type, read, test, at)
}

/** Up to the instant, under any id the person ever had. */
function eventsOf(match: EventMatch, person: string, { world, at, history }: Asking): Happened[] {
  return world.events.filter(
    (event) =>
      canonical(event.person, world) === person &&
      event.name === match.event &&
      event.at <= at &&
      (!history || event.received <= at) &&
      (match.accountId === undefined || event.account === match.accountId) &&
      match.where.every((filter) =>
        propertyTrue(event.properties[filter.property], filter.type, filter.test, at),
      ),
  )
}

type Detail = Extract<Condition, { kind: 'detail' }>

function detailTrue(condition: Detail, person: string, { world, at }: Asking): boolean {
  const orders = world.orders.filter(
    (order) =>
      canonical(order.person, world) === person &&
      open(order, at) &&
      inWindow(order.at, condition.window, at),
  )
  const rowFits = (order: Order) =>
    condition.where
      .filter(({ level }) => level === 'row')
      .every(({ field, test }) => fieldTrue(order, field, test, at))
  const lineFits = (line: Line) =>
    condition.where
      .filter(({ level }) => level === 'line')
      .every(({ field, test }) => fieldTrue(line, field, test, at))
  const filtersLines = condition.where.some(({ level }) => level === 'line')
  const counted: (Order | Line)[] =
    condition.over === 'lines'
      ? orders.filter(rowFits).flatMap((order) => order.lines.filter(lineFits))
      : orders.filter((order) => rowFits(order) && (!filtersLines || order.lines.some(lineFits)))
  const { measure } = condition
  if (measure.of === 'count') return compares(counted.length, condition.compare)
  const values = counted
    .map((row) => (row as unknown as Record<string, unknown>)[measure.field])
    .filter((v) => v !== null)
  if (measure.of === 'distinct') return compares(new Set(values).size, condition.compare)
  return compares(amount(measure.of, values as number[]), condition.compare)
}

const FIELD_TYPES: Record<string, 'enumeration' | 'date' | 'text' | 'number' | 'boolean'> = {
  status: 'enumeration',
  day: 'date',
  category: 'text',
  price: 'number',
  gift: 'boolean',
}

function fieldTrue(row: Order | Line, field: string, test: ValueTest, at: number): boolean {
  const value = (row as unknown as Record<string, string | number | boolean | null>)[field] ?? null
  const empty = value === null || value === ''
  if (test.op === 'empty') return empty
  if (test.op === 'not_empty') return !empty
  if (value === null) return false
  return fits(FIELD_TYPES[field] ?? 'text', typeof value === 'boolean' ? String(value) : value, test, at)
}

function fanTrue(test: FanTest, account: string | undefined, person: string, asking: Asking): boolean {
  const { world, at } = asking
  if (test.fact === 'window_open') {
    return world.events.some((event) => {
      if (canonical(event.person, world) !== person || event.at > at) return false
      if (asking.history && event.received > at) return false
      if (account !== undefined && event.account !== account) return false
      if (event.name === 'wechat.message') return event.at > at - 48 * HOUR
      return (
        ['wechat.menu_click', 'wechat.follow', 'wechat.scan'].includes(event.name) && event.at > at - MINUTE
      )
    })
  }
  return world.fans.some(
    (fan) =>
      fan.person === person &&
      (account === undefined || fan.account === account) &&
      factTrue(test, fan, asking),
  )
}

function followsAt(fan: FanRow, { at, history }: Asking): boolean {
  if (!history) return fan.following
  return (
    (fan.followed === null || fan.followed <= at) &&
    (fan.following || (fan.unfollowed !== null && fan.unfollowed > at))
  )
}

function factTrue(test: Exclude<FanTest, { fact: 'window_open' }>, fan: FanRow, asking: Asking): boolean {
  const { at } = asking
  switch (test.fact) {
    case 'follows':
      return followsAt(fan, asking)
    case 'followed':
      return fan.followed !== null && inWindow(fan.followed, test.window, at)
    case 'unfollowed':
      return !followsAt(fan, asking) && fan.unfollowed !== null && inWindow(fan.unfollowed, test.window, at)
    case 'scene':
      return fan.scene !== null && test.values.includes(fan.scene)
    case 'qr_scene':
      return propertyTrue(fan.qr, 'text', test.test, at)
    case 'last_interaction':
      return fan.interacted !== null && inWindow(fan.interacted, test.window, at)
  }
}

function sendTrue(condition: Extract<Condition, { kind: 'send' }>, person: string, asking: Asking): boolean {
  const { world, at } = asking
  const made = world.sendsMade.filter(
    (send) => condition.accountId === undefined || send.account === condition.accountId,
  )
  const gone = made.filter((send) => send.at <= at).sort((a, b) => Number(a.id) - Number(b.id))
  const wanted = condition.broadcast === 'last' ? gone.at(-1)?.id : condition.broadcast
  if (wanted === undefined) return false
  const rowsOf = (rows: readonly Sent[]) =>
    rows.filter(
      (row) =>
        row.person === person &&
        (condition.accountId === undefined || row.account === condition.accountId) &&
        (wanted === 'any' || row.send === wanted) &&
        (condition.activityId === undefined || row.activity === condition.activityId) &&
        (condition.arm === undefined || row.arm === condition.arm),
    )
  if (condition.what === 'clicked') {
    const ofRecords = condition.activityId !== undefined || condition.arm !== undefined
    const reached = rowsOf(world.sends).filter((row) => row.at <= at)
    return world.events.some(
      (event) =>
        canonical(event.person, world) === person &&
        event.name === 'weida.click' &&
        (!asking.history || event.received <= at) &&
        inWindow(event.at, condition.window, at) &&
        (!ofRecords || reached.some((row) => row.send === event.properties['send'])) &&
        (wanted === 'any'
          ? made.some((send) => send.id === event.properties['send'])
          : event.properties['send'] === wanted),
    )
  }
  const ofThese = condition.what === 'left_out' ? world.leftOut : world.sends
  const received = rowsOf(ofThese).filter((row) => inWindow(row.at, condition.window, at))
  if (condition.what !== 'converted') return received.length > 0
  const { goal } = condition
  if (goal === undefined) return false
  const done = eventsOf(goal, person, asking)
  return received.some((send) =>
    done.some((event) => event.at > send.at && event.at <= send.at + durationMs(goal.within)),
  )
}
