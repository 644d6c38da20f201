import { z } from 'zod'
import { get } from './api-call.ts'

/** 获取 jsapi_ticket: the same for everybody while it is valid; `expires_in` is what remains of 7,200 s. */
export const getTicket = get(
  '/cgi-bin/ticket/getticket',
  z.object({ type: z.literal('jsapi') }),
  z.object({ ticket: z.string().min(1), expires_in: z.number().int() }),
)
