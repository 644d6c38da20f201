import type { Customer } from './customers.ts'
import type { Act, Order, Visit } from './visits.ts'

/** A message as the HTTP API of Segment's format takes it. */
export type Message = Record<string, unknown>

const library = { name: 'xiaoman-shop', version: '1.0.0' }

/** What the shop knows of a customer. */
export const identified = (customer: Customer, at: Date): Message => ({
  type: 'identify',
  messageId: `${customer.userId}-${at.getTime()}`,
  ...person(customer),
  traits: customer.traits,
  timestamp: at.toISOString(),
})

/** What a visit came to. The same visit makes the same message ids, so telling it twice adds nothing. */
export const visited = ({ id, customer, acts }: Visit): Message[] =>
  acts.map(({ name, at, properties }, index) => ({
    type: 'track',
    messageId: `visit-${id}-${index}`,
    ...person(customer),
    event: name,
    properties,
    timestamp: at.toISOString(),
  }))

/** A review of an order, told by itself: it comes later than the visit. */
export const reviewed = (
  customer: Pick<Customer, 'userId' | 'openid'>,
  { name, at, properties }: Act,
): Message => ({
  type: 'track',
  messageId: `review-${properties['order_no']}`,
  ...person(customer),
  event: name,
  properties,
  timestamp: at.toISOString(),
})

/** Came by the link of a news card: what the H5 script tells when a page is opened with `wd_send`. */
export const clicked = (customer: Customer, send: string, at: Date): Message => ({
  type: 'track',
  messageId: `click-${send}-${customer.number}`,
  ...person(customer),
  event: 'weida.click',
  properties: { send },
  timestamp: at.toISOString(),
})

/** An order with its lines, for the shop's books. */
export const booked = ({ customer, order }: { customer: Customer; order: Order }): Message => ({
  key: order.number,
  at: order.at.toISOString(),
  person: { user: customer.userId, openid: customer.openid },
  fields: { amount: order.amount, channel: order.channel },
  lines: order.lines,
})

const person = ({ userId, openid }: Pick<Customer, 'userId' | 'openid'>) => ({
  userId,
  context: { openid, library },
})
