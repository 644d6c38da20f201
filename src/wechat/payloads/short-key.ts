import { z } from 'zod'
import { post, unixSeconds } from './api-call.ts'

/** 短key: stands for up to 4 KB of data for up to 30 days; it is no address. */
export const makeShortKey = post(
  '/cgi-bin/shorten/gen',
  z.object({ long_data: z.string(), expire_seconds: z.number().int().min(1).max(2_592_000) }),
  z.object({ short_key: z.string() }),
)
export const readShortKey = post(
  '/cgi-bin/shorten/fetch',
  z.object({ short_key: z.string() }),
  z.object({ long_data: z.string(), create_time: unixSeconds, expire_seconds: z.number().int() }),
)
