import { type Condition, type EventMatch, isGroup, type Rule } from '../../schema/rule.ts'
import type { RuleNames } from './names.ts'
import {
  comparisonInWords,
  durationInWords,
  fill,
  joined,
  type Phrases,
  phrasesOf,
  shown,
  signed,
  testInWords,
  type WordsLocale,
  windowInWords,
} from './phrases.ts'

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>
type Told = { names: RuleNames; words: Phrases }

/** A whole rule as one sentence. Groups inside others stand in brackets, so that it can be read one way only. */
export function ruleInWords(rule: Rule, names: RuleNames, locale: WordsLocale): string {
  return told(rule, { names, words: phrasesOf(locale) })
}

export const conditionInWords = (condition: Condition, names: RuleNames, locale: WordsLocale): string =>
  conditionTold(condition, { names, words: phrasesOf(locale) })

/** One event with its filters, as a rule's sentence names it. */
export const eventInWords = (match: EventMatch, names: RuleNames, locale: WordsLocale): string =>
  eventTold(match, { names, words: phrasesOf(locale) })

function told(rule: Rule, by: Told): string {
  const { words } = by
  if (isGroup(rule)) {
    if (rule.of.length === 0) return words.empty
    const join = rule.kind === 'and' ? words.and : words.or
    return rule.of
      .map((child) => (rule.of.length > 1 ? bracketed(child, by) : told(child, by)))
      .join(` ${join} `)
  }
  if (rule.kind === 'not') return `${words.not}${bracketed(rule.of, by, true)}`
  return conditionTold(rule, by)
}

function bracketed(rule: Rule, by: Told, always = false): string {
  const plain = told(rule, by)
  const several = isGroup(rule) && rule.of.length > 1
  return several || always ? fill(by.words.group, { inner: plain }) : plain
}

function conditionTold(condition: Condition, by: Told): string {
  const { names, words } = by
  switch (condition.kind) {
    case 'attribute': {
      const name = condition.attribute === '' ? words.unknown : names.attribute(condition.attribute)
      return `${name} ${testInWords(condition.test, words)}`
    }
    case 'tag': {
      const tags = condition.tags.map((tag) =>
        tag.of === 'own' ? names.ownTag(tag.tagId) : names.wechatTag(tag.accountId, tag.tagId),
      )
      const by = condition.match === 'any' ? words.either : words.list
      return `${words.tag[condition.match]} ${joined(tags, by, words)}`
    }
    case 'behaviour':
      return behaviourTold(condition, by)
    case 'occurrence':
      return fill(words.occurrence[condition.which], {
        event: eventTold(condition, by),
        window: windowInWords(condition.window, words),
      })
    case 'sequence':
      return fill(condition.happened ? words.sequence.did : words.sequence.didNot, {
        window: windowInWords(condition.window, words),
        first: eventTold(condition.first, by),
        second: eventTold(condition.second, by),
        length: durationInWords(condition.within, words),
      })
    case 'detail':
      return detailTold(condition, by)
    case 'fan':
      return fanTold(condition, by)
    case 'segment':
      return fill(words.segment, {
        name: condition.segmentId === '' ? words.unknown : names.segment(condition.segmentId),
      })
    case 'send':
      return sendTold(condition, by)
    case 'campaign':
      return campaignTold(condition, by)
    case 'identity':
      return fill(words.identity, { kind: words.identityKind[condition.has] })
  }
}

export function eventTold(match: EventMatch, { names, words }: Told): string {
  const event = match.event === '' ? words.unknown : names.event(match.event)
  const account =
    match.accountId === undefined ? '' : fill(words.ofAccount, { name: names.account(match.accountId) })
  const filters = match.where.map(
    ({ property, test }) =>
      `${property === '' ? words.unknown : names.property(match.event, property)} ${testInWords(test, words)}`,
  )
  if (filters.length === 0) return `${event}${account}`
  return `${event}${account}${fill(words.filters, { inner: filters.join(words.filterJoin) })}`
}

function behaviourTold(condition: Of<'behaviour'>, by: Told): string {
  const { words, names } = by
  const { measure, compare } = condition
  const parts = { window: windowInWords(condition.window, words), event: eventTold(condition, by) }
  const did = fill(words.behaviour.did, parts)
  if (measure.of === 'count') {
    if (isNever(compare)) return fill(words.behaviour.didNot, parts)
    if (compare.op === 'gte' && compare.value === 1) return did
    return `${did}${words.comma}${fill(words.behaviour.times, { compare: comparisonInWords(compare, words) })}`
  }
  if (measure.of === 'days')
    return `${did}${words.comma}${fill(words.behaviour.days, { compare: comparisonInWords(compare, words) })}`
  const property = measure.property === '' ? words.unknown : names.property(condition.event, measure.property)
  const amount = { property, of: words.measure[measure.of], compare: signed(compare, words) }
  return `${did}${words.comma}${fill(words.behaviour.measure, amount)}`
}

