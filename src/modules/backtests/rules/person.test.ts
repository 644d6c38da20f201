import { expect, test } from 'vitest'
import type { Cap, DeliveryPolicy } from '../../deliveries/schema.ts'
import type { Game } from './game.ts'
import { playPerson } from './person.ts'
import type { Act, Sent, Timeline } from './timeline.ts'

const HOUR = 3_600_000
const FROM = Date.parse('2026-11-02T09:00:00+08:00')
const at = (hours: number) => FROM + hours * HOUR

const policy: DeliveryPolicy = {
  channel: 'customer-service',
  state: 'running',
  template: 'as-written',
  test: false,
  callsLeft: 1,
  caps: [],
  quiet: [],
  notAfter: null,
}
/** After 24 hours of silence, to everybody, over a week. */
const game = (changes: Partial<Game> = {}): Game => ({
  accountId: '1',
  from: FROM,
  to: at(168),
  place: 0,
  policy,
  purpose: 'marketing',
  paymentSends: 0,
  audience: false,
  excluded: false,
  plot: { kind: 'recall', timing: { minutes: 1_440, reading: 'after-silence' } },
  ...changes,
})
const act = (hours: number, changes: Partial<Act> = {}): Act => ({
  at: at(hours),
  receivedAt: at(hours),
  fanId: 7,
  kind: 'message',
  marks: 0,
  ...changes,
})
const timeline = (acts: Act[], changes: Partial<Timeline> = {}): Timeline => ({
  person: '1',
  fans: [{ id: 7, following: true, followedAt: at(-999), unfollowedAt: Number.NEGATIVE_INFINITY }],
  acts,
  sent: [],
  backfilled: false,
  suppressedAt: Number.POSITIVE_INFINITY,
  tagChanges: [],
  ...changes,
})
const sent = (hours: number, changes: Partial<Sent> = {}): Sent => ({
  at: at(hours),
  fanId: 7,
  owner: 'campaign',
  ownerId: '1',
  channel: 'customer-service',
  purpose: 'marketing',
  counts: true,
  here: true,
  window: 'message',
  ...changes,
})
const play = (one: Timeline, played = game()) =>
  playPerson({ timeline: one, game: played, ask: () => true, heldOut: false }).map(
    ({ turnAt, decidedAt, reached, reason }) => [
      (turnAt - FROM) / HOUR,
      (decidedAt - FROM) / HOUR,
      reached ? 'reached' : reason,
    ],
  )

test('G5: a silence has its turn; an act before it, or in its very instant, begins another', () => {
  expect(play(timeline([act(0)]))).toEqual([[24, 24, 'reached']])
  expect(play(timeline([act(0), act(24)]))).toEqual([[48, 48, 'reached']])
  expect(play(timeline([act(0), act(24 + 1 / 3_600)]))).toEqual([
    [24, 24, 'reached'],
    [48 + 1 / 3_600, 48 + 1 / 3_600, 'reached'],
  ])
})

test('G5: silences that began before the rule, end after the period, or are told after their moment have none', () => {
  expect(play(timeline([act(-1)]))).toEqual([])
  expect(play(timeline([act(145)]))).toEqual([])
  expect(play(timeline([act(0, { receivedAt: at(24) })]))).toEqual([[24, 24, 'reached']])
  expect(play(timeline([act(0, { receivedAt: at(24) + 1 })]))).toEqual([])
})

const cap: Cap = {
  id: '1',
  accountId: null,
  channel: null,
  purpose: 'any',
  most: 1,
  amount: 1,
  unit: 'day',
  calendar: false,
  action: 'postpone',
}
const onA = {
  kind: 'event',
  count: { mode: 'every', n: 1 },
  perPerson: null,
  reach: { kind: 'now' },
  startsAt: FROM,
  endsAt: null,
  withinMs: null,
  askAgain: false,
} as const

