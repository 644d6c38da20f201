import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { id } from './shapes.ts'

/** A test is for looking at it: a segment of more people is a send. */
export const TEST_PEOPLE = 100
/** One call sends to so many, and waits for their turn at the platform's 60 previews a minute. */
export const TEST_CHUNK = 20

export const testPerson = z.object({ fanId: z.string(), openid: z.string(), remark: z.string().nullable() })
export type TestPerson = z.infer<typeof testPerson>

export const testResult = z.object({
  target: z.string(),
  /** Of people who were named as fans. */
  fanId: z.string().nullable(),
  ok: z.boolean(),
  errcode: z.number().nullable(),
  advice: z.object({ zh: z.string(), en: z.string() }).nullable(),
})
export type TestResult = z.infer<typeof testResult>

export const testPeopleEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/broadcasts/:broadcastId/test-people',
  access: 'broadcasts:write',
  tag: 'broadcasts',
  summary: 'Whom a test send to a segment would go to; refused beyond 100 people; sends nothing',
  params: z.object({ accountId: id, broadcastId: id }),
  body: z.object({ segmentId: id }),
  response: z.object({ people: z.array(testPerson) }),
})