/** Whether only "not once" fits. */
export const isNever = (compare: Of<'behaviour'>['compare']): boolean =>
  ((compare.op === 'lte' || compare.op === 'eq') && compare.value === 0) ||
  (compare.op === 'lt' && compare.value === 1)

function detailTold(condition: Of<'detail'>, { names, words }: Told): string {
  const { dataset, over, measure, compare } = condition
  const name = dataset === '' ? words.unknown : names.dataset(dataset)
  const filters = condition.where.map(
    ({ level, field, test }) =>
      `${field === '' ? words.unknown : names.field(dataset, level, field)} ${testInWords(test, words)}`,
  )
  const plain = over === 'lines' ? fill(words.detail.lines, { name }) : name
  const rows =
    filters.length === 0 ? plain : `${plain}${fill(words.filters, { inner: filters.join(words.filterJoin) })}`
  const parts = { window: windowInWords(condition.window, words), rows }
  const some = fill(words.detail.some, parts)
  if (measure.of === 'count') {
    if (isNever(compare)) return fill(words.detail.none, parts)
    if (compare.op === 'gte' && compare.value === 1) return some
    return `${some}${words.comma}${fill(words.detail.count, { compare: comparisonInWords(compare, words) })}`
  }
  const level = over === 'lines' ? 'line' : 'row'
  const field = measure.field === '' ? words.unknown : names.field(dataset, level, measure.field)
  const amount = { field, of: words.measure[measure.of], compare: signed(compare, words) }
  return `${some}${words.comma}${fill(words.detail.measure, amount)}`
}

function fanTold({ accountId, test }: Of<'fan'>, { names, words }: Told): string {
  const account = accountId === undefined ? words.anyAccount : names.account(accountId)
  switch (test.fact) {
    case 'follows':
    case 'window_open':
      return fill(words.fan[test.fact], { account })
    case 'followed':
    case 'unfollowed':
    case 'last_interaction':
      return fill(words.fan[test.fact], { account, window: windowInWords(test.window, words) })
    case 'scene':
      return fill(words.fan.scene, {
        account,
        values: joined(test.values.map(names.scene), words.either, words),
      })
    case 'qr_scene':
      return fill(words.fan.qr_scene, { account, test: testInWords(test.test, words) })
  }
}

function whichCampaign({ campaign, activityId }: Of<'campaign'>, { names, words }: Told): string {
  if (activityId !== undefined)
    return fill(words.campaign.activity, {
      name: activityId === '' ? words.unknown : names.activity(activityId),
    })
  if (campaign === 'any') return words.campaign.any
  return fill(words.campaign.one, { name: campaign === '' ? words.unknown : names.campaign(campaign) })
}

function campaignTold(condition: Of<'campaign'>, by: Told): string {
  const { names, words } = by
  const { what, accountId, window } = condition
  const which = whichCampaign(condition, by)
  const account = accountId === undefined ? '' : fill(words.ofAccount, { name: names.account(accountId) })
  return fill(words.campaign[what], { window: windowInWords(window, words), campaign: `${which}${account}` })
}

function sendTold(condition: Of<'send'>, by: Told): string {
  const { names, words } = by
  const { accountId, goal } = condition
  const which = whichSend(condition, by)
  const account = accountId === undefined ? '' : fill(words.ofAccount, { name: names.account(accountId) })
  return fill(words.send[condition.what], {
    window: windowInWords(condition.window, words),
    send: `${which}${account}`,
    goal: goal === undefined ? shown(undefined, words) : eventTold(goal, by),
    length: goal === undefined ? shown(undefined, words) : durationInWords(goal.within, words),
  })
}

function whichSend({ broadcast, activityId, arm }: Of<'send'>, { names, words }: Told): string {
  if (activityId !== undefined)
    return fill(words.send.activity, { name: activityId === '' ? words.unknown : names.activity(activityId) })
  if (broadcast === 'any' || broadcast === 'last') return words.send[broadcast]
  const name = broadcast === '' ? words.unknown : names.broadcast(broadcast)
  if (arm === undefined) return fill(words.send.one, { name })
  return fill(words.send.record, { name, record: names.record(broadcast, arm) })
}
