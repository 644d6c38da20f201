import { describe, expect, test } from 'vitest'
import { answer, answersOf, type Grant, isRejected, NO_GRANT } from './rules.ts'

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 21, 10, 0, second))
const accept = (grant: Grant, second: number, term: 'one-time' | 'long-term' = 'one-time') =>
  answer(grant, { accepted: true, at: at(second), term })
const reject = (grant: Grant, second: number, acceptedSince = 0) =>
  answer(grant, { accepted: false, at: at(second), term: 'one-time', acceptedSince })

describe('D8: what an answer makes of a grant', () => {
  test('every acceptance of a one-time template is one more send, of a long-term one none', () => {
    expect(accept(accept(accept(NO_GRANT, 1), 2), 3)).toMatchObject({
      granted: 3,
      used: 0,
      acceptedAt: at(3),
    })
    expect(accept(accept(NO_GRANT, 1, 'long-term'), 2, 'long-term')).toMatchObject({ granted: 1 })
  })

  test('a refusal takes all of them, and what is reserved belongs to the time before', () => {
    const rejected = reject({ ...accept(accept(NO_GRANT, 1), 2), used: 1 }, 3)
    expect(rejected).toMatchObject({ granted: 0, used: 0, rejectedAt: at(3), epoch: 1 })
    expect(isRejected(rejected)).toBe(true)
  })

  test('an acceptance after a refusal begins again at one', () => {
    const again = accept(reject(accept(NO_GRANT, 1), 2), 3)
    expect(again).toMatchObject({ granted: 1, used: 0, epoch: 1 })
    expect(isRejected(again)).toBe(false)
  })

  test('of one second the later to come counts: an acceptance of the refusal’s own second is taken', () => {
    expect(accept(reject(NO_GRANT, 2), 2)).toMatchObject({ granted: 1 })
    expect(accept({ ...NO_GRANT, rejectedAt: new Date(at(2).getTime() + 900) }, 2)).toMatchObject({
      granted: 1,
    })
  })

  test('an acceptance older than the refusal changes nothing', () => {
    const rejected = reject(NO_GRANT, 2)
    expect(accept(rejected, 1)).toBe(rejected)
  })

  test('a refusal that comes late takes only what was accepted before it', () => {
    const three = accept(accept(accept(NO_GRANT, 1), 5), 6)
    const late = reject(three, 3, 2)
    expect(late).toMatchObject({ granted: 2, rejectedAt: at(3), epoch: 0 })
    expect(isRejected(late)).toBe(false)
    expect(reject({ ...three, used: 3 }, 3, 2)).toMatchObject({ granted: 2, used: 2 })
  })

  test('a refusal older than one that is known changes nothing', () => {
    const rejected = reject(NO_GRANT, 5)
    expect(reject(rejected, 4)).toBe(rejected)
  })
})

describe('answers in an event', () => {
  const event = (items: unknown) => ({ at: at(0), properties: { items } })

  test('one for each template, whatever else is there left out', () => {
    expect(
      answersOf(
        event([
          { templateId: 'A', accepted: true, scene: 1 },
          { templateId: 'B', accepted: false },
          null,
          { templateId: 7 },
        ]),
      ),
    ).toEqual([
      { wechatId: 'A', accepted: true, at: at(0) },
      { wechatId: 'B', accepted: false, at: at(0) },
    ])
    expect(answersOf(event('nothing'))).toEqual([])
  })

  test('a template named twice in one event is answered once, as it was last', () => {
    const twice = [
      { templateId: 'A', accepted: true },
      { templateId: 'A', accepted: false },
    ]
    expect(answersOf(event(twice))).toEqual([{ wechatId: 'A', accepted: false, at: at(0) }])
  })
})
