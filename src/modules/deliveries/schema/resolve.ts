import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'

const id = z.string().regex(/^\d{1,19}$/)

/** 处理结果未知的消息: what somebody found out about deliveries nobody could know the outcome of. */
export const resolveUnknownEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/sends/:sendId/unknown',
  access: 'campaigns:send',
  summary: 'Marks unknown deliveries of a send as sent or not sent; sends nothing',
  tag: 'deliveries',
  params: z.object({ accountId: id, sendId: id }),
  body: z.object({
    outcome: z.enum(['sent', 'not-sent']),
    /** All unknown ones of the send where left out. */
    deliveryIds: z.array(id).min(1).max(1_000).optional(),
  }),
  response: z.object({ resolved: z.number() }),
})
