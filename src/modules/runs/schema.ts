import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'
import { page, pageQuery } from '../../kernel/paging.ts'

export const runState = z.enum(['queued', 'running', 'done', 'failed'])

/** Work that takes longer than a request: a sync, an import. `total` is null while nobody knows it. */
export const runView = z.object({
  id: z.string(),
  accountId: z.string().nullable(),
  kind: z.string(),
  state: runState,
  payload: z.record(z.string(), z.unknown()),
  done: z.number(),
  total: z.number().nullable(),
  error: z.object({ reason: z.string(), detail: z.record(z.string(), z.unknown()) }).nullable(),
  requestedBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
})
export type RunView = z.infer<typeof runView>

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'runs'

export const listRunsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/runs',
  access: 'accounts:read',
  tag,
  summary: 'Background work of an account, newest first',
  params: z.object({ accountId: id }),
  query: pageQuery.extend({ kind: z.string().max(80).optional(), state: runState.optional() }),
  response: page(runView),
})
export const getRunEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/runs/:runId',
  access: 'accounts:read',
  tag,
  summary: 'How far one piece of background work is',
  params: z.object({ accountId: id, runId: id }),
  response: runView,
})