test('G5: messages that really went take from the window', () => {
  expect(play(timeline([act(0)], { sent: [1, 2, 3, 4].map((hours) => sent(hours)) }))).toEqual([
    [24, 24, 'reached'],
  ])
  expect(play(timeline([act(0)], { sent: [1, 2, 3, 4, 5].map((hours) => sent(hours)) }))).toEqual([
    [24, 24, 'window_used_up'],
  ])
  // after the moment it is another matter
  expect(play(timeline([act(0)], { sent: [1, 2, 3, 4, 25].map((hours) => sent(hours)) }))).toEqual([
    [24, 24, 'reached'],
  ])
})

test('G5: messages that are played take from the window and count in caps, as if they had gone', () => {
  const orders = [1, 2, 3, 4, 5, 6].map((hours) => act(hours, { kind: null, marks: 1 }))
  const after = (played: Game) => play(timeline([act(0), ...orders]), played).map(([, , became]) => became)
  expect(after(game({ plot: onA }))).toEqual([...Array(5).fill('reached'), 'window_used_up'])
  const twice = { ...policy, caps: [{ ...cap, most: 2, action: 'drop' as const }] }
  expect(after(game({ plot: onA, policy: twice }))).toEqual([
    'reached',
    'reached',
    ...Array(4).fill('frequency_cap'),
  ])
})

test('G5: who is put off by a cap is asked again when it frees: still silent, still in the audience', () => {
  const capped = game({ policy: { ...policy, caps: [cap] } })
  const one = { sent: [sent(10)] }
  expect(play(timeline([act(0)], one), capped)).toEqual([[24, 34, 'reached']])
  expect(play(timeline([act(0), act(30)], one), capped)).toEqual([
    [24, 34, 'interacted'],
    [54, 54, 'reached'],
  ])
  const left = playPerson({
    timeline: timeline([act(0)], one),
    game: { ...capped, audience: true },
    ask: (_, instant) => instant < at(34),
    heldOut: false,
  })
  expect(left).toMatchObject([{ turnAt: at(24), decidedAt: at(34), reason: 'left_audience' }])
})

test('G5: suppressed from an instant on, held out, gone: each with its reason', () => {
  expect(play(timeline([act(0)], { suppressedAt: at(24) + 1 }))).toEqual([[24, 24, 'reached']])
  expect(play(timeline([act(0)], { suppressedAt: at(24) }))).toEqual([[24, 24, 'suppressed']])
  expect(play(timeline([act(0), act(3, { kind: 'unfollow' })]))).toEqual([[24, 24, 'not_following']])
  const [turn] = playPerson({ timeline: timeline([act(0)]), game: game(), ask: () => true, heldOut: true })
  expect(turn).toMatchObject({ reached: false, reason: 'held_out' })
})

test('G5: two fans of one person who fall silent in the same second get one message', () => {
  const fans = [7, 8].map((id) => ({
    id,
    following: true,
    followedAt: at(-999),
    unfollowedAt: Number.NEGATIVE_INFINITY,
  }))
  expect(play(timeline([act(0), act(0, { fanId: 8 }), act(50), act(51, { fanId: 8 })], { fans }))).toEqual([
    [24, 24, 'reached'],
    [24, 24, 'same_person'],
    [74, 74, 'reached'],
    [75, 75, 'reached'],
  ])
})

test('G5: A without B is decided when the time for B is over; B counts if it was told by then', () => {
  const waiting = game({ plot: { ...onA, withinMs: 5 * HOUR } })
  const a = act(0, { marks: 1 })
  const grace = 5 / 3_600
  expect(play(timeline([a]), waiting)).toEqual([[5 + grace, 5 + grace, 'reached']])
  expect(play(timeline([a, act(5, { marks: 2 })]), waiting)).toEqual([])
  expect(play(timeline([a, act(5, { marks: 2, receivedAt: at(5) + 5_001 })]), waiting)).toHaveLength(1)
  expect(play(timeline([a, act(5 + 1 / 3_600, { marks: 2 })]), waiting)).toHaveLength(1)
})
