import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { armState, groupAudience } from './groups.ts'
import { id, instant, path } from './shapes.ts'

const tag = 'broadcasts'
const base = '/api/accounts/:accountId/mass-budget'
const inAccount = z.object({ accountId: id })
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)

/** Sends, calls of the mass interface, and people of a Beijing day. */
const use = z.object({ sends: z.number(), calls: z.number(), recipients: z.number() })
export type Use = z.infer<typeof use>

/** Followers by how many mass sends are left for them: at index 0 nobody more can come, and so on to the limit. */
const lefts = z.array(z.number())

const limits = z.object({
  sendsPerDay: z.number().nullable(),
  callsPerDay: z.number(),
  recipientsPerDay: z.number(),
})
export type DayLimits = z.infer<typeof limits>

/** What a day is asked to do, over all sends of the account. */
export const dayLoad = z.object({
  day: z.string(),
  done: use,
  /** What will go on it, of all that waits. */
  planned: use,
  /** People for whom it has no room: they go on the days after. */
  moved: z.number(),
})
export type DayLoad = z.infer<typeof dayLoad>

export const budgetEntry = z.object({
  kind: z.enum(['done', 'waiting']),
  broadcastId: z.string(),
  arm: z.number(),
  name: z.string(),
  groupName: z.string(),
  state: armState,
  at: instant,
  people: z.number(),
  calls: z.number(),
  /** By tag and to all WeChat chooses: the people are our estimate. */
  isEstimate: z.boolean(),
})
export type BudgetEntry = z.infer<typeof budgetEntry>

export const massBudget = z.object({
  month: z.string(),
  today: z.string(),
  /** A fan's sends of the month; null where the account has no such limit. */
  perFan: z.number().nullable(),
  limits,
  days: z.array(dayLoad.extend({ entries: z.array(budgetEntry) })),
  /** Null without a limit. `planned`: after all that waits. */
  left: z.object({ now: lefts, planned: lefts }).nullable(),
  /** What went out without us; `open`: sends whose people nobody said or knows, and how many people the numbers may be wrong for. */
  outside: z.object({
    entries: z.array(
      z.object({
        id: z.string(),
        at: instant,
        name: z.string(),
        people: z.number().nullable(),
        isOpen: z.boolean(),
      }),
    ),
    open: z.object({ sends: z.number(), people: z.number() }),
  }),
})
export type MassBudget = z.infer<typeof massBudget>

export const massBudgetEndpoint = endpoint({
  method: 'GET',
  path: base,
  access: 'broadcasts:read',
  tag,
  summary:
    '额度日历: what a month of the account holds, done and planned, and what its fans can still receive',
  params: inAccount,
  query: z.object({ month: month.optional() }),
  response: massBudget,
})

/** What a send of an audience at a time would cost the month and the other sends. */
export const budgetAnswer = z.object({
  /** Null for an audience that is no group of a send. */
  place: z.number().nullable(),
  name: z.string(),
  month: z.string(),
  at: instant,
  /** Followers of the audience, and those who have a place left. */
  people: z.number(),
  reached: z.number(),
  /** Of the audience's followers; `after`: with this send as well. */
  left: z.object({ now: lefts, planned: lefts, after: lefts }).nullable(),
  /** Sends of the month that wait and have people of this audience. */
  others: z.array(
    z.object({
      broadcastId: z.string(),
      arm: z.number(),
      name: z.string(),
      groupName: z.string(),
      at: instant,
      people: z.number(),
      /** People of both, and how many of them have nothing left after both. */
      shared: z.number(),
      emptied: z.number(),
      isEstimate: z.boolean(),
    }),
  ),
  /** Its day with it. */
  day: dayLoad,
  /** The other send that has the account's one of that day. */
  taken: z.object({ name: z.string(), at: instant }).nullable(),
})
export type BudgetAnswer = z.infer<typeof budgetAnswer>

export const askBudgetEndpoint = endpoint({
  method: 'POST',
  path: `${base}/ask`,
  access: 'broadcasts:read',
  tag,
  summary:
    'What any audience at any time has left of the month, and what sending to it costs the other sends',
  params: inAccount,
  body: z.union([
    z.object({
      audience: groupAudience.refine(({ kind }) => kind !== 'remaining', 'all who remain are of a send'),
      at: instant.nullable().default(null),
      path: path.default('list'),
    }),
    /** Of each group of a send as it is saved. */
    z.object({ broadcastId: id }),
  ]),
  response: z.object({
    perFan: z.number().nullable(),
    limits,
    answers: z.array(budgetAnswer),
  }),
})

export const saturationEndpoint = endpoint({
  method: 'GET',
  path: `${base}/saturation`,
  access: 'broadcasts:read',
  tag,
  summary:
    '饱和度: followers by what the month has left for them, day by day: past days as they began, today now, days to come after what is planned on them',
  params: inAccount,
  query: z.object({ month: month.optional() }),
  response: z.object({
    month: z.string(),
    perFan: z.number().nullable(),
    days: z.array(
      z.object({
        day: z.string(),
        kind: z.enum(['past', 'today', 'ahead']),
        /** Null where it was not written down. */
        lefts: lefts.nullable(),
      }),
    ),
  }),
})
export type Saturation = z.infer<typeof saturationEndpoint.response>
