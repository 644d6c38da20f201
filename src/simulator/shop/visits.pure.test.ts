import { expect, test } from 'vitest'
import { customerOf } from './customers.ts'
import { booked, identified, visited } from './messages.ts'
import { LONGEST_VISIT_MS, pastVisits, reviewOf, visitOf } from './visits.ts'

const UNTIL = new Date('2026-11-21T08:00:00Z')
const DAY = 86_400_000
const customers = (seed: string, count: number) =>
  Array.from({ length: count }, (_none, index) => customerOf(seed, index + 1, `o${index + 1}`))
const past = (seed: string, count: number) =>
  customers(seed, count).flatMap((customer) => pastVisits(seed, customer, { until: UNTIL, days: 60 }))

test('the same seed tells the same past to the letter; another seed another one', () => {
  const told = (seed: string) => JSON.stringify(past(seed, 200).flatMap(visited))
  expect(told('a')).toBe(told('a'))
  expect(told('a')).not.toBe(told('b'))
  expect(JSON.stringify(customers('a', 50))).toBe(JSON.stringify(customers('a', 50)))
})

test('the past lies within its days and before its end, and every message id is there once', () => {
  const visits = past('a', 2_000)
  const times = visits.flatMap(({ acts }) => acts.map(({ at }) => at.getTime()))
  expect(Math.max(...times)).toBeLessThanOrEqual(UNTIL.getTime())
  expect(Math.min(...times)).toBeGreaterThanOrEqual(UNTIL.getTime() - 60 * DAY - LONGEST_VISIT_MS)
  const ids = visits.flatMap(visited).map(({ messageId }) => messageId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('20,000 fans make about 60,000 events, and a demonstration audience that is neither nobody nor everybody', () => {
  const people = customers('xiaoman', 20_000)
  let events = 0
  const buyers = people.filter((customer) => {
    const visits = pastVisits('xiaoman', customer, { until: UNTIL, days: 60 })
    events += visits.flatMap(visited).length
    const shoes = visits.flatMap(({ acts }) =>
      acts.filter(
        ({ name, at, properties }) =>
          name === 'order_paid' &&
          properties['category'] === '鞋' &&
          Number(properties['amount']) > 200 &&
          at.getTime() > UNTIL.getTime() - 30 * DAY,
      ),
    )
    return shoes.length >= 2
  })
  const inShanghai = buyers.filter(({ traits }) => traits.gender === '女' && traits.city === '上海')
  expect(events).toBeGreaterThan(50_000)
  expect(events).toBeLessThan(75_000)
  expect(inShanghai.length).toBeGreaterThan(20)
  expect(buyers.length).toBeLessThan(people.length / 10)
})

test('an order’s lines come to its amount, and its event names the first of them', () => {
  const orders = past('a', 2_000).flatMap(({ customer, order, acts }) =>
    order === undefined ? [] : [{ customer, order, acts }],
  )
  expect(orders.length).toBeGreaterThan(200)
  for (const { customer, order, acts } of orders) {
    expect(order.lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)).toBe(order.amount)
    const paid = acts.find(({ name }) => name === 'order_paid')
    expect(paid?.properties).toMatchObject({ order_no: order.number, sku: order.lines[0]?.sku })
    expect(booked({ customer, order })).toMatchObject({
      key: order.number,
      person: { user: customer.userId, openid: customer.openid },
    })
  }
  expect(orders.some(({ order }) => order.lines.length > 1)).toBe(true)
})

test('a visit ends before the longest visit is over', () => {
  const at = new Date('2026-11-21T08:00:00Z')
  for (const [index, customer] of customers('a', 2_000).entries()) {
    const { acts } = visitOf('a', `live-${index}`, { customer, at })
    expect(acts.at(-1)!.at.getTime()).toBeLessThanOrEqual(at.getTime() + LONGEST_VISIT_MS)
  }
})

test('some buyers review their order within the hour, always the same', () => {
  const orders = past('a', 2_000).filter(({ order }) => order !== undefined)
  const reviews = orders.flatMap((visit) => reviewOf('a', visit) ?? [])
  expect(reviews.length / orders.length).toBeGreaterThan(0.25)
  expect(reviews.length / orders.length).toBeLessThan(0.45)
  for (const visit of orders) {
    const review = reviewOf('a', visit)
    expect(review).toEqual(reviewOf('a', visit))
    const after = review === undefined ? 300_000 : review.at.getTime() - (visit.order?.at.getTime() ?? 0)
    expect(after).toBeGreaterThanOrEqual(300_000)
    expect(after).toBeLessThan(2_400_000)
  }
})

test('who is introduced is known by user id and openid together', () => {
  const [customer] = customers('a', 1)
  const message = identified(customer!, UNTIL)
  expect(message).toMatchObject({ type: 'identify', userId: 'xm00000001', context: { openid: 'o1' } })
  expect(Object.keys(message['traits'] as object)).toEqual(['gender', 'city', 'birthday', 'level', 'name'])
})
