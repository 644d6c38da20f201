import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { broadcast } from './broadcast.ts'
import { experiment, lift, liftQuery } from './experiments.ts'
import { id } from './shapes.ts'

const tag = 'broadcasts'
const base = '/api/accounts/:accountId/broadcasts/:broadcastId'
const one = z.object({ accountId: id, broadcastId: id })
const oneGroup = one.extend({ place: z.coerce.number().int().min(0).max(9) })

export const experimentEndpoint = endpoint({
  method: 'GET',
  path: `${base}/groups/:place/experiment`,
  access: 'broadcasts:read',
  tag,
  summary:
    'The A/B test of a group: figures of each variant with interval and probability, and what is decided',
  params: oneGroup,
  response: experiment,
})

export const chooseVariantEndpoint = endpoint({
  method: 'POST',
  path: `${base}/arms/:number/choose`,
  access: 'broadcasts:send',
  tag,
  summary: 'Says which variant the rest gets, until it goes; null leaves it to the figures again',
  params: one.extend({ number: z.coerce.number().int().min(0).max(99) }),
  body: z.object({ variant: z.number().int().min(0).max(99).nullable() }),
  response: broadcast,
})

export const liftEndpoint = endpoint({
  method: 'GET',
  path: `${base}/groups/:place/lift`,
  access: 'broadcasts:read',
  tag,
  summary:
    'What a send brought: how many of those sent to and of those held out did an event within so many days',
  params: oneGroup,
  query: liftQuery,
  response: lift,
})
