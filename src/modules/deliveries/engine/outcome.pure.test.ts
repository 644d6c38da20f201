import { expect, test } from 'vitest'
import { lostCall, refusedCall, strangeAnswer } from '../../../channels/wechat-api/wechat-error.ts'
import { ERROR_CODES } from '../../../wechat/error-codes.ts'
import { REASONS } from '../schema.ts'
import { sharesOf } from './due-sends.ts'
import { backoffMs, outcomeOf } from './outcome.ts'

const PATH = '/cgi-bin/message/custom/send'
// 23:59:50 in Beijing
const now = new Date('2026-11-21T15:59:50Z')
const ask = (error: ReturnType<typeof lostCall>, rest: Partial<Parameters<typeof outcomeOf>[0]> = {}) =>
  outcomeOf({ error, channel: 'customer-service', now, intentAt: now, waits: 0, random: 0.5, ...rest })
const refused = (errcode: number, errmsg = 'x') => refusedCall(PATH, { errcode, errmsg })

test('G3: every code of the platform has an outcome with a reason people can read', () => {
  for (const { code } of ERROR_CODES) {
    for (const channel of ['customer-service', 'template', 'subscription'] as const) {
      const outcome = ask(refused(code), { channel })
      if (outcome.to === 'accepted') continue
      expect(REASONS, `${code}`).toHaveProperty(outcome.reason)
      // a code is an answer: it never leaves a call to be asked again under its key
      expect(outcome.to, `${code}`).not.toBe('asking')
    }
  }
})

test('0010: what was not answered is in doubt, unless it never left', () => {
  const silent = lostCall(PATH, 'timed out', true)
  const odd = strangeAnswer(PATH, 'the answer is not JSON')
  for (const error of [silent, odd]) {
    expect(ask(error)).toMatchObject({
      to: 'unknown',
      reason: 'answer_never_came',
      signal: { health: 'down' },
    })
    expect(ask(error, { channel: 'subscription' }).to).toBe('unknown')
    expect(ask(error, { channel: 'template' })).toMatchObject({ to: 'asking', reason: 'no_answer' })
  }
  const noConnection = lostCall(PATH, 'ECONNREFUSED', false)
  expect(ask(noConnection)).toMatchObject({ to: 'held', reason: 'platform_busy', signal: { health: 'down' } })
})

test('limits of the platform: until the minute, until the Beijing day is over', () => {
  expect(ask(refused(45011))).toMatchObject({
    to: 'held',
    until: new Date('2026-11-21T16:00:00Z'),
    signal: { shutMs: 10_000 },
  })
  expect(ask(refused(45009))).toMatchObject({ to: 'held', until: new Date('2026-11-21T16:00:00Z') })
  const midnight = new Date('2026-11-21T16:00:00Z')
  expect(ask(refused(45009), { now: midnight, intentAt: midnight })).toMatchObject({
    until: new Date('2026-11-22T16:00:00Z'),
  })
  // promised before midnight, answered after: nothing is known of the new day
  expect(ask(refused(45009), { now: midnight, intentAt: now })).toMatchObject({ until: midnight })
})

test('a template that is gone stops its send; the same code says nothing of the kind about a customer-service message', () => {
  expect(ask(refused(40037), { channel: 'template' })).toMatchObject({
    to: 'held',
    reason: 'template_gone',
    signal: { templateGone: true },
  })
  expect(ask(refused(40037))).toMatchObject({ to: 'failed', signal: { contentRefused: true } })
})

test('a field that WeChat names is kept, its value is not', () => {
  const outcome = ask(refused(47003, 'argument invalid! data.thing1.value invalid rid: 1a-2b-3c'), {
    channel: 'template',
  })
  expect(outcome).toMatchObject({
    to: 'failed',
    reason: 'content_refused',
    detail: { field: 'thing1', rid: '1a-2b-3c' },
  })
})

test('waits double up to five minutes, and are spread by half', () => {
  expect([0, 1, 2, 3].map((waits) => backoffMs(waits, 0.5))).toEqual([5_000, 10_000, 20_000, 40_000])
  expect(backoffMs(50, 0.5)).toBe(300_000)
  expect([backoffMs(0, 0), backoffMs(0, 0.999)]).toEqual([2_500, 7_495])
})

test('a chunk is divided fairly: what one can’t use goes to the others, and never more than there is', () => {
  const shares = (sends: [string, number][], total: number, turn = 0) =>
    Object.fromEntries(
      sharesOf(
        sends.map(([sendId, most]) => ({ sendId, most })),
        total,
        turn,
      ).map((one) => [one.sendId, one.most]),
    )
  expect(
    shares(
      [
        ['a', 250],
        ['b', 250],
      ],
      250,
    ),
  ).toEqual({ a: 125, b: 125 })
  expect(
    shares(
      [
        ['a', 250],
        ['b', 10],
      ],
      250,
    ),
  ).toEqual({ a: 240, b: 10 })
  expect(
    shares(
      [
        ['a', 3],
        ['b', 3],
        ['c', 3],
      ],
      250,
    ),
  ).toEqual({ a: 3, b: 3, c: 3 })
  expect(
    shares(
      [
        ['a', 9],
        ['b', 9],
        ['c', 9],
      ],
      2,
    ),
  ).toEqual({ a: 1, b: 1 })
  expect(
    shares(
      [
        ['a', 9],
        ['b', 9],
        ['c', 9],
      ],
      2,
      1,
    ),
  ).toEqual({ b: 1, c: 1 })
  expect(
    shares(
      [
        ['a', 9],
        ['b', 9],
        ['c', 9],
      ],
      1,
      5,
    ),
  ).toEqual({ c: 1 })
  expect(shares([['a', 9]], 0)).toEqual({})
})
