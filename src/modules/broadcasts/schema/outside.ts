import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { id, instant } from './shapes.ts'

const tag = 'broadcasts'
const base = '/api/accounts/:accountId/outside-sends'
const inAccount = z.object({ accountId: id })
const one = inAccount.extend({ outsideSendId: id })

export const outsideState = z.enum(['open', 'charging', 'charged', 'undoing', 'own', 'ignored'])
export type OutsideState = z.infer<typeof outsideState>

/** To whom it went, as an operator says. `unknown`: nobody's month is charged, and pre-flight says so. */
export const outsideReach = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('tag'), tagId: z.number().int().min(0) }),
  z.object({ kind: z.literal('segment'), segmentId: id }),
  z.object({ kind: z.literal('list'), listId: id }),
  z.object({ kind: z.literal('unknown') }),
])
export type OutsideReach = z.infer<typeof outsideReach>

/** A batch of ours of about that time that nobody could name: the send may be that one. */
const suspect = z.object({
  broadcastId: z.string(),
  name: z.string(),
  seq: z.number(),
  size: z.number(),
  intentAt: instant,
  /** `unknown`, or what somebody marked it as. */
  state: z.string(),
  /** Said to be the one, it takes over the numbers. */
  canLink: z.boolean(),
})
export type OutsideSuspect = z.infer<typeof suspect>

export const outsideSend = z.object({
  id: z.string(),
  source: z.enum(['result', 'statistics', 'hand']),
  at: instant,
  /** Only the day of `at` is known. */
  dayOnly: z.boolean(),
  name: z.string(),
  people: z.number().nullable(),
  state: outsideState,
  reach: outsideReach.nullable(),
  reachName: z.string().nullable(),
  problem: z.string().nullable(),
  /** Fans whose month is charged by now. */
  charged: z.number(),
  /** Of so many; null until they are counted. */
  toCharge: z.number().nullable(),
  countsDay: z.boolean(),
  own: z.object({ broadcastId: z.string(), seq: z.number() }).nullable(),
  suspects: z.array(suspect),
  decidedAt: instant.nullable(),
  can: z.object({ charge: z.boolean(), undo: z.boolean(), ignore: z.boolean() }),
})
export type OutsideSend = z.infer<typeof outsideSend>

export const listOutsideSendsEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'broadcasts:read',
  tag,
  summary:
    'Mass sends of the account that were not made here 后台或其他系统的群发, newest first; `open` ones wait for somebody to say to whom they went',
  params: inAccount,
  query: pageQuery.extend({ state: z.enum(['open', 'decided']).optional() }),
  response: page(outsideSend),
})

export const enterOutsideSendEndpoint = endpoint({
  method: 'POST',
  path: base,
  access: 'broadcasts:send',
  tag,
  summary: 'Enters a mass send that somebody made by hand 我们手工发过一次',
  params: inAccount,
  body: z.object({
    at: instant,
    name: z.string().trim().max(60).default(''),
    people: z.number().int().min(1).max(100_000_000).nullable().default(null),
    reach: outsideReach,
  }),
  response: outsideSend,
})

export const chargeOutsideSendEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:outsideSendId/charge`,
  access: 'broadcasts:send',
  tag,
  summary:
    'Says to whom it went: takes one of the month from those who follow now. `may_be_ours` where a batch of unknown outcome may be it, unless `notOurs`',
  params: one,
  body: z.object({ reach: outsideReach, notOurs: z.boolean().default(false) }),
  response: outsideSend,
})

export const undoOutsideSendEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:outsideSendId/undo`,
  access: 'broadcasts:send',
  tag,
  summary: 'Gives back exactly what it took, and waits for another answer',
  params: one,
  response: outsideSend,
})

export const ignoreOutsideSendEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:outsideSendId/ignore`,
  access: 'broadcasts:send',
  tag,
  summary: 'Counts it in nothing: not in the month of anybody, not in the day of the account',
  params: one,
  response: outsideSend,
})

export const linkOutsideSendEndpoint = endpoint({
  method: 'POST',
  path: `${base}/:outsideSendId/own`,
  access: 'broadcasts:send',
  tag,
  summary: 'Says that it was a batch of ours whose answer was lost: the batch gets its result',
  params: one,
  body: z.object({ broadcastId: id, seq: z.number().int().min(0) }),
  response: outsideSend,
})
