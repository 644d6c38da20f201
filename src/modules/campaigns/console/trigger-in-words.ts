import type { TFunction } from 'i18next'
import { beijingMinute } from '../../../kernel/beijing.ts'
import type { Duration, EventMatch } from '../../segments/schema.ts'
import type { EventTrigger, RepeatTrigger, Schedule, Trigger } from '../schema.ts'

export type Words = {
  t: TFunction
  /** Whom it is for, as a noun. */
  audience: string
  eventName: (match: EventMatch) => string
}

/** What will happen, in one plain sentence; what isn't chosen yet shows as a gap. */
export function triggerInWords(trigger: Trigger, words: Words): string {
  switch (trigger.kind) {
    case 'once':
      return onceInWords(trigger, words)
    case 'repeat':
      return repeatInWords(trigger, words)
    case 'event':
    case 'event-not':
      return eventInWords(trigger, words)
  }
}

function onceInWords(trigger: Extract<Trigger, { kind: 'once' }>, { t, audience }: Words): string {
  const { at } = trigger
  const sentence =
    at === 'now'
      ? t('campaigns.say.onceNow', { audience })
      : typeof at === 'string'
        ? t('campaigns.say.onceAt', { audience, at: beijingMinute(new Date(at)) })
        : t('campaigns.say.onceAfter', { audience, length: lengthInWords(at.after, t) })
  return trigger.audienceWindow === null ? sentence : joined([sentence, t('campaigns.say.window')])
}

export const lengthInWords = ({ amount, unit }: Duration, t: TFunction): string =>
  `${Number.isFinite(amount) ? amount : '?'} ${t(`campaigns.trigger.unit.${unit}`)}`

export function scheduleInWords(schedule: Schedule, t: TFunction): string {
  const gap = t('campaigns.say.missing')
  const comma = t('campaigns.audience.comma')
  if (schedule.kind === 'cron')
    return t('campaigns.say.cron', { expression: schedule.expression === '' ? gap : schedule.expression })
  const times = schedule.times.length === 0 ? gap : schedule.times.toSorted().join(comma)
  switch (schedule.kind) {
    case 'daily':
      return t('campaigns.say.daily', { times })
    case 'weekly': {
      const days = schedule.days
        .toSorted((a, b) => a - b)
        .map((day) => t(`campaigns.trigger.weekday.d${day as 1 | 2 | 3 | 4 | 5 | 6 | 7}`))
      return t('campaigns.say.weekly', { times, days: days.length === 0 ? gap : days.join(comma) })
    }
    case 'monthly': {
      const days = schedule.days.map((day) =>
        day === 'last' ? t('campaigns.say.lastDay') : t('campaigns.say.monthDay', { day }),
      )
      return t('campaigns.say.monthly', { times, days: days.length === 0 ? gap : days.join(comma) })
    }
  }
}

function repeatInWords(trigger: RepeatTrigger, { t, audience }: Words): string {
  const zone = trigger.zone === 'Asia/Shanghai' ? t('campaigns.say.zone') : trigger.zone
  return joined([
    t('campaigns.say.repeat', { schedule: scheduleInWords(trigger.schedule, t), zone, audience }),
    t(`campaigns.say.holidays.${trigger.holidays}`),
    between(trigger, t),
  ])
}

function eventInWords(trigger: EventTrigger, { t, audience, eventName }: Words): string {
  const gap = t('campaigns.say.missing')
  const named = (match: EventMatch | null) => (match === null || match.event === '' ? gap : eventName(match))
  const { count, reach, perPerson } = trigger
  const values = { audience, event: named(trigger.event), n: count.n }
  const when =
    count.mode === 'after'
      ? t('campaigns.say.afterN', values)
      : t(count.n === 1 ? 'campaigns.say.every' : 'campaigns.say.everyN', values)
  const not =
    trigger.kind === 'event-not'
      ? t('campaigns.say.not', { within: lengthInWords(trigger.within, t), without: named(trigger.without) })
      : ''
  return joined([
    `${when}${not}${reachInWords(reach, t)}`,
    perPerson === null ? '' : t('campaigns.say.perPerson', { n: perPerson }),
    between(trigger, t),
  ])
}

function reachInWords(reach: EventTrigger['reach'], t: TFunction): string {
  if (reach.kind === 'now') return t('campaigns.say.thenNow')
  if (reach.kind === 'delay') return t('campaigns.say.thenDelay', { length: lengthInWords(reach.length, t) })
  return reach.daysLater === 0
    ? t('campaigns.say.thenClock', { time: reach.time })
    : t('campaigns.say.thenClockLater', { time: reach.time, days: reach.daysLater })
}

function between({ from, until }: { from: string | null; until: string | null }, t: TFunction): string {
  if (from === null && until === null) return ''
  return t('campaigns.say.between', {
    from: from === null ? t('campaigns.say.fromStart') : beijingMinute(new Date(from)),
    until: until === null ? t('campaigns.say.untilEnded') : beijingMinute(new Date(until)),
  })
}

const joined = (sentences: readonly string[]): string => sentences.filter((one) => one !== '').join(' ')
